"""Moves what waits along when the machine's clock was set: everybody waits for as long as before."""

from __future__ import annotations

from sqlalchemy import Connection


def move_waits(tx: Connection, seconds: float, shard: int | None = None) -> None:
    """Add `seconds` to every time that hosts, addresses and deferred URLs wait for, of one shard or of all.

    Flush the frontier first, in the same transaction. Visits are left as they were noted: they are history.
    """
    mine, theirs = ("", ()) if shard is None else (" WHERE shard = ?", (shard,))
    tx.exec_driver_sql(f"UPDATE host SET next_at = next_at + ?{mine}", (seconds, *theirs))  # noqa: S608  constants only
    tx.exec_driver_sql(f"UPDATE address SET next_at = next_at + ?{mine}", (seconds, *theirs))  # noqa: S608
    tx.exec_driver_sql(
        f"UPDATE url SET due = due + ? WHERE state = 3 AND host IN (SELECT id FROM host{mine})",  # noqa: S608
        (seconds, *theirs),
    )
