"""The queue: order, fairness, slots, shards, and nothing lost."""

from __future__ import annotations

import dataclasses

import pytest

from collector.frontier.frontier import Fetched, Frontier, QueueCounts
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.model.errors import IntegrityError
from tests.ledger.sample_account import found, key, open_store

PACE = Pace(HostPace(2.0, 30.0))


def pages(count, host="a.example.org", **settings):
    return found([f"https://{host}/{n}" for n in range(count)], **settings)


def test_it_is_a_frontier(frontier):
    seen: Frontier = frontier
    assert seen is frontier


def test_discovery_ignores_what_is_known(tx, frontier):
    assert frontier.discover(tx, pages(5), 0.0) == 5
    assert frontier.discover(tx, pages(8) + pages(8), 1.0) == 3
    assert frontier.discover(tx, [], 1.0) == 0
    assert frontier.known(tx, [f.key for f in pages(10)]) == {f.key for f in pages(8)}
    assert frontier.known(tx, []) == set()
    assert frontier.counts(tx) == QueueCounts(8, 0, 0, 0, 0, 1)


@pytest.mark.parametrize("count", [1, 2, 511, 512, 513, 1500])
def test_known_in_any_number(tx, frontier, count):
    frontier.discover(tx, pages(count), 0.0)
    assert len(frontier.known(tx, [f.key for f in pages(count + 7)])) == count


def test_a_claim_carries_what_was_found(tx, frontier):
    via = "https://b.example.org/index?[[EMAIL_1]]"
    frontier.discover(tx, pages(1, depth=3, hops="LLR", via=via, lastmod="2026-01-01" + "x" * 500), 7.0)
    (claim,) = frontier.claim(tx, 10.0, 5)
    assert (claim.href, claim.key) == ("https://a.example.org/0", key("https://a.example.org/0"))
    assert (claim.depth, claim.hops, claim.via, claim.visit, claim.attempt) == (3, "LLR", via, 1, 1)
    assert claim.host_key == "a.example.org"
    assert claim.lastmod is not None
    assert len(claim.lastmod) == 64
    assert (claim.slot.at, claim.slot.until, claim.slot.delay) == (10.0, 13.5, 2.0)


def test_one_url_per_host_and_hosts_in_turn(tx, frontier):
    """The longest-waiting hosts first, whatever the length of their queues."""
    for number in range(6):
        frontier.discover(tx, pages(20 if number else 500, f"h{number}.example.org"), float(number))
    first = frontier.claim(tx, 100.0, 4)
    assert [c.host_key for c in first] == [f"h{n}.example.org" for n in range(4)]
    assert [c.host_key for c in frontier.claim(tx, 100.0, 4)] == ["h4.example.org", "h5.example.org"]
    assert frontier.claim(tx, 100.0, 4) == []


def test_best_first(tx, frontier):
    frontier.discover(tx, found(["https://a.example.org/deep"], depth=2), 0.0)
    frontier.discover(tx, found(["https://a.example.org/b", "https://a.example.org/a"], depth=1), 0.0)
    frontier.discover(tx, found(["https://a.example.org/urgent"], depth=9, priority=-1), 0.0)
    order = []
    for _ in range(4):
        (claim,) = frontier.claim(tx, 1e6 * (len(order) + 1), 9)
        frontier.done(tx, [claim])
        order.append(claim.href.rpartition("/")[2])
    assert order == ["urgent", "b", "a", "deep"]  # priority, depth, arrival


def test_a_slot_is_spent_before_the_fetch(tx, frontier):
    frontier.discover(tx, pages(3), 0.0)
    (one,) = frontier.claim(tx, 10.0, 9)
    frontier.done(tx, [one])
    assert frontier.claim(tx, 13.4, 9) == []  # nobody told when it started: delay and window both count
    assert frontier.next_due(tx, 13.4) == 13.5
    assert len(frontier.claim(tx, 13.5, 9)) == 1


