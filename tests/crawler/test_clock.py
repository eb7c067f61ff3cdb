"""Somebody sets the machine's clock: hosts are asked no sooner for it, and no later; through the injected clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from collector.crawler.crawl import Crawl
from collector.crawler.network.ticket import Ticket
from collector.crawler.politeness.clock import TOLERANCE, WallClock, unset_clock
from collector.crawler.politeness.shared_address import SharedAddresses
from collector.crawler.politeness.turns import Turns
from collector.frontier.addresses import AddressClocks
from collector.frontier.clock_set import move_waits
from collector.frontier.frontier import Fetched
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger import account
from collector.ledger.account import Actor
from collector.ledger.clock_set import VERB, clock_was_set, seconds_set_back
from collector.model.page import Candidate
from collector.model.url import parse_url
from tests.ledger.sample_account import begin, failed, found, key, open_store

DELAY, BACKOFF = 2.0, 60.0
NOON = 1_800_000_000.0
HOUR = 3_600.0
A, B = "a.example.org", "b.example.org"


class Machine:
    """Time that passes as the test says, and a clock that somebody may set."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.set_by = 0.0

    def wall(self) -> float:
        return NOON + self.passed + self.set_by

    def unset(self) -> float:
        return self.passed


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def crawl(tmp_path, machine):
    """As much of a crawl as keeps the time."""
    store = open_store(tmp_path)
    frontier = SqliteFrontier(Pace(HostPace(DELAY, 30.0), backoff=BACKOFF), fence=1)
    crawl = SimpleNamespace(
        store=store, frontier=frontier, account=SimpleNamespace(hear_feeds=lambda tx: None), shard=0, actor=Actor("ann", "operator"), tickets=[], clock_sets=0,
        now=lambda: datetime.fromtimestamp(machine.wall(), UTC), told=Counter(),
    )  # fmt: skip
    crawl.journal = SimpleNamespace(warning=lambda said, seconds: crawl.told.update([seconds]))
    clock = WallClock(lambda seconds: Crawl.clock_was_set(crawl, seconds), machine.wall, machine.unset)
    crawl.turns = Turns(frontier, store, SharedAddresses(AddressClocks(0.0, None), clock.time), time=clock.time)
    with store.transaction() as tx:
        crawl.run = begin(tx)
        frontier.discover(tx, found([f"https://{host}/{n}" for host in (A, B) for n in range(9)]), NOON)
    yield crawl
    store.close()


def claimed(crawl) -> list[str]:
    return sorted(claim.host_key for claim in Crawl.claim(crawl, 10))


def ask(crawl) -> None:
    """Claim both hosts and ask each of them once: b fails."""
    for claim in Crawl.claim(crawl, 10):
        now = crawl.turns.time()
        assert crawl.frontier.started(claim.slot, now)
        crawl.frontier.fetched(Fetched(claim.slot, now, 0.1, ok=claim.host_key == A))
        with crawl.store.transaction() as tx:
            crawl.frontier.flush(tx)
            crawl.frontier.done(tx, [claim])


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_host_waits_for_as_long_as_if_nobody_had_set_the_clock(crawl, machine, jump):
    """Forward: not all at once. Back: not for an hour. The back-off of a host that failed is kept as well."""
    ask(crawl)
    machine.passed += 0.5
    machine.set_by = jump
    assert claimed(crawl) == []
    machine.passed += DELAY - 0.6
    assert claimed(crawl) == []
    machine.passed += 0.2
    assert claimed(crawl) == [A]
    machine.passed += BACKOFF - DELAY - 0.2
    assert claimed(crawl) == []
    machine.passed += 0.3
    assert claimed(crawl) == [B]
    assert crawl.told == {jump: 1}
    assert crawl.clock_sets == 1


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_deferred_url_comes_back_when_it_would_have(crawl, machine, jump):
    claim, other = Crawl.claim(crawl, 10)
    with crawl.store.transaction() as tx:
        crawl.frontier.defer(tx, claim, crawl.turns.time() + 100.0)
        crawl.frontier.done(tx, [other])
    machine.passed, machine.set_by = 99.0, jump
    claimed(crawl)
    with crawl.store.transaction() as tx:
        assert crawl.frontier.counts(tx).deferred == 1
    machine.passed = 101.0
    claimed(crawl)
    with crawl.store.transaction() as tx:
        assert crawl.frontier.counts(tx).deferred == 0


