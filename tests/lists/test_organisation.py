"""Candidate versions, generations, overrides and the swap in a running crawl (issue 5, spec §4.5, §5)."""

from __future__ import annotations

import json
import os
import random
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.lists.candidate import Import, import_list
from collector.lists.difference import differing
from collector.lists.entry import Kind
from collector.lists.export import export_version
from collector.lists.licences import combine
from collector.lists.live import LiveLists
from collector.lists.match import Action, Tier
from collector.lists.memory import MemoryLookup
from collector.lists.organisation import CURRENT, OrganisationLists
from collector.lists.overrides import FILE, Override, append_override, read_overrides
from collector.lists.version import ROWS, Version, rows_of
from collector.model.errors import IntegrityError, ListError, StorageError
from collector.model.url import parse_url

TODAY = date(2026, 11, 22)
BY = {"seed": 3, "at": "2026-11-22T10:00:00+00:00", "by": "keeper"}


def said(name: str = "one", format_: str = "plain", licence: str = "MIT") -> Import:
    return Import(name, format_, "dating", licence, "our own", "keeper")


def brought_in(lists: OrganisationLists, folder: Path, text: str, what: Import | None = None) -> Version:
    path = folder / "given"
    path.write_text(text, encoding="utf-8")
    what = what or said()
    return import_list(path, what, lists.sources, TODAY, lists.previous(what.list))


def activated(lists: OrganisationLists, folder: Path, text: str, reason: str = "") -> str:
    version = brought_in(lists, folder, text)
    lists.change(lambda versions: versions.update({"one": version.version}), **BY, reason=reason)  # type: ignore[arg-type]
    return version.version


@pytest.fixture
def lists(tmp_path: Path) -> OrganisationLists:
    return OrganisationLists(tmp_path / "lists")


def hosts(count: int, start: int = 0) -> str:
    return "".join(f"h{n}.test\n" for n in range(start, start + count))


def test_an_import_counts_what_it_takes_and_lists_what_it_does_not(lists: OrganisationLists, tmp_path: Path) -> None:
    version = brought_in(lists, tmp_path, "a.test\ntwo words\nco.uk\nA.TEST/Path\n")
    assert (version.entries, version.rejected, version.aside, version.added) == (2, 1, 1, 2)
    folder = lists.sources / "one" / version.version
    rejected = [json.loads(line) for line in (folder / "rejected.jsonl").read_text().splitlines()]
    assert [(row["line"], row["text"]) for row in rejected] == [(2, "two words")]
    assert [entry.host for entry in rows_of(folder / "aside.rows")] == ["co.uk"]
    entries = list(rows_of(folder / ROWS))
    assert [(entry.host, entry.path, entry.line) for entry in entries] == [("a.test", "", 1), ("a.test", "/Path", 4)]
    assert lists.current() is None  # in force for nobody


def test_importing_the_same_file_again_is_the_same_version(lists: OrganisationLists, tmp_path: Path) -> None:
    assert brought_in(lists, tmp_path, hosts(3)) == brought_in(lists, tmp_path, hosts(3))
    assert len(lists.versions()) == 1


@pytest.mark.parametrize(
    ("count", "why"), [(79, "shrank by 21%"), (80, ""), (150, ""), (151, "grew by 51%"), (0, "no entries")]
)
def test_shrinking_and_growing_lists_wait_for_a_person(
    lists: OrganisationLists, tmp_path: Path, count: int, why: str
) -> None:
    activated(lists, tmp_path, hosts(100))
    version = brought_in(lists, tmp_path, hosts(count))
    assert why in version.quarantine
    assert bool(why) is bool(version.quarantine)
    if why:
        with pytest.raises(ListError, match="quarantine"):
            lists.activate({"one": version.version}, **BY, reason="")  # type: ignore[arg-type]
        assert lists.activate({"one": version.version}, **BY, reason="looked at").entries == count  # type: ignore[arg-type]


def test_a_difference_names_what_came_and_went(lists: OrganisationLists, tmp_path: Path) -> None:
    before = activated(lists, tmp_path, "a.test\nb.test\n")
    after = brought_in(lists, tmp_path, "c.test\nb.test\n")
    assert (after.added, after.removed, after.previous) == (1, 1, before)
    folder = lists.sources / "one"
    changes = [(sign, entry.host) for sign, entry in differing(folder / before, folder / after.version)]
    assert changes == [("-", "a.test"), ("+", "c.test")]


def test_rollback_is_one_step_and_back_again(lists: OrganisationLists, tmp_path: Path) -> None:
    first, second = activated(lists, tmp_path, hosts(10)), activated(lists, tmp_path, hosts(11))
    back = lists.rollback(**BY, reason="too many")  # type: ignore[arg-type]
    assert (back.number, back.versions["one"], back.reason) == (3, first, "too many")
    assert lists.rollback(**BY, reason="").versions["one"] == second  # type: ignore[arg-type]


