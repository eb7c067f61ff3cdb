"""collector.rights: what an objection touches, and where it arrived, with counts (issue: impact preview, propagation)."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close
from collector.ledger.segments import segment_committed
from collector.registry import lifecycle
from collector.registry.entry import Effect, Retroactive, ScopeKind
from collector.registry.propagation import Status, of_entries
from collector.rights.propagate import propagate
from collector.rights.reach import impact
from tests.ledger.sample_account import SEGMENT, archived, begin, found, key, open_store
from tests.support.registry import Keeper, keeper

KEPT = ["https://a.example/1", "https://www.a.example/2", "https://a.example.other.test/3", "https://b.example/4"]
WAITING = ["https://a.example/w1", "https://a.example/w2", "https://c.example/w3"]
RELEASES = {"r1": ["https://a.example/1", "https://b.example/4", "no address"], "r2": ["https://b.example/4"]}


def release(folder: Path, name: str, addresses: list[str], recipients: list[str], *, packed: bool = False) -> None:
    """As an export writes it: the list of its pages, and who received it."""
    where = folder / "news" / "releases" / name
    where.mkdir(parents=True)
    rows = [
        {"format": "json-pages-1.0", "id": "pages"},
        *({"id": f"{n}", "url": one} for n, one in enumerate(addresses)),
    ]
    data = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    if packed:
        (where / "pages.jsonl.gz").write_bytes(gzip.compress(data))
    else:
        (where / "pages.jsonl").write_bytes(data)
    (where / "release.json").write_text(json.dumps({"version": name, "recipients": recipients}))


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
    release(tmp_path, "r1", RELEASES["r1"], ["lab-one", "lab-two"])
    release(tmp_path, "r2", RELEASES["r2"], ["lab-two"], packed=True)
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
    assert str(impact([entry], desk.folder)) == said


def test_several_entries_are_counted_together_and_a_permission_touches_nothing(desk: Keeper) -> None:
    one, two = desk.take("a.example"), desk.take("b.example")
    allow = desk.take("c.example/x/", effect=Effect.ALLOW, same_requester_as=one.public_ref)
    together = impact([one.entry, two.entry, allow.entry], desk.folder)
    assert str(together) == "matches 3 hosts, 3 captures, 2 releases; 2 URLs wait"
    assert impact([allow.entry], desk.folder).reached == ()


def test_a_collection_that_cannot_be_read_is_named_not_hidden(desk: Keeper) -> None:
    (desk.folder / "broken").mkdir()
    (desk.folder / "broken" / "collection.db").write_bytes(b"no database at all, but long enough" * 100)
    entry = desk.take("a.example").entry
    said = str(impact([entry], desk.folder))
    assert said.startswith("matches 2 hosts, 2 captures")
    assert "not asked: broken (" in said
    with desk.store.transaction() as tx:
        arrived = {str(one.target): one for one in propagate(tx, [entry], desk.folder, desk.now)}
    assert arrived["warc_store:broken"].status is Status.FAILED
    assert arrived["warc_store:news"].affected == 2


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
        propagate(tx, [recorded.entry], desk.folder, desk.now)
        arrived = {str(one.target): (one.status, one.affected) for one in of_entries(tx, [recorded.entry.id])}
        assert arrived == {
            "frontier:news": (Status.QUEUED, 2),
            "warc_store:news": (stored, 2),
            "corpus_release:news/r1": (released, 1),
            "corpus_release:news/r2": (Status.NOT_FOUND, 0),
            "downstream_recipient:lab-one": (released, 1),
            "downstream_recipient:lab-two": (released, 1),
        }
        again = propagate(tx, [recorded.entry], desk.folder, desk.now)
        assert len(of_entries(tx, [recorded.entry.id])) == len(again) == 6, "said again, not added"


def test_what_is_not_in_force_and_other_collections_are_not_reached(desk: Keeper) -> None:
    other = desk.take("a.example", collections=("books",))
    gone = desk.take("b.example")
    with desk.store.transaction() as tx:
        withdrawn = lifecycle.withdraw(tx, desk.act, desk.find(gone), "asked")
        assert propagate(tx, [other.entry, *withdrawn], desk.folder, desk.now) == ()


def test_without_releases_there_are_none_and_one_that_is_not_listed_is_told(desk: Keeper) -> None:
    """Never a nought for what could not be asked."""
    entry = desk.take("b.example").entry
    folder = desk.folder / "news" / "releases"
    (folder / "r1" / "pages.jsonl").unlink()
    (folder / "r2" / "pages.jsonl.gz").write_bytes(b"cut")
    said = str(impact([entry], desk.folder))
    assert "matches 1 hosts, 1 captures, 0 releases; 0 URLs wait; not asked: release news/r1 (the pages" in said
    assert "release news/r2 (the pages of a release cannot be read" in said
    with desk.store.transaction() as tx:
        arrived = {str(one.target): one.status for one in propagate(tx, [entry], desk.folder, desk.now)}
    assert arrived["corpus_release:news"] is Status.FAILED
    shutil.rmtree(folder)
    assert str(impact([entry], desk.folder)) == "matches 1 hosts, 1 captures, 0 releases; 0 URLs wait"


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"url": 1}', b'{"url": "' + b"a" * 70_000 + b'"}', b"[" * 9_999])
def test_half_a_list_of_pages_is_none(desk: Keeper, line: bytes) -> None:
    path = desk.folder / "news" / "releases" / "r1" / "pages.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")
    assert "not asked: release news/r1 (" in str(impact([desk.take("a.example").entry], desk.folder))


def test_an_entry_for_another_collection_touches_nothing_here(desk: Keeper) -> None:
    other = desk.take("a.example", collections=("books",)).entry
    assert str(impact([other], desk.folder)) == "matches 0 hosts, 0 captures, 0 releases; 0 URLs wait"


def test_a_person_is_not_counted_by_address_and_that_is_said(desk: Keeper) -> None:
    person = desk.take("a@example.net", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT).entry
    assert "not asked: persons are found in what is fetched" in str(impact([person], desk.folder))