def ticket(reserved=None) -> Ticket:
    return Ticket(Candidate(parse_url(f"https://{A}/page")), b"", A, "example.org", reserved=reserved)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_who_waits_for_a_turn_when_it_happens_gets_one_in_time(crawl, machine, jump, monkeypatch):
    """The slot was taken by the old time: forward it is over, back it lies an hour ahead."""
    first, second = ticket(), ticket()
    crawl.tickets += [first, second]
    began: list[float] = []

    async def passing(seconds: float) -> None:
        machine.passed += min(seconds, 0.25)
        if machine.passed > 0.5:
            machine.set_by = jump

    async def run() -> None:
        for one in (first, second):
            await crawl.turns.take(one, None)
            began.append(machine.passed)

    monkeypatch.setattr(crawl.turns, "_sleep", passing)
    asyncio.run(run())
    assert DELAY <= began[1] - began[0] <= 5 * DELAY  # the void turn stays spent, at the most
    assert crawl.told == {jump: 1}


def test_slow_drift_is_no_news_and_adds_up_to_none(machine):
    """A clock that is slewed by 500 ppm is off by an hour after three months."""
    told: list[float] = []
    clock = WallClock(told.append, machine.wall, machine.unset)
    for _ in range(1_000):
        machine.passed += 100.0
        machine.set_by += 0.05
        assert clock.time() == machine.wall()
    assert told == []
    machine.set_by += TOLERANCE * 2
    clock.time()
    clock.time()
    assert told == [pytest.approx(TOLERANCE * 2)]


def test_the_clock_that_nobody_sets_goes_on():
    before = unset_clock()
    assert unset_clock() >= before


def test_an_answer_that_was_under_way_holds_its_host_for_no_hour(crawl, machine):
    """`sent_at` is of the old time."""
    (one, _) = Crawl.claim(crawl, 10)
    sent = ticket()
    sent.slot, sent.sent_at = one.slot, crawl.turns.time()
    machine.passed, machine.set_by = 0.3, -HOUR
    crawl.turns.ended(sent, 0.1, ok=True)
    with crawl.store.transaction() as tx:
        crawl.frontier.flush(tx)
        (next_at,) = tx.exec_driver_sql("SELECT next_at FROM host WHERE name = ?", (one.host_key,)).one()
    assert next_at <= machine.wall() + 3 * DELAY


def test_only_the_own_shard_is_moved(crawl):
    """Each worker sees that the clock was set, and moves its own."""
    with crawl.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE host SET shard = 1 WHERE name = ?", (B,))
        before = dict(tx.exec_driver_sql("SELECT name, next_at FROM host").all())
        move_waits(tx, HOUR, 0)
        after = dict(tx.exec_driver_sql("SELECT name, next_at FROM host").all())
        assert {name: after[name] - before[name] for name in (A, B)} == {A: HOUR, B: 0.0}
        move_waits(tx, HOUR)
        assert dict(tx.exec_driver_sql("SELECT name, next_at FROM host").all()) == {
            A: before[A] + 2 * HOUR, B: before[B] + HOUR,
        }  # fmt: skip


def test_set_back_between_two_runs_is_seen_once(crawl):
    """The newest event lies in the future: what waits is moved back with it, and the account says so."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    early = at.replace(hour=11)
    with crawl.store.transaction() as tx:
        assert seconds_set_back(tx, at) == 0.0
        account.close(tx, 1, key("https://a.example.org/x"), replace(failed("https://a.example.org/x"), at=at))
        assert seconds_set_back(tx, at.replace(hour=13)) == 0.0
        assert seconds_set_back(tx, early) == HOUR
        later = begin(tx, early)
        clock_was_set(tx, crawl.actor, later, early, -HOUR)
        assert seconds_set_back(tx, early) == 0.0
        (detail,) = tx.exec_driver_sql("SELECT detail FROM act WHERE verb = ?", (VERB,)).one()
        assert detail == "-3600.0 s"
        event = replace(failed("https://a.example.org/y"), at=at.replace(hour=14))
        account.close(tx, later, key("https://a.example.org/y"), event)
        assert seconds_set_back(tx, at.replace(hour=13)) == HOUR