def test_a_known_start_gives_the_rest_of_the_window_back(tx, frontier):
    frontier.discover(tx, pages(3), 0.0)
    (one,) = frontier.claim(tx, 10.0, 9)
    assert not frontier.started(one.slot, 9.9)
    assert not frontier.started(one.slot, 11.6)  # the window is over: take another slot
    assert frontier.started(one.slot, 10.25)
    frontier.done(tx, [one])
    assert frontier.claim(tx, 12.2, 9) == []
    assert len(frontier.claim(tx, 12.25, 9)) == 1


def test_claiming_ahead_hands_out_future_slots(tx, frontier):
    frontier.discover(tx, pages(2), 20.0)
    assert frontier.claim(tx, 18.0, 9) == []
    (claim,) = frontier.claim(tx, 18.0, 9, ahead=5.0)
    assert claim.slot.at == 20.0


def test_everything_takes_slots(tx, frontier):
    """robots.txt, redirects and retries reserve like pages, on hosts nobody queued too."""
    first = frontier.reserve(tx, "a.example.org", "example.org", 10.0)
    second = frontier.reserve(tx, "a.example.org", "example.org", 10.0)
    assert (first.at, second.at) == (10.0, 13.5)
    frontier.discover(tx, pages(1), 10.0)
    assert frontier.claim(tx, 13.6, 9) == []
    frontier.unused(tx, [first])  # followed by another: stays spent
    assert frontier.next_due(tx, 0.0) == 17.0
    frontier.unused(tx, [second])
    assert frontier.next_due(tx, 0.0) == 13.5


def test_concurrency_per_host(tx):
    frontier = SqliteFrontier(Pace(HostPace(0.0, 30.0, concurrency=2)), fence=1)
    frontier.discover(tx, pages(5), 0.0)
    one, two = (frontier.claim(tx, 1.0, 9)[0] for _ in range(2))
    assert frontier.claim(tx, 1.0, 9) == []
    assert frontier.next_due(tx, 1.0) is None  # nothing until one of them comes back
    frontier.done(tx, [one])
    assert len(frontier.claim(tx, 1.0, 9)) == 1
    frontier.requeue(tx, [two])
    assert frontier.counts(tx).in_flight == 1


def test_latency_crawl_delay_and_retry_after_move_the_clock(tx, frontier):
    frontier.discover(tx, pages(9), 0.0)

    def ask(at, **told):
        (claim,) = frontier.claim(tx, at, 1)
        assert frontier.started(claim.slot, at)
        frontier.fetched(Fetched(claim.slot, at + told["duration"], **told))
        frontier.flush(tx)
        frontier.done(tx, [claim])
        due = frontier.next_due(tx, at)
        assert due is not None
        return due

    assert ask(100.0, duration=1.0, ok=True) == 105.0  # five times the duration, from its start
    assert ask(200.0, duration=0.0, ok=True, crawl_delay=9.0) == 209.0
    assert ask(300.0, duration=0.0, ok=True) == 309.0  # Crawl-delay stays
    assert ask(400.0, duration=1.0, ok=False) == 461.0  # backs off a minute from its end
    assert ask(500.0, duration=1.0, ok=False) == 621.0
    assert ask(700.0, duration=1.0, ok=True, retry_after=3_600.0) == 4_301.0
    assert ask(5_000.0, duration=1.0, ok=False, retry_after=5.0) == 5_061.0  # forgiven: one minute again


def test_deferred_urls_come_back_as_the_next_attempt(tx, frontier):
    frontier.discover(tx, pages(1), 0.0)
    (claim,) = frontier.claim(tx, 1.0, 1)
    frontier.defer(tx, claim, 500.0)
    assert frontier.counts(tx).deferred == 1
    assert frontier.next_due(tx, 2.0) == 500.0
    assert frontier.claim(tx, 499.9, 1) == []
    (again,) = frontier.claim(tx, 500.0, 1)
    assert (again.attempt, again.key) == (2, claim.key)


