"""Runs a crawl from start to seal: one worker in this process, or one process per shard under this one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import chain
from types import FrameType

from scrapy.crawler import AsyncCrawlerProcess

from collector.crawler.addon import OFFSITE
from collector.crawler.crawl import Crawl, attach
from collector.crawler.queue.seeding import Redecided, Seeded, close_left_over, redecide, reopen, restore_scope, seed
from collector.crawler.shards import STOPS, Shards
from collector.crawler.spiders.site import SiteSpider
from collector.crawler.watching.monitoring import leave_report, metrics_of
from collector.crawler.watching.progress import Progress, View
from collector.crawler.wiring import Options, close_crawl, is_personal, open_crawl, read_policy
from collector.model.errors import CollectorError, ExitCode
from collector.policy.policy import Policy

# Scrapy with nobody beside us: no component that a spider's project would want is built or asked on the way of a page.
ALONE = {
    "ADDONS": {"collector.crawler.addon.CollectorAddon": 100},
    "LOG_ENABLED": False,
    "LOG_INSTALL_ROOT_HANDLER": False,
    "STATS_DUMP": False,
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "DOWNLOADER_STATS": False,
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "DOWNLOADER_MIDDLEWARES": {OFFSITE: None},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},
    "FEED_EXPORTERS_BASE": {},
    "FEED_STORAGES_BASE": {},
}


@dataclass
class Finished:
    """How a run ended. `reason`: finished | budget | patience | stopped | now | fault."""

    collection: str
    run: int
    reason: str
    seeded: Seeded
    view: View | None = None
    redecided: Redecided = field(default_factory=Redecided)  # refused at the start, after changes since the last run
    reopened: int = 0  # deferred by an earlier run
    due: int = 0  # pages that were kept and are visited again
    rule_failures: int = 0
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> ExitCode:
        """0, or 1 where rules failed or inputs were rejected. A fault is raised, not returned."""
        if self.rule_failures or self.seeded.rejected:
            return ExitCode.FINISHED_WITH_FAULTS
        return ExitCode.OK


def run_crawl(options: Options, lines: Iterable[str] = (), *, workers: int = 1, quiet: bool = False) -> Finished:
    """Crawl until nothing waits, the budget is spent or somebody stops it. Raises CollectorError."""
    seeded, redecided, reopened, due = Seeded(), Redecided(), 0, 0
    with ExitStack() as stack:
        policy, shards = read_policy(options), None
        if workers > 1:  # now, while nothing is open
            shards = stack.enter_context(closing(Shards(options, policy, workers)))
        crawl = open_crawl(replace(options, shards=workers), policy)
        progress = Progress(crawl.paths.database, crawl.run, crawl.policy, quiet=quiet)
        for number in STOPS:
            stack.callback(signal.signal, number, signal.signal(number, signal.default_int_handler))
        if not options.once:
            stack.callback(leave_report, crawl)
        stack.callback(_close, crawl)  # before the signals are as they were: sealing is not interrupted
        try:
            restore_scope(crawl)
            redecided = redecide(crawl)
            reopened = reopen(crawl)
            due = crawl.revisits.reopen_due()
            seed(crawl, chain(filter(is_personal, options.seeds), lines), seeded)
            _say_what_is_open(crawl.policy, quiet=quiet)
            with progress, metrics_of(crawl, options.metrics):
                if shards is None:
                    run_worker(crawl, progress)
                else:
                    crawl.ended_as = shards.run(crawl)
                if crawl.fault is not None:
                    raise crawl.fault
                close_left_over(crawl)
        except KeyboardInterrupt:  # before the first request; later on both signals have handlers of their own
            crawl.ended_as = "stopped"
            progress.look()
    failures = progress.rule_failures
    return Finished(
        crawl.policy.collection.id,
        crawl.run,
        crawl.ended_as,
        seeded,
        progress.last,
        redecided,
        reopened,
        due,
        failures,
        dict(crawl.counters),
    )


def _say_what_is_open(policy: Policy, *, quiet: bool) -> None:
    """Loudly, at every start: this policy reaches addresses that a crawl of the web must not reach."""
    if quiet:
        return
    if policy.network.allow_addresses:
        opened = ", ".join(policy.network.allow_addresses)
        print(
            f"collector: WARNING: the policy opens {opened} to the crawl ([network] allow_addresses)", file=sys.stderr
        )
    if not policy.network.verify_tls:
        print("collector: WARNING: TLS certificates are not verified ([network] verify_tls)", file=sys.stderr)


def _close(crawl: Crawl) -> None:
    close_crawl(crawl, crawl.ended_as or "fault")


def run_worker(crawl: Crawl, progress: Progress | None = None) -> None:
    """One Scrapy crawler on asyncio, in this process, to its end."""
    process = AsyncCrawlerProcess(ALONE)
    crawler = process.create_crawler(SiteSpider)
    attach(crawler, crawl)
    crawl.keep_open = crawl.alone = True
    task = process.crawl(crawler)
    _on_interrupt(crawl, progress)
    process.start(install_signal_handlers=False)
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        crawl.fault = crawl.fault or error


def _on_interrupt(crawl: Crawl, progress: Progress | None) -> None:
    """Ctrl-C once: finish what is in flight, seal. Twice: stop now, still consistent."""

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        if not crawl.stopping:
            crawl.stopping = "stopped"
            if progress is not None:
                progress.say("stopping: what is in flight is finished; again to stop now")
        else:
            crawl.stopping = "now"

    for number in STOPS:
        signal.signal(number, interrupted)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)  # a shard is started with them blocked


__all__ = ["CollectorError", "Finished", "run_crawl", "run_worker"]
