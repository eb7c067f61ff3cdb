"""The way of a request through the gates to the network and back, where no spider of a project stands beside it.

By hand in place of Scrapy's engine, downloader and chain of middlewares, which for one middleware, ours, start three
tasks and send six signals that nobody hears: a seventh of what a page cost. Scrapy's download handlers stay. Where a
project has middlewares of its own (`scrapy crawl`) its requests and ours take Scrapy's way, which asks all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from collector.crawler.gating.gate_middleware import GateMiddleware

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

Send = Callable[[Request], Awaitable[Response]]


class Passage:
    """What Scrapy's engine does for a request of our own; at most `per_host` of them at the door of one host."""

    def __init__(self, crawl: Crawl, send: Send, per_host: int) -> None:
        self._tickets = crawl.tickets
        self._gate = GateMiddleware(crawl)
        self._send = send
        self._per_host = per_host
        self._doors: dict[str, asyncio.Semaphore] = {}  # of hosts that somebody is at
        self._at: dict[str, int] = {}

    async def download(self, request: Request) -> Response:
        """The answer as the gates deliver it. Raises what they and the network raise."""
        gate, ticket = self._gate, self._tickets.get(request)
        assert ticket is not None
        try:
            answered = await gate.process_request(request)
            assert answered is None  # only what somebody's own spider asks for is replaced or answered from here
            response = await self._in_line(request, ticket.host_key)
        except Exception as exc:
            await gate.process_exception(request, exc)
            raise
        answer = await gate.process_response(request, response)
        assert isinstance(answer, Response)  # where a redirect leads is a candidate of the queue's
        return answer

    async def _in_line(self, request: Request, host: str) -> Response:
        door = self._doors.get(host)
        if door is None:
            door = self._doors[host] = asyncio.Semaphore(self._per_host)
        self._at[host] = self._at.get(host, 0) + 1
        try:
            async with door:
                return await self._send(request)
        finally:
            self._at[host] -= 1
            if not self._at[host]:
                del self._doors[host], self._at[host]
