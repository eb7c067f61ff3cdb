"""What operators ordered a crawl to do: acts of the account that a running crawl follows.

The act is the order, not a copy of it: nothing can be in effect that the account does not name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select

from collector.ledger.codec import read_instant
from collector.ledger.schema import act


class Verb(StrEnum):
    """The acts that a crawl follows, as the account names them."""

    PAUSE = "crawl paused"
    RESUME = "crawl resumed"
    BLOCK = "host blocked"
    UNBLOCK = "host unblocked"
    PURGE = "queue purged"


@dataclass(frozen=True, slots=True)
class Order:
    """One such act. `number` is its place in the account; `object` what it is about."""

    number: int
    at: datetime
    actor: str
    verb: Verb
    object: str
    reason: str

    @property
    def told(self) -> str:
        """Since when it holds, by whom and why, in one line."""
        return f"since {self.at:%Y-%m-%d %H:%M:%S} UTC by {self.actor}: {self.reason}"


def newest_act(tx: Connection) -> int:
    """The number of the last act of any kind: when it has not moved, nothing was ordered."""
    return int(tx.execute(select(func.max(act.c.id))).scalar() or 0)


def orders_after(tx: Connection, number: int) -> list[Order]:
    """The orders behind act `number`, oldest first."""
    rows = tx.execute(select(act).where(act.c.id > number, act.c.verb.in_(list(Verb))).order_by(act.c.id))
    return [Order(r.id, read_instant(r.at), r.actor, Verb(r.verb), r.object, r.detail) for r in rows]


def pause_in_force(tx: Connection) -> Order | None:
    """The pause that nobody has lifted, in this run or an earlier one; None while the crawl may go on."""
    row = tx.execute(
        select(act).where(act.c.verb.in_([Verb.PAUSE, Verb.RESUME])).order_by(act.c.id.desc()).limit(1)
    ).first()
    if row is None or row.verb != Verb.PAUSE:
        return None
    return Order(row.id, read_instant(row.at), row.actor, Verb.PAUSE, row.object, row.detail)
