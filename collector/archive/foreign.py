"""Reads archives that somebody else wrote: WARC, WET and WACZ, in bounded memory and time, whatever is in them.

Not through warcio, as `reader` does for our own files: it reads a header line of any length into memory, lets a
bomb expand as far as it likes, and ends a damaged file without a word. The parser is that of `scan`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from collector.archive.chunked import Dechunker
from collector.archive.files import storage_errors
from collector.archive.scan import RecordParser
from collector.model.headers import Headers

CHUNK = 1 << 16
GZIP = b"\x1f\x8b"
MAX_RECORD = 4 << 30  # octets that one record may claim to have
MAX_EXPANSION = 300  # times; text compresses 3 to 20 times, a run of zeros 1,000 times
EXPANSION_FROM = 64 << 20  # octets that any file may expand to
MAX_MEMBERS = 100_000  # of a WACZ
KINDS = frozenset({"response", "resource", "conversion"})  # with something to read in them
DAMAGE = frozenset({"block_digest", "record_end", "record_grammar", "http_grammar"})
_CHUNK_LINE = re.compile(rb"[0-9a-fA-F]{1,15}[ \t]*(?:;[^\r\n]*)?\r?\n")
_CONTENT_FIELDS = ("WARC-Identified-Payload-Type", "Content-Type")


@dataclass(frozen=True, slots=True)
class Foreign:
    """One record of theirs. `body` without transfer coding, its content coding still on; at most `max_body` + 1."""

    kind: str  # WARC-Type, lower case
    url: str  # as written
    date: datetime | None  # None: none that can be used
    record_id: str
    status: int | None
    headers: Headers
    body: bytes
    truncated: str | None
    ip_address: str | None
    file: str
    offset: int  # octets from the start of the file, uncompressed

    def __repr__(self) -> str:
        return f"Foreign({self.kind}, {self.file}:{self.offset})"  # never the body: this type is raw


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that cannot be used, or with `last` the rest of the file. `reason` quotes nothing of the page."""

    file: str
    offset: int
    reason: str
    last: bool = False


def foreign_records(path: Path, *, max_body: int) -> Iterator[Foreign | Unread]:
    """Every record of a WARC or WET file, or of every WARC in a WACZ. Raises StorageError where it cannot be opened."""
    with storage_errors(path):
        stream = path.open("rb")
    with stream, storage_errors(path):
        if stream.read(4) == b"PK\x03\x04":
            yield from _wacz(path, max_body)
            return
        stream.seek(0)
        yield from _records(stream, path.name, max_body)


