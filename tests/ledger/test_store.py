"""The database: one transaction moves everything, and every storage fault has a message and an exit code."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from collector.ledger.account import close, is_closed
from collector.ledger.migrate import HEAD, MIGRATIONS, upgrade
from collector.ledger.schema import metadata
from collector.ledger.store import Store
from collector.model.errors import IntegrityError, StorageError
from tests.ledger.sample_account import begin, failed, key, open_store, refused

URL = "https://a.example.org/page"


def test_settings_of_a_writer(tmp_path):
    """Design §2.3, §2.7: durable commits, nothing in temporary files, deleted bytes overwritten."""
    with open_store(tmp_path).transaction() as tx:
        asked = {p: tx.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous", "temp_store")}
        assert asked == {"journal_mode": "wal", "synchronous": 2, "temp_store": 2}
        assert tx.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_exception_rolls_everything_back(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx)
    with pytest.raises(RuntimeError, match="spider"), store.transaction() as tx:  # noqa: PT012
        close(tx, run, key(URL), refused(URL))
        raise RuntimeError("spider")
    with store.snapshot() as tx:
        assert not is_closed(tx, key(URL))


def test_a_commit_is_seen_by_an_open_reader_only_in_its_next_view(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx)
    reader = Store.open(store.path, write=False)
    with reader.snapshot() as view:
        assert not is_closed(view, key(URL))
        with store.transaction() as tx:
            close(tx, run, key(URL), refused(URL))
        assert not is_closed(view, key(URL))
    with reader.snapshot() as view:
        assert is_closed(view, key(URL))
    with pytest.raises(StorageError, match="reading only"), reader.transaction():
        pass


def test_a_second_writer_is_told(tmp_path):
    store, other = open_store(tmp_path), open_store(tmp_path)
    with (
        store.transaction(),
        pytest.raises(StorageError, match="another process is writing") as said,
        other.transaction(),
    ):
        pass
    assert said.value.exit_code == 4
    assert said.value.mend
    with other.transaction() as tx:
        begin(tx)


def test_disk_full_loses_nothing_that_was_committed(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        run = begin(tx)
        close(tx, run, key(URL), refused(URL))
    with pytest.raises(StorageError, match="disk is full") as said, store.transaction() as tx:  # noqa: PT012
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
        tx.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        for number in range(5_000):
            href = f"https://a.example.org/{number}"
            close(tx, run, key(href), failed(href, "x" * 3_000))
    assert "nothing committed is lost" in said.value.mend
    with store.transaction() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count = 1073741823")
        assert is_closed(tx, key(URL))
        assert tx.exec_driver_sql("SELECT COUNT(*) FROM event").scalar() == 1
        close(tx, run, key("https://a.example.org/next"), failed("https://a.example.org/next"))


def test_a_damaged_file(tmp_path):
    path = tmp_path / "collection.db"
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 200)
    for write in (True, False):
        with pytest.raises(IntegrityError, match="damaged") as said:
            Store.open(path, write=write)
        assert said.value.exit_code == 3


def test_some_other_programs_database(tmp_path):
    path = tmp_path / "collection.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(IntegrityError, match="not a collection"):
        Store.open(path, write=True)


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_schema_is_left_alone(tmp_path, write):
    open_store(tmp_path).close()
    raw = sqlite3.connect(tmp_path / "collection.db")
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(StorageError, match="newer version") as said:
        Store.open(tmp_path / "collection.db", write=write)
    assert "upgrade" in said.value.mend


def test_missing_folder_and_file(tmp_path):
    with pytest.raises(StorageError, match="no collection"):
        Store.open(tmp_path / "collection.db", write=False)
    with pytest.raises(StorageError, match="folder does not exist"):
        Store.open(tmp_path / "nowhere" / "collection.db", write=True)


def test_the_migrations_make_exactly_the_tables_of_the_schema(tmp_path):
    engine = create_engine("sqlite://")
    with engine.begin() as tx:
        upgrade(tx)
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
        stepwise = _tables(tx)
    with open_store(tmp_path).transaction() as tx:
        assert _tables(tx) == stepwise  # a new collection's, made at once
        made = dict(
            tx.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'").all()
        )
    assert set(made) == {
        "capture_payload",
        "event_again",
        "event_deferred",
        "host_due",
        "url_waiting",
        "url_deferred",
        "url_in_flight",
        "url_listing",
        "url_visited",
    }


def _tables(tx: Connection) -> dict[str, set[str]]:
    """What each statement says, in whatever order: a column that a later step added stands last."""
    made = tx.exec_driver_sql("SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {name: set(" ".join(sql.split()).replace(" )", "").replace("( ", ", ").split(", ")) for name, sql in made}


def test_the_schema_fits_postgresql():
    """Issue 2: ready for PostgreSQL. Every table and partial index has a statement there, with integers that are wide."""
    made = {
        table.name: str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in metadata.sorted_tables
    }
    assert len(made) == 17
    assert "id BIGSERIAL NOT NULL" in made["event"]
    assert "url_key BYTEA NOT NULL" in made["event"]
    due = next(i for i in metadata.tables["host"].indexes if i.name == "host_due")
    assert "WHERE waiting > 0" in str(CreateIndex(due).compile(dialect=postgresql.dialect()))


def test_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_opening_twice_at_once_migrates_once(tmp_path):
    script = "import sys, pathlib; from collector.ledger.store import Store; Store.open(pathlib.Path(sys.argv[1]), write=True).close()"
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "collection.db")]) for _ in range(3)]
    assert [p.wait(60) for p in running] == [0, 0, 0]


def test_kill_in_mid_transaction_leaves_the_last_commit(tmp_path):
    """Design §2.8: kill -9 at any instant; here with everything written and the COMMIT missing."""
    script = textwrap.dedent("""
        import os, pathlib, signal, sys
        from collector.frontier.frontier import Found
        from collector.frontier.pace import Pace
        from collector.frontier.sqlite import SqliteFrontier
        from collector.ledger.account import close
        from tests.ledger.sample_account import begin, failed, found, key, open_store
        store = open_store(pathlib.Path(sys.argv[1]))
        frontier = SqliteFrontier(Pace(), fence=1)
        with store.transaction() as tx:
            run = begin(tx)
            frontier.discover(tx, found(f"https://h{n}.example.org/" for n in range(50)), 0.0)
        with store.transaction() as tx:
            claims = frontier.claim(tx, 10.0, 20)
        with store.transaction() as tx:
            for claim in claims[:10]:
                close(tx, run, claim.key, failed(claim.href))
            frontier.done(tx, claims[:10])
        with store.transaction() as tx:
            for claim in claims[10:]:
                close(tx, run, claim.key, failed(claim.href))
            frontier.done(tx, claims[10:])
            tx.exec_driver_sql("PRAGMA cache_size = 1")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL
    with open_store(tmp_path).transaction() as tx:
        states = dict(tx.exec_driver_sql("SELECT state, COUNT(*) FROM url GROUP BY state").all())
        assert states == {0: 30, 1: 10, 2: 10}
        assert tx.exec_driver_sql("SELECT COUNT(*) FROM event").scalar() == 10


