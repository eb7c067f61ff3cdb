"""Waiting for a host's turn: every request takes a slot of its host's clock, whatever it is for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from collector.crawler.ticket import Ticket
from collector.frontier.frontier import Fetched, Frontier
from collector.ledger.store import Store


@dataclass
class Turns:
    """Hands out turns from the frontier's clock, which other processes and later runs share."""

    frontier: Frontier
    store: Store

    async def take(self, ticket: Ticket) -> None:
        """Wait until the ticket may go out. A claim brings its slot with it; anything further reserves one."""
        while True:
            slot, ticket.reserved = ticket.reserved, None
            if slot is None:
                with self.store.transaction() as tx:
                    slot = self.frontier.reserve(tx, ticket.host_key, ticket.registered_domain, time.time())
            wait = slot.at - time.time()
            if wait > 0:
                await asyncio.sleep(wait)
            if self.frontier.started(slot, time.time()):
                ticket.slot = slot
                return

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
            self.frontier.fetched(Fetched(ticket.slot, time.time(), duration, ok, crawl_delay, retry_after))
            ticket.slot = None
