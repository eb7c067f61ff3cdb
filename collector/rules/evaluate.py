"""Asks every rule of a gate and combines the answers; nothing a rule does can turn into a yes by accident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collector.model.decision import (
    SEVERITY,
    Basis,
    Decision,
    Evidence,
    Finding,
    Gate,
    PolicyRef,
    Verdict,
    combine,
)
from collector.model.url import Url
from collector.model.uses import Permission, Use, Uses, combine_uses
from collector.policy.glob import UrlGlob, parse_glob
from collector.policy.policy import Licence, OnUnknown
from collector.rules.rule import Needed, Rule
from collector.signals.site_file import UNNEEDED, Reach, SiteFile


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule with the settings this policy gives it."""

    rule: Rule
    settings: object


@dataclass(frozen=True, slots=True)
class BoundLicence:
    """A recorded licence with its scope read."""

    licence: Licence
    scope: tuple[UrlGlob, ...]

    def covers(self, url: Url, now: datetime) -> bool:
        """Whether it is in force and its scope holds `url`."""
        if self.licence.expires is not None and now.date() > self.licence.expires:
            return False
        return any(glob.matches(url) for glob in self.scope)


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that decides under one policy. Build it with `catalogue.bind`."""

    policy: PolicyRef
    need: frozenset[Use]
    unknown: OnUnknown
    by_gate: Mapping[Gate, tuple[BoundRule, ...]]
    licences: tuple[BoundLicence, ...] = ()


def bind_licences(licences: Iterable[Licence]) -> tuple[BoundLicence, ...]:
    """Read the scopes of the recorded licences."""
    return tuple(BoundLicence(licence, tuple(map(parse_glob, licence.scope))) for licence in licences)


def evaluate(gate: Gate, facts: Any, url: Url, ruleset: Ruleset, now: datetime) -> Decision:
    """Ask every rule of `gate`; a rule that raises becomes a DEFER that says so (design §2, invariant 4)."""
    licences = [bound.licence for bound in ruleset.licences if bound.covers(url, now)]
    findings = []
    for bound in ruleset.by_gate[gate]:
        finding = _ask(bound, facts)
        if licences and not bound.rule.floor:
            finding = _lift(finding, licences)
        findings.append(finding)
    if gate is Gate.SITE:
        findings += [_licence_finding(licence) for licence in licences]
    return combine(gate, findings, need=ruleset.need, policy=ruleset.policy, now=now)


def verdict_of(rules: Iterable[BoundRule], facts: Any, need: frozenset[Use]) -> Verdict:
    """What `evaluate` would say by these rules, none of which a licence lifts, for who wants no findings.

    Of no rules at all: DENY, for that is no permission either.
    """
    found = [_ask(bound, facts).settled(need).verdict for bound in rules]
    return max(found, key=SEVERITY.__getitem__, default=Verdict.DENY)


def needed(gate: Gate, facts: Any, ruleset: Ruleset) -> tuple[Needed, ...]:
    """The documents that the rules of `gate` must have at hand to judge these facts, each address once."""
    found: dict[str, Needed] = {}
    for bound in ruleset.by_gate[gate]:
        if bound.rule.needs is not None:
            try:
                wanted = tuple(bound.rule.needs(facts, bound.settings))
            except Exception:  # noqa: BLE001, S112  the same call fails in `_ask`, and the rule answers DEFER
                continue
            for one in wanted:
                found.setdefault(one.address, one)
    return tuple(found.values())


def worth_asking(gate: Gate, facts: Any, url: Url, ruleset: Ruleset, now: datetime) -> tuple[Needed, ...]:
    """What `needed` says, or nothing where the other rules refuse the page already: nobody is asked in vain."""
    wanted = needed(gate, facts, ruleset)
    others = tuple(bound for bound in ruleset.by_gate[gate] if bound.rule.needs is None)
    if not wanted or not others:
        return wanted
    without = replace(ruleset, by_gate={**ruleset.by_gate, gate: others})
    return wanted if evaluate(gate, facts, url, without, now).verdict is Verdict.ALLOW else ()


def stand_ins(gate: Gate, facts: Any, ruleset: Ruleset) -> dict[str, SiteFile]:
    """In the place of what was not worth asking for: nothing that is judged then rests on it."""
    return {
        one.address: SiteFile(one.address, Reach.UNREACHABLE, error=UNNEEDED) for one in needed(gate, facts, ruleset)
    }


def overall(decisions: Iterable[Decision], ruleset: Ruleset) -> tuple[Verdict, Uses]:
    """What all gates together say of a page, once a later carrier of a signal has superseded an earlier one."""
    standing = without_superseded(tuple(decisions), ruleset)
    uses = combine_uses(decision.uses for decision in standing)
    return max((decision.verdict for decision in standing), key=SEVERITY.__getitem__), uses


def without_superseded(decisions: tuple[Decision, ...], ruleset: Ruleset) -> tuple[Decision, ...]:
    """The decisions with the `uses` of superseded findings left out, and a verdict that rested on those alone.

    A mechanism may order its carriers: TDMRep lets the header field of a page replace what its file says, and
    a meta element both. A finding keeps what it says; a rule of the floor is never superseded, nor is a DEFER.
    """
    superseded = frozenset(rule for d in decisions for finding in d.findings for rule in finding.supersedes)
    superseded -= {bound.rule.id for rules in ruleset.by_gate.values() for bound in rules if bound.rule.floor}
    if not superseded:
        return decisions
    return tuple(_without(decision, superseded, ruleset.need) for decision in decisions)


def _without(decision: Decision, superseded: frozenset[str], need: frozenset[Use]) -> Decision:
    if superseded.isdisjoint(finding.rule for finding in decision.findings):
        return decision
    findings = tuple(_stepped_back(f, need) if f.rule in superseded else f for f in decision.findings)
    uses = combine_uses(f.uses for f in findings if f.rule not in superseded)
    if any(f.verdict is Verdict.DEFER for f in findings):
        uses = uses.and_(Uses.denying(Use.FETCH)).closed()
    verdict = max((f.verdict for f in findings), key=SEVERITY.__getitem__)
    return replace(decision, verdict=verdict, uses=uses, findings=findings)


def _stepped_back(finding: Finding, need: frozenset[Use]) -> Finding:
    """A superseded finding without the DENY that `settled` gave it for its uses."""
    if finding.verdict is not Verdict.DENY:
        return finding
    unsettled = replace(finding, verdict=Verdict.ALLOW)
    return unsettled if unsettled.settled(need).verdict is Verdict.DENY else finding


def judge_silence(decisions: tuple[Decision, ...], ruleset: Ruleset) -> Finding | None:
    """Under `[uses] unknown = "drop"`: a DENY when a needed use was spoken of nowhere, at no gate."""
    if ruleset.unknown is OnUnknown.KEEP:
        return None
    uses = combine_uses(decision.uses for decision in decisions)
    silent = sorted(use.value for use in ruleset.need if use is not Use.FETCH and uses[use] is Permission.UNKNOWN)
    if not silent:
        return None
    reason = f"nobody said that {', '.join(silent)} is allowed, and [uses] unknown is drop"
    return Finding("unknown_use", Verdict.DENY, reason, basis=Basis.POLICY, evidence=(Evidence("policy"),))


def _ask(bound: BoundRule, facts: Any) -> Finding:
    try:
        if bound.rule.needs is not None:
            tuple(bound.rule.needs(facts, bound.settings))  # who cannot say what to fetch judges on nothing
        return bound.rule.ask(facts, bound.settings)
    except Exception as exc:  # noqa: BLE001  whatever a rule does, it must not become permission
        return Finding(
            bound.rule.id,
            Verdict.DEFER,
            f"the rule failed ({type(exc).__name__}); nothing is fetched on an unknown answer",
            basis=Basis.POLICY,
            failed=True,
        )


def _lift(finding: Finding, licences: Iterable[Licence]) -> Finding:
    """Denials of licensed uses become unknown; a verdict that denies outright stays.

    What a denial implies is lifted only with it: a licence to train on a site that reserves text and data
    mining must name `tdm` too.
    """
    licensed = frozenset(use for licence in licences for use in licence.uses)
    closed = finding.uses.closed()
    lifted = {
        use.value: Permission.UNKNOWN if use in licensed and permission is Permission.DENY else permission
        for use, permission in closed
    }
    return replace(finding, uses=Uses(**lifted))


def _licence_finding(licence: Licence) -> Finding:
    uses = ", ".join(sorted(use.value for use in licence.uses))
    return Finding(
        "licence",
        Verdict.ALLOW,
        f"licence {licence.reference} permits {uses}",
        Uses.allowing(*licence.uses),
        Basis.POLICY,
        (Evidence("policy", locator=f"[[licences]] {licence.reference}"),),
    )
