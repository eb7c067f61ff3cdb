"""Watches lists and registry while the crawl runs, and drops what waits in the frontier for a new objection."""

from __future__ import annotations

import asyncio
from datetime import datetime

from collector.crawler.crawl import Crawl
from collector.crawler.seeding import redecide_batch
from collector.model.decision import Decision
from collector.model.page import Candidate

LOOK_SECONDS = 1.0  # design: in force within five


class Objections:
    """One per worker. Without it an objected host's URLs would be refused one by one, each at its turn."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._seen = crawl.gates.changes

    async def watch(self) -> None:
        """Until cancelled. A registry that cannot be read raises RegistryError: the crawl stops."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self._crawl.gates.refresh()
            if self._crawl.gates.changes != self._seen:
                self._seen = self._crawl.gates.changes
                self._crawl.counters["objections_dropped"] += await self._drop()

    async def _drop(self) -> int:
        """One batch per turn of the loop, so that other sites' pages go on meanwhile."""
        dropped = after = 0
        while True:
            gone, after = redecide_batch(self._crawl, after, self._objected)
            dropped += gone
            if not after:
                return dropped
            await asyncio.sleep(0)

    def _objected(self, candidate: Candidate, now: datetime) -> Decision | None:
        """Only what the registry speaks of is judged again: everything else was judged when it was found."""
        gates = self._crawl.gates
        if not gates.sources.opted_out.match(candidate.url) and not gates.sources.suppressed(candidate.url):
            return None
        return gates.consider(candidate, now)