def test_a_claim_is_given_back_once(tx, frontier):
    frontier.discover(tx, pages(1), 0.0)
    (claim,) = frontier.claim(tx, 1.0, 1)
    frontier.done(tx, [claim])
    for again in (frontier.done, frontier.requeue):
        with pytest.raises(IntegrityError, match="no longer ours"):
            again(tx, [claim])
    with pytest.raises(IntegrityError):
        frontier.defer(tx, claim, 9.0)


def test_a_later_owner_fences_the_former_out(tx, frontier):
    frontier.discover(tx, pages(1), 0.0)
    (old,) = frontier.claim(tx, 1.0, 1)
    successor = SqliteFrontier(PACE, fence=2)
    assert successor.recover(tx) == 1
    (new,) = successor.claim(tx, 100.0, 1)
    assert (new.key, new.attempt) == (old.key, 1)
    with pytest.raises(IntegrityError):
        frontier.done(tx, [old])
    successor.done(tx, [new])


def test_the_text_of_a_closed_url_is_gone(tx, frontier):
    """A URL can turn out personal with its page: the queue forgets every URL it has no more use for."""
    frontier.discover(tx, pages(2), 0.0)
    frontier.done(tx, frontier.claim(tx, 1.0, 1))
    frontier.withdraw(tx, frontier.waiting(tx))
    assert tx.exec_driver_sql("SELECT COUNT(*) FROM url WHERE href IS NOT NULL").scalar() == 0
    assert frontier.known(tx, [f.key for f in pages(2)]) == {f.key for f in pages(2)}


def test_settled_urls_are_never_asked(tx, frontier):
    frontier.discover(tx, pages(1), 0.0)
    assert frontier.settle(tx, pages(3), 0.0) == {f.key for f in pages(3)[1:]}
    assert frontier.settle(tx, pages(3), 0.0) == set()
    assert frontier.counts(tx).done == 2
    assert [c.href for c in frontier.claim(tx, 1e6, 9)] == ["https://a.example.org/0"]


def test_blocking_a_host_lists_what_must_be_closed(tx, frontier):
    frontier.discover(tx, pages(5), 0.0)
    frontier.discover(tx, pages(1, "b.example.org"), 5_000.0)
    (claim,) = frontier.claim(tx, 1.0, 9)
    frontier.defer(tx, claim, 1e5)
    frontier.done(tx, frontier.claim(tx, 100.0, 9))
    assert frontier.block(tx, "a.example.org", "opted out") == 4
    assert {c.host_key for c in frontier.claim(tx, 1e6, 9)} == {"b.example.org"}
    waiting = frontier.waiting(tx, host_key="a.example.org")
    assert len(waiting) == 4
    assert {w.host_key for w in waiting} == {"a.example.org"}
    assert frontier.withdraw(tx, waiting + waiting) == waiting
    assert frontier.withdraw(tx, waiting) == []
    frontier.discover(tx, pages(6), 0.0)
    assert frontier.claim(tx, 1e7, 9) == []
    frontier.unblock(tx, "a.example.org")
    assert [c.href for c in frontier.claim(tx, 1e7, 9)] == ["https://a.example.org/5"]


def test_everything_that_waits_can_be_judged_again_in_batches(tx, frontier):
    """A policy changed in mid-crawl re-decides what waits (issue 2)."""
    frontier.discover(tx, pages(25), 0.0)
    frontier.claim(tx, 1.0, 1)
    seen, after = [], 0
    while batch := frontier.waiting(tx, after=after, limit=10):
        seen += batch
        after = batch[-1].ticket
    assert len({w.key for w in seen}) == len(seen) == 24


def test_holding_a_host_never_brings_it_forward(tx, frontier):
    frontier.discover(tx, pages(1), 0.0)
    frontier.hold(tx, "a.example.org", 900.0)
    frontier.hold(tx, "a.example.org", 300.0)
    frontier.hold(tx, "unheard-of.example.org", 300.0)
    assert frontier.next_due(tx, 0.0) == 900.0


