"""Start and end of a worker inside Scrapy: guards in place before the first request, all sealed after the last."""

from __future__ import annotations

import asyncio
import resource
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider

from collector.crawler.crawl import Crawl, crawl_of
from collector.crawler.feed import Feed
from collector.crawler.resolver import GuardedResolver
from collector.crawler.wiring import close_crawl
from collector.model.addresses import parse_networks
from collector.model.errors import CollectorError

FLUSH_LOOK = 0.5  # seconds between looks at whether a flush is due


class Lifecycle:
    """A Scrapy extension: the add-on installs it."""

    def __init__(self, crawler: Crawler, crawl: Crawl) -> None:
        self._crawler = crawler
        self._crawl = crawl
        self._flusher: asyncio.Task[None] | None = None
        self._guard()
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.idle, signals.spider_idle)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to build a component."""
        return cls(crawler, crawl_of(crawler))

    def _guard(self) -> None:
        """Before any request, also one that a spider makes while it is opened: the address guard, and the pool."""
        from twisted.internet import reactor  # noqa: PLC0415  installed by Scrapy, not before

        crawl = self._crawl
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold raw pages
        crawl.resolver = GuardedResolver(reactor, parse_networks(crawl.policy.network.allow_addresses))
        crawl.resolver.install()
        crawl.pool.open()

    def opened(self) -> None:
        """The clock of the account starts."""
        self._flusher = asyncio.ensure_future(self._flush_now_and_then())

    def idle(self) -> None:
        """Somebody's own spider is not done while an attempt of it waits for its time."""
        if self._crawl.strangers.sleeping:
            raise DontCloseSpider

    def closed(self, reason: str) -> None:
        """After the last response: what is remembered is flushed and sealed."""
        crawl = self._crawl
        if self._flusher is not None:
            self._flusher.cancel()
        crawl.pool.close()
        if crawl.fault is None:
            try:
                crawl.strangers.close()
                crawl.recorder.flush()
            except CollectorError as exc:
                crawl.fault = exc
        if not crawl.keep_open:
            close_crawl(crawl, crawl.ended_as or reason)
        stats = self._crawler.stats
        if stats is not None:
            for name, number in crawl.counters.items():
                stats.set_value(f"collector/{name}", number)

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_LOOK)
            try:
                self._crawl.recorder.flush_when_due()
            except CollectorError as exc:
                await self.stop_on(exc)
                return

    async def stop_on(self, fault: BaseException) -> None:
        """The account can no longer be kept: stop fetching at once."""
        self._crawl.fault = fault
        assert self._crawler.engine is not None
        await self._crawler.engine.close_spider_async(reason="fault")


async def run_feed(crawler: Crawler) -> None:
    """The site spider's whole work."""
    crawl = crawl_of(crawler)
    try:
        crawl.ended_as = await Feed(crawl).run()
    except CollectorError as exc:
        crawl.fault = exc
        crawl.ended_as = "fault"
