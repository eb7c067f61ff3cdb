"""What operators see of the queue and do to it, beside a frontier that claims from it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from collector.cli.frontier import app
from collector.crawler.queue import operating
from collector.crawler.queue.operating import Operator, Which
from collector.crawler.queue.orders import Orders
from collector.frontier import desk
from collector.frontier.desk import Order
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close
from collector.ledger.orders import Verb, orders_after, pause_in_force
from collector.ledger.runs import acts
from collector.ledger.story import Closed, Queued, story
from collector.ledger.tally import counts
from collector.model.errors import InputError
from collector.model.event import Outcome
from collector.policy.glob import parse_glob
from tests.ledger.sample_account import NOW, OPERATOR, begin, found, key, open_store, refused

A, B, C = "a.example.org", "b.example.org", "c.example.net"


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path)
    with opened.transaction() as tx:
        begin(tx)
    yield opened
    opened.close()


@pytest.fixture
def frontier(store):
    frontier = SqliteFrontier(Pace(HostPace(2.0, 30.0)), fence=1)
    with store.transaction() as tx:
        for host, count in ((A, 5), (B, 3), (C, 1)):
            frontier.discover(tx, pages(host, count), 0.0)
    return frontier


@pytest.fixture
def by():
    return Operator(OPERATOR, "they called", lambda: NOW)


def pages(host, count, **settings):
    return found([f"https://{host}/{n}" for n in range(count)], **settings)


def claimed(store, frontier, now=100.0):
    with store.transaction() as tx:
        return {claim.host_key for claim in frontier.claim(tx, now, 10)}


def test_a_blocked_host_is_not_claimed_until_it_is_unblocked(store, frontier, by):
    act, left = operating.block(store, A, "example.org", by)
    assert left == 5
    assert claimed(store, frontier) == {B, C}
    with store.snapshot() as tx:
        assert desk.blocked(tx) == {A: f"act {act}: they called"}
        assert desk.askable(tx) == 4  # b and c, in flight or not
        (order,) = orders_after(tx, act - 1)
        assert (order.verb, order.object, order.actor, order.reason) == (Verb.BLOCK, A, "ann", "they called")
    operating.unblock(store, A, "example.org", by)
    assert A in claimed(store, frontier, 200.0)


def test_a_blocked_domain_binds_hosts_that_are_found_later(store, frontier, by):
    operating.block(store, desk.whole("example.org"), "example.org", by)
    with store.transaction() as tx:
        frontier.discover(tx, pages("new.example.org", 2) + pages("new.example.net", 2), 1.0)
    assert claimed(store, frontier) == {C, "new.example.net"}
    with pytest.raises(InputError, match=r"the whole of example\.org"):
        operating.unblock(store, "new.example.org", "example.org", by)
    operating.unblock(store, desk.whole("example.org"), "example.org", by)
    assert claimed(store, frontier, 200.0) >= {A, B, "new.example.org"}


def test_a_host_can_be_blocked_before_it_is_found(store, frontier, by):
    assert operating.block(store, "later.example.com", "example.com", by)[1] == 0
    with store.transaction() as tx:
        frontier.discover(tx, pages("later.example.com", 2) + pages("www.example.com", 2), 1.0)
    assert claimed(store, frontier) == {A, B, C, "www.example.com"}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_an_act_owes_a_reason(reason):
    with pytest.raises(InputError, match="owes a reason"):
        Operator(OPERATOR, reason, lambda: NOW)


def test_what_cannot_be_done_is_said_and_not_written(store, frontier, by):
    with store.snapshot() as tx:
        before = acts(tx)
    for nonsense in (
        lambda: operating.unblock(store, A, "example.org", by),
        lambda: operating.resume(store, by),
    ):
        with pytest.raises(InputError):
            nonsense()
    with store.snapshot() as tx:
        assert acts(tx) == before
    operating.pause(store, by)
    operating.block(store, A, "example.org", by)
    with pytest.raises(InputError, match="paused already"):
        operating.pause(store, by)
    with pytest.raises(InputError, match="blocked already"):
        operating.block(store, A, "example.org", by)


def test_a_worker_follows_the_acts(store, frontier, by):
    orders = Orders(store)
    assert orders.look() == []
    assert orders.pause is None
    assert not orders.holds(A, "example.org")
    operating.pause(store, by)
    assert [order.verb for order in orders.look()] == [Verb.PAUSE]
    assert orders.pause is not None
    assert orders.holds(C, "example.net")
    assert Orders(store).pause == orders.pause  # a later start finds it paused
    operating.resume(store, by)
    operating.block(store, desk.whole("example.org"), "example.org", by)
    orders.look()
    assert orders.pause is None
    assert not orders.holds(C, "example.net")
    assert orders.holds(A, "example.org")
    assert orders.holds("never-seen.example.org", "example.org")
    with store.snapshot() as tx:
        assert pause_in_force(tx) is None


def test_a_purge_closes_what_waits_and_names_its_act(store, frontier, by):
    claimed(store, frontier)  # /0 of each host is in flight, and stays so
    act, closed = operating.purge(store, frontier, Which(parse_glob(f"{A}/*")), by)
    assert closed == 4
    with store.snapshot() as tx:
        (ending,) = [c for c in story(tx, key(f"https://{A}/3")) if isinstance(c, Closed)]
        assert (ending.outcome, ending.reason) == (
            Outcome.REFUSED,
            "an operator has taken it out of the queue: they called",
        )
        (finding,) = ending.decisions[0].findings
        assert (finding.rule, finding.evidence[0].locator) == ("frontier_purge", f"act {act}")
        assert counts(tx).events == 4
        row = desk.host(tx, A)
        assert (row.waiting, row.in_flight, row.done) == (0, 1, 4)
        assert acts(tx)[-1].object == f"{A}/*"
        assert desk.host(tx, B).waiting == 2


def test_a_story_begins_with_the_finding_also_where_the_end_was_decided_before_it_was_written(store, frontier):
    href = f"https://{A}/refused"
    with store.transaction() as tx:
        close(tx, 1, key(href), refused(href))
        frontier.discover(tx, found([href]), NOW.timestamp() + 2.0)
        assert [type(chapter) for chapter in story(tx, key(href))] == [Queued, Closed]


def test_a_purge_takes_a_depth_or_any_host(store, frontier, by):
    with store.transaction() as tx:
        frontier.discover(tx, found([f"https://{h}/deep/{n}" for h in (A, C) for n in range(1500)], depth=7), 1.0)
    _, closed = operating.purge(store, frontier, Which(parse_glob("*/deep/*"), 8), by)
    assert closed == 0
    _, closed = operating.purge(store, frontier, Which(parse_glob("*/deep/*"), 7), by)
    assert closed == 3000
    with store.snapshot() as tx:
        assert desk.depths(tx) == {0: 9}


def test_a_host_is_purged_whatever_its_port_and_a_pattern_of_urls_means_its_own(store, frontier, by):
    with store.transaction() as tx:
        frontier.discover(tx, found([f"http://{C}:{port}/x" for port in (80, 8080, 8443)]), 1.0)
    assert operating.purge(store, frontier, Which(parse_glob(f"{C}:8443/*")), by)[1] == 1
    assert operating.purge(store, frontier, Which(parse_glob(f"{C}/*"), every_port=True), by)[1] == 3
    with store.snapshot() as tx:
        assert (desk.host(tx, C).waiting, desk.host(tx, A).waiting) == (0, 5)


@pytest.mark.parametrize(
    ("named", "closed"),
    [
        (C.upper(), 2),
        (f"{C}:8443", 1),
        (f"{C}/*", 1),
        ("*.net:8443/*", 1),
        ("example.net", 0),
        ("[::1]", 1),
        ("[::1]:80", 0),
    ],
)
def test_the_command_takes_a_host_a_host_with_its_port_or_a_pattern(tmp_path, named, closed):
    data = tmp_path / "data"
    (data / "c").mkdir(parents=True)
    store = open_store(data / "c")
    with store.transaction() as tx:
        begin(tx)
        urls = [f"https://{C}/1", f"https://{C}:8443/1", "http://[::1]:8080/1"]
        SqliteFrontier(Pace(), fence=1).discover(tx, found(urls), 1.0)
    store.close()
    said = CliRunner().invoke(app, ["purge", named, "--reason", "r", "--data", str(data), "--json"])
    assert json.loads(said.output)["closed"] == closed, said.output


def test_a_collection_that_was_never_crawled_has_nothing_to_purge(tmp_path, by):
    store = open_store(tmp_path)
    with pytest.raises(InputError, match="never crawled"):
        operating.purge(store, SqliteFrontier(Pace(), fence=0), Which(parse_glob("*")), by)
    store.close()


def test_what_is_seen(store, frontier, by):
    claimed(store, frontier)
    with store.transaction() as tx:
        frontier.hold(tx, B, 1e12)
    operating.block(store, C, "example.net", by)
    with store.snapshot() as tx:
        seen = desk.stats(tx)
        assert (seen.waiting, seen.in_flight, seen.hosts, seen.hosts_blocked) == (6, 3, 3, 1)
        assert seen.slowest_seconds == 8.0  # four URLs, one in two seconds
        assert [h.name for h in desk.hosts(tx)] == [A, B, C]
        assert [h.name for h in desk.hosts(tx, limit=1)] == [A]
        assert [h.name for h in desk.hosts(tx, blocked=True)] == [C]
        assert [u.href for u in desk.next_urls(tx, A, 3)] == [f"https://{A}/{n}" for n in (1, 2, 3)]
        assert [u.state for u in desk.next_urls(tx, A, 9)] == ["waiting"] * 4 + ["in flight"]
        assert desk.url(tx, key(f"https://{A}/0")).state == "in flight"
        assert desk.url(tx, b"0" * 16) is None
        assert desk.host(tx, "nowhere.example.org") is None


@pytest.mark.parametrize("order", Order)
def test_every_order(store, frontier, order):
    with store.snapshot() as tx:
        assert {h.name for h in desk.hosts(tx, order)} == {A, B, C}


@pytest.mark.parametrize(
    ("text", "name"), [("Bücher.example", "xn--bcher-kva.example"), ("https://x.example/a", "x.example")]
)
def test_a_host_is_named_as_the_queue_names_it(text, name):
    assert operating.host_name(text) == name


@pytest.mark.parametrize("text", ["", "a b", "http://", "*.example.org/ x"])
def test_what_is_no_host(text):
    with pytest.raises(InputError):
        operating.host_name(text)
