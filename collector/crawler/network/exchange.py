"""One connection to a server: a request goes out, its answer is put together and handed over whole.

By hand, over Twisted's client, agent and response and Scrapy's agent and body reader above them, which pass each
answer through nine objects and twenty callbacks and stop the socket in the middle. Chunks are Twisted's decoder's.
Heads are of bounded size, bodies of the size that the request allows; a connection that is given up is cut.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.http import _ChunkedTransferDecoder

from collector.crawler.network.answer_head import Head, read_head
from collector.crawler.network.arrived import Arrived
from collector.model.headers import Headers

MAX_HEAD_BYTES = 262_144  # of an answer's status line and fields, interim answers (RFC 9110 §15.2) counted in
MAX_HEAD_LINES = 1_000
MAX_LINE = 65_536  # bytes of one field
MIN_SHARE = 0.25  # of a chunked body's bytes that must be body, once there is …
JUDGED_FROM = 1_000_000  # … this much to judge by
_END = re.compile(rb"\n\r?\n")  # of a head: some servers end lines with LF alone (RFC 9112 §2.2)

Told = Callable[[Arrived | Exception], None]


class HeadTooLargeError(Exception):
    """The server sent more header than anybody needs."""


class ChunksTooSmallError(Exception):
    """A body of hardly anything but chunk sizes (RFC 9112 §7.1.1: a recipient ought to limit them)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it goes out, and what its answer may be."""

    url: str
    request: bytes
    max_body: int  # bytes; 0: as many as come
    whole: bool  # a body that breaks off is no answer; otherwise it is one, with the flag `dataloss`
    told: Told  # once: the answer, or why there is none


class Exchange(Protocol):
    """A connection, for one request at a time. `waits` means: for the next one."""

    transport: Any  # Twisted's, plain or TLS

    def __init__(self, idle: Callable[[Exchange], None]) -> None:
        self._idle = idle
        self._asked: Asked | None = None
        self._head: Head | None = None
        self._heard_at = 0.0
        self._gone: Deferred[None] | None = None
        self._address: str | None = None
        self.open = False
        self.place: Any = None  # where the pool keeps it

    @property
    def waits(self) -> bool:
        """Whether a request may go out on it."""
        return self.open and self._asked is None

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        """Note whom we speak to."""
        self.open = True
        host = getattr(self.transport.getPeer(), "host", "")
        try:
            self._address = str(ipaddress.ip_address(host))
        except ValueError:
            self._address = None

    def ask(self, asked: Asked) -> None:
        """Send a request."""
        self._asked, self._head, self._heard_at = asked, None, 0.0
        self._buffer = bytearray()
        self._looked = self._line = 0  # how far for the end of the head, and where its last line begins
        self._head_bytes = self._head_lines = self._open_lines = 0
        self._body = bytearray()
        self._left: int | None = None  # bytes of the body that are still to come, where that is known
        self._framed = 0
        self._chunks: _ChunkedTransferDecoder | None = None
        self._beyond: list[bytes] = []
        self.transport.write(asked.request)

    def abort(self) -> Deferred[None]:
        """Cut the connection; whoever asked is not told any more. Fires when it is gone."""
        self._asked = None
        gone: Deferred[None] = Deferred()
        if not self.open:
            gone.callback(None)
            return gone
        self._gone, self.open = gone, False
        self.transport.abortConnection()
        return gone

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Bytes of an answer. What comes unasked must not answer the next request (RFC 9112 §9.2)."""
        if self._asked is None:
            self.transport.abortConnection()
            return
        try:
            if self._head is None:
                self._read_head(data)
            else:
                self._read_body(data)
        except Exception as error:  # noqa: BLE001  whatever the server's bytes do to a parser ends its answer
            self._give_up(error)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        """The end of an answer whose length nobody said, of an answer that is none, or of an idle connection."""
        self.open = False
        gone, self._gone = self._gone, None
        if gone is not None:
            gone.callback(None)
        if self._asked is None:
            return
        if self._head is not None and self._left is None and self._chunks is None:
            self._done("partial")
        else:
            self._give_up(reason.value or ConnectionError())

    def _read_head(self, data: bytes) -> None:
        """Raise HeadTooLargeError instead of reading on."""
        while True:
            buffer: bytes | bytearray = data
            if self._buffer:
                self._buffer += data
                buffer = self._buffer
            end = _END.search(buffer, max(self._looked - 2, 0))
            if end is None:
                self._unfinished(buffer, data)
                return
            head, rest = bytes(buffer[: end.start()]), bytes(buffer[end.end() :])
            lines = head.split(b"\n")
            self._head_bytes += len(head) + 3
            self._head_lines += len(lines) + 1
            if len(head) > MAX_LINE and max(map(len, lines)) > MAX_LINE:
                raise HeadTooLargeError
            self._check_size(0, 0)
            found = read_head(lines)
            if not 100 <= found.status < 200:  # RFC 9110 §15.2: an interim answer is read and passed over
                self._begin_body(found, rest)
                return
            self._buffer, self._looked, self._line, self._open_lines = bytearray(), 0, 0, 0
            if not rest:
                return
            data = rest

    def _unfinished(self, buffer: bytes | bytearray, data: bytes) -> None:
        before = len(buffer) - len(data)
        if not self._buffer:
            self._buffer += data
        self._looked = len(buffer)
        last = data.rfind(b"\n")
        if last >= 0:
            self._line = before + last + 1
        if len(buffer) - self._line > MAX_LINE:  # one endless field is no better than endless fields
            raise HeadTooLargeError
        self._open_lines += data.count(b"\n")
        self._check_size(len(buffer), self._open_lines)

    def _check_size(self, more_bytes: int, more_lines: int) -> None:
        if self._head_bytes + more_bytes > MAX_HEAD_BYTES or self._head_lines + more_lines > MAX_HEAD_LINES:
            raise HeadTooLargeError

    def _begin_body(self, head: Head, rest: bytes) -> None:
        assert self._asked is not None
        chunked, self._left = head.chunked, head.length
        self._head, self._heard_at = head, time.monotonic()
        self._buffer = bytearray()
        if chunked:
            self._chunks = _ChunkedTransferDecoder(self._body.extend, self._beyond.append)
        if self._left is not None and 0 < self._asked.max_body < self._left:
            raise DownloadCancelledError(f"a body of {self._left} bytes")
        if rest or self._left == 0:
            self._read_body(rest)

    def _read_body(self, data: bytes) -> None:
        assert self._asked is not None
        if self._chunks is not None:
            self._read_chunks(self._chunks, data)
        elif self._left is None:
            self._body += data
        elif len(data) > self._left:
            self._body += data[: self._left]
            self._beyond, self._left = [data[self._left :]], 0
        else:
            self._body += data
            self._left -= len(data)
        if 0 < self._asked.max_body < len(self._body):
            raise DownloadCancelledError(f"a body of more than {self._asked.max_body} bytes")
        if self._left == 0 or (self._chunks is not None and self._beyond):
            self._done()

    def _read_chunks(self, decoder: _ChunkedTransferDecoder, data: bytes) -> None:
        decoder.dataReceived(data)
        self._framed += len(data)
        if not self._beyond and self._framed > JUDGED_FROM and len(self._body) < self._framed * MIN_SHARE:
            raise ChunksTooSmallError

    def _done(self, *flags: str) -> None:
        """Hand the answer over; the connection waits for the next request, where it lasts."""
        asked, head = self._asked, self._head
        assert asked is not None
        assert head is not None
        answer = Arrived(
            asked.url,
            head.status,
            self._headers(head),
            bytes(self._body),
            head.protocol,
            self._address,
            flags,
            self._heard_at,
        )
        self._asked, self._head, self._body = None, None, bytearray()
        if self.open:
            if head.lasts and not any(self._beyond):
                self._idle(self)
            else:
                self.transport.loseConnection()
        asked.told(answer)

    def _headers(self, head: Head) -> Headers:
        pairs = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, all_ in head.fields.items() for value in all_
        ]
        if (length := head.length) is not None:
            pairs.append(("Content-Length", str(length)))
        return Headers(pairs)

    def _give_up(self, error: BaseException) -> None:
        """No answer, or half of one. Under TLS a good-bye could wait for ever: the connection is cut."""
        asked = self._asked
        assert asked is not None
        if self.open:
            self.open = False
            self.transport.abortConnection()
        if self._head is not None and not asked.whole and not isinstance(error, DownloadCancelledError):
            self._done("dataloss")
            return
        self._asked, self._head, self._body = None, None, bytearray()
        if isinstance(error, DownloadCancelledError):
            asked.told(error)
            return
        lost = ResponseDataLossError() if self._left is not None or self._chunks is not None else DownloadFailedError()
        lost.__cause__ = error
        asked.told(lost)
