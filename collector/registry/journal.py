"""The chain of events: who did what, each line bound to the one before; its numbers are the cursor of the feed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
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


def append(tx: Connection, act: Act, kind: str, subject: str, **said: str | int) -> int:
    """Write one line within the caller's write transaction. Returns its number."""
    last = tx.execute(select(event.c.seq, event.c.hash).order_by(event.c.seq.desc()).limit(1)).first()
    seq, before = (last.seq + 1, last.hash) if last is not None else (1, GENESIS)
    payload = json.dumps(said, sort_keys=True, ensure_ascii=False)
    at = instant(act.at)
    own = _hash(before, (seq, at, act.by, act.role, kind, subject, payload))
    tx.execute(
        insert(event).values(
            seq=seq,
            at=at,
            actor=act.by,
            role=act.role,
            type=kind,
            subject=subject,
            payload=payload,
            prev_hash=before,
            hash=own,
        )
    )
    return int(seq)


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
            said = (one.seq, one.at, one.actor, one.role, one.type, one.subject, one.payload)
            if one.seq != seq + 1 or one.prev_hash != before or one.hash != _hash(before, said):
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


def _hash(before: str, said: tuple[int | str, ...]) -> str:
    line = f"{before}\n{json.dumps(said, ensure_ascii=False)}"
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
