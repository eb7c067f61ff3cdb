"""Compiled hyperscan databases, kept in the user's cache.

Compiling would cost every process that reads documents half a second. The name of a cached file is the digest of
everything it was compiled from; hyperscan itself refuses one that is damaged or was made for another version or
processor. Without a cache that can be written, everything is compiled as ever.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_BYTES = 64_000_000


def compiled(expressions: Sequence[bytes], flags: Sequence[int]) -> Any:
    """A block-mode database whose match ids are the places of `expressions`; `flags` one for each.

    Raises ImportError where hyperscan is missing and its own error where it cannot compile or run.
    """
    import hyperscan  # noqa: PLC0415  loaded by the first text, not by every command

    path = _place(hyperscan.__version__, expressions, flags)  # type: ignore[attr-defined]
    database = _kept(path) if path is not None else None
    if database is not None:
        return database
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=list(expressions),
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=list(flags),
    )
    if path is not None:
        _keep(path, hyperscan.dumpb(database))
    return database


def _place(version: str, expressions: Sequence[bytes], flags: Sequence[int]) -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  Path.home() may raise
    if not os.path.isabs(base):  # noqa: PTH117
        return None
    digest = hashlib.sha256(version.encode())
    for expression, flag in zip(expressions, flags, strict=True):
        digest.update(b"%d:%d:" % (flag, len(expression)) + expression)
    return Path(base) / "collector" / f"{digest.hexdigest()}.hs"


def _kept(path: Path) -> Any:
    """The database of an earlier process, where the file is ours alone to write."""
    import hyperscan  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                return None
            return hyperscan.loadb(file.read(MAX_BYTES), hyperscan.HS_MODE_BLOCK)
    except Exception:  # noqa: BLE001  not there, damaged, made for another processor: compiled again
        return None


def _keep(path: Path, data: bytes) -> None:
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
