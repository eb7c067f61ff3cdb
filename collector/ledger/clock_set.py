"""What the account knows of the machine's clock: when it was set, and that it was set back between two runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from collector.ledger.account import Actor, RunId, record_act
from collector.ledger.codec import read_instant
from collector.ledger.schema import act, closing

VERB = "clock set"


def clock_was_set(tx: Connection, actor: Actor, run: RunId, now: datetime, seconds: float) -> None:
    """Enter that it was, and by how much: times before and after this act do not belong to the same clock."""
    record_act(tx, actor, VERB, f"run {run}", now, run=run, detail=f"{seconds:+.1f} s")


def seconds_set_back(tx: Connection, now: datetime) -> float:
    """By how much the clock was set back since the newest closing event; 0.0 where that lies in the past.

    Asked at the start of a run. What a later run than that event's has entered already is not told again.
    """
    newest = tx.execute(select(closing.c.at, closing.c.run).order_by(closing.c.id.desc()).limit(1)).first()
    if newest is None:
        return 0.0
    told = tx.execute(select(func.max(act.c.run)).where(act.c.verb == VERB)).scalar()
    if told is not None and told > newest.run:
        return 0.0
    return max(0.0, (read_instant(newest.at) - now).total_seconds())
