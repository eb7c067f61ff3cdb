"""How often `recheck` asks an origin: as often as pages are asked for, and no longer than a run is patient."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from collector.crawler import recheck
from collector.crawler.network.ticket import Refusal
from collector.crawler.recheck import Asked
from collector.crawler.sites.site_source import RobotsAnswer
from collector.model.decision import Verdict
from collector.model.event import Outcome, Stop
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.policy.policy import Politeness
from collector.rules.asking import Asking
from collector.signals.robots_txt import parse
from collector.signals.site_file import Reach, SiteFile

PAGE = parse_url("http://a.example.org/page")
ORIGIN = "http://a.example.org"
START = datetime(2026, 3, 1, tzinfo=UTC)


class Crawl:
    """Answers as told, and passes the time that is slept."""

    def __init__(self, monkeypatch, *reaches: Reach | Refusal, backoff: float = 10.0, objects: bool = False) -> None:
        self.reaches, self.asked, self.passed, self.objects = list(reaches), 0, 0.0, objects
        self.policy = SimpleNamespace(politeness=Politeness(retry_budget=3, retry_backoff=backoff, patience=60.0))
        self.pipeline = SimpleNamespace(asking=Asking("corpusbot"))
        self.site_source = SimpleNamespace(robots=self.robots)
        self.site_files = SimpleNamespace(read=self.read)
        self.gates = SimpleNamespace(
            may_contact=self.judged, robots_permit=lambda _: self.judged().verdict is Verdict.ALLOW
        )
        monkeypatch.setattr(recheck.asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds

    async def read(self, facts) -> None:
        """Nothing beside robots.txt."""

    def judged(self, *_: object) -> SimpleNamespace:
        objected = self.objects and self.asked > 0
        return SimpleNamespace(verdict=Verdict.DENY if objected else Verdict.ALLOW)

    async def robots(self, ticket) -> RobotsAnswer:
        reach = self.reaches[self.asked]
        self.asked += 1
        if isinstance(reach, Refusal):
            raise reach
        backoff = timedelta(seconds=self.policy.politeness.retry_backoff * 2 ** (self.asked - 1))
        file = SiteFile(f"{ORIGIN}/robots.txt", reach, None, valid_until=self.now() + backoff)
        return RobotsAnswer(file, parse(b""), self.asked if reach is Reach.UNREACHABLE else 0)

    def ticket_for(self, candidate: Candidate) -> Candidate:
        return candidate

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def ask(self) -> Asked:
        asked = Asked()
        asyncio.run(recheck._ask(self, ORIGIN, [PAGE], asked))
        return asked


def test_one_bad_moment_leaves_no_page_undecided(monkeypatch):
    crawl = Crawl(monkeypatch, Reach.UNREACHABLE, Reach.AVAILABLE)
    assert crawl.ask() == Asked(answered={ORIGIN})
    assert (crawl.asked, crawl.passed) == (2, 10.0)


def test_a_site_that_stays_down_is_asked_as_often_as_the_policy_has_it(monkeypatch):
    crawl = Crawl(monkeypatch, *[Reach.UNREACHABLE] * 3)
    assert crawl.ask() == Asked(unreachable={ORIGIN})
    assert (crawl.asked, crawl.passed) == (3, 30.0)


def test_who_asks_for_more_time_than_a_run_has_is_left(monkeypatch):
    crawl = Crawl(monkeypatch, Reach.UNREACHABLE, backoff=600.0)
    assert crawl.ask() == Asked(unreachable={ORIGIN})
    assert (crawl.asked, crawl.passed) == (1, 0.0)


@pytest.mark.parametrize("objects", [True, False])
def test_refused_while_it_waited_for_its_turn(monkeypatch, objects):
    """An objection is gate 1's to judge; a block of the operator's leaves the pages undecided."""
    refusal = Refusal(Stop(Candidate(PAGE), Outcome.DEFERRED, "blocked"))
    crawl = Crawl(monkeypatch, refusal, objects=objects)
    assert crawl.ask() == (Asked(not_contacted={ORIGIN}) if objects else Asked(unreachable={ORIGIN}))
