"""collector.rights: what an objection touches, and where it arrived, with counts (issue: impact preview, propagation)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close
from collector.ledger.segments import segment_committed
from collector.registry import lifecycle
from collector.registry.entry import Effect, Retroactive, ScopeKind
from collector.registry.propagation import Status, TargetKind, of_entries
from collector.rights.propagate import propagate
from collector.rights.reach import Holding, impact
from tests.ledger.sample_account import SEGMENT, archived, begin, found, key, open_store
from tests.support.registry import Keeper, keeper

KEPT = ["https://a.example/1", "https://www.a.example/2", "https://a.example.other.test/3", "https://b.example/4"]
WAITING = ["https://a.example/w1", "https://a.example/w2", "https://c.example/w3"]
RELEASES = [
    Holding(TargetKind.RELEASE, "r1", ["https://a.example/1", "https://b.example/4", "no address"]),
    Holding(TargetKind.RELEASE, "r2", ["https://b.example/4"]),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Keeper]:
    """A registry beside one collection with four captures and three URLs that wait."""
    (tmp_path / "news").mkdir()
    store = open_store(tmp_path / "news")
    frontier = SqliteFrontier(Pace(HostPace(0.0, 30.0)), fence=1)
    with store.transaction() as tx:
        run = begin(tx)
        frontier.discover(tx, found(WAITING), 0.0)
        segment_committed(tx, SEGMENT, "archive", 9_000)
        for number, href in enumerate(KEPT):
            close(tx, run, key(href), archived(href, number + 1, body=b"%d" % number))
    store.close()
    with keeper(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("a.example", None, "matches 2 hosts, 2 captures, 1 releases; 2 URLs wait"),
        ("a.example", ScopeKind.HOST, "matches 1 hosts, 1 captures, 1 releases; 2 URLs wait"),
        ("a.example/1", ScopeKind.PREFIX, "matches 1 hosts, 1 captures, 1 releases; 0 URLs wait"),
        ("b.example", None, "matches 1 hosts, 1 captures, 2 releases; 0 URLs wait"),
        ("nobody.example", None, "matches 0 hosts, 0 captures, 0 releases; 0 URLs wait"),
        ("192.0.2.0/24", None, "matches 0 hosts, 0 captures, 0 releases; 0 URLs wait"),
    ],
)
def test_the_preview_counts_hosts_captures_releases(
    desk: Keeper, value: str, kind: ScopeKind | None, said: str
) -> None:
    entry = desk.take(value, kind=kind).entry
    assert str(impact([entry], desk.folder, RELEASES)) == said


def test_several_entries_are_counted_together_and_a_permission_touches_nothing(desk: Keeper) -> None:
    one, two = desk.take("a.example"), desk.take("b.example")
    allow = desk.take("c.example/x/", effect=Effect.ALLOW, same_requester_as=one.public_ref)
    together = impact([one.entry, two.entry, allow.entry], desk.folder, RELEASES)
    assert str(together) == "matches 3 hosts, 3 captures, 2 releases; 2 URLs wait"
    assert impact([allow.entry], desk.folder).reached == ()


def test_a_collection_that_cannot_be_read_is_named_not_hidden(desk: Keeper) -> None:
    (desk.folder / "broken").mkdir()
    (desk.folder / "broken" / "collection.db").write_bytes(b"no database at all, but long enough" * 100)
    said = str(impact([desk.take("a.example").entry], desk.folder))
    assert said.startswith("matches 2 hosts, 2 captures")
    assert "not asked: broken (" in said


@pytest.mark.parametrize(
    ("retroactive", "stored", "released"),
    [
        (Retroactive.FUTURE, Status.EXEMPT, Status.EXEMPT),
        (Retroactive.STORED, Status.QUEUED, Status.EXEMPT),
        (Retroactive.DERIVED, Status.QUEUED, Status.QUEUED),
    ],
)
def test_where_it_arrived_is_written_down_with_counts(
    desk: Keeper, retroactive: Retroactive, stored: Status, released: Status
) -> None:
    recorded = desk.take("a.example", retroactive=retroactive)
    with desk.store.transaction() as tx:
        propagate(tx, [recorded.entry], desk.folder, desk.now, RELEASES)
        arrived = {str(one.target): (one.status, one.affected) for one in of_entries(tx, [recorded.entry.id])}
        assert arrived == {
            "frontier:news": (Status.QUEUED, 2),
            "warc_store:news": (stored, 2),
            "corpus_release:r1": (released, 1),
            "corpus_release:r2": (Status.NOT_FOUND, 0),
        }
        again = propagate(tx, [recorded.entry], desk.folder, desk.now, RELEASES)
        assert len(of_entries(tx, [recorded.entry.id])) == len(again) == 4, "said again, not added"


def test_what_is_not_in_force_and_other_collections_are_not_reached(desk: Keeper) -> None:
    other = desk.take("a.example", collections=("books",))
    gone = desk.take("b.example")
    with desk.store.transaction() as tx:
        withdrawn = lifecycle.withdraw(tx, desk.act, desk.find(gone), "asked")
        assert propagate(tx, [other.entry, *withdrawn], desk.folder, desk.now) == ()
