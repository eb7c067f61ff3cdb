"""Watches lists and registry while the crawl runs, and drops what waits in the frontier for what is newly refused."""

from __future__ import annotations

import asyncio

from collector.crawler.crawl import Crawl
from collector.crawler.queue.seeding import redecide_batch, spoken_of

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
            gone, after = redecide_batch(self._crawl, after, spoken_of(self._crawl))
            dropped += gone
            if not after:
                return dropped
            await asyncio.sleep(0)
