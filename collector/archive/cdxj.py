"""One CDXJ line per record that can be replayed: made, read back, and told from the headers of the record itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from collector.archive.surt import surt
from collector.model.headers import Headers

# Never `metadata`: replay tools would serve it in the page's stead.
INDEXED_TYPES = frozenset({"response", "revisit", "resource", "conversion"})
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)", re.ASCII)
_MEDIA_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127})\s*(?:;|\Z)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A CDXJ line as pywb and cdxj-indexer write it. `offset`, `length` in bytes of the compressed file."""

    key: str
    timestamp: str  # 14 digits
    url: str
    mime: str
    status: str  # three digits or `-`
    digest: str
    offset: int
    length: int
    filename: str
    metadata: str = ""  # WARC-JSON-Metadata as it stands

    def line(self) -> bytes:
        """`<surt> <timestamp> {json}` with a newline; ASCII."""
        block: dict[str, str] = {"url": self.url, "mime": self.mime, "status": self.status, "digest": self.digest}
        block |= {"length": str(self.length), "offset": str(self.offset), "filename": self.filename}
        if self.metadata:
            block["metadata"] = self.metadata
        return f"{self.key} {self.timestamp} {json.dumps(block)}\n".encode("ascii")


def parse_line(line: bytes) -> IndexEntry:
    """Read one line. Raises ValueError with what is wrong with it."""
    try:
        key, timestamp, block = line.decode("ascii").rstrip("\n").split(" ", 2)
        fields: Any = json.loads(block)
    except (ValueError, RecursionError) as exc:
        raise ValueError("not a CDXJ line: `<surt> <timestamp> {json}`") from exc
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        raise ValueError("not a CDXJ line: the JSON block is no object of strings")
    try:
        return IndexEntry(
            key=key,
            timestamp=timestamp,
            url=fields["url"],
            mime=fields["mime"],
            status=fields["status"],
            digest=fields["digest"],
            offset=int(fields["offset"]),
            length=int(fields["length"]),
            filename=fields["filename"],
            metadata=fields.get("metadata", ""),
        )
    except KeyError as exc:
        raise ValueError(f"CDXJ line without the key {exc.args[0]!r}") from exc
    except ValueError as exc:
        raise ValueError("CDXJ line whose offset or length is no number") from exc


def entry_of(
    fields: Headers, http: Headers | None, status: int | None, *, offset: int, length: int, filename: str
) -> IndexEntry | None:
    """The line that a record with these named fields and HTTP header gets, or None where it gets none.

    The writer, `archive index` and the verifier all ask this function, so that they cannot disagree. Never raises.
    """
    kind = fields.first("WARC-Type") or ""
    uri = fields.first("WARC-Target-URI")
    date = _DATE.match(fields.first("WARC-Date") or "")
    if kind not in INDEXED_TYPES or not uri or date is None:
        return None
    if kind == "revisit":
        mime = "warc/revisit"
    else:
        declared = (http.first("Content-Type") if http is not None else fields.first("Content-Type")) or ""
        mime = media_type(declared) or media_type(fields.first("WARC-Identified-Payload-Type") or "") or "unk"
    return IndexEntry(
        key=surt(uri),
        timestamp="".join(date.groups()),
        url=uri,
        mime=mime,
        status=str(status) if status is not None else "-",
        digest=fields.first("WARC-Payload-Digest") or fields.first("WARC-Block-Digest") or "-",
        offset=offset,
        length=length,
        filename=filename,
        metadata=fields.first("WARC-JSON-Metadata") or "",
    )


def media_type(value: str) -> str | None:
    """The media type of a Content-Type value: lower case, without parameters; None where it is malformed."""
    found = _MEDIA_TYPE.match(value[:1024])
    return found.group(1).lower() if found else None


def sorted_lines(lines: Iterable[bytes]) -> bytes:
    """A whole CDXJ file: lines in byte order, as binary search needs them (LC_ALL=C)."""
    return b"".join(sorted(lines))