def _wacz(path: Path, max_body: int) -> Iterator[Foreign | Unread]:
    """WACZ 1.1.1 §5.1: the WARC files lie in `archive/`."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                yield Unread(path.name, 0, f"a WACZ of {len(members):,} members", last=True)
                return
            for number, member in enumerate(members, 1):
                name = member.filename
                if name.startswith("archive/") and name.endswith((".warc", ".warc.gz")):
                    with archive.open(member) as stream:
                        yield from _records(stream, f"{path.name}#{number}", max_body)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, ValueError) as exc:
        yield Unread(path.name, 0, f"no readable WACZ ({type(exc).__name__})", last=True)


def _records(stream: IO[bytes], name: str, max_body: int) -> Iterator[Foreign | Unread]:
    at = start = 0
    parser = _Collecting(0, max_body)
    try:
        with closing(_octets(stream)) as pieces:
            for piece in pieces:
                rest = piece
                while rest:
                    left = parser.feed(rest)
                    at += len(rest) - len(left)
                    rest = left
                    if parser.lost or parser.claims > MAX_RECORD:
                        yield Unread(name, start, parser.why_lost, last=True)
                        return
                    if parser.done:
                        found = parser.foreign(name)
                        if found is not None:
                            yield found
                        start, parser = at, _Collecting(at, max_body)
    except (zlib.error, EOFError, _TooMuchError, zipfile.BadZipFile) as exc:
        yield Unread(name, start, f"it cannot be read on ({exc})", last=True)
        return
    if at > start:
        yield Unread(name, start, "the file ends inside a record", last=True)


class _TooMuchError(Exception):
    """It expands further than any archive of pages does."""


def _octets(stream: IO[bytes]) -> Generator[bytes, None, None]:
    """The uncompressed octets, in pieces of at most `CHUNK`, one gzip member after the other."""
    data = stream.read(CHUNK)
    if not data.startswith(GZIP):
        while data:
            yield data
            data = stream.read(CHUNK)
        return
    taken, given = len(data), 0
    while data:
        member = zlib.decompressobj(31)  # a gzip header, and its checksum at the end
        while not member.eof:
            piece = member.decompress(data, CHUNK)
            data = member.unconsumed_tail
            given += len(piece)
            if given > EXPANSION_FROM and given > MAX_EXPANSION * taken:
                raise _TooMuchError(f"it expands to more than {MAX_EXPANSION} times its size")
            if piece:
                yield piece
            if not data and not member.eof:
                data = stream.read(CHUNK)
                taken += len(data)
                if not data:
                    raise EOFError("the file ends inside a gzip member")
        data = member.unused_data
        if not data:
            data = stream.read(CHUNK)
            taken += len(data)


class _Collecting(RecordParser):
    """A record with the beginning of its payload."""

    def __init__(self, offset: int, max_body: int) -> None:
        super().__init__(offset)
        self._max = max_body
        self._body = bytearray()

    @property
    def claims(self) -> int:
        """Octets of the block still to come."""
        return self._left

    @property
    def why_lost(self) -> str:
        """Why the rest of the file cannot be told apart."""
        if self.claims > MAX_RECORD:
            return f"a record claims to have more than {MAX_RECORD:,} octets"
        fault = self.found.faults[0].rule if self.found.faults else "no length"
        return f"no readable record starts here ({fault})"

    def _in_payload(self, piece: bytes) -> None:
        super()._in_payload(piece)
        room = self._max + 1 - len(self._body)
        if room > 0:
            self._body += piece[:room]

    def foreign(self, name: str) -> Foreign | Unread | None:
        """The finished record; None where there is nothing to read in it."""
        found = self.found
        kind = (found.fields.first("WARC-Type") or "").lower()
        url = (found.fields.first("WARC-Target-URI") or "").strip("<> ")
        if kind not in KINDS or not url:
            return None
        damage = next((fault.rule for fault in found.faults if fault.rule in DAMAGE), None)
        if damage is not None:
            return Unread(name, found.offset, f"a damaged record ({damage})")
        headers = found.http
        if headers is None:
            declared = next((v for n in _CONTENT_FIELDS if (v := found.fields.first(n))), "")
            headers = Headers([("Content-Type", declared)] if declared else [])
        body, broken = _dechunked(bytes(self._body), headers)
        return Foreign(
            kind=kind,
            url=url,
            date=_instant(found.fields.first("WARC-Date")),
            record_id=(found.fields.first("WARC-Record-ID") or "").strip("<> ")[:200],
            status=found.status,
            headers=headers,
            body=body,
            truncated=(found.fields.first("WARC-Truncated") or "").strip()[:20] or broken,
            ip_address=found.fields.first("WARC-IP-Address"),
            file=name,
            offset=found.offset,
        )


def _dechunked(body: bytes, headers: Headers) -> tuple[bytes, str | None]:
    """Without `Transfer-Encoding: chunked`, which some keep on, and some take off and leave the field."""
    coded = "chunked" in (headers.first("Transfer-Encoding") or "").lower()
    if not coded or _CHUNK_LINE.match(body) is None:
        return body, None
    chunks = Dechunker()
    content = chunks.feed(body)
    return content, None if chunks.complete else "disconnect"


def _instant(text: str | None) -> datetime | None:
    """WARC-Date, in UTC; None for what is none, or lies outside of the web's time."""
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    if not 1990 <= at.year <= 9000:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
