"""The account itself: runs, policies, who did what, and the one closing event of every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy import exc as sql
from sqlalchemy.dialects import postgresql, sqlite

from collector.ledger import schema
from collector.ledger.bulk import insert_rows
from collector.ledger.coarse import coarse, coarse_text
from collector.ledger.codec import instant, plain
from collector.ledger.findings import write_decisions
from collector.ledger.placing import capture_row, segments_of
from collector.ledger.segments import segment_ids
from collector.ledger.tally import Tally, deciding
from collector.model.decision import Decision, Verdict
from collector.model.errors import IntegrityError
from collector.model.event import ClosingEvent, Outcome
from collector.model.page import Candidate

RunId = int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in what role: `operator`, `keeper`, `auditor`, `crawl`."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class RunStart:
    """What is known when a run begins. `policy_digest` as `sha256:…`, recorded before by `record_policy`."""

    policy_digest: str
    software: str
    actor: Actor
    machine: str
    pid: int
    shards: int = 1


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing event with the URL's key; `scrubbed` is shown in its place where the URL must not be kept."""

    key: bytes
    event: ClosingEvent
    scrubbed: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that closed nothing. `next_at` is None where the candidate may come back at once."""

    key: bytes
    candidate: Candidate
    reason: str
    decisions: tuple[Decision, ...]
    at: datetime
    next_at: datetime | None = None
    keep_url: bool = True


def record_policy(tx: Connection, policy_id: str, digest: str, text: str, now: datetime) -> None:
    """Keep the policy's text under its digest; known already: nothing changes."""
    make = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = {"digest": digest, "id": policy_id, "text": plain(text), "first_used_at": instant(now)}
    tx.execute(make(schema.policy).values(row).on_conflict_do_nothing())


def begin_run(tx: Connection, start: RunStart, now: datetime) -> RunId:
    """Open a run and say so in the log of acts. A run that never ended was killed: it is closed as such."""
    open_runs = schema.run.update().where(schema.run.c.ended_at.is_(None))
    tx.execute(open_runs.values(ended_at=instant(now), exit_reason="killed"))
    made = tx.execute(
        insert(schema.run).values(
            started_at=instant(now),
            policy_digest=start.policy_digest,
            software=start.software,
            actor=start.actor.name,
            role=start.actor.role,
            machine=start.machine,
            pid=start.pid,
            shards=start.shards,
        )
    )
    assert made.inserted_primary_key is not None
    run = int(made.inserted_primary_key[0])
    record_act(tx, start.actor, "crawl started", f"run {run}", now, run=run, detail=start.policy_digest)
    return run


def end_run(tx: Connection, run: RunId, actor: Actor, reason: str, now: datetime) -> None:
    """Close the run: `finished`, `stopped`, `budget` … Raises IntegrityError when it is not open."""
    c = schema.run.c
    done = tx.execute(
        update(schema.run).where(c.id == run, c.ended_at.is_(None)).values(ended_at=instant(now), exit_reason=reason)
    )
    if done.rowcount != 1:
        raise IntegrityError(f"run {run} is not open", where="ledger", mend="was another crawl started beside it?")
    record_act(tx, actor, "crawl ended", f"run {run}", now, run=run, detail=reason)


def record_act(
    tx: Connection, actor: Actor, verb: str, what: str, now: datetime, *, run: RunId | None = None, detail: str = ""
) -> int:
    """Append who did what: `host blocked`, `archive shown` … Never personal data. Returns the act's number."""
    made = tx.execute(
        insert(schema.act).values(
            at=instant(now),
            run=run,
            actor=plain(actor.name),
            role=actor.role,
            verb=verb,
            object=plain(what),
            detail=plain(detail),
        )
    )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def close(tx: Connection, run: RunId, key: bytes, event: ClosingEvent, *, scrubbed: str = "") -> None:
    """Write one closing event (see `close_all`)."""
    close_all(tx, run, [Closing(key, event, scrubbed)])


