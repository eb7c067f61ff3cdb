"""What is in force, brought up to date by reading only what changed: the same bytes as compiled from all entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from collector.registry import lifecycle, versions
from collector.registry.entry import EntryState, RegistryEntry, ScopeKind
from collector.registry.in_force import (
    IN_FORCE_FILE,
    PERSONS_FILE,
    compile_in_force,
    persons_of,
    snapshot_of,
    update_in_force,
)
from collector.registry.intake import Objection, take_in
from collector.registry.journal import head
from collector.registry.person import pepper_id
from collector.registry.schema import entry as table
from collector.registry.store import open_registry
from collector.registry.versions import add_version, all_current
from tests.support.registry import Keeper


def take(desk: Keeper, value: str, **more: object) -> RegistryEntry:
    """As `Keeper.take`, without compiling."""
    with desk.store.transaction() as tx:
        return take_in(tx, desk.act, desk.keys, Objection(value, "a letter", **more)).entry  # type: ignore[arg-type]


def update(desk: Keeper) -> None:
    """As the commands do after a change; compared with what all entries together say."""
    with desk.store.transaction() as tx:
        lifecycle.end_what_is_over(tx, desk.act)
        update_in_force(tx, desk.registry, desk.keys, desk.now)
        entries = list(all_current(tx).values())
        assert (desk.registry / IN_FORCE_FILE).read_bytes() == snapshot_of(entries, head(tx), desk.now)
        persons = persons_of(entries, head(tx), desk.now, pepper_id(desk.keys.pepper))
        assert (desk.registry / PERSONS_FILE).read_bytes() == persons


def lines(desk: Keeper, file: str = IN_FORCE_FILE) -> int:
    return (desk.registry / file).read_bytes().count(b"\n") - 1


def test_every_step_of_a_life_gives_the_bytes_of_a_whole_compilation(desk: Keeper) -> None:
    update(desk)
    odd = take(desk, "example.org/a", collections=('"entry": "x.1"', "entry"))
    take(desk, "b.example.net", expires_at=desk.now + timedelta(days=3))
    unproven = take(desk, "c.example.com", proven=False, contact="c@example.com")
    take(desk, "someone@example.org", kind=ScopeKind.PERSON_ID, scheme="email")
    update(desk)
    assert (lines(desk), lines(desk, PERSONS_FILE)) == (3, 1)
    with desk.store.transaction() as tx:
        versions.amend(tx, desk.act, odd, "asked for it", EntryState.REVOKED)
    update(desk)
    assert lines(desk) == 2
    desk.later(days=4)  # one ends by its date
    update(desk)
    assert lines(desk) == 1
    desk.later(days=30)  # one was never verified
    update(desk)
    assert (lines(desk), lines(desk, PERSONS_FILE)) == (0, 1)
    with desk.store.transaction() as tx:  # and is verified after all
        add_version(tx, desk.act, replace(unproven, version=9, state=EntryState.IN_FORCE, provisional_until=None))
    update(desk)
    assert lines(desk) == 1


def test_entries_of_a_peer_that_a_date_ended_go_too(desk: Keeper) -> None:
    """Their own registry writes that down, and may be late."""
    entry = take(desk, "example.org", expires_at=desk.now + timedelta(days=1))
    with desk.store.transaction() as tx:
        add_version(tx, desk.act, replace(entry, version=2, source_registry="peer.example"))
    update(desk)
    assert lines(desk) == 1
    desk.later(days=2)
    update(desk)
    assert lines(desk) == 0


def test_only_what_changed_is_read(desk: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        take(desk, f"s{number}.example.org", proven=number % 2 == 0, contact=f"{number}@example.org")
    update(desk)
    take(desk, "new.example.org")
    read = []
    whole = versions.from_json
    monkeypatch.setattr(versions, "from_json", lambda body: read.append(1) or whole(body))
    with desk.store.transaction() as tx:
        lifecycle.end_what_is_over(tx, desk.act)
        update_in_force(tx, desk.registry, desk.keys, desk.now)
    assert len(read) == 1
    assert lines(desk) == 41


@pytest.mark.parametrize("file", [IN_FORCE_FILE, PERSONS_FILE])
@pytest.mark.parametrize("damage", ["gone", "cut", "of another registry"])
def test_files_that_cannot_be_built_upon_are_compiled_from_all_entries(desk: Keeper, file: str, damage: str) -> None:
    take(desk, "example.org")
    update(desk)
    path = desk.registry / file
    before = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(before[:-1])
    else:
        path.write_bytes(snapshot_of([], 99, desk.now) if file == IN_FORCE_FILE else persons_of([], 99, desk.now, ""))
    take(desk, "example.net")
    update(desk)
    assert lines(desk) == 2


def test_a_registry_of_before_learns_when_its_entries_end(desk: Keeper) -> None:
    """Migration 0002, on rows that 0001 wrote."""
    take(desk, "a.example.org", proven=False, contact="a@example.org")
    take(desk, "b.example.org", expires_at=desk.now + timedelta(days=3))
    take(desk, "c.example.org")
    take(desk, "d.example.org", proven=False, contact="d@e.example", expires_at=desk.now + timedelta(days=9))
    ends = select(table.c.id, table.c.ends_at).order_by(table.c.id)
    with desk.store.transaction() as tx:
        expected = tx.execute(ends).all()
        tx.execute(text("DROP INDEX entry_ends"))
        tx.execute(text("ALTER TABLE entry DROP COLUMN ends_at"))
        tx.execute(text("UPDATE registry_version SET version_num = '0001'"))
    desk.store.close()
    store = open_registry(desk.folder / "registry.db")
    try:
        with store.snapshot() as tx:
            assert tx.execute(ends).all() == expected
    finally:
        store.close()
    assert sorted(at is not None for _, at in expected) == [False, True, True, True]


def test_a_whole_compilation_heals_what_somebody_wrote_into_the_file(desk: Keeper) -> None:
    """`collector registry compile` reads the database only."""
    entry = take(desk, "example.org")
    update(desk)
    (desk.registry / IN_FORCE_FILE).write_bytes(snapshot_of([], 1, desk.now))
    with desk.store.transaction() as tx:
        assert compile_in_force(tx, desk.registry, desk.keys, desk.now) == 1
    assert entry.id.encode() in (desk.registry / IN_FORCE_FILE).read_bytes()
