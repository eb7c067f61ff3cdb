"""How WARC files and their indexes are named, and where a record named by the ledger is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collector.model.errors import IntegrityError

SUFFIX = ".warc.gz"
OPEN = ".open"
FOLDERS = ("archive", "signals", "text")  # of a collection
_UNSAFE = re.compile(r"[^A-Za-z0-9_.]+")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished WARC file. `file` is relative to the collection; `size` in bytes; `sha256` of the whole file."""

    file: str
    size: int
    sha256: str


def segment_name(prefix: str, moment: datetime, serial: int, host: str) -> str:
    """`<prefix>-<UTC 14 digits>-<serial 5>-<host>.warc.gz` (WARC 1.1 Annex C.1).

    The prefix may have hyphens; in the host they become underscores, so that the name can be taken apart again.
    """
    stamp = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    where = _UNSAFE.sub("_", host)[:64] or "localhost"
    return f"{_UNSAFE.sub('-', prefix)[:128] or 'warc'}-{stamp}-{serial % 100_000:05d}-{where}{SUFFIX}"


def index_path(root: Path, file: str) -> Path:
    """The CDXJ of `archive/x.warc.gz` is `indexes/x.cdxj`; that of `text/x.warc.gz` is `indexes/text/x.cdxj`.

    Pages alone stand at the top, where replay tools look. `root` is the collection's folder.
    """
    folder, _, name = file.rpartition("/")
    name = name.removesuffix(OPEN).removesuffix(SUFFIX) + ".cdxj"
    return root / "indexes" / name if folder in ("", "archive") else root / "indexes" / folder / name


def locate(root: Path, file: str) -> Path:
    """Where the file named by a `Placement` lies now: sealed, or still open. Raises IntegrityError when nowhere."""
    sealed = root / file
    for path in (sealed, sealed.with_name(sealed.name + OPEN), sealed):  # again: it may have been sealed meanwhile
        if path.is_file():
            return path
    raise IntegrityError("the WARC file is gone", where=str(sealed), mend="restore it from a backup")