def test_rollback_mends_a_pointer_that_cannot_be_read_and_a_snapshot_that_is_gone(
    lists: OrganisationLists, tmp_path: Path
) -> None:
    activated(lists, tmp_path, hosts(10))
    (lists.folder / CURRENT).write_text("{")
    with pytest.raises(ListError) as caught:
        lists.current()
    assert "rollback" in caught.value.mend
    for path in (lists.folder / "snapshots").glob("*.snap"):
        path.unlink()
    again = lists.rollback(**BY, reason="")  # type: ignore[arg-type]
    assert lists.open(again).match(parse_url("http://www.h3.test/"))


def test_rows_that_were_changed_are_not_compiled(lists: OrganisationLists, tmp_path: Path) -> None:
    version = activated(lists, tmp_path, hosts(3))
    before = lists.current()
    rows = lists.sources / "one" / version / ROWS
    for text in (rows.read_text() + "9\tother.test\n", "no rows\n", "\n", "@7\n"):
        rows.write_text(text)
        with pytest.raises(IntegrityError, match="not those that were imported"):
            lists.activate({"one": version}, **BY, reason="")  # type: ignore[arg-type]
    assert lists.current() == before


def test_one_person_changes_the_lists_at_a_time(lists: OrganisationLists, tmp_path: Path) -> None:
    version = activated(lists, tmp_path, hosts(3))
    with lists._writing(), pytest.raises(StorageError, match="somebody else"):
        OrganisationLists(lists.folder).activate({"one": version}, **BY, reason="")  # type: ignore[arg-type]


def test_a_running_crawl_swaps_without_missing_a_decision(lists: OrganisationLists, tmp_path: Path) -> None:
    # Hosts 0 to 9 stand in every version: whatever is swapped meanwhile, no look-up may miss one.
    versions = [activated(lists, tmp_path, hosts(10 + n)) for n in range(3)]
    live = LiveLists(lists.folder, MemoryLookup())
    urls = [parse_url(f"http://www.h{n}.test/") for n in range(10)]
    stop = threading.Event()
    missed, digests = [], set()

    def look() -> None:
        while not stop.is_set():
            live.poll()
            lookup = live.lookup
            digests.add(lookup.snapshot.digest)  # type: ignore[union-attr]
            missed.extend(url for url in urls if not lookup.match(url))

    reader = threading.Thread(target=look)
    reader.start()
    for version in (versions[0], versions[1], versions[2]):
        lists.change(lambda held, v=version: held.update({"one": v}), **BY, reason="swap")  # type: ignore[arg-type,misc]
        wanted = lists.current()
        while live.generation != wanted and not live.fault:
            stop.wait(0.001)
    stop.set()
    reader.join()
    assert not missed
    assert not live.fault
    assert len(digests) == 3
    assert not list((tmp_path / "lists").glob("**/.*.unfinished"))


def test_what_is_not_whole_is_not_taken_while_running_and_stops_the_next_start(
    lists: OrganisationLists, tmp_path: Path
) -> None:
    activated(lists, tmp_path, hosts(5))
    live = LiveLists(lists.folder, MemoryLookup())
    held = live.lookup
    activated(lists, tmp_path, hosts(6))
    newest = lists.current()
    assert newest is not None
    path = lists.snapshot_path(newest)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert not live.poll(wait=True)
    assert "damaged" in live.fault
    assert live.lookup is held
    with pytest.raises(IntegrityError, match="rollback"):
        LiveLists(lists.folder, MemoryLookup())
    lists.rollback(**BY, reason="")  # type: ignore[arg-type]
    live.poll(wait=True)
    assert not live.fault


@pytest.mark.parametrize("name", [CURRENT, FILE])
def test_lists_that_vanish_stay_in_force(lists: OrganisationLists, tmp_path: Path, name: str) -> None:
    activated(lists, tmp_path, hosts(5))
    append_override(lists.folder / FILE, override("x.test", action=Action.DENY))
    live = LiveLists(lists.folder, MemoryLookup())
    (lists.folder / name).unlink()
    assert not live.poll(wait=True)
    assert "gone" in live.fault
    assert live.lookup.match(parse_url("http://h1.test/"))
    assert live.lookup.match(parse_url("http://x.test/"))


def override(value: str, **changes: object) -> Override:
    given = {"kind": Kind.HOST, "value": value, "reason": "a letter", "by": "ann", "at": "2026-11-22T10:00:00Z"}
    return Override.model_validate(given | changes)


