"""Everything the account knows of one URL, in order: found, tried, closed, kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from collector.ledger import schema
from collector.ledger.captures import CaptureRow, capture_of
from collector.ledger.codec import read_instant
from collector.ledger.findings import read_decisions
from collector.model.decision import Decision
from collector.model.event import Outcome

STATES = ("waiting", "in flight", "done", "deferred")  # url.state


@dataclass(frozen=True, slots=True)
class Queued:
    """It entered the queue. `state` is where it stands now."""

    at: datetime
    state: str
    depth: int
    hops: str
    via: str | None
    attempt: int
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """It was tried, and comes back."""

    at: datetime
    run: int
    number: int
    reason: str
    decisions: tuple[Decision, ...]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """It ended. `shown` is the URL, or its scrubbed form where the URL itself is personal."""

    at: datetime
    run: int
    visit: int
    shown: str
    depth: int
    hops: str
    via: str | None
    attempt: int
    outcome: Outcome
    reason: str
    detail: str
    decisions: tuple[Decision, ...]
    capture: CaptureRow | None


Chapter = Queued | Tried | Closed


def story(tx: Connection, key: bytes) -> list[Chapter]:
    """Every chapter of a URL, in order; empty where the collection never met it. Raises IntegrityError.

    It was found first, whatever the instants say: what is refused at once is judged before the page that links to it
    is committed, and the link with it.
    """
    tried: list[Chapter] = [*_tried(tx, key), *_closed(tx, key)]
    return [*_queued(tx, key), *sorted(tried, key=lambda c: (c.at, isinstance(c, Closed)))]


def key_of(tx: Connection, href: str) -> bytes | None:
    """The key of a URL by its text, for a reader without the collection's secret. Reads the account once through.

    None also for a URL that was personal itself: its text is not here.
    """
    for table in (schema.closing, schema.url):
        shown, key = (table.c.url, table.c.url_key) if table is schema.closing else (table.c.href, table.c.key)
        found = tx.execute(select(key).where(shown == href).limit(1)).scalar()
        if found is not None:
            return bytes(found)
    return None


def _queued(tx: Connection, key: bytes) -> list[Chapter]:
    u = schema.url.c
    row = tx.execute(
        select(schema.url, schema.via.c.href.label("via_href"))
        .outerjoin(schema.via, schema.via.c.id == u.via)
        .where(u.key == key)
    ).first()
    if row is None:
        return []
    return [
        Queued(
            at=_moment(row.found_at),
            state=STATES[row.state],
            depth=row.depth,
            hops=row.hops,
            via=row.via_href,
            attempt=row.attempt,
            due=_moment(row.due) if row.due is not None else None,
        )
    ]


def _tried(tx: Connection, key: bytes) -> list[Chapter]:
    c = schema.attempt.c
    return [
        Tried(
            at=read_instant(row.at),
            run=row.run,
            number=row.number,
            reason=row.reason,
            decisions=read_decisions(tx, row.decisions, where=f"attempt {row.id}"),
            next_at=read_instant(row.next_at) if row.next_at else None,
        )
        for row in tx.execute(select(schema.attempt).where(c.url_key == key).order_by(c.id))
    ]


def _closed(tx: Connection, key: bytes) -> list[Chapter]:
    c = schema.closing.c
    return [
        Closed(
            at=read_instant(row.at),
            run=row.run,
            visit=row.visit,
            shown=row.url if row.url is not None else row.scrubbed,
            depth=row.depth,
            hops=row.hops,
            via=row.via,
            attempt=row.attempt,
            outcome=Outcome(row.outcome),
            reason=row.reason,
            detail=row.detail,
            decisions=read_decisions(tx, row.decisions, where=f"event {row.id}"),
            capture=capture_of(tx, key, row.visit),
        )
        for row in tx.execute(select(schema.closing).where(c.url_key == key).order_by(c.id))
    ]


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
