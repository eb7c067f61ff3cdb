"""What a database error means to a person: disk full, somebody else's lock, read-only, damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from collector.model.errors import CollectorError, IntegrityError, StorageError


def translate(error: DBAPIError | sqlite3.Error, path: Path) -> CollectorError | None:
    """The error to raise instead, or None where the fault is the program's own and must not be dressed up."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", "") or ""
    where = str(path)
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")):  # the latter: no room for the log's index
        return StorageError(
            "the disk is full", where=where, mend="free some space and start again; nothing committed is lost"
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StorageError(
            "another process is writing to this collection",
            where=where,
            mend="wait for it to finish, or stop it; `collector status` says who it is",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return StorageError(
            "the database cannot be written",
            where=where,
            mend="mount the file system for writing, or give the crawl's user write access to file and folder",
        )
    if name.startswith("SQLITE_CANTOPEN"):
        return StorageError(
            "the database cannot be opened",
            where=where,
            mend="check that the folder exists and may be read; on read-only media, seal the collection first",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return IntegrityError(
            "the database is damaged", where=where, mend="restore it from a backup; do not crawl into it"
        )
    if name.startswith(("SQLITE_IOERR", "SQLITE_NOLFS", "SQLITE_PROTOCOL")):
        return StorageError(
            f"the disk failed ({name})", where=where, mend="check the disk, its quota and the mount, then start again"
        )
    if name.startswith("SQLITE_CONSTRAINT"):
        return IntegrityError(
            "the account contradicts itself", where=where, mend="run `collector ledger verify`; keep the file as it is"
        )
    if name.startswith("SQLITE_TOOBIG"):
        return IntegrityError(
            "a value is too large to be stored", where=where, mend="report this as a fault of the program"
        )
    return None
