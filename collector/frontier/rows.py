"""Rows by key in batches: statements of few different shapes, and the rows that URLs refer to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection

_CHUNK = 512

T = TypeVar("T")


def driver(tx: Connection) -> sqlite3.Connection:
    """The caller's transaction without SQLAlchemy between: it costs a claim of one URL more than the statements do."""
    raw = tx.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def chunks(values: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Pieces whose lengths are powers of two (filled up with a repetition): few different statements to prepare."""
    for start in range(0, len(values), _CHUNK):
        piece = tuple(values[start : start + _CHUNK])
        yield piece + piece[:1] * ((1 << (len(piece) - 1).bit_length()) - len(piece))


def marks(values: Sequence[object]) -> str:
    """As many question marks."""
    return ",".join("?" * len(values))


def host_ids(tx: Connection, names: Iterable[str]) -> dict[str, int]:
    """The rows of those hosts that have one."""
    found: dict[str, int] = {}
    raw = driver(tx)
    for chunk in chunks(list(names)):
        query = f"SELECT name, id FROM host WHERE name IN ({marks(chunk)})"  # noqa: S608 - question marks only
        found.update(raw.execute(query, chunk))
    return found


def via_ids(tx: Connection, hrefs: set[str]) -> dict[str, int]:
    """New rows for the pages these links were found on: one per page and batch."""
    if not hrefs:
        return {}
    raw = driver(tx)
    (last,) = raw.execute("SELECT COALESCE(MAX(id), 0) FROM via").fetchone()
    rows = {href: last + 1 + place for place, href in enumerate(sorted(hrefs))}
    raw.executemany("INSERT INTO via (href, id) VALUES (?, ?)", rows.items())
    return rows


def plain(text: str) -> str:
    """`text` as the database can keep it."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
