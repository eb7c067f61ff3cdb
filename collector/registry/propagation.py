"""Where an entry had to arrive, and what became of it there, with counts: the answer to `has it been done?`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from collector.registry.journal import instant
from collector.registry.schema import propagation as table


class TargetKind(StrEnum):
    """Kinds of places that an entry must reach."""

    CRAWLER = "crawler"
    FRONTIER = "frontier"
    STORE = "warc_store"
    RELEASE = "corpus_release"
    RECIPIENT = "downstream_recipient"


class Status(StrEnum):
    """What became of it."""

    QUEUED = "queued"  # found, and somebody has to act
    DELIVERED = "delivered"
    APPLIED = "applied"
    NOT_FOUND = "not_found"
    REMOVED = "removed"
    EXEMPT = "exempt"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Target:
    """`name`: a collection, a release, a recipient."""

    kind: TargetKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Delivered:
    """One entry, one target."""

    entry: str
    version: int
    target: Target
    status: Status
    affected: int
    at: datetime
    proof: str = ""


def note(tx: Connection, delivered: Delivered) -> None:
    """Write it down, in the place of what was said of this version and target before."""
    key = (
        (table.c.entry_id == delivered.entry)
        & (table.c.entry_version == delivered.version)
        & (table.c.target == str(delivered.target))
    )
    tx.execute(delete(table).where(key))
    tx.execute(
        insert(table).values(
            entry_id=delivered.entry,
            entry_version=delivered.version,
            target=str(delivered.target),
            target_kind=delivered.target.kind.value,
            status=delivered.status.value,
            affected=delivered.affected,
            at=instant(delivered.at),
            proof=delivered.proof,
        )
    )


def of_entries(tx: Connection, entries: Iterable[str]) -> tuple[Delivered, ...]:
    """Everything said of these entries, newest version first."""
    query = select(table).where(table.c.entry_id.in_(list(entries)))
    rows = tx.execute(query.order_by(table.c.entry_id, table.c.entry_version.desc(), table.c.target)).all()
    return tuple(
        Delivered(
            row.entry_id,
            row.entry_version,
            Target(TargetKind(row.target_kind), row.target.partition(":")[2]),
            Status(row.status),
            row.affected,
            datetime.fromisoformat(row.at),
            row.proof,
        )
        for row in rows
    )
