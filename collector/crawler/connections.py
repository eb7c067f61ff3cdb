"""The connections to servers: heads of bounded size, no request sent twice, few and young idle ones.

Over Twisted's, which reads header fields for as long as they come, sends a request again at once where a kept-alive
connection closed without an answer (the host's turn is nobody's to repeat), keeps up to one idle connection per host
for four minutes (a crawl of a thousand hosts would run out of descriptors) and every host's name for ever.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory
from twisted.web.http import _ChunkedTransferDecoder

from collector.crawler.quick_import import quick_deprecations

with quick_deprecations():
    from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol, _LenientHTTPClientParser

MAX_HEAD_BYTES = 262_144  # of an answer's status line and fields, interim answers (RFC 9110 §15.2) counted in
MAX_HEAD_LINES = 1_000
MAX_LINE = 65_536  # bytes of one field
MAX_IDLE = 256  # connections kept open without a request, all hosts
IDLE_SECONDS = 4.0  # shorter than servers keep theirs: who closes first does not race with a request
MIN_SHARE = 0.25  # of a chunked body's bytes that must be body, once there is …
JUDGED_FROM = 1_000_000  # … this much to judge by


class HeadTooLargeError(Exception):
    """The server sent more header than anybody needs."""


class ChunksTooSmallError(Exception):
    """A body of hardly anything but chunk sizes (RFC 9112 §7.1.1: a recipient ought to limit them)."""


class BoundedParser(_LenientHTTPClientParser):
    """Counts what comes before the body, over all interim answers."""

    MAX_LENGTH = MAX_LINE
    head_bytes = 0
    head_lines = 0
    framed_bytes = 0  # of a chunked body, as it came
    body_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        """Raise HeadTooLargeError instead of reading on."""
        self.head_bytes += len(line) + 1
        self.head_lines += 1
        if self.head_bytes > MAX_HEAD_BYTES or self.head_lines > MAX_HEAD_LINES:
            raise HeadTooLargeError
        super().lineReceived(line)

    def lineLengthExceeded(self, _line: bytes) -> None:  # noqa: N802
        """One endless field is no better than endless fields."""
        raise HeadTooLargeError

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        """Bytes of the body. What was read at once is passed on at once, in however many chunks it came."""
        decoder: object = self.bodyDecoder
        if not isinstance(decoder, _ChunkedTransferDecoder):
            super().rawDataReceived(data)  # type: ignore[no-untyped-call]
            return
        parts: list[bytes] = []
        rest: list[bytes] = []
        finish = decoder.finishCallback
        decoder.dataCallback, decoder.finishCallback = parts.append, rest.append
        try:
            decoder.dataReceived(data)
        finally:
            decoder.finishCallback = finish
            if body := b"".join(parts):
                self.response._bodyDataReceived(body)  # noqa: SLF001  what Twisted's own parser gives the decoder
        self.framed_bytes += len(data)
        self.body_bytes += len(body)
        if rest:
            finish(rest[0])
        elif self.framed_bytes > JUDGED_FROM and self.body_bytes < self.framed_bytes * MIN_SHARE:
            raise ChunksTooSmallError


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Ends a connection at once where the answer's head is too large."""

    def request(self, request: Any) -> Deferred[Any]:
        """Send `request`; its answer is read by a BoundedParser."""
        answer: Deferred[Any] = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = BoundedParser  # as Scrapy does it: the class is named in Twisted's own method
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Bytes of an answer. A connection that is given up is cut: under TLS a good-bye could wait for ever."""
        if self._parser is None:  # nobody asked for anything: what comes now must not answer the next request
            self.transport.abortConnection()  # type: ignore[union-attr]
            return
        try:
            self._parser.dataReceived(data)  # type: ignore[no-untyped-call]
        except BaseException as error:  # noqa: BLE001  as Twisted has it: whatever a parser raises ends the answer
            self.transport.abortConnection()  # type: ignore[union-attr]
            self._giveUp(Failure(error))  # type: ignore[no-untyped-call]


class BoundedFactory(_HTTP11ClientFactory):
    """Builds BoundedProtocol."""

    noisy = False

    def buildProtocol(self, _addr: object) -> BoundedProtocol:  # noqa: N802
        """One connection."""
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedPool(HTTPConnectionPool):
    """Idle connections: `MAX_IDLE` in all, the oldest closed first, each for `IDLE_SECONDS`."""

    retryAutomatically = False  # noqa: N815  a request takes its host's turn, each time anew
    cachedConnectionTimeout = IDLE_SECONDS  # type: ignore[assignment]  # noqa: N815

    def __init__(self, reactor: Any, *, per_host: int) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self.maxPersistentPerHost = per_host
        self._factory = BoundedFactory

    def getConnection(self, key: Hashable, endpoint: Any) -> Deferred[Any]:  # noqa: N802
        """An idle connection of this host, or a new one."""
        connection = super().getConnection(key, endpoint)
        self._forget(key)
        return connection

    def _putConnection(self, key: Hashable, connection: Any) -> None:  # noqa: N802
        connection.place = key
        super()._putConnection(key, connection)  # type: ignore[no-untyped-call]
        while len(self._timeouts) > MAX_IDLE:  # in the order in which they became idle
            oldest = next(iter(self._timeouts))
            self._timeouts[oldest].cancel()
            self._removeConnection(oldest.place, oldest)

    def _removeConnection(self, key: Hashable, connection: Any) -> None:  # noqa: N802
        super()._removeConnection(key, connection)  # type: ignore[no-untyped-call]
        self._forget(key)

    def _forget(self, key: Hashable) -> None:
        if not self._connections.get(key):
            self._connections.pop(key, None)
