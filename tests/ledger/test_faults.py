"""What SQLite says about a disk that is full, remounted, over its quota or taken: a message, an exit code and a mend."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from collector.ledger.faults import translate
from collector.model.errors import FAULTS, ExitCode

PLACE = Path("/collections/one/collection.db")
STORAGE, INTEGRITY = ExitCode.STORAGE, ExitCode.INTEGRITY


def said(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite words it")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("name", "code", "mend"),
    [
        ("SQLITE_FULL", STORAGE, "free some space"),
        ("SQLITE_IOERR_SHMSIZE", STORAGE, "free some space"),
        ("SQLITE_IOERR_WRITE", STORAGE, "its quota"),  # EDQUOT has no name of its own there
        ("SQLITE_IOERR_FSYNC", STORAGE, "the mount"),
        ("SQLITE_READONLY", STORAGE, "mount the file system for writing"),  # remounted while it was open
        ("SQLITE_READONLY_DIRECTORY", STORAGE, "write access"),
        ("SQLITE_BUSY", STORAGE, "wait for it to finish"),
        ("SQLITE_LOCKED_SHAREDCACHE", STORAGE, "wait for it to finish"),
        ("SQLITE_CANTOPEN", STORAGE, "the folder exists"),
        ("SQLITE_CORRUPT_VTAB", INTEGRITY, "backup"),
        ("SQLITE_NOTADB", INTEGRITY, "backup"),
        ("SQLITE_CONSTRAINT_UNIQUE", INTEGRITY, "ledger verify"),
    ],
)
def test_what_went_wrong_where_and_how_to_mend_it(name, code, mend):
    for error in (said(name), OperationalError("INSERT", {}, said(name))):
        told = translate(error, PLACE)
        assert isinstance(told, FAULTS)
        assert told.exit_code is code
        assert str(PLACE) in str(told)
        assert mend in told.mend


@pytest.mark.parametrize("name", ["SQLITE_ERROR", "SQLITE_MISUSE", "", None])
def test_a_fault_of_the_program_is_not_dressed_up(name):
    assert translate(said(name), PLACE) is None
