"""The queue's memory of visits, in the database's SQL: what `done` leaves of a URL, and which are long ago."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from collector.frontier.frontier import Past, Visited

# what was never worth a visit stays so unless this one was its first
CLOSE = (
    "state = 2, href = NULL, run = NULL,"
    " visited_at = CASE WHEN ? OR visited_at IS NOT NULL THEN ? END, listing = ?, etag = ?, last_modified = ?"
)
_PAST = """
SELECT id, key, visit, visited_at FROM url {}
WHERE state = 2 AND visited_at IS NOT NULL AND {} ORDER BY visited_at, id LIMIT ?
"""


def visit_values(visited: Visited | None) -> tuple[bool, float | None, int | None, str | None, str | None]:
    """What `CLOSE` wants; None forgets that there was a visit."""
    if visited is None:
        return False, None, None, None, None
    return visited.first, visited.at, 1 if visited.listing else None, visited.etag, visited.last_modified


def past(tx: Connection, condition: str, values: Sequence[object], limit: int, *, index: str = "") -> list[Past]:
    """Done URLs that were visited, longest ago first. `condition` and `index` are constants of this package.

    `index` where two fit: which one SQLite takes by itself depends on the order in which they were made.
    """
    rows = tx.exec_driver_sql(_PAST.format(f"INDEXED BY {index}" if index else "", condition), (*values, limit))
    return [Past(*row) for row in rows]
