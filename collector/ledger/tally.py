"""Running totals beside the account: kept per batch of closings, so that `status` never scans the events."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from collector.ledger.bulk import add_counts
from collector.ledger.codec import plain
from collector.ledger.schema import outcome_count, rule_count, site_count
from collector.model.decision import Decision, Finding, Verdict
from collector.model.event import ClosingEvent, Outcome

OTHER = "other reasons"
_ALLOW = Verdict.ALLOW.value
_CLASSES = 64  # reasons counted apart per (gate, rule, verdict); a hostile site cannot make more
_LONGEST = 120
_QUOTED = re.compile(r"""(?<!\w)(?:"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|https?://\S+)""")
_NUMBER = re.compile(r"(?<!\d)(?<!answered )(?<!status )\d+(?:[.,:]\d+)*")  # a status is one of a few, and tells much


def reason_class(reason: str) -> str:
    """The reason without what differs from page to page: quotations, URLs and numbers
    other than HTTP's status codes; at most 120 characters.
    """
    short = _NUMBER.sub("N", _QUOTED.sub("…", reason[:400])).strip()
    return plain(short)[:_LONGEST]


def deciding(event: ClosingEvent) -> tuple[Decision, Finding] | None:
    """The decision and the finding that stopped the page; None where no gate did."""
    if event.outcome not in (Outcome.REFUSED, Outcome.WITHHELD, Outcome.DEFERRED) or not event.decisions:
        return None
    last = event.decisions[-1]
    return None if last.verdict is Verdict.ALLOW else (last, last.deciding)


RuleKey = tuple[str, str, str, str]  # gate, rule, verdict, reason class


@dataclass(slots=True)
class Tally:
    """What a batch of closing events adds to the totals."""

    answers: Counter[RuleKey] = field(default_factory=Counter)
    decided: Counter[RuleKey] = field(default_factory=Counter)
    failed: Counter[RuleKey] = field(default_factory=Counter)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    bytes: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    page_bytes: Counter[str] = field(default_factory=Counter)

    def add(self, event: ClosingEvent) -> None:
        """Count one event with all its findings."""
        for decision in event.decisions:
            for finding in decision.findings:
                key = _key(decision, finding)
                self.answers[key] += 1
                if finding.failed:
                    self.failed[key] += 1
        stopped = deciding(event)
        if stopped is not None:
            self.decided[_key(*stopped)] += 1
        elif event.archived is None:
            self.decided["", "", event.outcome.value, reason_class(event.reason)] += 1
        kept = event.archived
        size = len(kept.minimised.body) if kept else 0
        slot = (event.outcome.value, plain(kept.minimised.media_type) if kept else "")
        self.events[slot] += 1
        self.bytes[slot] += size
        if kept and slot[1]:
            self.pages[event.candidate.url.host] += 1
            self.page_bytes[event.candidate.url.host] += size

    def write(self, tx: Connection, run: int) -> None:
        """Add everything to the totals of `run`."""
        rules = self._bounded(tx, run)
        add_counts(
            tx,
            rule_count,
            [
                dict(
                    zip(("gate", "rule", "verdict", "reason"), key, strict=True),
                    run=run,
                    answers=counts[0],
                    decided=counts[1],
                    failed=counts[2],
                )
                for key, counts in rules.items()
            ],
        )
        add_counts(
            tx,
            outcome_count,
            [
                {"run": run, "outcome": outcome, "media_type": media, "events": n, "bytes": self.bytes[outcome, media]}
                for (outcome, media), n in self.events.items()
            ],
        )
        add_counts(
            tx,
            site_count,
            [{"host": host, "pages": n, "bytes": self.page_bytes[host]} for host, n in self.pages.items()],
        )

    def _bounded(self, tx: Connection, run: int) -> dict[RuleKey, list[int]]:
        """The counts by rule, with reasons beyond `_CLASSES` counted as `OTHER`."""
        c = rule_count.c
        known: dict[tuple[str, str, str], set[str]] = {}
        if any(key[3] for key in (*self.answers, *self.decided)):
            stored = select(c.gate, c.rule, c.verdict, c.reason).where(c.run == run, c.reason != "")
            for gate, rule, verdict, reason in tx.execute(stored):
                known.setdefault((gate, rule, verdict), set()).add(reason)
        out: dict[RuleKey, list[int]] = {}
        for place, counter in enumerate((self.answers, self.decided, self.failed)):
            for (gate, rule, verdict, reason), n in counter.items():
                kept = reason
                if reason:
                    seen = known.setdefault((gate, rule, verdict), set())
                    if reason not in seen and len(seen) >= _CLASSES:
                        kept = OTHER
                    seen.add(kept)
                out.setdefault((gate, rule, verdict, kept), [0, 0, 0])[place] += n
        return out


