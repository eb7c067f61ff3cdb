"""The collection's one database: opened, migrated, and moved by one transaction at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from collector.ledger.faults import translate
from collector.ledger.migrate import bring_up_to_date, check_readable
from collector.model.errors import CollectorError, StorageError

_BEGIN = "collector_begin"  # execution option: how the transaction starts
_SYNC = "collector_sync"  # execution option: what its commit waits for
_FULL, _NORMAL = "FULL", "NORMAL"
_WRITE_PRAGMAS = (
    "journal_mode=WAL",
    "wal_autocheckpoint=4000",  # pages: 16 MB; a commit of 5,000 links touches about 5,000 pages
    "journal_size_limit=67108864",
)
_PRAGMAS = (
    "synchronous=FULL",  # a commit is on the disk when it returns (design §2.7)
    "temp_store=MEMORY",  # nothing raw in a temporary file (design §2.3)
    "secure_delete=ON",  # what is deleted is overwritten
    "foreign_keys=ON",
    "cache_size=-4096",  # KiB: a commit of 5,000 links writes 2 MB; what else is read the system keeps
)


class Store:
    """Ledger and frontier in one file. Functions of both take the connection that `transaction` yields.

    May be used from several threads and by several processes; writers wait for each other up to
    `busy_seconds`, readers never wait.
    """

    __slots__ = ("_engine", "_identity", "path", "write")

    def __init__(self, path: Path, engine: Engine, *, write: bool) -> None:
        self.path = path
        self.write = write
        self._engine = engine
        self._identity: tuple[int, int] | None = None

    @classmethod
    def open(cls, path: Path, *, write: bool, busy_seconds: float = 30.0) -> Store:
        """Open and migrate (`write`), or open for reading beside whoever writes.

        Raises StorageError when the file is missing, unreadable, locked, or of a newer version of this
        program; IntegrityError when it is damaged.
        """
        if not write and not path.is_file():
            raise StorageError("there is no collection here", where=str(path), mend="check --data and --collection")
        if write and not path.parent.is_dir():
            raise StorageError("the collection's folder does not exist", where=str(path.parent), mend="create it first")
        engine = create_engine("sqlite://", creator=_connector(path, write=write, busy_seconds=busy_seconds))
        event.listen(engine, "begin", _begin)
        store = cls(path, engine, write=write)
        try:
            if write:
                store._migrate()
            else:
                with store.snapshot() as tx:
                    check_readable(tx, path)
            store._identity = _identity(path)
        except BaseException:
            store.close()
            raise
        return store

    def check_in_place(self) -> None:
        """Raise StorageError when the file we hold open is no longer the one at `path`: what is written is lost.

        SQLite would not notice: a deleted file can be written to until it is closed.
        """
        if _identity(self.path) != self._identity:
            raise StorageError(
                "the collection was moved or deleted while it was crawled",
                where=str(self.path.parent),
                mend="put it back where it was, then start the same command again",
            )

    def _migrate(self) -> None:
        with self.snapshot() as tx:
            current = check_readable(tx, self.path, needed=False)
        if not current:
            with self.transaction() as tx:  # asks again under the lock: two may open at once
                bring_up_to_date(tx, self.path)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Connection]:
        """ONE write transaction (BEGIN IMMEDIATE): all of it is on disk after the block, or nothing of it.

        Not `durable`: it holds whatever becomes of this process, and a loss of power may undo it, together with all
        that came after it; the next durable commit takes it along. For what the account does not speak of: claims.
        Raises StorageError and IntegrityError; any exception inside the block rolls everything back.
        """
        if not self.write:
            raise StorageError("opened for reading only", where=str(self.path), mend="open it for writing")
        with self._begun("IMMEDIATE", _FULL if durable else _NORMAL) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One consistent view for reading, as of the first statement."""
        with self._begun("DEFERRED") as connection:
            yield connection

    @contextmanager
    def _begun(self, how: str, sync: str = "") -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                connection = connection.execution_options(**{_BEGIN: how, _SYNC: sync})  # noqa: PLW2901
                with connection.begin():
                    yield connection
        except (DBAPIError, sqlite3.Error) as exc:
            known = translate(exc, self.path)
            if known is None:
                raise
            raise known from exc

    def checkpoint(self) -> None:
        """Move everything from the write-ahead log into the file and empty the log, as a hand-over needs it.

        Raises StorageError while somebody else reads or writes.
        """
        if self._checkpoint():
            raise StorageError(
                "somebody else has this collection open", where=str(self.path), mend="end the other command, then again"
            )

    def _checkpoint(self) -> bool:
        """True when somebody was in the way."""
        try:
            with self._engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        except (DBAPIError, sqlite3.Error) as exc:
            known = translate(exc, self.path)
            raise (known or exc) from exc

    def close(self) -> None:
        """Close every connection. A writer first empties the log where nobody reads: what was deleted leaves it too."""
        if self.write:
            with suppress(CollectorError, DBAPIError, sqlite3.Error):  # the next start does it again
                self._checkpoint()
        self._engine.dispose()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    sync = options.get(_SYNC)
    if sync and connection.info.get(_SYNC, _FULL) != sync:  # a new connection's commits are durable
        connection.exec_driver_sql(f"PRAGMA synchronous={sync}")
        connection.info[_SYNC] = sync
    # pysqlite would begin by itself, late and deferred; isolation_level=None leaves it to this line
    connection.exec_driver_sql(f"BEGIN {options.get(_BEGIN, 'DEFERRED')}")


def _connector(path: Path, *, write: bool, busy_seconds: float) -> Callable[[], sqlite3.Connection]:
    def connect() -> sqlite3.Connection:
        uri = f"file:{quote(str(path.absolute()))}?{'mode=rwc' if write else _reading(path)}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            for pragma in (*_PRAGMAS, *(_WRITE_PRAGMAS if write else ("query_only=ON",))):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def _reading(path: Path) -> str:
    """`immutable=1` only where nobody can be writing: the folder is read-only to us and there is no log to read."""
    log, index = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    if os.access(path.parent, os.W_OK) or index.exists() or (log.exists() and log.stat().st_size):
        return "mode=ro"
    return "mode=ro&immutable=1"
