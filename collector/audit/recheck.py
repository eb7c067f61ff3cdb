"""Whether what was kept is still permitted: the gates asked again about one capture, compared with what they said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collector.ledger.captures import CaptureRow
from collector.model.decision import SEVERITY, Decision, Evidence, Finding, Gate, Verdict
from collector.model.url import Url
from collector.model.uses import Permission, Use, Uses
from collector.pipeline import Pipeline
from collector.rules.evaluate import evaluate, judge_silence, overall, without_superseded
from collector.rules.facts import SiteFacts

LATER_GATES = (Gate.RESPONSE, Gate.CONTENT)


class Change(StrEnum):
    """What became of the permission of a capture."""

    STANDS = "stands"
    WITHDRAWN = "withdrawn"  # it would not be kept today
    NARROWED = "narrowed"  # it would be kept, and a use that was not denied is denied now
    UNDECIDED = "undecided"  # a fact is missing: ask again


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One capture then and now. `finding` is what made the difference; None where it stands."""

    row: CaptureRow
    change: Change
    uses: Uses
    gate: Gate | None = None
    finding: Finding | None = None
    evidence_then: tuple[Evidence, ...] = ()  # of the same rule, when it was kept
    denied: tuple[Use, ...] = ()  # uses that were not denied before


@dataclass(frozen=True, slots=True)
class Again:
    """What stands still from capture to capture. `consider` is gate 1 as of now, without budgets."""

    pipeline: Pipeline
    consider: Callable[[Url], Decision]
    now: datetime

    def recheck(
        self,
        url: Url,
        row: CaptureRow,
        then: tuple[Decision, ...],
        facts: SiteFacts,
        later: Callable[[], tuple[Decision, ...]],
    ) -> Rechecked:
        """All gates about `url`: 1 and 2 anew; 3 and 4 as they were, or by `later` where the policy is another.

        A header field or a meta tag can be read again only by asking for the page: these two are as of the capture.
        """
        ruleset = self.pipeline.ruleset
        considered = self.consider(url)
        site = evaluate(Gate.SITE, facts, url, ruleset, self.now)
        kept = tuple(d for d in then if d.gate in LATER_GATES)
        if any(d.policy.digest != ruleset.policy.digest for d in kept):
            kept = later() or kept
        decisions = (considered, site, *kept)
        verdict, uses = overall(decisions, ruleset)
        standing = without_superseded(decisions, ruleset)
        silence = judge_silence(standing, ruleset)
        if silence is not None and verdict is not Verdict.DENY:
            return Rechecked(row, Change.WITHDRAWN, uses, Gate.CONTENT, silence)
        denied = tuple(use for use, said in uses if said is Permission.DENY and row.uses[use] is not Permission.DENY)
        match verdict:
            case Verdict.ALLOW if not denied:
                return Rechecked(row, Change.STANDS, uses)
            case Verdict.ALLOW:
                gate, finding = _who_denies(standing, denied, _superseded(decisions))
                return Rechecked(row, Change.NARROWED, uses, gate, finding, _same_rule(then, finding), denied)
            case _:
                worst = max(standing, key=lambda d: SEVERITY[d.verdict])
                change = Change.WITHDRAWN if verdict is Verdict.DENY else Change.UNDECIDED
                finding = worst.deciding
                return Rechecked(row, change, uses, worst.gate, finding, _same_rule(then, finding), denied)


def _superseded(decisions: tuple[Decision, ...]) -> frozenset[str]:
    """Rules in whose stead a later carrier of the same mechanism speaks."""
    return frozenset(rule for d in decisions for f in d.findings for rule in f.supersedes)


def _who_denies(
    decisions: tuple[Decision, ...], denied: tuple[Use, ...], superseded: frozenset[str]
) -> tuple[Gate | None, Finding | None]:
    for decision in decisions:
        for finding in decision.findings:
            closed = finding.uses.closed()
            if finding.rule not in superseded and any(closed[use] is Permission.DENY for use in denied):
                return decision.gate, finding
    return None, None


def _same_rule(then: tuple[Decision, ...], finding: Finding | None) -> tuple[Evidence, ...]:
    if finding is None:
        return ()
    return tuple(e for d in then for f in d.findings if f.rule == finding.rule for e in f.evidence)
