"""Messages to and from one document process, each behind its length: a future for an answer, and no task.

By hand, over asyncio's streams, which for one answer make a task and wake it up at every read.
"""

from __future__ import annotations

import asyncio
import select
from typing import cast

from collector.crawler.documents.document_worker import FRAME


class Channel(asyncio.Protocol):
    """The crawler's end of the pair of sockets. One question at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes | None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._message: bytes | None = None  # an answer that came while nobody waited for it
        self._lost: str | None = None  # why there will be none
        self._buffer = bytearray()
        self._size = -1  # of the message that is coming; -1: not known yet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process may be spoken to; whether it listens is not known."""
        self._transport = cast("asyncio.Transport", transport)

    @property
    def ended(self) -> bool:
        """Whether the process is gone. The socket knows at once; the loop, and who waits for the process, later."""
        if self._transport is None or self._transport.is_closing():
            return True
        look = select.poll()
        look.register(self._transport.get_extra_info("socket"), 0)  # of nothing but a hang-up
        return bool(look.poll(0))

    def tell(self, message: bytes) -> None:
        """Send a message that has no answer. Raises ConnectionError when the process is gone."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._transport.write(FRAME.pack(len(message)) + message)

    def ask(self, message: bytes, seconds: float) -> asyncio.Future[bytes | None]:
        """The answer to come, as `wait`. Raises ConnectionError as `tell`.

        Who does not wait for it any more cuts the channel: the next answer would be this one.
        """
        self.tell(message)
        return self.wait(seconds)

    def wait(self, seconds: float) -> asyncio.Future[bytes | None]:
        """The answer to what was asked, or None when it takes longer; ConnectionError when the process is gone."""
        loop = asyncio.get_running_loop()
        answer = self._answer = loop.create_future()
        if self._message is not None or self._lost is not None:
            self._settle()
        else:
            self._timer = loop.call_later(seconds, self._late)
        return answer

    def _late(self) -> None:
        answer, self._answer, self._timer = self._answer, None, None
        if answer is not None and not answer.done():
            answer.set_result(None)

    def _settle(self) -> None:
        """Tell whoever waits; or whoever will, of what has been asked already."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        answer, self._answer = self._answer, None
        if answer is None:
            return
        message, self._message = self._message, None
        if answer.done():
            return
        if message is not None:
            answer.set_result(message)
        else:
            answer.set_exception(ConnectionResetError(self._lost))

    def data_received(self, data: bytes) -> None:
        """Some of an answer."""
        self._buffer += data
        if self._size < 0 and len(self._buffer) >= FRAME.size:
            (self._size,) = FRAME.unpack_from(self._buffer)
        whole = FRAME.size + self._size
        if self._size < 0 or len(self._buffer) < whole:
            return
        self._message = bytes(memoryview(self._buffer)[FRAME.size : whole])
        self._buffer, self._size = bytearray(), -1
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """The process ended, or `abort` was called."""
        self._lost = str(exc or "")
        self._settle()

    def abort(self) -> None:
        """Cut it."""
        if self._transport is not None:
            self._transport.abort()
