"""Waiting for a host's turn: every request takes a slot of its host's clock, whatever it is for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collector.crawler.network.ticket import Ticket
from collector.crawler.politeness.shared_address import Resolve, SharedAddresses
from collector.frontier.frontier import Fetched, Frontier, Slot
from collector.ledger.store import Store

PAUSE_LOOK = 0.25  # seconds between looks whether a pause is over


@dataclass
class Turns:
    """Hands out turns from the frontier's clock, which other processes and later runs share."""

    frontier: Frontier
    store: Store
    addresses: SharedAddresses
    paused: Callable[[], bool] = lambda: False
    time: Callable[[], float] = time.time
    _waiting: set[asyncio.Task[Any]] = field(default_factory=set)
    _closed: bool = False

    async def take(self, ticket: Ticket, resolve: Resolve) -> None:
        """Wait until the ticket may go out. A claim brings its slot with it; anything further reserves one.

        Raises CancelledError once `close` was called. What was taken is given back by `left`.
        """
        await self.addresses.learn(ticket, resolve)
        while True:
            slot = await self._own_turn(ticket)
            if self.paused():
                continue  # what was reserved is most likely over by then: a new one is
            if ticket.address:
                async with self.addresses.head_of_line(ticket.address):
                    if await self._begin_at_address(ticket, slot):
                        return
            elif self.frontier.started(slot, self.time()):
                ticket.slot, ticket.reserved = slot, None
                return
            else:
                ticket.reserved = None  # over: the next one

    async def _own_turn(self, ticket: Ticket) -> Slot:
        """Wait for the host's turn. The slot stays the ticket's: not used until the request starts in it."""
        while self.paused() and not self._closed:
            await self._sleep(PAUSE_LOOK)
        if self._closed:
            raise asyncio.CancelledError
        while True:
            now = self.time()  # which takes the slot away where the clock was set
            slot = ticket.reserved
            if slot is None:
                with self.store.transaction(durable=False) as tx:
                    slot = self.frontier.reserve(tx, ticket.host_key, ticket.registered_domain, now)
                ticket.reserved = slot
            if slot.at <= now:
                return slot
            await self._sleep(slot.at - now)  # the loop's clock may wake us a little early

    async def _begin_at_address(self, ticket: Ticket, slot: Slot) -> bool:
        """Wait for the address's turn, then begin both. False: the host's is over, and its next one is later."""
        clocks = self.addresses.clocks
        while True:
            if self._closed:
                raise asyncio.CancelledError
            if self.paused():
                await self._sleep(PAUSE_LOOK)
                continue
            now = self.time()
            with self.store.snapshot() as tx:
                wait = clocks.next_at(tx, ticket.address, now) - now
            if wait > 0:
                await self._sleep(wait)
                continue
            now = self.time()
            with self.store.transaction(durable=False) as tx:
                if clocks.next_at(tx, ticket.address, now) > now:
                    continue  # another worker was first
                if not self.frontier.started(slot, now):
                    slot = self.frontier.reserve(tx, ticket.host_key, ticket.registered_domain, now)
                    ticket.reserved = slot
                    if not self.frontier.started(slot, now):
                        return False
                clocks.begin(tx, ticket.address, now)
            ticket.slot, ticket.reserved, ticket.at_address = slot, None, True
            return True

    def left(self, ticket: Ticket) -> None:
        """The ticket's request is over, or was never sent: it is not in flight at its address any more."""
        if ticket.at_address:
            ticket.at_address = False
            with self.store.transaction(durable=False) as tx:
                self.addresses.clocks.end(tx, ticket.address)

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
            now = self.time()
            at = min(max(now, (ticket.sent_at or 0.0) + duration), now + duration)
            self.frontier.fetched(Fetched(ticket.slot, at, duration, ok, crawl_delay, retry_after))
            ticket.slot = None