def _key(decision: Decision, finding: Finding) -> RuleKey:
    # `_value_`: `.value` is a property in Python, asked for with every finding of every page
    if finding.verdict is Verdict.ALLOW:
        return decision.gate._value_, finding.rule, _ALLOW, ""
    return decision.gate._value_, finding.rule, finding.verdict._value_, reason_class(finding.reason)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule said what, in a class of reason. `gate` and `rule` are empty where the network decided."""

    gate: str
    rule: str
    verdict: str
    reason: str
    answers: int
    decided: int
    failed: int


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many events ended so. `bytes` of stored bodies; `media_type` empty where nothing is kept."""

    outcome: Outcome
    media_type: str
    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The totals of one run, or of all of them."""

    outcomes: tuple[OutcomeCount, ...]
    rules: tuple[RuleCount, ...]

    @property
    def pages(self) -> int:
        """Pages kept, duplicates included; a redirect is archived, but no page: it has no media type."""
        kept = (Outcome.ARCHIVED, Outcome.DUPLICATE)
        return sum(o.events for o in self.outcomes if o.outcome in kept and o.media_type)

    @property
    def bytes(self) -> int:
        """Bytes of stored bodies."""
        return sum(o.bytes for o in self.outcomes)

    @property
    def events(self) -> int:
        """Candidates closed."""
        return sum(o.events for o in self.outcomes)

    @property
    def stops(self) -> tuple[RuleCount, ...]:
        """What ended candidates without a page, most frequent first."""
        return tuple(sorted((r for r in self.rules if r.decided), key=lambda r: -r.decided))

    @property
    def rule_failures(self) -> int:
        """Answers of rules that raised: the run says so at its end and exits 1."""
        return sum(r.failed for r in self.rules)


def counts(tx: Connection, run: int | None = None) -> Counts:
    """The totals of `run`, or of the whole collection."""
    o, r = outcome_count.c, rule_count.c
    by_outcome = select(o.outcome, o.media_type, func.sum(o.events), func.sum(o.bytes))
    by_rule = select(r.gate, r.rule, r.verdict, r.reason, func.sum(r.answers), func.sum(r.decided), func.sum(r.failed))
    if run is not None:
        by_outcome, by_rule = by_outcome.where(o.run == run), by_rule.where(r.run == run)
    outcomes = tx.execute(by_outcome.group_by(o.outcome, o.media_type).order_by(o.outcome, o.media_type))
    rules = tx.execute(by_rule.group_by(r.gate, r.rule, r.verdict, r.reason).order_by(r.gate, r.rule))
    return Counts(
        tuple(OutcomeCount(Outcome(a), b, int(n), int(size)) for a, b, n, size in outcomes),
        tuple(RuleCount(a, b, c, d, int(n), int(decided), int(failed)) for a, b, c, d, n, decided, failed in rules),
    )


def pages_on_host(tx: Connection, host: str) -> int:
    """Pages of `host` kept so far, by every run: what `[scope] max_pages_per_host` is measured against."""
    return int(tx.execute(select(site_count.c.pages).where(site_count.c.host == host)).scalar() or 0)
