"""Snapshots that are damaged, cut off, of another machine or age: refused, the last good one kept (issue 5, spec §5)."""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner
from xxhash import xxh3_64_intdigest

from collector.cli.lists import app
from collector.crawler.sources import SourceFiles
from collector.lists import snapshot_layout as layout
from collector.lists.candidate import Import, import_list
from collector.lists.compile import compile_entries
from collector.lists.entry import Entry, Kind, canonical
from collector.lists.organisation import Generation, OrganisationLists
from collector.lists.snapshot import Snapshot
from collector.model.digest import Digest
from collector.model.errors import IntegrityError, ListError
from collector.model.layout import Layout
from collector.model.url import parse_url
from collector.policy.load import load_policy
from collector.policy.ready import find_policy
from collector.rules.catalogue import fragments

BY = {"seed": 3, "at": "2026-11-22T10:00:00+00:00", "by": "keeper", "reason": "looked at"}
ENTRIES = [("subtree", "example.org", "why"), ("prefix", "a.test/x", ""), ("cidr", "192.0.2.0/24", "")]
URLS = [parse_url(f"http://{host}/x/y") for host in ("www.example.org", "a.test", "192.0.2.1", "free.test")]


def entry(kind: str, value: str, note: str = "") -> Entry:
    host, path = canonical(Kind(kind), value)
    return Entry(Kind(kind), host, path, rule=value, note=note)


