"""Walks a WARC file byte by byte, trusting nothing: gzip members first, then the grammar of each record.

By hand, and beside the reader: warcio forgives what a verifier has to see (bytes after a record, fields without
a colon, a member that ends early), and what it does not forgive it reports by ending the file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any, BinaryIO

from collector.archive.cdxj import IndexEntry, entry_of
from collector.archive.chunked import Dechunker
from collector.archive.digests import agrees, hasher_for
from collector.archive.fields import decoded
from collector.archive.naming import OPEN
from collector.archive.problem import Fault, Severity
from collector.model.headers import Headers

_CHUNK = 1 << 18
_MAX_HEADER = 1 << 16
_MAX_HTTP_HEAD = 1 << 20
_GZIP = 31  # wbits: a gzip header, and its checksum and length checked at the end
_VERSION = re.compile(rb"WARC/(?:1\.[01]|0\.1[78])\Z")
_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+\Z")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])? ([0-9]{3})(?: |\Z)")
_PAYLOAD_TYPES = frozenset({"response", "resource", "request", "conversion"})  # a revisit's stands elsewhere
_HTTP_TYPES = frozenset({"response", "request", "revisit"})
_END = b"\r\n\r\n"
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(slots=True)
class Scanned:
    """One record as found. `offset`, `length` in bytes of the file; `length` is 0 until its end was seen."""

    offset: int
    length: int = 0
    version: str = ""
    fields: Headers = field(default_factory=Headers)
    http: Headers | None = None
    status: int | None = None
    faults: list[Fault] = field(default_factory=list)

    def entry_in(self, path: Path) -> IndexEntry | None:
        """Its line in the index of this file, sealed or open, or None where it gets none."""
        name = path.name.removesuffix(OPEN)
        return entry_of(self.fields, self.http, self.status, offset=self.offset, length=self.length, filename=name)


class _State(Enum):
    HEADER = auto()
    HTTP_HEAD = auto()
    PAYLOAD = auto()
    END = auto()
    DONE = auto()
    BROKEN = auto()


class RecordParser:
    """One record of WARC 1.1 §4: version, named fields, a block of Content-Length octets, two empty lines."""

    def __init__(self, offset: int) -> None:
        self.found = Scanned(offset)
        self._state = _State.HEADER
        self._buffer = b""
        self._left = 0  # octets of the block still to come
        self._block: tuple[str, Any] | None = None
        self._payload: tuple[str, Any] | None = None
        self._unchunked: tuple[Dechunker, Any] | None = None
        self._payload_length = 0

    @property
    def done(self) -> bool:
        """The record ended as it should."""
        return self._state is _State.DONE

    @property
    def lost(self) -> bool:
        """Where this record ends cannot be told."""
        return self._state is _State.BROKEN

    def feed(self, data: bytes) -> bytes:
        """Take in `data`; what is left over once the record has ended. Holds at most one header."""
        while data and self._state not in (_State.DONE, _State.BROKEN):
            match self._state:
                case _State.HEADER:
                    data = self._in_header(data)
                case _State.HTTP_HEAD | _State.PAYLOAD:
                    data = self._in_block(data)
                case _:
                    data = self._in_end(data)
        return b"" if self._state is _State.BROKEN else data

    def finish(self, length: int) -> Scanned:
        """No more bytes belong to this record. `length` in bytes of the file."""
        self.found.length = length
        match self._state:
            case _State.HEADER:
                self._fault("record_grammar", "the header is not ended by an empty line (CRLF CRLF)")
            case _State.HTTP_HEAD | _State.PAYLOAD:
                self._fault("record_end", f"the block is {self._left:,} octets shorter than Content-Length says")
            case _State.END:
                self._fault("record_end", "the record is not followed by CRLF CRLF")
            case _:
                pass
        return self.found

    def _fault(self, rule: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.found.faults.append(Fault(rule, message, severity))

    def _in_header(self, data: bytes) -> bytes:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if not b"WARC/".startswith(self._buffer[:5]) and not self._buffer.startswith(b"WARC/"):
            self._fault("record_grammar", f"a record starts with WARC/…, not with {self._buffer[:20]!r}")
        elif end < 0 and len(self._buffer) <= _MAX_HEADER:
            return b""
        elif not 0 <= end <= _MAX_HEADER:
            self._fault("record_grammar", f"a header of more than {_MAX_HEADER:,} bytes without an empty line")
        else:
            rest, self._buffer = self._buffer[end + 4 :], self._buffer[:end]
            self._parse_header(self._buffer)
            self._buffer = b""
            return rest
        self._state, self._buffer = _State.BROKEN, b""
        return b""

    def _parse_header(self, head: bytes) -> None:
        version, *lines = head.split(b"\r\n")
        self.found.version = decoded(version)
        if _VERSION.match(version) is None:
            self._fault("record_grammar", f"{version[:40]!r} is no version of WARC that is known")
        pairs: list[tuple[str, str]] = []
        for line in lines:
            name, colon, value = line.partition(b":")
            if line[:1] in (b" ", b"\t") and pairs:
                self._fault("folded_field", "a field goes on over a second line", Severity.NOTE)
                pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {decoded(line)}")
            elif not colon or _NAME.match(name) is None:
                self._fault("record_grammar", f"{line[:60]!r} is no `name: value`")
            else:
                pairs.append((name.decode("ascii"), decoded(value)))
            if _CONTROL.search(line):
                self._fault("record_grammar", f"control character in {line[:60]!r}")
        self.found.fields = fields = Headers(pairs)
        length = fields.first("Content-Length") or ""
        if not (length.isascii() and length.isdigit() and len(length) <= 18):
            # The table says what is wrong with the field; without it the end of the record is unknown.
            self._state = _State.BROKEN
            return
        self._left = int(length)
        self._start_block(fields)

    def _start_block(self, fields: Headers) -> None:
        block, payload = fields.first("WARC-Block-Digest"), fields.first("WARC-Payload-Digest")
        self._block = self._hasher("WARC-Block-Digest", block)
        kind = fields.first("WARC-Type") or ""
        if kind in _PAYLOAD_TYPES and fields.first("WARC-Segment-Number") is None:
            self._payload = self._hasher("WARC-Payload-Digest", payload)
        is_http = (fields.first("Content-Type") or "").lower().startswith("application/http") and kind in _HTTP_TYPES
        self._state = _State.HTTP_HEAD if is_http and self._left else _State.PAYLOAD
        if not self._left:
            self._end_of_block()

    def _hasher(self, name: str, value: str | None) -> tuple[str, Any] | None:
        if value is None:
            return None
        hasher = hasher_for(value)
        if hasher is None:
            self._fault("digest_unknown", f"{name}: algorithm of {value[:40]!r} is not known here", Severity.NOTE)
            return None
        return value, hasher

    def _in_block(self, data: bytes) -> bytes:
        piece, rest = data[: self._left], data[self._left :]
        self._left -= len(piece)
        if self._block is not None:
            self._block[1].update(piece)
        if self._state is _State.HTTP_HEAD:
            self._in_http_head(piece)
        else:
            self._in_payload(piece)
        if not self._left:
            self._end_of_block()
        return rest

    def _in_http_head(self, piece: bytes) -> None:
        searched = max(0, len(self._buffer) - 3)
        self._buffer += piece
        end = _HEAD_END.search(self._buffer, searched)
        if end is None and self._left and len(self._buffer) <= _MAX_HTTP_HEAD:
            return
        head, payload = (self._buffer[: end.start()], self._buffer[end.end() :]) if end else (self._buffer, b"")
        self._buffer = b""
        if end is None:
            self._fault("http_grammar", "the HTTP header is not ended by an empty line")
        self._parse_http_head(head)
        self._state = _State.PAYLOAD
        self._in_payload(payload)

    def _parse_http_head(self, head: bytes) -> None:
        first, *lines = re.split(rb"\r?\n", head)
        if self.found.fields.first("WARC-Type") != "request":
            status = _STATUS.match(first)
            if status is None:
                self._fault("http_grammar", f"{first[:60]!r} is no HTTP status line")
            else:
                self.found.status = int(status.group(1))
        pairs = []
        for line in lines:
            name, colon, value = line.partition(b":")
            if colon and _NAME.match(name.rstrip()):
                pairs.append((decoded(name), decoded(value)))
            elif line[:1] not in (b" ", b"\t"):
                self._fault("http_grammar", f"{line[:60]!r} is no header field", Severity.NOTE)
        self.found.http = Headers(pairs)
        if "chunked" in (self.found.http.first("Transfer-Encoding") or "").lower() and self._payload is not None:
            self._unchunked = (Dechunker(), hasher_for(self._payload[0]))

    def _in_payload(self, piece: bytes) -> None:
        self._payload_length += len(piece)
        if self._payload is not None:
            self._payload[1].update(piece)
        if self._unchunked is not None:
            self._unchunked[1].update(self._unchunked[0].feed(piece))

    def _end_of_block(self) -> None:
        if self._block is not None and not agrees(*self._block):
            self._fault("block_digest", "the block is not what WARC-Block-Digest says")
        # Digests of chunked payloads are taken with or without the chunks, depending on the crawler.
        if (
            self._payload is not None
            and not agrees(*self._payload)
            and (self._unchunked is None or not agrees(self._payload[0], self._unchunked[1]))
        ):
            self._fault("payload_digest", "the payload is not what WARC-Payload-Digest says")
        self._check_http_length()
        self._state = _State.END

    def _check_http_length(self) -> None:
        fields, http = self.found.fields, self.found.http
        if http is None or fields.first("WARC-Type") != "response" or fields.first("WARC-Truncated") is not None:
            return
        if fields.first("WARC-Segment-Number") is not None or http.first("Transfer-Encoding") is not None:
            return
        lengths = set(http.all("Content-Length"))
        if not lengths or (self.found.status in (204, 304) and not self._payload_length):
            return
        if lengths != {str(self._payload_length)}:
            said = ", ".join(sorted(lengths))[:60]
            self._fault("http_length", f"HTTP Content-Length {said}, but {self._payload_length:,} bytes are stored")

    def _in_end(self, data: bytes) -> bytes:
        missing = len(_END) - len(self._buffer)
        self._buffer += data[:missing]
        if not _END.startswith(self._buffer):
            self._fault("record_end", f"the record is followed by {self._buffer!r} instead of CRLF CRLF")
            self._state = _State.BROKEN
        elif self._buffer == _END:
            self._state = _State.DONE
        return data[missing:]


def scan(stream: BinaryIO) -> Iterator[Scanned]:
    """Every record of a WARC file, gzipped or plain, with what is wrong with it; the last one may be a ruin.

    Linear in the uncompressed size, in bounded memory; raises only OSError of the stream.
    """
    first = stream.read(_CHUNK)
    if first.startswith(b"\x1f\x8b"):
        yield from _scan_gzip(stream, first)
    elif first:
        yield from _scan_plain(stream, first)


def _scan_gzip(stream: BinaryIO, data: bytes) -> Iterator[Scanned]:
    start = 0  # of the member, in the file
    consumed = 0  # bytes of the file before `data`
    while data:
        parser, member, extra = RecordParser(start), zlib.decompressobj(_GZIP), b""
        try:
            while not member.eof and data:
                out = member.decompress(data, _CHUNK)
                extra = extra or parser.feed(out)
                if not member.eof:
                    left = member.unconsumed_tail
                    consumed += len(data) - len(left)
                    data = left or stream.read(_CHUNK)
            if not member.eof:
                # zlib may hold back output when its input ends inside a member.
                out = member.flush()
                extra = extra or parser.feed(out)
        except zlib.error as exc:
            ruin = parser.finish(0)
            what = "no gzip member starts here" if parser.found.version == "" else "damaged gzip member"
            ruin.faults.insert(0, Fault("gzip_member", f"{what} ({exc})"))
            yield ruin
            return
        if not member.eof:
            ruin = parser.finish(0)
            ruin.faults.insert(0, Fault("gzip_member", "the file ends inside a gzip member"))
            yield ruin
            return
        consumed += len(data) - len(member.unused_data)
        found = parser.finish(consumed - start)
        if extra:
            several = extra.startswith(b"WARC/")
            message = "more than one record in a gzip member" if several else "bytes after the record, in its member"
            found.faults.append(Fault("one_record_per_member", message))
        yield found
        start = consumed
        data = member.unused_data or stream.read(_CHUNK)


def _scan_plain(stream: BinaryIO, data: bytes) -> Iterator[Scanned]:
    start = consumed = 0
    parser = RecordParser(0)
    while data:
        rest = parser.feed(data)
        consumed += len(data) - len(rest)
        if parser.lost:
            yield parser.finish(0)
            return
        if parser.done:
            yield parser.finish(consumed - start)
            start, parser = consumed, RecordParser(consumed)
        data = rest or stream.read(_CHUNK)
    if consumed > start:
        yield parser.finish(0)
