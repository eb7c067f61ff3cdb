"""What the report of a run says, read from the account and the queue in one snapshot: numbers, and hosts with pages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from collector.frontier import desk
from collector.frontier.desk import HostRow, Order, Stats
from collector.ledger.orders import Order as Act
from collector.ledger.orders import orders_after
from collector.ledger.runs import Run, last_event_at, runs
from collector.ledger.schema import site_count
from collector.ledger.tally import Counts, RuleCount, counts
from collector.ledger.timeline import Timeline, timeline
from collector.minimise.structure.url import personal_kinds
from collector.model.errors import InputError, UrlError
from collector.model.event import Outcome
from collector.model.url import parse_url

SHOWN = 15
NAMELESS = "(not named)"
# their reasons name whom they protect; a report that is passed on does not
_PROTECTED = frozenset({"opted_out", "suppressed", "sensitive_domain"})
_BY_OPERATORS = frozenset({"frontier_block", "frontier_purge"})  # what they wrote stands in the account
_HOST = re.compile(r"(?<!category )(?<![\w.-])(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?")


@dataclass(frozen=True, slots=True)
class SlowHost:
    """A host and how it is asked; `name` is NAMELESS where the name itself is personal."""

    name: str
    delay: float  # seconds between two requests
    crawl_delay: float | None
    failures: int
    waiting: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run. Nobody is named in it: neither who ran it, nor whom a refusal protects."""

    run: Run
    ended: datetime  # or the last sign of life
    totals: Counts
    queue: Stats
    timeline: Timeline
    stops: tuple[RuleCount, ...]
    slowest: tuple[SlowHost, ...]
    acts: tuple[Act, ...]

    @property
    def lasted(self) -> timedelta:
        """From its start to its end."""
        return max(self.ended - self.run.started_at, timedelta())

    @property
    def media_types(self) -> list[tuple[str, int, int]]:
        """Media type, pages and bytes kept, most bytes first."""
        pages: Counter[str] = Counter()
        size: Counter[str] = Counter()
        for one in self.totals.outcomes:
            if one.media_type:
                pages[one.media_type] += one.events
                size[one.media_type] += one.bytes
        return [(media, pages[media], size[media]) for media in sorted(size, key=lambda m: (-size[m], m))]

    @property
    def answers(self) -> list[tuple[str, int]]:
        """How servers answered what was asked, by class of status; what was refused unasked is not in it."""
        found: Counter[str] = Counter()
        for span in self.timeline.spans:
            if span.answer:
                found[f"{span.answer}xx"] += span.events
            elif span.outcome is Outcome.WITHHELD:
                found["answered, and withheld"] += span.events
            elif span.outcome is Outcome.FAILED:
                found["no answer"] += span.events
        return sorted(found.items())


def run_facts(tx: Connection, now: datetime, number: int | None = None) -> RunFacts:
    """The facts of run `number`, or of the last one. Raises InputError where there is none."""
    every = runs(tx)
    run = next((one for one in reversed(every) if number is None or one.id == number), None)
    if run is None:
        known = f"there are runs 1 to {every[-1].id}" if every else "it was never crawled"
        raise InputError(f"no run {number or ''}".strip(), mend=known)
    killed = run.ended_at is None or run.exit_reason == "killed"
    ended = (last_event_at(tx) if killed else run.ended_at) or now
    totals = counts(tx, run.id)
    return RunFacts(
        run=run,
        ended=max(ended, run.started_at),
        totals=totals,
        queue=desk.stats(tx),
        timeline=timeline(tx, run.id, max(ended - run.started_at, timedelta())),
        stops=tuple(_spoken(stop) for stop in totals.stops),
        slowest=_slowest(tx),
        acts=tuple(order for order in orders_after(tx, 0) if run.started_at <= order.at <= max(ended, run.started_at)),
    )


def _spoken(stop: RuleCount) -> RuleCount:
    if stop.rule in _PROTECTED:
        said = _HOST.sub("(host)", stop.reason)
    elif stop.rule in _BY_OPERATORS:
        said = stop.reason.partition(":")[0]
    else:
        return stop
    return RuleCount(stop.gate, stop.rule, stop.verdict, said, stop.answers, stop.decided, stop.failed)


def _slowest(tx: Connection) -> tuple[SlowHost, ...]:
    """Hosts of which a URL stands in the account or waits, the slowest first."""
    rows = desk.hosts(tx, Order.DELAY, limit=10 * SHOWN)
    names = [row.name for row in rows]
    kept = set(tx.execute(select(site_count.c.host).where(site_count.c.host.in_(names))).scalars())
    standing = [row for row in rows if row.name in kept or row.waiting]
    return tuple(_slow(row) for row in standing[:SHOWN])


def _slow(row: HostRow) -> SlowHost:
    return SlowHost(_named(row.name), row.delay, row.crawl_delay, row.failures, row.waiting, row.seconds_left)


def _named(host: str) -> str:
    try:
        return NAMELESS if personal_kinds(parse_url(f"https://{host}/")) else host
    except UrlError:
        return NAMELESS
