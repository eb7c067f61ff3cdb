"""The registry's database, SQLite or PostgreSQL: one writer at a time, so that the chain of events has no forks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from collector.model.errors import CollectorError, IntegrityError, StorageError
from collector.registry.migrate import bring_up_to_date, is_current

_BEGIN = "collector_registry_begin"
_LOCK = 0x0C0117  # of pg_advisory_xact_lock: any number that only this program takes
_BUSY_SECONDS = 30
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class RegistryStore:
    """Opened by `open_registry`. May be used by several processes; readers never wait."""

    __slots__ = ("_engine", "where")

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """ONE write transaction, alone among writers: all of it is on disk after the block, or nothing of it."""
        with self._begun("IMMEDIATE") as tx:
            if self.dialect == "postgresql":
                tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One consistent view for reading."""
        with self._begun("DEFERRED") as tx:
            yield tx

    @contextmanager
    def _begun(self, how: str) -> Iterator[Connection]:
        options: dict[str, str] = {_BEGIN: how}
        if self.dialect == "postgresql" and how == "DEFERRED":
            options["isolation_level"] = "REPEATABLE READ"
        try:
            with self._engine.connect() as opened:
                connection = opened.execution_options(**options)
                with connection.begin():
                    yield connection
        except (DBAPIError, sqlite3.Error) as exc:
            raise _told(exc, self.where) from exc

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_registry(place: Path | str, *, create: bool = True) -> RegistryStore:
    """The registry in a SQLite file, or in PostgreSQL (`postgresql://…`), migrated where `create`.

    Raises StorageError when it is missing, locked or newer; IntegrityError when it is damaged.
    """
    if isinstance(place, Path):
        if not create and not place.is_file():
            raise StorageError("there is no registry here", where=str(place), mend="check --data")
        engine, where = _sqlite(place), str(place)
    else:
        engine, where = _postgresql(place)
    store = RegistryStore(engine, where)
    try:
        with store.snapshot() as tx:
            current = is_current(tx, where, needed=not create)
        if not current:
            with store.transaction() as tx:
                bring_up_to_date(tx, where)
    except BaseException:
        store.close()
        raise
    return store


def _sqlite(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StorageError(f"the registry's folder cannot be made ({exc.strerror})", where=str(path.parent)) from exc
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)  # else one per thread, not nestable
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}")


def _postgresql(address: str) -> tuple[Engine, str]:
    mend = "write it as postgresql://user@host/database; the password belongs into PGPASSFILE"
    try:
        url = make_url(address)
    except ArgumentError as exc:
        raise StorageError("not the address of a database", mend=mend) from exc
    if url.get_backend_name() != "postgresql":
        raise StorageError(f"{url.get_backend_name()} is not supported", mend=mend)
    try:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as exc:
        raise StorageError("psycopg is not installed", mend="install collector[postgres]") from exc
    return engine, url.render_as_string(hide_password=True)


def _told(error: DBAPIError | sqlite3.Error, where: str) -> CollectorError:
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", "") or ""
    said = str(cause).strip().partition("\n")[0]
    if name.startswith(_DAMAGED):
        return IntegrityError(f"the registry is damaged: {said}", where=where, mend="restore it from a backup")
    if isinstance(error, (OperationalError, sqlite3.OperationalError)):
        return StorageError(
            f"the registry's database does not answer: {said}",
            where=where,
            mend="check the disk, the rights and who else holds it; nothing that was committed is lost",
        )
    if isinstance(error, DatabaseError | sqlite3.DatabaseError):
        return IntegrityError(f"the registry contradicts itself: {said}", where=where, mend="keep the file as it is")
    return StorageError(f"the registry's database failed: {said}", where=where)
