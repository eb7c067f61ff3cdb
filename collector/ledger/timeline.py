"""What became of candidates over the time of a run, and how servers answered: one pass over its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, literal, select

from collector.ledger.codec import read_instant
from collector.ledger.schema import closing
from collector.model.event import Outcome

# An instant is text of fixed width: its first characters are the second, the minute, the hour … it lies in.
_WIDTHS = (
    (timedelta(minutes=2), 19, timedelta(seconds=1)),
    (timedelta(minutes=20), 18, timedelta(seconds=10)),
    (timedelta(hours=2), 16, timedelta(minutes=1)),
    (timedelta(hours=20), 15, timedelta(minutes=10)),
    (timedelta(days=5), 13, timedelta(hours=1)),
    (timedelta.max, 10, timedelta(days=1)),
)
_FILL = "2000-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Span:
    """Events of one step of time. `answer`: the class of the status, 2 to 5; 0 where the account has none."""

    begins: datetime
    outcome: Outcome
    gate: str
    answer: int
    events: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """In steps of `step`, in order of time; steps in which nothing was closed are left out."""

    step: timedelta
    spans: tuple[Span, ...]


def timeline(tx: Connection, run: int, lasted: timedelta) -> Timeline:
    """The events of `run`, in at most about 120 steps for runs of up to four months; then a step is a day."""
    width, step = next((width, step) for most, width, step in _WIDTHS if lasted <= most)
    c = closing.c
    begins = func.substr(c.at, 1, width).label("begins")
    answer = case(
        (c.detail.like("http ___"), func.substr(c.detail, 6, 1)),
        (c.reason.like("http status ___%"), func.substr(c.reason, 13, 1)),
        else_=literal("0"),
    ).label("answer")
    query = select(begins, c.outcome, c.gate, answer, func.count()).where(c.run == run)
    rows = tx.execute(query.group_by(begins, c.outcome, c.gate, answer).order_by(begins))
    return Timeline(
        step,
        tuple(
            Span(read_instant(at + _FILL[len(at) :]), Outcome(outcome), gate, _class(text), int(n))
            for at, outcome, gate, text, n in rows
        ),
    )


def _class(text: str) -> int:
    return int(text) if text in "2345" else 0
