"""Waiting for a host's turn: every request takes a slot of its host's clock, whatever it is for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collector.crawler.ticket import Ticket
from collector.frontier.frontier import Fetched, Frontier
from collector.ledger.store import Store

PAUSE_LOOK = 0.25  # seconds between looks whether a pause is over


@dataclass
class Turns:
    """Hands out turns from the frontier's clock, which other processes and later runs share."""

    frontier: Frontier
    store: Store
    paused: Callable[[], bool] = lambda: False
    _waiting: set[asyncio.Task[Any]] = field(default_factory=set)
    _closed: bool = False

    async def take(self, ticket: Ticket) -> None:
        """Wait until the ticket may go out. A claim brings its slot with it; anything further reserves one.

        Raises CancelledError once `close` was called.
        """
        while True:
            if self._closed:
                raise asyncio.CancelledError
            if self.paused():
                await self._sleep(PAUSE_LOOK)
                continue
            slot, ticket.reserved = ticket.reserved, None
            if slot is None:
                with self.store.transaction() as tx:
                    slot = self.frontier.reserve(tx, ticket.host_key, ticket.registered_domain, time.time())
            while (wait := slot.at - time.time()) > 0:  # the loop's clock may wake us a little early
                try:
                    await self._sleep(wait)
                except asyncio.CancelledError:
                    ticket.reserved = slot  # not used
                    raise
            if self.paused():
                ticket.reserved = slot  # most likely over by then: a new one is reserved
            elif self.frontier.started(slot, time.time()):
                ticket.slot = slot
                return

    async def _sleep(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._waiting.add(task)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting.discard(task)

    def close(self) -> None:
        """Hand out no turn any more, and cancel whoever waits for one: nothing of it was asked for yet."""
        self._closed = True
        for task in self._waiting:
            task.cancel()

    def ended(
        self,
        ticket: Ticket,
        duration: float,
        *,
        ok: bool,
        crawl_delay: float | None = None,
        retry_after: float | None = None,
    ) -> None:
        """The ticket's request is over: the host's clock learns from it."""
        if ticket.slot is not None:
            # the server's clock starts when the request reaches it: after the look-up, the connecting, the greeting
            at = max(time.time(), (ticket.sent_at or 0.0) + duration)
            self.frontier.fetched(Fetched(ticket.slot, at, duration, ok, crawl_delay, retry_after))
            ticket.slot = None
