"""Which version the database's tables have, and the way from it to ours: Alembic's, or the tables made new."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from collector.ledger.schema import metadata
from collector.model.errors import IntegrityError, StorageError

HEAD = "0003"  # the newest of migrations/versions; a test compares
MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
"""  # as Alembic makes it


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
    """Make or migrate the tables inside the caller's transaction: all or none. Does nothing when up to date."""
    if check_readable(tx, path, needed=False):
        return
    if version(tx) is None:  # the tables of HEAD at once: Alembic is 8 MB that a crawl would hold to its end
        metadata.create_all(tx, checkfirst=False)
        tx.execute(text(_VERSION_TABLE))
        tx.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
        return
    migrate(tx)


def migrate(tx: Connection) -> None:
    """Alembic's way from whatever the tables are to HEAD, inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - slow to import, needed for older collections only
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    command.upgrade(config, "head")
