"""What ended as `Deferred` and was not asked since: a later run may take it up again, as a further visit."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, exists, select, text

from collector.ledger.schema import closing


@dataclass(frozen=True, slots=True)
class Deferred:
    """The last closing event of a URL, where it says `deferred`; `number` orders them."""

    number: int
    key: bytes
    visit: int
    href: str
    depth: int
    hops: str
    via: str | None


def deferred(tx: Connection, *, after: int = 0, limit: int = 1_000) -> list[Deferred]:
    """A batch of them by number, after number `after`. A URL whose text was not kept cannot be asked again.

    Costs as much as there are deferred events, by an index of their own.
    """
    c, later = closing.c, closing.alias("later").c
    rows = tx.execute(
        select(c.id, c.url_key, c.visit, c.url, c.depth, c.hops, c.via)
        .where(text("event.outcome = 'deferred'"), c.id > after, c.url.is_not(None))  # the words of the partial index
        .where(~exists().where(later.url_key == c.url_key, later.visit > c.visit))
        .order_by(c.id)
        .limit(limit)
    )
    return [Deferred(*row) for row in rows]
