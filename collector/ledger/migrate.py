"""Which version the database's tables have, and Alembic's way from it to ours."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text
from sqlalchemy.schema import CreateTable

from collector.ledger.schema import metadata
from collector.model.errors import IntegrityError, StorageError

HEAD = "0003"  # the newest of migrations/versions; a test compares
MIGRATIONS = Path(__file__).parent / "migrations"

_VERSION = Table(  # as Alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def version(tx: Connection) -> str | None:
    """The version the tables have; None where there are none yet."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    found = tx.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None


def check_readable(tx: Connection, path: Path, *, needed: bool = True) -> bool:
    """True when the tables are ours, False when an older or empty file must be migrated first (`needed=False`).

    Raises StorageError for a newer version, and for an older one where `needed`; IntegrityError where the
    file is some other program's.
    """
    have = version(tx)
    if have == HEAD:
        return True
    if have is None and inspect(tx).get_table_names():
        raise IntegrityError("a database, but not a collection", where=str(path), mend="name the collection's own file")
    if have is not None and have > HEAD:
        raise StorageError(
            f"written by a newer version (tables {have}, this program knows {HEAD})",
            where=str(path),
            mend="upgrade the collector; an older one must not touch this file",
        )
    if needed:
        raise StorageError(
            f"written by an older version (tables {have or 'none'}, this program needs {HEAD})",
            where=str(path),
            mend="open it once for writing (`collector crawl` or `collector doctor`), which migrates it",
        )
    return False


def bring_up_to_date(tx: Connection, path: Path) -> None:
    """To HEAD inside the caller's transaction: all steps or none. Does nothing when up to date."""
    if check_readable(tx, path, needed=False):
        return
    if version(tx) is None:
        create(tx)
    else:
        upgrade(tx)


def create(tx: Connection) -> None:
    """All tables of a new collection at once: loading Alembic and taking every step takes thirty times as long."""
    metadata.create_all(tx)
    tx.execute(CreateTable(_VERSION))
    tx.execute(insert(_VERSION).values(version_num=HEAD))


def upgrade(tx: Connection) -> None:
    """Every step from the version the tables have, or from nothing, to HEAD."""
    from alembic import command  # noqa: PLC0415 - slow to import, needed once per collection
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    command.upgrade(config, "head")