def close_all(tx: Connection, run: RunId, closings: Sequence[Closing]) -> None:
    """Write the one closing event of each (URL, visit), its capture where one was archived, and the totals.

    Raises IntegrityError when one of them is closed already, and when an event and its capture contradict
    each other: `archived` and `duplicate` have one, nothing else has, and every gate of it said ALLOW.
    """
    if not closings:
        return
    tally = Tally()
    closings = [_without_names(closing) for closing in closings]
    for closing in closings:
        _check(closing.event)
        tally.add(closing.event)
    said = write_decisions(tx, [closing.event.decisions for closing in closings])
    events = [_event_row(run, closing, text) for closing, text in zip(closings, said, strict=True)]
    kept = [(c, c.event.archived) for c in closings if c.event.archived is not None]
    files = segment_ids(tx, (file for _, archived in kept for file in segments_of(archived)))
    captures = [capture_row(c.key, c.event, archived, files) for c, archived in kept]
    try:
        insert_rows(tx, schema.closing, events)
        insert_rows(tx, schema.capture, captures)
    except sql.IntegrityError as exc:
        raise IntegrityError(
            "a candidate would be closed twice, or a record counted twice",
            where="ledger",
            mend="stop; run `collector ledger verify`",
        ) from exc
    tally.write(tx, run)


def _check(event: ClosingEvent) -> None:
    keeps = event.outcome in (Outcome.ARCHIVED, Outcome.DUPLICATE)
    fault = ""
    if keeps != (event.archived is not None):
        fault = f"{event.outcome} {'without' if keeps else 'with'} a record"
    elif keeps and not event.keep_url:
        fault = "an archived page whose URL may not be kept"
    elif keeps and any(d.verdict is not Verdict.ALLOW for d in event.decisions):
        fault = "archived although a gate did not allow it"
    elif keeps and not event.decisions:
        fault = "archived without a decision"
    elif event.outcome in (Outcome.REFUSED, Outcome.WITHHELD) and not (event.decisions or event.reason):
        fault = f"{event.outcome} without a reason"
    if fault:
        raise IntegrityError(fault, where="ledger", mend="this is a fault of the program: nothing was written")


def _without_names(closing: Closing) -> Closing:
    """The same closing; where the URL must not be kept, without whatever quotes it (design §2.3)."""
    event = closing.event
    if event.keep_url:
        return closing
    url = event.candidate.url
    kept = replace(
        event,
        decisions=coarse(event.decisions, url),
        reason=coarse_text(event.reason, url, event.decisions),
        detail=coarse_text(event.detail, url),
    )
    return replace(closing, event=kept)


def _event_row(run: RunId, closing: Closing, decisions: str) -> dict[str, object]:
    event, candidate = closing.event, closing.event.candidate
    stopped = deciding(event)
    return {
        "run": run,
        "url_key": closing.key,
        "visit": candidate.visit,
        "url": plain(candidate.url.href) if event.keep_url else None,
        "scrubbed": "" if event.keep_url else plain(closing.scrubbed),
        "depth": candidate.depth,
        "hops": candidate.hops,
        "via": plain(candidate.via) if candidate.via is not None else None,
        "attempt": candidate.attempt,
        "outcome": event.outcome.value,
        "gate": stopped[0].gate.value if stopped else "",
        "rule": stopped[1].rule if stopped else "",
        "reason": plain(event.reason),
        "detail": plain(event.detail),
        "decisions": decisions,
        "at": instant(event.at),
    }


def record_attempt(tx: Connection, run: RunId, tried: Attempt) -> None:
    """Write that a candidate was tried and comes back: a deferral or a failed fetch closes nothing."""
    candidate, decisions, reason = tried.candidate, tried.decisions, tried.reason
    if not tried.keep_url:
        decisions, reason = coarse(decisions, candidate.url), coarse_text(reason, candidate.url, decisions)
    stopped = decisions[-1] if decisions and decisions[-1].verdict is not Verdict.ALLOW else None
    tx.execute(
        insert(schema.attempt).values(
            run=run,
            url_key=tried.key,
            visit=candidate.visit,
            number=candidate.attempt,
            gate=stopped.gate.value if stopped else "",
            rule=stopped.deciding.rule if stopped else "",
            reason=plain(reason),
            decisions=write_decisions(tx, [decisions])[0],
            at=instant(tried.at),
            next_at=instant(tried.next_at) if tried.next_at else None,
        )
    )


def is_closed(tx: Connection, key: bytes, visit: int = 1) -> bool:
    """Whether this (URL, visit) has its closing event."""
    c = schema.closing.c
    return tx.execute(select(c.id).where(c.url_key == key, c.visit == visit)).first() is not None
