"""The sealed snapshot: opted_out fails closed (issue: no readable snapshot, no crawl; corrupt, cut, older: refused)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.crawler.sources import SourceFiles
from collector.model.errors import IntegrityError, RegistryError, StorageError
from collector.model.layout import Layout
from collector.model.url import parse_url
from collector.policy.load import load_policy
from collector.policy.ready import ready_policies
from collector.registry import lifecycle
from collector.registry.entry import Effect, ScopeKind
from collector.registry.folder import RegistryFolder
from collector.registry.in_force import IN_FORCE_FILE, PERSONS_FILE
from collector.registry.persons import PersonList
from collector.registry.sealed_file import replace_file, seal, unseal
from collector.registry.versions import all_current
from collector.rules.catalogue import fragments
from tests.support.registry import START, Keeper, read_snapshot, snapshot_of

URL = parse_url("http://www.example.org/")


@given(st.data())
def test_any_cut_or_flip_is_refused(data: st.DataObject) -> None:
    whole = seal("in-force", 3, ['{"a": 1}', '{"b": 2}'])
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for broken in (whole[:at], flipped):
        try:
            read = unseal(broken, "in-force", "x")
        except RegistryError:
            continue
        assert read.lines == (b'{"a": 1}', b'{"b": 2}'), "only the header's own words may differ"


@given(st.binary(max_size=200))
def test_anything_else_is_refused_with_a_message(junk: bytes) -> None:
    with pytest.raises(RegistryError):
        read_snapshot(junk)


def test_a_later_format_and_another_kind_are_refused() -> None:
    whole = snapshot_of([], 1, START)
    with pytest.raises(RegistryError, match="format 2"):
        read_snapshot(whole.replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(RegistryError, match="not a snapshot of the kind"):
        read_snapshot(seal("persons", 1, []))


def test_a_broken_snapshot_keeps_the_last_good_one_and_stops(desk: Keeper) -> None:
    desk.take("example.org")
    registry = RegistryFolder(desk.registry, kept=True)
    path = desk.registry / IN_FORCE_FILE
    good = path.read_bytes()
    for broken in (b"", good[:-1], good.replace(b"example", b"exbmple")):
        path.write_bytes(broken)
        with pytest.raises(RegistryError, match="snapshot"):
            registry.reload_if_changed()
        assert registry.match(URL), "what was in force stays in force"
    path.unlink()
    with pytest.raises(RegistryError, match="no snapshot"):
        registry.reload_if_changed()
    path.write_bytes(good)
    assert not registry.reload_if_changed()


def test_an_older_snapshot_does_not_take_the_place_of_a_newer_one(desk: Keeper) -> None:
    desk.take("a.test")
    older = (desk.registry / IN_FORCE_FILE).read_bytes()
    desk.take("example.org")
    registry = RegistryFolder(desk.registry, kept=True)
    (desk.registry / IN_FORCE_FILE).write_bytes(older)
    with pytest.raises(RegistryError, match="older snapshot"):
        registry.reload_if_changed()
    assert registry.match(URL)


def test_no_snapshot_no_crawl(desk: Keeper) -> None:
    """Where there is a registry in a database, a crawl does not begin without what it compiles to."""
    policy = load_policy(ready_policies()["demo"], fragments())
    beside = ready_policies()["demo"].parent
    with pytest.raises(RegistryError, match="no snapshot of what is in force"):
        SourceFiles(policy, Layout(desk.folder), bytes(32), beside)
    desk.compile()
    assert SourceFiles(policy, Layout(desk.folder), bytes(32), beside).reload() is None
    desk.take("example.org")


def test_postgresql_named_in_the_environment_needs_a_snapshot_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLECTOR_REGISTRY", "postgresql://keeper@db.example.org/registry")
    assert Layout(tmp_path).registry_kept
    with pytest.raises(RegistryError, match="no snapshot"):
        RegistryFolder(tmp_path / "registry", kept=Layout(tmp_path).registry_kept)


def test_an_entry_for_some_collections_binds_those(desk: Keeper) -> None:
    desk.take("example.org", collections=("news",))
    assert RegistryFolder(desk.registry, collection="news").match(URL)
    assert not RegistryFolder(desk.registry, collection="books").match(URL)
    assert RegistryFolder(desk.registry).match(URL)


def test_the_same_state_is_the_same_bytes_and_is_not_written_again(desk: Keeper) -> None:
    desk.take("example.org")
    before = (desk.registry / IN_FORCE_FILE).stat()
    desk.compile()
    assert (desk.registry / IN_FORCE_FILE).stat() == before


def test_a_snapshot_that_cannot_be_written_records_nothing(desk: Keeper) -> None:
    """The file goes first: a crawl may know of an objection more than the database, never of one less."""
    desk.registry.write_text("a file where the folder belongs")
    with pytest.raises(StorageError):
        desk.take("example.org")
    with desk.store.snapshot() as tx:
        assert all_current(tx) == {}


def test_replacing_leaves_the_old_file_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    replace_file(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


# --- persons -----------------------------------------------------------------------------------


def test_persons_are_found_by_keyed_hash_in_every_way_of_writing(desk: Keeper) -> None:
    person = {"kind": ScopeKind.PERSON_ID, "effect": Effect.REDACT}
    desk.take("Ada.Lovelace@Example.net", scheme="email", **person)
    desk.take("+49 (30) 555 01 23-4", scheme="phone", **person)
    desk.take("Zoë O'Brien-Šmíd", scheme="name", **person)
    found = PersonList(desk.registry, desk.keys.pepper)
    assert len(found) == 3
    assert found.find("email", "ada.lovelace@example.NET ")
    assert found.find("phone", "030 5550 1234")
    assert found.find("name", "ZOE OBRIEN SMID")
    assert not found.find("email", "ada@example.net")
    assert not found.find("email", "no address")
    assert not PersonList(desk.registry, bytes(32)).find("email", "ada.lovelace@example.net"), "another pepper"


def test_a_lost_pepper_is_told_and_not_made_anew(desk: Keeper) -> None:
    """Under a new pepper every person's entry would match nobody, silently."""
    desk.take("a@example.net", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
    (desk.folder / "keys" / "pepper.key").unlink()
    with pytest.raises(IntegrityError, match="another pepper"):
        desk.compile()


def test_a_persons_withdrawal_takes_the_hash_out(desk: Keeper) -> None:
    recorded = desk.take("a@example.net", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
    assert recorded.entry.id_hash.encode() in (desk.registry / PERSONS_FILE).read_bytes()
    with desk.store.transaction() as tx:
        lifecycle.withdraw(tx, desk.act, desk.find(recorded), "asked")
    desk.compile()
    assert not PersonList(desk.registry, desk.keys.pepper).find("email", "a@example.net")
    assert PersonList(desk.folder / "elsewhere", desk.keys.pepper).find("email", "a@example.net") == ()
