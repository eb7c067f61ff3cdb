"""The way of a request through the gates to the network and back, where no spider of a project stands beside it.

By hand in place of Scrapy's engine, downloader, requests, responses and chain of middlewares, which for one middleware,
ours, start three tasks and send six signals that nobody hears: a fifth of what a page cost. Where a
project has middlewares of its own (`scrapy crawl`) its requests and ours take Scrapy's way, which asks all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from collector.crawler.gating.judge import Judge
from collector.crawler.network.ticket import Refusal, Ticket
from collector.model.errors import FAULTS

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

Send = Callable[[Ticket], Awaitable[None]]


class Passage:
    """What Scrapy's engine does for a request of our own; at most `per_host` of them at the door of one host."""

    def __init__(self, crawl: Crawl, send: Send, per_host: int) -> None:
        self._crawl = crawl
        self._tickets = crawl.tickets
        self._judge = Judge(crawl)
        self._send = send
        self._per_host = per_host
        self._doors: dict[str, asyncio.Semaphore] = {}  # of hosts that somebody is at
        self._at: dict[str, int] = {}

    async def download(self, ticket: Ticket) -> None:
        """Until the account has what came of it. Raises Refusal, and what the network raises.

        The answer for a site's own file is left on its ticket: whoever asks for it judges it.
        """
        gates = not ticket.site_file
        self._tickets.enter(ticket)
        try:
            try:
                if gates:
                    await self._admit(ticket)
                await self._in_line(ticket)
            except Exception as exc:
                await self._judge.failed(ticket, exc)
                raise
            if gates:
                await self._answer(ticket)
        finally:
            self._tickets.left(ticket)

    async def _admit(self, ticket: Ticket) -> None:
        try:
            await self._judge.admit(ticket)
        except Refusal as refusal:
            raise self._judge.refused(ticket, refusal) from None

    async def _answer(self, ticket: Ticket) -> None:
        try:
            await self._judge.answer(ticket)
        except FAULTS as exc:
            self._crawl.fault = self._crawl.fault or exc
            raise
        except Refusal as refusal:
            raise self._judge.refused(ticket, refusal) from None

    async def _in_line(self, ticket: Ticket) -> None:
        host = ticket.host_key
        door = self._doors.get(host)
        if door is None:
            door = self._doors[host] = asyncio.Semaphore(self._per_host)
        self._at[host] = self._at.get(host, 0) + 1
        try:
            async with door:
                await self._send(ticket)
        finally:
            self._at[host] -= 1
            if not self._at[host]:
                del self._doors[host], self._at[host]