def test_read_only_media():
    """An auditor's copy, sealed: opens where nothing can be written. As another user, for root may write anywhere."""
    if os.getuid() != 0:
        pytest.skip("needs to become another user")
    home = Path(tempfile.mkdtemp())  # pytest's own folders are closed to other users
    try:
        store = open_store(home)
        with store.transaction() as tx:
            run = begin(tx)
            close(tx, run, key(URL), refused(URL))
        store.close()
        for path in home.iterdir():
            path.chmod(0o444)
        home.chmod(0o555)
        child = os.fork()
        if child == 0:
            code = 9
            try:
                os.setuid(65534)
                reader = Store.open(home / "collection.db", write=False)
                with reader.snapshot() as view:
                    code = 0 if is_closed(view, key(URL)) and not os.access(home, os.W_OK) else 1
                try:
                    Store.open(home / "collection.db", write=True)
                    code = 2
                except StorageError:
                    pass
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert sorted(p.name for p in home.iterdir()) == ["collection.db"]
    finally:
        home.chmod(0o755)
        shutil.rmtree(home)


def test_a_checkpoint_empties_the_log(tmp_path):
    store = open_store(tmp_path)
    with store.transaction() as tx:
        begin(tx)
    assert (tmp_path / "collection.db-wal").stat().st_size > 0
    store.checkpoint()
    assert (tmp_path / "collection.db-wal").stat().st_size == 0
    store.close()
    assert [p.name for p in tmp_path.iterdir()] == ["collection.db"]
