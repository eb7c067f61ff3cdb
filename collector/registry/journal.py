"""The chain of events: who did what, each line bound to the one before; its numbers are the cursor of the feed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from collector.model.errors import IntegrityError
from collector.registry.act import Act
from collector.registry.schema import event

GENESIS = "0" * 64
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `payload` is JSON and names no person."""

    seq: int
    at: str
    actor: str
    role: str
    type: str
    subject: str
    payload: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a line is going to say. `payload` is JSON and names no person."""

    type: str
    subject: str
    payload: str


def said(kind: str, subject: str, **more: str | int) -> Said:
    """The payload's keys stand in order: equal words are equal bytes."""
    return Said(kind, subject, json.dumps(more, sort_keys=True, ensure_ascii=False))


def append(tx: Connection, act: Act, kind: str, subject: str, **more: str | int) -> int:
    """Write one line within the caller's write transaction. Returns its number."""
    return append_all(tx, act, [said(kind, subject, **more)])


def append_all(tx: Connection, act: Act, lines: Iterable[Said]) -> int:
    """Write lines in order, each bound to the one before. Returns the number of the last."""
    last = tx.execute(select(event.c.seq, event.c.hash).order_by(event.c.seq.desc()).limit(1)).first()
    seq, before = (int(last.seq), str(last.hash)) if last is not None else (0, GENESIS)
    at, rows = instant(act.at), []
    for one in lines:
        seq += 1
        own = _hash(before, (seq, at, act.by, act.role, one.type, one.subject, one.payload))
        row = {"seq": seq, "at": at, "actor": act.by, "role": act.role, "type": one.type, "subject": one.subject}
        rows.append({**row, "payload": one.payload, "prev_hash": before, "hash": own})
        before = own
    if rows:
        tx.execute(insert(event), rows)
    return seq


def head(tx: Connection) -> int:
    """The number of the last line; 0 where there is none."""
    return int(tx.execute(select(func.coalesce(func.max(event.c.seq), 0))).scalar_one())


def hash_at(tx: Connection, seq: int) -> str:
    """The hash of line `seq`, which stands for all up to it; empty where there is no such line."""
    found = tx.execute(select(event.c.hash).where(event.c.seq == seq)).scalar()
    return GENESIS if seq == 0 else str(found or "")


def events(tx: Connection, *, since: int = 0, subject: str | None = None, limit: int | None = None) -> Iterator[Event]:
    """Lines after number `since`, in order."""
    query = select(event).where(event.c.seq > since).order_by(event.c.seq)
    if subject is not None:
        query = query.where(event.c.subject == subject)
    if limit is not None:
        query = query.limit(limit)
    for row in tx.execute(query):
        yield Event(*row)


def verify_chain(tx: Connection) -> int:
    """How many lines there are, each bound to the one before. Raises IntegrityError at the first that is not."""
    before, seq = GENESIS, 0
    while True:
        batch = list(events(tx, since=seq, limit=_BATCH))
        if not batch:
            return seq
        for one in batch:
            line = (one.seq, one.at, one.actor, one.role, one.type, one.subject, one.payload)
            if one.seq != seq + 1 or one.prev_hash != before or one.hash != _hash(before, line):
                raise IntegrityError(
                    f"the registry's event {one.seq} was changed, moved or lost its predecessor",
                    mend="compare with the last published manifest and restore from a backup",
                )
            before, seq = one.hash, one.seq


def instant(at: datetime) -> str:
    """How a time stands in the tables. Raises ValueError for one without its zone."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return at.isoformat(timespec="microseconds")


def _hash(before: str, line: tuple[int | str, ...]) -> str:
    bound = f"{before}\n{json.dumps(line, ensure_ascii=False)}"
    return hashlib.sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()
