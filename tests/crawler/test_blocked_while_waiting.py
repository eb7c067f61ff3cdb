"""A host that is blocked, or objects, while one of its site's files waits for its turn: nobody was asked, nothing is known."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from scrapy import Request

from collector.crawler.gating.gate_middleware import GateMiddleware
from collector.crawler.network.ticket import Refusal, Ticket, Tickets
from collector.crawler.queue.orders import BLOCKED, blocked_decision
from collector.crawler.sites.site_files import SiteFiles
from collector.crawler.sites.site_source import SiteSource
from collector.model.decision import Decision, PolicyRef, Verdict
from collector.model.event import Outcome, Stop
from collector.model.page import Candidate
from collector.model.url import Url, parse_url
from collector.model.uses import Use
from collector.rules.rule import Needed
from collector.signals.site_file import Reach

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = "http://a.example.org/page"


def blocked() -> Decision:
    return blocked_decision("act 7: they called", need=frozenset({Use.FETCH}), policy=PolicyRef("p", None), now=NOW)


class Crawl:
    """As much of a crawl as the gates need: gate 1 admits all, the last door refuses whom `shut` names."""

    def __init__(self, *shut: str) -> None:
        self.shut = shut
        self.site_source, self.site_files, self.tickets = SiteSource(self), SiteFiles(self), Tickets()
        self.said: list[tuple[str, object]] = []  # to the recorder
        self.recorder = SimpleNamespace(
            again=lambda ticket, ended, until: self.said.append(("again", (ended, until))),
            stop=lambda ticket, ended: self.said.append(("stop", ended)),
            signal=lambda origin, path, file: self.said.append(("signal", file)),
        )
        self.account = SimpleNamespace(signal_for=lambda origin, path: None)
        allowed = SimpleNamespace(verdict=Verdict.ALLOW)
        self.gates = SimpleNamespace(
            changes=0, consider=lambda *_: allowed, may_contact=lambda *_: allowed, robots_permit=lambda _: True
        )
        addresses = SimpleNamespace(learn=self.nothing, check_room=lambda _: None)
        self.turns = SimpleNamespace(addresses=addresses, ended=lambda *_, **__: None)
        politeness = SimpleNamespace(retry_budget=1, retry_backoff=60.0, request_timeout=60.0)
        self.policy = SimpleNamespace(politeness=politeness, crawler=SimpleNamespace(product_token="corpusbot"))
        self.resolver = SimpleNamespace(addresses=None, refusal=lambda _: ())
        self.asked: list[str] = []

    async def nothing(self, *_: object) -> None:
        """Look up no address."""

    async def download(self, ticket: Ticket) -> None:
        """The block came in while it waited."""
        url = ticket.candidate.url
        self.asked.append(url.href)
        if url.host in self.shut:
            decision = blocked()
            raise Refusal(Stop(Candidate(url), Outcome.DEFERRED, decision.deciding.reason, (decision,)))
        raise OSError

    def blocked(self, ticket: Ticket) -> Stop | None:
        """It was not yet when the page set out: the gates ask before, the last door after the wait."""
        asked_before = bool(self.asked)
        return Stop(ticket.candidate, Outcome.DEFERRED, "", (blocked(),)) if asked_before else None

    def ticket_for(self, candidate: Candidate, *, site_file: bool = False) -> Ticket:
        return Ticket(candidate, b"", candidate.url.host, "example.org", site_file=site_file, claim=object())

    def domain_of(self, url: Url) -> str:
        return "example.org"

    def now(self) -> datetime:
        return NOW

    def at(self, _: float | None) -> datetime:
        return NOW

    def still_fresh(self, file) -> bool:
        return file.valid_until is not None and file.valid_until > NOW


def test_the_page_comes_back_for_the_block_and_not_for_a_file_that_was_not_asked_for():
    """It spends no attempt, and the block is its reason: later runs must not find a robots.txt out of reach."""
    crawl = Crawl("a.example.org")
    request = Request(PAGE)
    crawl.tickets.put(request, crawl.ticket_for(Candidate(parse_url(PAGE))))
    with pytest.raises(Refusal):
        asyncio.run(GateMiddleware(crawl).process_request(request))
    assert crawl.asked == ["http://a.example.org/robots.txt"]
    ((kind, (ended, until)),) = crawl.said
    assert kind == "again"
    assert ended.candidate.url.href == PAGE
    assert ended.decisions[-1].deciding.rule == BLOCKED
    assert until > NOW.timestamp()


def test_a_block_at_the_last_door_spends_no_attempt():
    """A budget of one: an attempt that was spent would close the page as deferred for good."""
    crawl = Crawl()
    crawl.asked.append("the block came in since")
    request = Request(PAGE)
    ticket = crawl.ticket_for(Candidate(parse_url(PAGE)))
    crawl.tickets.put(request, ticket)
    refusal = Refusal(Stop(ticket.candidate, Outcome.DEFERRED, "blocked", (blocked(),)))
    with pytest.raises(Refusal):
        asyncio.run(GateMiddleware(crawl).process_exception(request, refusal))
    assert [kind for kind, _ in crawl.said] == ["again"]


def test_everybody_who_waits_for_the_file_hears_of_it():
    crawl = Crawl("a.example.org")

    async def three() -> list[object]:
        tickets = [crawl.ticket_for(Candidate(parse_url(f"http://a.example.org/{n}"))) for n in range(3)]
        return await asyncio.gather(*map(crawl.site_source.robots, tickets), return_exceptions=True)

    assert [type(answer) for answer in asyncio.run(three())] == [Refusal] * 3
    assert crawl.asked == ["http://a.example.org/robots.txt"]
    assert crawl.said == []


def test_a_file_that_the_network_kept_from_us_is_unreachable_as_ever():
    crawl = Crawl()
    answer = asyncio.run(crawl.site_source.robots(crawl.ticket_for(Candidate(parse_url(PAGE)))))
    assert answer.file.reach is Reach.UNREACHABLE
    assert answer.file.valid_until == NOW + timedelta(seconds=60)
    assert [kind for kind, _ in crawl.said] == ["signal"]


@pytest.mark.parametrize("shut", ["a.example.org", "b.example.org"])
def test_a_document_elsewhere_is_unknown_and_one_of_the_site_itself_stops_the_page(shut):
    """A licence at a blocked host says nothing; the page's own host being blocked says: not now."""
    crawl = Crawl(shut)
    named = Needed(f"http://{shut}/licence.xml", max_bytes=1_000)
    reading = crawl.site_files.documents([named], parse_url(PAGE))
    if shut == "a.example.org":
        with pytest.raises(Refusal):
            asyncio.run(reading)
        return
    (file,) = asyncio.run(reading).values()
    assert (file.reach, file.error) == (Reach.UNREACHABLE, "address")
    assert crawl.said == []
