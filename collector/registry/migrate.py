"""Which version the registry's tables have, and Alembic's way from it to ours."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from collector.model.errors import StorageError

HEAD = "0003"  # the newest of migrations/versions; a test compares
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "registry_version"  # a name of its own: on PostgreSQL other tables may stand beside


def is_current(tx: Connection, where: str, *, needed: bool) -> bool:
    """True when the tables are ours; False where they are older or not there. Raises StorageError (newer; `needed`)."""
    have = None
    if inspect(tx).has_table(VERSION_TABLE):
        have = tx.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  a constant
    if have == HEAD:
        return True
    if have is not None and str(have) > HEAD:
        raise StorageError(
            f"the registry was written by a newer version (tables {have}, this program knows {HEAD})",
            where=where,
            mend="upgrade the collector; an older one must not touch this registry",
        )
    if needed:
        raise StorageError(
            f"the registry has tables of version {have or 'none'}, this program needs {HEAD}",
            where=where,
            mend="run `collector registry compile` once with write access, which migrates it",
        )
    return False


def bring_up_to_date(tx: Connection, where: str) -> None:
    """Migrate to HEAD inside the caller's transaction: all steps or none. Does nothing when up to date."""
    if is_current(tx, where, needed=False):
        return
    from alembic import command  # noqa: PLC0415 - slow to import, needed once per registry
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    command.upgrade(config, "head")
