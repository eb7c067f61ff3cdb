"""A registry that an older version wrote is opened by this one, with everything in it; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from collector.model.errors import StorageError
from collector.registry.intake import Objection, take_in
from collector.registry.journal import head, verify_chain
from collector.registry.migrate import HEAD, MIGRATIONS
from collector.registry.request import requests
from collector.registry.schema import entry, request
from collector.registry.store import open_registry
from collector.registry.versions import all_current, of_request, over_by
from tests.support.registry import START, keeper

OLD: dict[str, Any] = json.loads((Path(__file__).parent / "old" / "registry-0002.json").read_text())
LATER = {"0001": {"entry": {"ends_at"}}, "0002": {}}  # columns that the version does not know yet


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a registry may lie: nothing is there yet."""
    if request.param == "sqlite":
        return tmp_path / "registry.db"
    address = request.getfixturevalue("server")
    name = f"m{abs(hash(str(tmp_path)))}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return str(address).replace("/postgres?", f"/{name}?")


def written(place: Path | str, version: str) -> None:
    """As the version wrote it: its tables by its own migrations, its rows as they were."""
    address = f"sqlite:///{place}" if isinstance(place, Path) else place.replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, version)
        tables = sa.MetaData()
        tables.reflect(tx)
        for name, rows in OLD["rows"].items():
            unknown = LATER[version].get(name, set())
            made = [{key: plain(value) for key, value in row.items() if key not in unknown} for row in rows]
            if made:
                tx.execute(sa.insert(tables.tables[name]), made)
    engine.dispose()


def plain(value: object) -> object:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


@pytest.mark.parametrize("version", sorted(LATER))
def test_what_an_older_version_wrote_is_all_there(place: Path | str, version: str, tmp_path: Path) -> None:
    written(place, version)
    with pytest.raises(StorageError, match=f"tables of version {version}, this program needs {HEAD}"):
        open_registry(place, create=False)
    store = open_registry(place)
    try:
        with store.snapshot() as tx:
            assert verify_chain(tx) == head(tx) == len(OLD["rows"]["event"])
            assert {key: one.digest for key, one in all_current(tx).items()} == OLD["entries"]
            found = {one.public_ref: one for one in requests(tx)}
            states = {
                ref: one.state(of_request(tx, one.id), START.fromisoformat(OLD["now"])) for ref, one in found.items()
            }
            assert states == OLD["states"]
            assert len(set(states.values())) >= 6, "the sample is worth something"
            ends = dict(tx.execute(sa.select(entry.c.id, entry.c.ends_at).where(entry.c.ends_at.is_not(None))).all())
            expected = {row["id"]: row["ends_at"] for row in OLD["rows"]["entry"] if row["ends_at"]}
            assert ends == expected
            assert over_by(tx, START) == {}
            at = tx.execute(sa.select(request.c.received_at, request.c.submitted_at)).all()
            assert at
            assert all(received == submitted for received, submitted in at), "nothing becomes a draft"
            said = {row["subject"]: json.loads(row["payload"])["strength"] for row in OLD["rows"]["event"]
                    if row["type"] == "verified"}  # fmt: skip
            assert {one.id: one.verified_strength for one in found.values() if one.verified_at} == said
            assert all((one.granted_at is not None) is (one.id in said) for one in found.values())
    finally:
        store.close()
    with (
        keeper(tmp_path, None if isinstance(place, Path) else place, seed="after") as desk,
        desk.store.transaction() as tx,
    ):
        take_in(tx, desk.act, desk.keys, Objection("new.test", "written by this version"))
        assert verify_chain(tx) == len(OLD["rows"]["event"]) + 2
