"""A later visit: what a run closed as deferred is queued again, and the account still agrees with itself."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from collector.ledger.account import Closing, close_all
from collector.ledger.deferred import deferred
from collector.ledger.verify import verify
from collector.model.event import ClosingEvent, Outcome
from collector.model.page import Candidate
from collector.model.url import parse_url
from tests.ledger.sample_account import NOW, begin, found, key

HREFS = [f"https://a.example.org/{n}" for n in range(4)]


def ended(href, outcome, visit=1, *, keep_url=True):
    candidate = Candidate(parse_url(href), visit, 2, "LL", "https://a.example.org/via")
    return Closing(key(href), ClosingEvent(candidate, outcome, "why", (), NOW, keep_url=keep_url), "scrubbed")


def close_everything(tx, frontier, run, outcome, visit=1):
    gone = frontier.withdraw(tx, frontier.waiting(tx))
    close_all(tx, run, [ended(waiting.href, outcome, visit) for waiting in gone])


def test_done_ones_come_back_as_the_first_attempt_at_a_later_visit(tx, frontier):
    run = begin(tx)
    frontier.discover(tx, found(HREFS), 0.0)
    close_everything(tx, frontier, run, Outcome.DEFERRED)
    again = found(HREFS[:3], visit=2, depth=2, hops="LL", via="https://a.example.org/via", priority=7)
    assert frontier.reopen(tx, again, 50.0) == 3
    assert frontier.reopen(tx, again, 51.0) == 0, "they wait already"
    counts = frontier.counts(tx)
    assert (counts.waiting, counts.done) == (3, 1)
    assert verify(tx) == []
    (claim,) = frontier.claim(tx, 100.0, 5)
    assert (claim.href, claim.visit, claim.attempt) == (HREFS[0], 2, 1)
    assert (claim.depth, claim.hops, claim.via) == (2, "LL", "https://a.example.org/via")
    assert frontier.reopen(tx, found([claim.href], visit=3), 101.0) == 0, "it is in flight"


@pytest.mark.parametrize("visit", [0, 1])
def test_only_a_later_visit_reopens(tx, frontier, visit):
    """Design §2.2: (URL, visit) has one closing event, so a closed visit never waits again."""
    run = begin(tx)
    frontier.discover(tx, found(HREFS), 0.0)
    close_everything(tx, frontier, run, Outcome.DEFERRED)
    assert frontier.reopen(tx, found(HREFS, visit=visit), 1.0) == 0
    assert frontier.reopen(tx, [], 1.0) == 0
    assert frontier.reopen(tx, found(["https://never.example.org/met"], visit=2), 1.0) == 0
    assert frontier.counts(tx).waiting == 0


def test_the_account_names_what_ended_as_deferred_and_was_not_asked_since(tx, frontier):
    run = begin(tx)
    frontier.discover(tx, found(HREFS), 0.0)
    gone = frontier.withdraw(tx, frontier.waiting(tx))
    assert len(gone) == 4
    ends = [Outcome.DEFERRED, Outcome.FAILED, Outcome.DEFERRED, Outcome.DEFERRED]
    closings = [ended(href, outcome) for href, outcome in zip(HREFS, ends, strict=True)]
    closings[3] = ended(HREFS[3], Outcome.DEFERRED, keep_url=False)
    close_all(tx, run, closings)
    left = deferred(tx)
    assert [(d.href, d.visit, d.depth, d.hops, d.via) for d in left] == [
        (href, 1, 2, "LL", "https://a.example.org/via") for href in (HREFS[0], HREFS[2])
    ], "what failed has ended, and a URL that was not kept cannot be asked again"
    assert deferred(tx, after=left[0].number) == left[1:]
    assert deferred(tx, limit=1) == left[:1]
    frontier.reopen(tx, found(HREFS[:1], visit=2), 1.0)
    close_everything(tx, frontier, run, Outcome.FAILED, visit=2)
    assert [d.href for d in deferred(tx)] == [HREFS[2]]
    frontier.reopen(tx, found(HREFS[2:3], visit=2), 1.0)
    close_everything(tx, frontier, run, Outcome.DEFERRED, visit=2)
    assert [(d.href, d.visit) for d in deferred(tx)] == [(HREFS[2], 2)]
    assert verify(tx) == []


def test_deferred_events_are_found_by_their_index(tx):
    """A start of a collection with 100 million events must not read them all."""
    asked = []
    listener = (tx, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    event.listen(*listener)
    deferred(tx, after=5)
    event.remove(*listener)
    ((statement, parameters),) = asked
    plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "event_deferred" in str(plan), plan
