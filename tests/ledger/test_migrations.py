"""Tables that an older version made are brought to ours with every row: on SQLite, and on a real PostgreSQL.

The store itself opens SQLite; its tables and steps are kept ready for PostgreSQL (issue 2).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from collector.frontier.pace import Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import close
from collector.ledger.migrate import HEAD, MIGRATIONS, bring_up_to_date, version
from collector.ledger.schema import metadata
from collector.ledger.segments import segment_committed
from collector.ledger.store import Store
from tests.ledger.sample_account import NOW, SEGMENT, archived, begin, failed, found, key, open_store, refused
from tests.support.registry import postgresql, postgresql_programs

KEPT = "https://a.example.org/1"
OTHERS = ("https://a.example.org/2", "https://b.example.org/")
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('old')}/collection.db"
        return
    programs = postgresql_programs()
    if programs is None:
        warnings.warn(pytest.PytestWarning("NOT TESTED on PostgreSQL: no initdb here"), stacklevel=1)
        pytest.skip("NOT TESTED on PostgreSQL: install Debian's postgresql")
    with postgresql(programs) as server:
        yield server.replace("postgresql:", "postgresql+psycopg:")


def sample(folder: Path) -> Rows:
    """The rows of a collection with a capture, a failure, a refusal and a URL that waits."""
    store = open_store(folder)
    frontier = SqliteFrontier(Pace(), fence=1)
    with store.transaction() as tx:
        run = begin(tx)
        frontier.discover(tx, found([KEPT, *OTHERS, "https://c.example.org/waits"]), 0.0)
        segment_committed(tx, SEGMENT, "archive", 9_000)
        claims = {claim.href: claim for claim in frontier.claim(tx, 10.0, 9)}
        close(tx, run, key(KEPT), archived(KEPT, 1))
        close(tx, run, key(OTHERS[0]), failed(OTHERS[0]))
        close(tx, run, key(OTHERS[1]), refused(OTHERS[1]))
        frontier.done(tx, [claim for href, claim in claims.items() if href in {KEPT, OTHERS[1]}])
    store.close()
    reader = Store.open(folder / "collection.db", write=False)
    try:
        with reader.snapshot() as tx:
            return {
                table.name: [dict(row) for row in tx.execute(sa.select(table)).mappings()]
                for table in metadata.sorted_tables
            }
    finally:
        reader.close()


def upgraded(tx: sa.Connection, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    command.upgrade(config, to)


def test_what_an_older_version_wrote_is_all_there(address: str, tmp_path: Path) -> None:
    """0003: further visits, marks of near-duplicates, addresses; what was kept is due for a visit since it was kept."""
    rows = sample(tmp_path)
    assert len(rows["capture"]) == 1
    engine = sa.create_engine(address)
    with engine.begin() as tx:
        upgraded(tx, "0002")
        old = sa.MetaData()
        old.reflect(tx)
        assert "address" not in old.tables
        assert "visited_at" not in old.tables["url"].c
        for name, table in ((name, old.tables[name]) for name in rows if name in old.tables):
            typed = sa.table(name, *(sa.column(c.name, metadata.tables[name].c[c.name].type) for c in table.c))
            made = [{c.name: row[c.name] for c in table.c} for row in rows[name]]
            if made:
                tx.execute(sa.insert(typed), made)
    with engine.begin() as tx:
        bring_up_to_date(tx, tmp_path)
    with engine.begin() as tx:
        assert version(tx) == HEAD
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
        for name, before in rows.items():
            table = metadata.tables[name]
            new = {"visited_at", "listing", "etag", "last_modified", "simhash"}
            kept = [column for column in table.c if column.name not in new]
            after = [dict(row) for row in tx.execute(sa.select(*kept)).mappings()]
            plain = [{column.name: row[column.name] for column in kept} for row in before]
            assert sorted(map(repr, after)) == sorted(map(repr, plain)), name
        url = metadata.tables["url"]
        visited = dict(tx.execute(sa.select(url.c.key, url.c.visited_at)).all())
        assert visited.pop(key(KEPT)) == pytest.approx(NOW.timestamp(), abs=5)
        assert set(visited.values()) == {None}, "only what was kept was seen"
        assert tx.execute(sa.select(metadata.tables["capture"].c.simhash)).scalars().all() == [None]
    engine.dispose()