def test_shards_share_out_the_hosts_by_domain(tx):
    workers = [SqliteFrontier(PACE, fence=n, shard=n, shards=3) for n in range(3)]
    hrefs = [f"https://{sub}.site-{n}.example/" for n in range(40) for sub in ("www", "blog")]
    urls = [dataclasses.replace(f, registered_domain=f.url.host.partition(".")[2]) for f in found(hrefs)]
    workers[0].discover(tx, urls, 0.0)
    shares = [{c.host_key.partition(".")[2] for c in w.claim(tx, 1.0, 1_000)} for w in workers]
    assert sum(map(len, shares)) == len(set().union(*shares)) == 40
    assert all(shares)
    alone = SqliteFrontier(PACE, fence=9)
    workers[1].recover(tx)
    assert sum(1 for _ in alone.claim(tx, 50.0, 1_000)) < 80
    assert alone.recover(tx) > 0
    assert len(alone.claim(tx, 99.0, 1_000)) == 80


def test_when_any_shard_has_something_to_do_next(tx):
    workers = [SqliteFrontier(PACE, fence=n, shard=n, shards=2) for n in range(2)]
    workers[0].discover(tx, pages(1), 70.0)
    own = [worker.next_due(tx, 1.0) for worker in workers]
    assert sorted(own, key=str) == [70.0, None]
    assert [worker.next_due(tx, 1.0, of_all=True) for worker in workers] == [70.0, 70.0]
    assert workers[0].next_due(tx, 80.0, of_all=True) == 80.0


def test_a_changed_policy_reaches_known_hosts(tx, frontier):
    frontier.discover(tx, pages(3), 0.0)
    slower = SqliteFrontier(Pace(HostPace(20.0, 60.0)), fence=2)
    slower.recover(tx)
    (claim,) = slower.claim(tx, 1.0, 1)
    assert claim.slot.delay == 20.0


def test_a_claim_costs_the_same_with_many_hosts(tx, frontier):
    """crawling.md D4: Scrapy's queue costs 5 ms a pop at 20,000 hosts. Here: index look-ups only, none of them a scan."""
    frontier.discover(tx, pages(1), 0.0)
    said = []
    connection = tx.connection.driver_connection
    assert connection is not None
    connection.set_trace_callback(said.append)
    claims = frontier.claim(tx, 1.0, 10)
    frontier.defer(tx, claims[0], 5.0)
    frontier.next_due(tx, 1.0)
    frontier.waiting(tx, host_key="a.example.org")
    frontier.claim(tx, 9.0, 10)
    connection.set_trace_callback(None)
    plans = {sql: [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")] for sql in said}
    assert len(plans) >= 12
    scans = [step for plan in plans.values() for step in plan if step.startswith("SCAN") and step != "SCAN h"]
    # `h` is the claim's own answer, at most `limit` rows; a partial index is walked from its first entry
    assert [step for step in scans if "url_deferred" not in step] == []
    used = " ".join(step for plan in plans.values() for step in plan)
    assert all(name in used for name in ("host_due (shard=? AND next_at<?)", "url_waiting (host=?)", "url_deferred"))


def test_a_rolled_back_transaction_leaves_no_trace_in_memory(tmp_path, frontier):
    """A host made in a transaction that failed must not be remembered under a number that another host gets."""
    store = open_store(tmp_path)
    with pytest.raises(RuntimeError), store.transaction() as tx:  # noqa: PT012
        frontier.discover(tx, pages(1, "a.example.org"), 0.0)
        raise RuntimeError
    with store.transaction() as tx:
        frontier.discover(tx, pages(1, "b.example.org"), 0.0)
        frontier.discover(tx, pages(1, "a.example.org"), 0.0)
        assert sorted((c.host_key, c.href) for c in frontier.claim(tx, 1.0, 9)) == [
            ("a.example.org", "https://a.example.org/0"),
            ("b.example.org", "https://b.example.org/0"),
        ]
    store.close()
