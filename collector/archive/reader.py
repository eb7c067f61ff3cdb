"""Reads records back, one by one or by offset, through warcio; and makes the CDXJ of a file from its bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from collector.archive.cdxj import IndexEntry, entry_of
from collector.archive.files import storage_errors
from collector.archive.naming import OPEN
from collector.archive.problem import Severity
from collector.archive.scan import scan
from collector.model.errors import IntegrityError
from collector.model.headers import Headers

MAX_BODY = 256 * 1024 * 1024  # bytes of one body held in memory
_MEND = "run `collector archive verify` on the file"


@dataclass(frozen=True, slots=True)
class Record:
    """A stored record. `offset` and `length` in bytes of the compressed file; `body` as stored, without HTTP header."""

    kind: str
    record_id: str  # urn:uuid:…
    target_uri: str | None
    date: str
    fields: Headers
    http_status: int | None
    http_headers: Headers | None
    body: bytes
    offset: int
    length: int

    def __repr__(self) -> str:
        return f"Record({self.kind}, {self.record_id})"  # never the body


def records(path: Path, *, bodies: bool = True, max_body: int = MAX_BODY) -> Iterator[Record]:
    """Every record of the file, in order; with `bodies=False` their bodies stay empty and are skipped.

    Raises IntegrityError with file and offset where the file cannot be read on, StorageError where it cannot be opened.
    """
    with storage_errors(path):
        stream = path.open("rb")
    with stream:
        yield from _records(stream, path, 0, max_body if bodies else None)


def read_at(path: Path, offset: int, length: int, *, max_body: int = MAX_BODY) -> Record:
    """The one record that fills these bytes exactly, its digests recomputed. Raises IntegrityError when it does not."""
    with storage_errors(path), path.open("rb") as stream:
        stream.seek(offset)
        data = stream.read(length)
    where = f"{path}:{offset}"
    if len(data) != length:
        raise IntegrityError(f"only {len(data):,} of {length:,} bytes are there", where=where, mend=_MEND)
    scanned = list(islice(scan(io.BytesIO(data)), 2))
    faults = [fault for one in scanned for fault in one.faults if fault.severity is Severity.ERROR]
    if faults:
        raise IntegrityError(faults[0].message, where=where, mend=_MEND)
    found = next(_records(io.BytesIO(data), path, offset, max_body), None) if len(scanned) == 1 else None
    if found is None:
        raise IntegrityError("these bytes are not exactly one record", where=where, mend=_MEND)
    return found


def record_from(path: Path, offset: int, *, max_body: int = MAX_BODY) -> Record:
    """The record that starts at `offset`, whose length is not known. Raises IntegrityError where none starts."""
    with storage_errors(path):
        stream = path.open("rb")
    with stream:
        stream.seek(max(0, offset))
        found = next(_records(stream, path, 0, max_body), None)
    if found is None:
        raise IntegrityError("no record starts there", where=f"{path}:{offset}", mend=_MEND)
    return found


def index_file(path: Path) -> Iterator[IndexEntry]:
    """The CDXJ entries of a WARC file in file order, made from its bytes. Raises as `records` does."""
    filename = path.name.removesuffix(OPEN)
    for r in records(path, bodies=False):
        entry = entry_of(r.fields, r.http_headers, r.http_status, offset=r.offset, length=r.length, filename=filename)
        if entry is not None:
            yield entry


def _records(stream: BinaryIO, path: Path, base: int, max_body: int | None) -> Iterator[Record]:
    offset = base
    try:
        iterator = ArchiveIterator(stream)
        for raw in iterator:
            if raw.format != "warc":  # warcio takes any line of five words for the start of an ARC file
                raise IntegrityError("this is no WARC file", where=f"{path}:{offset}", mend=_MEND)
            fields = Headers(raw.rec_headers.headers)
            http = Headers(raw.http_headers.headers) if raw.http_headers else None
            body = b"" if max_body is None else _read(raw.raw_stream, max_body + 1)
            if max_body is not None and len(body) > max_body:
                raise IntegrityError(f"a body of more than {max_body:,} bytes", where=f"{path}:{offset}")
            at, length = base + iterator.get_record_offset(), iterator.get_record_length()
            if getattr(raw.raw_stream, "limit", 0) > 0:  # warcio ends such a file without a word
                raise IntegrityError("the file ends inside a record", where=f"{path}:{offset}", mend=_MEND)
            yield Record(
                kind=raw.rec_type or "",
                record_id=(fields.first("WARC-Record-ID") or "").strip("<>"),
                target_uri=fields.first("WARC-Target-URI"),
                date=fields.first("WARC-Date") or "",
                fields=fields,
                http_status=_status(raw.http_headers),
                http_headers=http,
                body=body,
                offset=at,
                length=length,
            )
            offset = at + length
    except (
        ArchiveLoadFailed,
        EOFError,
        LookupError,
        zlib.error,
        ValueError,
        AttributeError,
        TypeError,
        AssertionError,
    ) as exc:
        # warcio lets what it did not expect escape as whatever Python raised.
        message = f"no readable record: {str(exc).strip() or type(exc).__name__}"
        raise IntegrityError(message, where=f"{path}:{offset}", mend=_MEND) from exc
    except OSError as exc:
        with storage_errors(path):
            raise exc from None


def _read(stream: Any, limit: int) -> bytes:
    """Up to `limit` bytes: warcio hands out one buffer at a time."""
    pieces: list[bytes] = []
    while limit > 0 and (piece := stream.read(min(limit, 1 << 20))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


def _status(head: Any) -> int | None:
    code = head.get_statuscode() if head else ""
    return int(code) if code.isascii() and code.isdigit() and len(code) == 3 else None
