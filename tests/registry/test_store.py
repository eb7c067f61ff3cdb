"""collector.registry.store: one schema on SQLite and on a real PostgreSQL, append-only, chained (spec 4.2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, select, update

from collector.model.errors import IntegrityError, StorageError
from collector.registry import layered, lifecycle
from collector.registry.agenda import agenda
from collector.registry.entry import EntryState, ScopeKind, Strength
from collector.registry.exchange.publish import publish
from collector.registry.intake import Objection, take_in
from collector.registry.journal import events, head, verify_chain
from collector.registry.migrate import HEAD, MIGRATIONS
from collector.registry.request import find, requests
from collector.registry.schema import entry, event, metadata, request
from collector.registry.store import open_registry
from collector.registry.versions import all_current, history, of_request
from tests.support.registry import Keeper, keeper


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeper]:
    """The same registry on both databases."""
    if request.param == "sqlite":
        with keeper(tmp_path) as opened:
            yield opened
        return
    address = request.getfixturevalue("server")
    name = f"t{abs(hash(str(tmp_path)))}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    with keeper(tmp_path, address.replace("/postgres?", f"/{name}?")) as opened:
        yield opened


def test_the_newest_migration_makes_the_tables_of_the_schema(either: Keeper) -> None:
    newest = max(path.stem for path in (MIGRATIONS / "versions").glob("v*.py"))
    assert newest.startswith(f"v{HEAD}")
    with either.store.snapshot() as tx:
        found = inspect(tx)
        for table in metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}, table.name
            indexes = {index["name"] for index in found.get_indexes(table.name)}
            assert {str(index.name) for index in table.indexes} <= indexes


def test_a_life_on_either_database(either: Keeper) -> None:
    """Spec 4.3: received, protected, verified, in force, withdrawn; every step a version and an event."""
    recorded = either.take("example.org", proven=False)
    asked = either.find(recorded)
    with either.store.transaction() as tx:
        lifecycle.grant(tx, either.act, asked, Strength.CONTROL_VERIFIED, "dns")
    either.later(days=3)
    with either.store.transaction() as tx:
        lifecycle.withdraw(tx, either.act, asked, "asked for it")
    with either.store.snapshot() as tx:
        states = [one.state for one in history(tx, recorded.entry.id)]
        assert states == [EntryState.PENDING, EntryState.IN_FORCE, EntryState.REVOKED]
        kinds = [one.type for one in events(tx)]
        assert kinds == ["received", "entry", "entry", "verified", "entry", "withdrawn"]
        assert verify_chain(tx) == head(tx) == 6


def test_what_crawls_read_and_others_are_told_follows_on_either_database(
    either: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layered, "MAX_UPPER", 3)
    made = []
    for number in range(6):
        with either.changing() as tx:
            asked = Objection(f"s{number}.test", "r", proven=number % 2 == 0)
            made.append(take_in(tx, either.act, either.keys, asked))
        either.compared()
    with either.changing() as tx:
        lifecycle.verify(tx, either.act, find(tx, made[1].public_ref), Strength.EMAIL_VERIFIED, "x")
        lifecycle.withdraw(tx, either.act, find(tx, made[0].public_ref), "asked")
    either.compared()
    either.later(days=31)
    with either.changing():
        pass
    either.compared()
    with either.store.snapshot() as tx:
        states = [one.state(of_request(tx, one.id), either.now).value for one in requests(tx)]
        assert sorted(states) == ["in_force", "in_force", "received", "received", "verified", "withdrawn"]
        assert len(agenda(tx, either.now)) == 3
        told = publish(tx, tmp_path / "public", either.keys.signing, "one", either.now)
    assert (told.entries, told.changed) == (2, True)


def test_an_exception_leaves_nothing(either: Keeper) -> None:
    either.take("a.test")

    def withdrawn_and_broken() -> None:
        with either.store.transaction() as tx:
            lifecycle.withdraw(tx, either.act, requests(tx)[0], "x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        withdrawn_and_broken()
    with either.store.snapshot() as tx:
        assert [one.state for one in all_current(tx).values()] == [EntryState.IN_FORCE]


def test_writers_take_turns_and_the_chain_has_no_forks(either: Keeper) -> None:
    """Two keepers at once: no number twice, none missing."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: either.take(f"s{number}.test"), range(12)))
    with either.store.snapshot() as tx:
        assert verify_chain(tx) == 24
        assert len(all_current(tx)) == 12


@pytest.mark.parametrize("column", ["payload", "actor", "at", "prev_hash"])
def test_a_changed_line_of_the_chain_is_found(desk: Keeper, column: str) -> None:
    desk.take("a.test")
    desk.take("b.test")
    with desk.store.transaction() as tx:
        tx.execute(update(event).where(event.c.seq == 2).values({column: "0"}))
    with desk.store.snapshot() as tx, pytest.raises(IntegrityError, match="event 2"):
        verify_chain(tx)


def test_a_lost_line_of_the_chain_is_found(desk: Keeper) -> None:
    desk.take("a.test")
    with desk.store.transaction() as tx:
        tx.execute(event.delete().where(event.c.seq == 1))
    with desk.store.snapshot() as tx, pytest.raises(IntegrityError, match="event 2"):
        verify_chain(tx)


def test_a_newer_registry_is_not_touched(desk: Keeper) -> None:
    path = desk.folder / "registry.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE registry_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer version"):
        open_registry(path)


def test_what_is_no_database_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 40)
    with pytest.raises(IntegrityError, match="damaged"):
        open_registry(path)
    with pytest.raises(StorageError, match="no registry here"):
        open_registry(tmp_path / "other.db", create=False)
    for wrong, said in (("mysql://h/d", "not supported"), ("nothing", "not the address"),
                        ("postgresql://keeper@127.0.0.1:9/x", "does not answer")):  # fmt: skip
        with pytest.raises(StorageError, match=said):
            open_registry(wrong)


def test_no_identifier_of_a_person_is_in_the_file_in_clear(desk: Keeper) -> None:
    """Spec 4.2: keyed hash only; plain form encrypted until verified, contact encrypted."""
    recorded = desk.take("ada.lovelace@example.net", kind=ScopeKind.PERSON_ID, scheme="email", proven=False,
                         contact="countess@example.net")  # fmt: skip
    with desk.store.snapshot() as tx:
        assert tx.execute(select(request.c.plain_enc)).scalar_one() is not None
        assert tx.execute(select(entry.c.id_hash)).scalar_one() == recorded.entry.id_hash
    with desk.store.transaction() as tx:
        lifecycle.grant(tx, desk.act, desk.find(recorded), Strength.IDENTITY_VERIFIED, "seen")
    with desk.store.snapshot() as tx:
        assert tx.execute(select(request.c.plain_enc)).scalar_one() is None, "dropped after verification"
    desk.compile()
    desk.store.close()
    for path in desk.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            assert b"lovelace" not in data, path
            assert b"countess" not in data, path
