"""The channel to a document process: whole messages, however they are cut, and an end for whoever waits."""

from __future__ import annotations

import asyncio

import pytest

from collector.crawler.documents.channel import Channel
from collector.crawler.documents.document_worker import FRAME


class Wire(asyncio.Transport):
    """Takes what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True


def between(work) -> None:
    async def run() -> None:
        channel, wire = Channel(), Wire()
        channel.connection_made(wire)
        await work(channel, wire)

    asyncio.run(run())


@pytest.mark.parametrize("size", [1, 7, 8, 9, 1_000_000])
def test_messages_arrive_whole_however_they_are_cut(size):
    async def work(channel: Channel, wire: Wire) -> None:
        for message in (b"x" * 100, b"", b"second"):
            asked = channel.ask(b"question", 60.0)
            frame = FRAME.pack(len(message)) + message
            for start in range(0, len(frame), size):
                assert not asked.done()
                channel.data_received(frame[start : start + size])
            assert await asked == message
        assert wire.sent == (FRAME.pack(8) + b"question") * 3

    between(work)


def test_who_waits_is_told_when_the_process_ends():
    async def work(channel: Channel, wire: Wire) -> None:
        asked = channel.ask(b"question", 60.0)
        channel.data_received(FRAME.pack(10) + b"half")
        channel.connection_lost(None)
        with pytest.raises(ConnectionResetError):
            await asked
        wire.abort()
        with pytest.raises(ConnectionResetError):
            channel.ask(b"another", 60.0)

    between(work)


def test_an_answer_that_is_late_is_none_and_may_be_waited_for_again():
    async def work(channel: Channel, wire: Wire) -> None:
        assert await channel.ask(b"question", 0.0) is None
        assert await channel.wait(0.0) is None
        frame = FRAME.pack(6) + b"answer"
        channel.data_received(frame)  # while nobody waits
        assert await channel.wait(60.0) == b"answer"
        asked = channel.ask(b"next", 60.0)
        assert not asked.done()
        channel.data_received(frame)
        assert await asked == b"answer"
        assert await channel.ask(b"last", 0.0) is None
        channel.connection_lost(None)
        with pytest.raises(ConnectionResetError):
            await channel.wait(60.0)

    between(work)
