"""Start and end of a worker inside Scrapy: guards in place before the first request, all sealed after the last."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
from collections.abc import Awaitable
from contextlib import ExitStack
from typing import NoReturn, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider

from collector.crawler.crawl import Crawl, crawl_of
from collector.crawler.gating.passage import Passage
from collector.crawler.network.resolver import GuardedResolver
from collector.crawler.network.ticket import Ticket
from collector.crawler.queue.feed import Feed
from collector.crawler.queue.objections import Objections
from collector.crawler.queue.seeding import Seeded, close_left_over, redecide, reopen, restore_scope, seed
from collector.crawler.watching.monitoring import leave_report, metrics_of
from collector.crawler.wiring import close_crawl
from collector.minimise.site_file import minimise_site_file
from collector.model.addresses import parse_networks
from collector.model.errors import CollectorError

REVISIT_LOOK = 60.0  # seconds between looks at what is due for another visit
FLUSH_LOOK = 0.5  # seconds between looks at whether a flush is due


class Lifecycle:
    """A Scrapy extension: the add-on installs it."""

    def __init__(self, crawler: Crawler, crawl: Crawl) -> None:
        self._crawler = crawler
        self._crawl = crawl
        self._flusher: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._follower: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._told = ""
        self._serving = ExitStack()
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
        """The clock of the account starts. What the first answers would load is loaded now, and stays."""
        if not self._crawl.keep_open:
            self._serving.enter_context(metrics_of(self._crawl, ""))
        if self._crawl.alone:
            from collector.crawler.network.download_handler import GatedDownloadHandler  # noqa: PLC0415  loaded by Scrapy

            downloader = self._crawl.engine.downloader
            handlers = downloader.handlers

            def send(ticket: Ticket) -> Awaitable[None]:
                handler = handlers._get_handler(ticket.candidate.url.scheme)  # noqa: SLF001  made when first asked for
                assert isinstance(handler, GatedDownloadHandler)
                return handler.send(ticket)

            self._crawl.passage = Passage(self._crawl, send, downloader.domain_concurrency)
        minimise_site_file(b"# a@example.org")
        gc.freeze()  # lists and code: looking through them for garbage again would hold the loop for 160 ms
        gc.enable()
        self._flusher = asyncio.ensure_future(self._flush_now_and_then())
        self._watcher = asyncio.ensure_future(self._watch())
        self._follower = asyncio.ensure_future(self._follow())

    def idle(self) -> None:
        """Somebody's own spider is not done while an attempt of it waits for its time."""
        if self._crawl.strangers.sleeping:
            raise DontCloseSpider

    def closed(self, reason: str) -> None:
        """After the last response: what is remembered is flushed and sealed."""
        crawl = self._crawl
        for task in (self._flusher, self._watcher, self._follower):
            if task is not None:
                task.cancel()
        self._tell_of_stopping()
        crawl.pool.close()
        self._serving.close()
        if crawl.fault is None:
            try:
                crawl.strangers.close()
                crawl.recorder.flush()
            except CollectorError as exc:
                crawl.fault = exc
        for name, number in crawl.counters.items():
            self._crawler.stats.set_value(f"collector/{name}", number)
        if not crawl.keep_open:
            close_crawl(crawl, crawl.ended_as or reason)
            leave_report(crawl)
            if isinstance(crawl.fault, CollectorError):
                tell(crawl.fault)

    def _tell_of_stopping(self) -> None:
        """Not where the signal comes in: that may be in the middle of a line of the log."""
        if self._crawl.stopping != self._told:
            self._told = self._crawl.stopping
            self._crawl.journal.info("stopping", how=self._told)

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_LOOK)
            self._tell_of_stopping()
            try:
                await self._crawl.recorder.flush_when_due()
            except CollectorError as exc:
                self._crawl.fault = self._crawl.fault or exc
            if self._crawl.fault is not None:
                # a task of its own: this one is cancelled when the spider closes
                self._stopping = asyncio.ensure_future(self.stop_on(self._crawl.fault))
                return

    async def _watch(self) -> None:
        """Objections that come in while it runs; a fault is picked up by the next look at the flush."""
        try:
            if self._crawl.shard == 0 and self._crawl.policy.recrawl.after is not None:
                await asyncio.gather(Objections(self._crawl).watch(), self._revisit())
            await Objections(self._crawl).watch()
        except CollectorError as exc:
            self._crawl.fault = self._crawl.fault or exc

    async def _follow(self) -> None:
        """What operators order; what they block or pause is a matter of the next second, not of the next request."""
        crawl = self._crawl
        try:
            while True:
                for order in await crawl.orders.next():
                    crawl.journal.info("order", act=order.number, verb=order.verb.value)
        except CollectorError as exc:
            crawl.fault = crawl.fault or exc

    async def _revisit(self) -> None:
        """Pages that come due while a long run goes on."""
        while True:
            await asyncio.sleep(REVISIT_LOOK)
            self._crawl.revisits.reopen_due()

    async def stop_on(self, fault: BaseException) -> None:
        """The account can no longer be kept: stop fetching at once."""
        self._crawl.fault = fault
        assert self._crawler.engine is not None
        await self._crawler.engine.close_spider_async(reason="fault")


def tell(fault: CollectorError) -> NoReturn:
    """End `scrapy crawl` as every command of ours ends on it: its message, its exit code, no traceback."""
    print(f"collector: {fault}", file=sys.stderr)
    raise SystemExit(fault.exit_code) from None


async def run_feed(crawler: Crawler) -> None:
    """The site spider's whole work; by `scrapy crawl site`, where nobody has done it yet, with its seeds."""
    crawl = crawl_of(crawler)
    try:
        if not crawl.keep_open:
            restore_scope(crawl)
            redecide(crawl)
            reopen(crawl)
            crawl.revisits.reopen_due()
            seed(crawl, (), Seeded())
        crawl.ended_as = await (crawl.work(crawl) if crawl.work is not None else Feed(crawl).run())
        if not crawl.keep_open:
            close_left_over(crawl)
    except Exception as exc:  # noqa: BLE001  raised again by whoever started the crawl, after it is closed
        crawl.fault = exc
        crawl.ended_as = "fault"
