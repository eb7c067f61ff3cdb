"""Pages visited more than once: what to ask for again, and what was kept once and would not be kept today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, text

from collector.ledger.codec import read_instant
from collector.ledger.schema import capture, closing
from collector.model.event import Outcome

_CHUNK = 500
GONE = ("http status 404", "http status 410")


@dataclass(frozen=True, slots=True)
class Seen:
    """How the account came to a URL, by its last event."""

    href: str
    depth: int
    hops: str
    via: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A page that was kept at an earlier visit and refused, withheld or gone at its last one.

    `gate` and `rule` are empty where the page is gone. `kept` is the newest visit of which something is archived.
    """

    number: int  # of the event: orders them
    key: bytes
    visit: int
    outcome: Outcome
    gate: str
    rule: str
    reason: str
    at: datetime
    kept: int


def last_seen(tx: Connection, keys: Sequence[bytes]) -> dict[bytes, Seen]:
    """The last event of each that has one and whose URL may be kept."""
    c = closing.c
    found: dict[bytes, Seen] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(c.url_key, c.url, c.depth, c.hops, c.via).where(c.url_key.in_(keys[start : start + _CHUNK]))
        for key, href, depth, hops, via in tx.execute(query.order_by(c.visit)):
            if href is not None:
                found[key] = Seen(href, depth, hops, via)
            else:
                found.pop(key, None)  # the URL turned out to be personal
    return found


def withdrawn(tx: Connection, *, after: int = 0, limit: int = 1_000) -> list[Withdrawn]:
    """A batch of them by number, after number `after`. Costs as much as there are further visits."""
    c, later, kept = closing.c, closing.alias("later").c, capture.c
    newest = select(func.max(kept.visit)).where(kept.url_key == c.url_key, kept.visit < c.visit, kept.media_type != "")
    denied = c.outcome.in_((Outcome.REFUSED.value, Outcome.WITHHELD.value))
    gone = (c.outcome == Outcome.FAILED.value) & c.reason.in_(GONE)
    columns = (c.id, c.url_key, c.visit, c.outcome, c.gate, c.rule, c.reason, c.at, newest.scalar_subquery())
    rows = tx.execute(
        select(*columns)
        .where(text("event.visit > 1"), c.id > after, denied | gone)  # the words of the partial index
        .where(~exists().where(later.url_key == c.url_key, later.visit > c.visit))
        .where(exists().where(kept.url_key == c.url_key, kept.visit < c.visit, kept.media_type != ""))
        .order_by(c.id)
        .limit(limit)
    )
    return [Withdrawn(r[0], r[1], r[2], Outcome(r[3]), r[4], r[5], r[6], read_instant(r[7]), r[8]) for r in rows]