def damaged(data: bytes) -> list[tuple[str, bytes, str]]:
    swapped = data[:8] + data[8:16][::-1] + data[16:]
    older = data[:16] + (1).to_bytes(4, "little") + data[20:]
    newer = data[:16] + (9).to_bytes(4, "little") + data[20:]
    return [
        ("empty", b"", "empty"),
        ("another file", b"PK\x03\x04" * 100, "no snapshot"),
        ("only the magic", data[:8], "no snapshot"),
        ("truncated", data[:-1], "octets instead of"),
        ("half", data[: len(data) // 2], "octets instead of"),
        ("longer", data + b"x", "octets instead of"),
        ("foreign-endian", swapped, "other byte order"),
        ("older", older, "older format 1"),
        ("newer", newer, "newer format 9"),
        ("header", data[:60] + b"\xff" + data[61:], "header is damaged"),
        ("line ends", data.replace(b"\r\n", b"\n", 1), "no snapshot"),
    ]


def test_damaged_files_are_refused_with_a_mend(tmp_path: Path) -> None:
    digest, _ = compile_entries([entry("subtree", "example.org")], tmp_path / "good", seed=1)
    data = (tmp_path / "good").read_bytes()
    for name, broken, reason in damaged(data):
        path = tmp_path / "broken"
        path.write_bytes(broken)
        with pytest.raises(ListError, match=reason) as caught:
            Snapshot(path, digest)
        assert "collector lists compile" in caught.value.mend, name
    with pytest.raises(ListError, match="cannot be read"):
        Snapshot(tmp_path / "none", digest)


def test_every_damaged_octet_is_found_and_no_lookup_fails_otherwise(tmp_path: Path) -> None:
    digest, size = compile_entries([entry(*one) for one in ENTRIES], tmp_path / "good", seed=1)
    data = (tmp_path / "good").read_bytes()
    table_end = layout.HEADER_SIZE + layout.unpack_header(data, size, "").table.length
    interesting = [*range(layout.HEADER_SIZE), *range(table_end, size), layout.HEADER_SIZE + 5, table_end - 1]
    path = tmp_path / "broken"
    path.write_bytes(data)
    for before, at in pairwise((0, *interesting)):
        with path.open("r+b") as file:
            for place, octet in ((before, data[before]), (at, data[at] ^ 0x5A)):
                file.seek(place)
                file.write(bytes([octet]))
        try:
            snapshot = Snapshot(path, digest)
        except ListError:
            assert at < layout.HEADER_SIZE
            continue
        with pytest.raises(IntegrityError, match="damaged"):
            snapshot.verify()
        for url in URLS:
            with suppress(IntegrityError):
                snapshot.match(url)


def test_a_full_table_of_garbage_ends(tmp_path: Path) -> None:
    digest, size = compile_entries([entry("subtree", "example.org")], tmp_path / "good", seed=1)
    data = bytearray((tmp_path / "good").read_bytes())
    table = layout.unpack_header(bytes(data), size, "").table
    data[table.begin : table.begin + table.length] = b"\xff" * table.length
    (tmp_path / "broken").write_bytes(data)
    with pytest.raises(IntegrityError):
        Snapshot(tmp_path / "broken", digest).match(parse_url("http://free.test/"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Digest]:
    """A folder with a good snapshot, and its digest."""
    folder = tmp_path_factory.mktemp("good")
    digest, _ = compile_entries([entry(*one) for one in ENTRIES], folder / "good", seed=1)
    return folder, digest


@settings(deadline=None, max_examples=80)
@given(st.dictionaries(st.integers(0, layout.HEADER_SIZE * 8 - 1), st.just(1), min_size=1, max_size=24))
def test_whatever_bits_of_the_header_flip_it_is_refused_in_words(good, flipped: dict[int, int]) -> None:
    folder, digest = good
    data = (folder / "good").read_bytes()
    header = bytearray(data[: layout.HEADER_SIZE])
    for bit in flipped:
        header[bit // 8] ^= 1 << bit % 8
    (folder / "flipped").write_bytes(bytes(header) + data[layout.HEADER_SIZE :])
    with pytest.raises(ListError) as caught:
        Snapshot(folder / "flipped", digest)
    assert "collector lists compile" in caught.value.mend


# A field of the header becomes its own value and a little, or something else altogether.
LIES = st.one_of(st.tuples(st.just(1), st.integers(-40_000, 40_000)), st.tuples(st.just(0), st.integers(0, 2**64 - 1)))


@settings(deadline=None, max_examples=120)
@given(st.dictionaries(st.integers(3, 20), LIES, max_size=3), st.binary(max_size=64), st.integers(0, 40_000))
def test_a_header_that_lies_under_a_right_checksum_does_no_more_harm(good, lies: dict, junk: bytes, at: int) -> None:
    """Who can write the file can mend its checksum: then the digest tells, and no look-up hangs or fails otherwise."""
    folder, digest = good
    data = (folder / "good").read_bytes()
    form = struct.Struct("=8sQIHHQQQQ12Q")
    fields = list(form.unpack_from(data))
    for place, (whether, number) in lies.items():
        fields[place] = (whether * fields[place] + number) & (0xFFFF if place in {3, 4} else 2**64 - 1)
    front = form.pack(*fields)
    body = bytearray(data[layout.HEADER_SIZE :])
    place = at % len(body)
    body[place : place + len(junk)] = junk[: len(body) - place]
    (folder / "forged").write_bytes(front + struct.pack("=Q", xxh3_64_intdigest(front)) + body)
    try:
        snapshot = Snapshot(folder / "forged", digest)
    except ListError:
        return
    if (folder / "forged").read_bytes() != data:
        with pytest.raises(IntegrityError):
            snapshot.verify()
    for ask in (*(lambda url=url: snapshot.match(url) for url in URLS), lambda: snapshot.meta):
        with suppress(IntegrityError):
            ask()


def in_force(lists: OrganisationLists, folder: Path, text: str) -> Generation:
    (folder / "given").write_text(text)
    said = Import("one", "plain", "health.forum", "MIT", "our own", "keeper")
    version = import_list(folder / "given", said, lists.sources, date(2026, 11, 22), lists.previous("one"))
    return lists.activate({"one": version.version}, **BY)  # type: ignore[arg-type]


KINDS = [name for name, _, _ in damaged(b"x" * 200)] + ["the body"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_crawl_that_runs_keeps_the_last_good_one_and_none_begins_without(tmp_path: Path, kind: str) -> None:
    """The seam of the crawl: what `collector crawl` opens at the start and looks at while it runs."""
    lists = OrganisationLists(tmp_path / "data" / "lists")
    in_force(lists, tmp_path, "a.test\n")
    path = find_policy("strict-eu")
    policy = load_policy(path, fragments(), today=date(2026, 11, 22))

    def opened() -> SourceFiles:
        return SourceFiles(policy, Layout(tmp_path / "data"), bytes(32), path.parent)

    files = opened()
    told: list[str] = []
    files.tell(told.append)
    before = files.sources().lists
    newest = lists.snapshot_path(in_force(lists, tmp_path, "a.test\nb.test\n"))
    newest.chmod(0o644)
    data = newest.read_bytes()
    broken = {name: octets for name, octets, _ in damaged(data)} | {"the body": data[:-3] + b"???"}
    newest.write_bytes(broken[kind])
    while not told:
        assert files.reload() is None
    assert files.sources().lists == before, "every decision still names the snapshot it was made by"
    assert files.sources().sensitive.match(parse_url("http://www.a.test/"))
    assert "mend: " in told[0]

    with pytest.raises((ListError, IntegrityError)):
        opened()
    asked = CliRunner().invoke(app, ["match", "http://b.test/", "--data", str(tmp_path / "data")])
    assert isinstance(asked.exception, (ListError, IntegrityError))
    assert asked.exception.mend
    assert not asked.output, "no answer rather than half of one"

    for verb, refused in (("compile", ["a.test", "b.test"]), ("rollback", ["a.test"])):  # each is a mend by itself
        newest.write_bytes(broken[kind])
        mended = CliRunner().invoke(app, [verb, "--reason", "damaged", "--data", str(tmp_path / "data")])
        assert mended.exit_code == 0, mended.output
        sensitive = opened().sources().sensitive
        assert [host for host in ("a.test", "b.test") if sensitive.match(parse_url(f"http://{host}/"))] == refused
        if verb == "compile":
            newest = lists.snapshot_path(lists.current() or pytest.fail("nothing in force"))
            newest.chmod(0o644)
