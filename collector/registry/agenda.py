"""What needs a person, by date: answers that are owed, proofs that lapsed, entries to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from collector.registry.entry import EntryState
from collector.registry.proving import due_again, lapsed
from collector.registry.request import requests
from collector.registry.versions import all_current


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the agenda."""

    when: datetime
    ref: str
    what: str
    overdue: bool


def agenda(tx: Connection, now: datetime) -> tuple[Point, ...]:
    """By date, earliest first."""
    points = []
    by_request: dict[str, list[str]] = {}
    entries = all_current(tx)
    for key, entry in entries.items():
        by_request.setdefault(entry.request, []).append(key)
    refs = {}
    for request in requests(tx):
        refs[request.id] = request.public_ref
        theirs = [entries[key] for key in by_request.get(request.id, ())]
        due = request.due(theirs, now)
        if due is not None:
            waits = f", waits for: {request.hold_reason}" if request.hold_reason else ""
            points.append(
                Point(due, request.public_ref, f"answer owed ({request.state(theirs, now)}{waits})", due < now)
            )
        points += [
            Point(entry.review_at, request.public_ref, f"review of {entry.id}", overdue=False)
            for entry in theirs
            if entry.state is EntryState.IN_FORCE and entry.review_at is not None and entry.review_at <= now
        ]
    for proof in lapsed(tx):
        what = f"control lapsed ({proof.method}: {proof.detail}): keep, suspend or reject"
        points.append(Point(proof.last_checked_at or proof.issued_at, refs[proof.request], what, overdue=False))
    for proof in due_again(tx, now):
        what = f"control ({proof.method}) to be looked at again: review --recheck"
        points.append(Point(proof.recheck_at or now, refs[proof.request], what, overdue=False))
    return tuple(sorted(points, key=lambda one: (one.when, one.ref, one.what)))