def test_an_override_holds_at_once_with_its_reason_until_it_is_withdrawn(
    lists: OrganisationLists, tmp_path: Path
) -> None:
    activated(lists, tmp_path, hosts(5))
    live = LiveLists(lists.folder, MemoryLookup())
    url, other = parse_url("http://h1.test/"), parse_url("http://www.h1.test/")
    append_override(lists.folder / FILE, override("H1.test"))
    assert live.poll(wait=True)
    first, second = live.lookup.match(url)
    assert (first.action, first.tier, first.note) == (Action.ALLOW, Tier.OPERATOR, "a letter (ann)")
    assert second.action is Action.DENY
    assert live.lookup.match(other)[0].action is Action.DENY  # one entry, and no more
    append_override(lists.folder / FILE, override("h1.test", op="withdraw"))
    live.poll(wait=True)
    assert live.lookup.match(url)[0].action is Action.DENY


@pytest.mark.parametrize(("second", "holds"), [("", False), ("ann", False), (" ANN ", False), ("bo", True)])
def test_where_the_policy_asks_for_two_people_one_is_not_enough(tmp_path: Path, second: str, holds: bool) -> None:
    path = tmp_path / FILE
    append_override(path, override("a.test", approved_by=second))
    append_override(path, override("b.test", action=Action.DENY))
    read = read_overrides(path, second_person=True)
    assert [entry.host for entry in read.entries] == (["a.test", "b.test"] if holds else ["b.test"])
    assert len(read.unapproved) == (not holds)
    assert len(read_overrides(path).entries) == 2


def test_overrides_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / FILE
    append_override(path, override("a.test"))
    path.write_bytes(path.read_bytes() + b"{}\n")
    with pytest.raises(ListError, match=r"overrides\.jsonl:2"):
        read_overrides(path)
    with pytest.raises(ListError):
        append_override(path, override("a b"))
    with pytest.raises(ListError, match="force"):
        append_override(path, override("a.test", action=Action.DENY, force=True))


@pytest.mark.parametrize(
    ("licences", "passable"),
    [
        (["MIT", "CC0-1.0"], True),
        (["CC-BY-SA-4.0", "MIT"], True),
        (["CC-BY-SA-4.0", "GPL-3.0"], False),
        (["CC-BY-NC-4.0"], False),
        ([""], False),
        ([], True),
    ],
)
def test_licences_of_what_is_combined(licences: list[str], passable: bool) -> None:
    terms = combine((f"l{n}", licence) for n, licence in enumerate(licences))
    assert terms.may_be_passed_on is passable
    if "CC-BY-SA-4.0" in licences and passable:
        assert terms.licence == "CC-BY-SA-4.0"


def test_the_licence_travels_and_is_asked_before_an_export(lists: OrganisationLists, tmp_path: Path) -> None:
    version = brought_in(lists, tmp_path, hosts(3), said(licence="LicenseRef-research-only"))
    generation = lists.activate({"one": version.version}, **BY, reason="")  # type: ignore[arg-type]
    assert not generation.may_be_passed_on
    assert lists.open(generation).meta["lists"][0]["licence"] == "LicenseRef-research-only"
    folder = lists.sources / "one" / version.version
    with pytest.raises(ListError, match="may not be passed on"):
        export_version(version, folder, tmp_path / "out", "plain")
    assert export_version(version, folder, tmp_path / "out", "plain", own_use=True) == (3, 0)
    assert "research-only" in (tmp_path / "out.licence").read_text()


