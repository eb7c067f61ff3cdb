"""What the queue remembers of a visit: when, with which validators, and what is due before what."""

from __future__ import annotations

from collector.frontier.frontier import Visited
from tests.ledger.sample_account import found, key

HREFS = [f"https://h{n}.example.org/" for n in range(4)]


def visit(tx, frontier, hrefs, at, *visits):
    claims = frontier.claim(tx, at, 99)
    by_href = {claim.href: claim.ticket for claim in claims}
    frontier.done(tx, claims, {by_href[href]: said for href, said in zip(hrefs, visits, strict=True)})


def test_visits_are_found_by_age_and_in_batches(tx, frontier):
    frontier.discover(tx, found(HREFS), 0.0)
    visit(tx, frontier, HREFS[:3], 1.0, Visited(30.0), Visited(10.0, '"a"', "then"), Visited(20.0, listing=True))
    past = frontier.visited_before(tx, 30.0)
    assert [(p.key, p.visit, p.at) for p in past] == [(key(HREFS[1]), 1, 10.0), (key(HREFS[2]), 1, 20.0)]
    assert [p.key for p in frontier.visited_before(tx, 99.0)] == [key(HREFS[n]) for n in (1, 2, 0)]
    assert frontier.visited_before(tx, 99.0, after=(past[0].at, past[0].ticket), limit=1) == past[1:]
    assert frontier.visited_before(tx, 99.0, listings=True) == past[1:]
    known = frontier.visited(tx, [key(href) for href in HREFS])
    assert {k: p.at for k, p in known.items()} == {key(HREFS[0]): 30.0, key(HREFS[1]): 10.0, key(HREFS[2]): 20.0}


def test_the_next_claim_carries_the_validators(tx, frontier):
    """RFC 9110 §13.1.2, §13.1.3."""
    frontier.discover(tx, found(HREFS[:1]), 0.0)
    visit(tx, frontier, HREFS[:1], 1.0, Visited(1.0, 'W/"x"', "Mon, 05 Jan 2026 10:00:00 GMT"))
    assert frontier.reopen(tx, found(HREFS[:1], visit=2), 2.0) == 1
    assert frontier.visited_before(tx, 99.0) == [], "it waits: it is not due once more"
    (claim,) = frontier.claim(tx, 50.0, 9)
    assert (claim.visit, claim.etag, claim.last_modified) == (2, 'W/"x"', "Mon, 05 Jan 2026 10:00:00 GMT")


def test_a_visit_in_vain_counts_only_where_one_was_worth_it(tx, frontier):
    """A page that never was kept is not asked for for ever; one that was is asked for again."""
    frontier.discover(tx, found(HREFS[:2]), 0.0)
    visit(tx, frontier, HREFS[:2], 1.0, Visited(1.0, '"x"'), Visited(1.0, first=False))
    assert [p.key for p in frontier.visited_before(tx, 99.0)] == [key(HREFS[0])]
    frontier.reopen(tx, found(HREFS[:1], visit=2), 2.0)
    visit(tx, frontier, HREFS[:1], 50.0, Visited(50.0, first=False))
    assert [(p.visit, p.at) for p in frontier.visited_before(tx, 99.0)] == [(2, 50.0)]
    frontier.reopen(tx, found(HREFS[:1], visit=3), 60.0)
    (claim,) = frontier.claim(tx, 90.0, 9)
    assert claim.etag is None, "what is held is no longer what the server last answered"


def test_ages_are_looked_up_not_scanned(tx, frontier):
    """10 million known URLs: a look at what is due costs what is due."""
    said = []
    connection = tx.connection.driver_connection
    connection.set_trace_callback(said.append)
    frontier.visited_before(tx, 9.0)
    frontier.visited_before(tx, 9.0, listings=True)
    connection.set_trace_callback(None)
    plans = [str(tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()) for sql in said]
    assert [
        "url_visited (visited_at>? AND visited_at<?)" in plans[0],
        "url_listing (visited_at>? AND visited_at<?)" in plans[1],
    ] == [True, True], plans
