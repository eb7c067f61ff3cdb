"""Questions about the runs and the log of acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from collector.ledger.codec import read_instant
from collector.ledger.schema import act, closing, host, policy, run, url


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `ended_at` is None while it goes on, or where it was killed and nothing was started since."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    policy_id: str
    policy_digest: str
    software: str
    actor: str
    role: str
    machine: str
    pid: int
    shards: int
    exit_reason: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, in what role."""

    at: datetime
    run: int | None
    actor: str
    role: str
    verb: str
    object: str
    detail: str


def runs(tx: Connection) -> list[Run]:
    """Every run, oldest first."""
    rows = tx.execute(
        select(run, policy.c.id.label("policy_id"))
        .join(policy, policy.c.digest == run.c.policy_digest)
        .order_by(run.c.id)
    )
    return [
        Run(
            id=r.id,
            started_at=read_instant(r.started_at),
            ended_at=read_instant(r.ended_at) if r.ended_at else None,
            policy_id=r.policy_id,
            policy_digest=r.policy_digest,
            software=r.software,
            actor=r.actor,
            role=r.role,
            machine=r.machine,
            pid=r.pid,
            shards=r.shards,
            exit_reason=r.exit_reason,
        )
        for r in rows
    ]


NO_CRAWL = ("recheck", "import")  # how a run ends that took nothing out of the queue


def crawls(tx: Connection) -> list[Run]:
    """Every run that worked on the queue, oldest first."""
    return [one for one in runs(tx) if one.exit_reason not in NO_CRAWL]


def seed_domains(tx: Connection) -> frozenset[str]:
    """The registrable domains of every seed that this collection was ever given."""
    rows = tx.execute(
        select(host.c.domain)
        .join_from(url, host, host.c.id == url.c.host)
        .where(url.c.depth == 0, url.c.hops.in_(("", "M")))
        .distinct()
    )
    return frozenset(rows.scalars())


def policy_texts(tx: Connection) -> dict[str, str]:
    """The text of every policy this collection was crawled under, by digest."""
    return {row.digest: row.text for row in tx.execute(select(policy.c.digest, policy.c.text))}


def acts(tx: Connection, *, limit: int = 1_000) -> list[Act]:
    """The log of acts, oldest first."""
    rows = tx.execute(select(act).order_by(act.c.id).limit(limit))
    return [Act(read_instant(r.at), r.run, r.actor, r.role, r.verb, r.object, r.detail) for r in rows]


def last_detail(tx: Connection, verb: str) -> str:
    """The detail of the newest act of this kind; empty where there is none."""
    found = tx.execute(select(act.c.detail).where(act.c.verb == verb).order_by(act.c.id.desc()).limit(1)).scalar()
    return str(found or "")


def last_event_at(tx: Connection) -> datetime | None:
    """When the newest closing event was written."""
    text = tx.execute(select(closing.c.at).order_by(closing.c.id.desc()).limit(1)).scalar()
    return read_instant(text) if text else None


def events_so_far(tx: Connection) -> int:
    """How many closing events there are, by the last one's number: not a scan."""
    return int(tx.execute(select(func.max(closing.c.id))).scalar() or 0)