VALUES = st.sampled_from(["a.test", "b.a.test", "xn--bcher-kva.test", "192.0.2.7"])
ROWS_OF = st.builds(
    lambda kind, host, path, action, subdomains, ignore_case, note: {
        "kind": kind,
        "value": host + (path if kind in {"prefix", "url"} else "/24" if kind == "cidr" else ""),
        "action": action,
        "category": "dating",
        "subdomains": subdomains and kind in {"prefix", "url"},
        "ignore_case": ignore_case and kind in {"prefix", "url"},
        "note": note,
    },
    st.sampled_from(["host", "subtree", "prefix", "url"]),
    VALUES,
    st.sampled_from(["/", "/x", "/x/y/", "/x?q=1".replace("?q=1", "")]),
    st.sampled_from(["deny", "allow", "flag"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", 'why, "so"', "wärum; warum"]),
)


@settings(deadline=None, max_examples=15)
@given(st.lists(ROWS_OF, max_size=6), st.sampled_from(["jsonl", "csv"]))
def test_export_then_import_is_the_identity(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], format_: str
) -> None:
    folder = tmp_path_factory.mktemp("identity")
    lists = OrganisationLists(folder / "lists")
    text = "".join(json.dumps(row) + "\n" for row in rows)
    one = brought_in(lists, folder, text, said(format_="jsonl"))
    assert one.rejected == 0
    out = folder / "out"
    assert export_version(one, lists.sources / "one" / one.version, out, format_) == (one.entries, 0)
    two = import_list(out, said("two", format_), lists.sources, TODAY)
    first, second = ([replace(e, list="", version="", line=0) for e in rows_of(lists.sources / v.list / v.version / ROWS)]
                     for v in (one, two))  # fmt: skip
    assert [replace(e, rule="") for e in first] == [replace(e, rule="") for e in second]


@pytest.mark.parametrize("format_", ["plain", "hosts", "adblock", "dnsmasq", "unbound", "rpz", "v2fly", "ublacklist"])
def test_formats_that_say_less_say_it_truly(lists: OrganisationLists, tmp_path: Path, format_: str) -> None:
    text = "".join(
        json.dumps({"kind": kind, "value": value}) + "\n"
        for kind, value in [
            ("host", "a.test"), ("subtree", "b.test"), ("prefix", "c.test/x/"), ("cidr", "192.0.2.0/24"),
            ("cidr", "2001:db8::/32"), ("url", "d.test/p?q=1"),
        ]
    )  # fmt: skip
    one = brought_in(lists, tmp_path, text, said(format_="jsonl"))
    written, left_out = export_version(one, lists.sources / "one" / one.version, tmp_path / "out", format_)
    assert written + left_out == 6
    assert written
    two = import_list(tmp_path / "out", said("two", format_), lists.sources, TODAY)
    assert two.rejected == 0
    before = {(e.host, e.path) for e in rows_of(lists.sources / "one" / one.version / ROWS)}
    assert {(e.host, e.path) for e in rows_of(lists.sources / "two" / two.version / ROWS)} <= before


# The same host, as URLs may spell it (WHATWG URL Standard §3.5, §4.4; UTS 46).
SPELLINGS = [
    "http://listed.test/x", "http://LISTED.test/x", "http://listed%2Etest/x", "http://%6Cisted.test/x",
    "http://ｌｉｓｔｅｄ．ｔｅｓｔ/x", "http://listed。test/x", "http://listed.test./x", "http://listed.test../x",
    "http:\\\\listed.test\\x", "http:/listed.test/x", "http:listed.test/x", "http://user:pw@listed.test/x",
    "http://free.test@listed.test/x", "http://listed.test\\x\\@free.test/x", "http://lis\u00adted.test/x",
    "http://lis\tted.test/\nx", " http://listed.test/x ", "http://listed.test:8080/x", "http://listed.test/./y/../x",
    "http://listed.test/%78", "http://a.b.listed.test/x", "http://listed.test/x#y", "http://listed.test/x?",
]  # fmt: skip
ADDRESSES = ["http://192.0.2.7/", "http://0xc0.0x0.0x2.0x7/", "http://0300.0.2.7/", "http://3221225991/",
             "http://192.0.519/", "http://192.2.7/".replace("192.2.7", "192.0.2.7."), "http://１９２.0.2.7/"]  # fmt: skip


@pytest.mark.parametrize("entry", ["subtree listed.test", "prefix listed.test/x"])
@pytest.mark.parametrize("text", SPELLINGS)
def test_no_spelling_of_a_url_evades_an_entry(lists: OrganisationLists, tmp_path: Path, text: str, entry: str) -> None:
    kind, value = entry.split()
    row = {"kind": kind, "value": value, "subdomains": kind == "prefix"}
    version = brought_in(lists, tmp_path, json.dumps(row) + "\n", said(format_="jsonl"))
    snapshot = lists.open(lists.activate({"one": version.version}, **BY, reason=""))  # type: ignore[arg-type]
    assert snapshot.match(parse_url(text)), text


@pytest.mark.parametrize("text", ADDRESSES)
def test_no_spelling_of_an_address_evades_an_entry(lists: OrganisationLists, tmp_path: Path, text: str) -> None:
    for value in ("192.0.2.7", "192.0.2.0/24"):
        version = brought_in(lists, tmp_path, f"{value}\n")
        snapshot = lists.open(lists.activate({"one": version.version}, **BY, reason="x"))  # type: ignore[arg-type]
        assert snapshot.match(parse_url(text)), text


def test_four_processes_share_one_file(lists: OrganisationLists, tmp_path: Path) -> None:
    activated(lists, tmp_path, hosts(2_000))
    generation = lists.current()
    assert generation is not None
    chance = random.Random(1)
    urls = [parse_url(f"http://www.h{chance.randrange(2_000)}.test/") for _ in range(500)]
    snapshot = lists.open(generation)
    expected = [snapshot.match(url) for url in urls]
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            opened = lists.open(generation)
            os._exit(0 if [opened.match(url) for url in urls] == expected else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
