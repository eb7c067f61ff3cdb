"""Messages to and from one document process, each behind its length: a future for an answer, and no task.

By hand, over asyncio's streams, which for one answer make a task and wake it up at every read.
"""

from __future__ import annotations

import asyncio
from typing import cast

from collector.crawler.documents.document_worker import FRAME


class Channel(asyncio.Protocol):
    """The crawler's end of the pair of sockets. One question at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._buffer = bytearray()
        self._size = -1  # of the message that is coming; -1: not known yet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process may be spoken to; whether it listens is not known."""
        self._transport = cast("asyncio.Transport", transport)

    def tell(self, message: bytes) -> None:
        """Send a message that has no answer. Raises ConnectionError when the process is gone."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._transport.write(FRAME.pack(len(message)) + message)

    def ask(self, message: bytes) -> asyncio.Future[bytes]:
        """The answer to come, or ConnectionResetError when the process ends instead. Raises ConnectionError as `tell`.

        Who does not wait for it any more cuts the channel: the next answer would be this one.
        """
        self.tell(message)
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer

    def data_received(self, data: bytes) -> None:
        """Some of an answer."""
        self._buffer += data
        if self._size < 0 and len(self._buffer) >= FRAME.size:
            (self._size,) = FRAME.unpack_from(self._buffer)
        whole = FRAME.size + self._size
        if self._size < 0 or len(self._buffer) < whole:
            return
        answer, self._answer = self._answer, None
        message = bytes(memoryview(self._buffer)[FRAME.size : whole])
        self._buffer, self._size = bytearray(), -1
        if answer is not None and not answer.done():
            answer.set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """The process ended, or `abort` was called."""
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(ConnectionResetError(str(exc or "")))

    def abort(self) -> None:
        """Cut it."""
        if self._transport is not None:
            self._transport.abort()
