"""Asks the origins of a collection for their files once more: through the gates, at the crawl's own pace, archived."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from collector.crawler.crawl import Crawl
from collector.crawler.network.ticket import Refusal
from collector.crawler.queue.seeding import restore_scope
from collector.crawler.run import run_worker
from collector.crawler.shards import STOPS
from collector.crawler.sites.site_source import RobotsAnswer
from collector.crawler.wiring import Options, close_crawl, open_crawl
from collector.ledger import account
from collector.model.decision import Verdict
from collector.model.page import Candidate
from collector.model.url import Url, parse_url
from collector.signals.site_file import Reach

LOOK_SECONDS = 0.25  # between looks whether somebody stopped it
ENDED = "recheck"  # how the run of a recheck ends; ledger.runs knows it


@dataclass
class Asked:
    """What came of asking, by origin."""

    answered: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)  # robots.txt could not be read now
    not_contacted: set[str] = field(default_factory=set)  # gate 1 says no: its captures are judged by that
    stopped: bool = False  # Ctrl-C: what was not asked is in none of the three


def ask_again(options: Options, origins: Mapping[str, Sequence[str]]) -> Asked:
    """Ask each origin; `origins` maps it to a few URLs of kept pages there. Raises CollectorError.

    What is answered is recorded in the collection as the crawl records it: in signals/ and in the account.
    """
    crawl = open_crawl(options)
    asked = Asked()
    with ExitStack() as stack:
        for number in STOPS:
            stack.callback(signal.signal, number, signal.signal(number, signal.default_int_handler))
        stack.callback(_close, crawl, asked)
        restore_scope(crawl)
        crawl.heard_before = crawl.now()

        async def work(of: Crawl) -> str:
            return await _ask_all(of, origins, asked)

        crawl.work = work
        try:
            run_worker(crawl)
        except KeyboardInterrupt:
            asked.stopped = True
        if crawl.fault is not None:
            raise crawl.fault
    return asked


def _close(crawl: Crawl, asked: Asked) -> None:
    if crawl.fault is None:
        detail = f"{len(asked.answered)} answered, {len(asked.unreachable)} unreachable"
        with crawl.store.transaction() as tx:
            account.record_act(tx, crawl.actor, "origins asked again", f"run {crawl.run}", crawl.now(), detail=detail)
    close_crawl(crawl, ENDED)


async def _ask_all(crawl: Crawl, origins: Mapping[str, Sequence[str]], asked: Asked) -> str:
    """As many at once as the policy lets; every host is asked at its own pace all the same."""
    waiting = iter(origins.items())
    running: set[asyncio.Task[None]] = set()
    room = crawl.policy.politeness.concurrency
    while not crawl.stopping and crawl.fault is None:
        for origin, hrefs in _next(waiting, room - len(running)):
            running.add(asyncio.ensure_future(_ask(crawl, origin, [parse_url(href) for href in hrefs], asked)))
        if not running:
            return ENDED
        done, running = await asyncio.wait(running, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        await crawl.recorder.flush_when_due()
    asked.stopped = True
    crawl.turns.close()
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
    return ENDED


def _next(waiting: Iterable[tuple[str, Sequence[str]]], room: int) -> Iterable[tuple[str, Sequence[str]]]:
    for _, pair in zip(range(room), waiting, strict=False):
        yield pair


async def _ask(crawl: Crawl, origin: str, pages: Sequence[Url], asked: Asked) -> None:
    """robots.txt, then the files beside it where robots.txt lets any of the pages be fetched."""
    if not _may_contact(crawl, pages[0]):
        asked.not_contacted.add(origin)
        return
    try:
        robots = await _robots(crawl, pages[0])
        if robots.file.reach is Reach.UNREACHABLE or robots.file.stale:
            asked.unreachable.add(origin)
            return
        for url in pages:
            facts = robots.facts(crawl.pipeline.asking, url, crawl.now())
            if crawl.gates.robots_permit(facts):
                await crawl.site_files.read(facts)
                break
    except Refusal:  # while it waited for its turn: an objection is judged by gate 1, a block leaves it open
        (asked.unreachable if _may_contact(crawl, pages[0]) else asked.not_contacted).add(origin)
        return
    asked.answered.add(origin)


def _may_contact(crawl: Crawl, url: Url) -> bool:
    return crawl.gates.may_contact(url, crawl.now()).verdict is Verdict.ALLOW


async def _robots(crawl: Crawl, page: Url) -> RobotsAnswer:
    """The origin's robots.txt, asked for as often as pages are: one bad moment leaves no page undecided."""
    politeness = crawl.policy.politeness
    while True:
        robots = await crawl.site_source.robots(crawl.ticket_for(Candidate(page)))
        if robots.file.reach is not Reach.UNREACHABLE and not robots.file.stale:
            return robots
        pause = ((robots.file.valid_until or crawl.now()) - crawl.now()).total_seconds()
        if robots.attempts >= politeness.retry_budget or pause > politeness.patience:
            return robots
        await asyncio.sleep(max(pause, LOOK_SECONDS))
