"""Clocks of IP addresses: hosts that share one are asked as if they were one, where the policy asks for it.

A row per address and shard: each worker writes its own, a start looks at all of them. So the distance holds
across workers and restarts, and what a killed worker had in flight is forgotten when its shard starts again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from collector.policy.policy import Politeness

BUSY_SECONDS = 0.1  # how soon to look again where another worker's requests fill the address


@dataclass(frozen=True, slots=True)
class AddressClocks:
    """One worker's view of the addresses' clocks. Times are epoch seconds and come from the caller."""

    delay: float  # seconds between two starts at one address
    limit: int | None  # requests in flight at one address, all workers together
    shard: int = 0

    @property
    def kept(self) -> bool:
        """Whether the policy asks for any of it."""
        return self.delay > 0 or self.limit is not None

    def recover(self, tx: Connection, shards: int) -> None:
        """Call once per start: nothing of this shard is in flight, nor of shards that this run does not have."""
        tx.exec_driver_sql("UPDATE address SET in_flight = 0 WHERE shard = ? OR shard >= ?", (self.shard, shards))

    def next_at(self, tx: Connection, name: str, now: float) -> float:
        """When a request to this address may start: `now`, or later."""
        next_at, in_flight = tx.exec_driver_sql(
            "SELECT MAX(next_at), SUM(in_flight) FROM address WHERE name = ?", (name,)
        ).one()
        if next_at is not None and next_at > now:
            return float(next_at)
        full = self.limit is not None and (in_flight or 0) >= self.limit
        return now + BUSY_SECONDS if full else now

    def begin(self, tx: Connection, name: str, now: float) -> None:
        """A request starts. Only after `next_at` gave `now` in the same transaction."""
        tx.exec_driver_sql(
            "INSERT INTO address (name, shard, next_at, in_flight) VALUES (?, ?, ?, 1) ON CONFLICT (name, shard)"
            " DO UPDATE SET next_at = excluded.next_at, in_flight = in_flight + 1",
            (name, self.shard, now + self.delay),
        )

    def end(self, tx: Connection, name: str) -> None:
        """It is over."""
        tx.exec_driver_sql(
            "UPDATE address SET in_flight = MAX(in_flight - 1, 0) WHERE name = ? AND shard = ?", (name, self.shard)
        )


def clocks_of(politeness: Politeness, shard: int) -> AddressClocks:
    """The clocks that a policy's `[politeness]` asks for."""
    return AddressClocks(politeness.min_delay_per_address, politeness.concurrency_per_address, shard)
