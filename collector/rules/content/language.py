"""Keeps to the languages the collection was planned in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.policy.policy import Policy
from collector.rules.facts import ContentFacts


@dataclass(frozen=True, slots=True)
class Settings:
    """`languages`: ISO 639-1; empty means every language. Below `min_probability` the language is unknown."""

    languages: tuple[str, ...] = ()
    min_probability: float = 0.7
    unknown: Literal["keep", "drop"] = "keep"


def settings_from(policy: Policy, settings: Settings) -> Settings:
    """The rule's own languages, or else those of `[scope] languages`."""
    return settings if settings.languages else replace(settings, languages=policy.scope.languages)


def language(facts: ContentFacts, settings: Settings) -> Finding:
    """Is the page in one of the languages that the policy collects?

    The detector's answer counts from `min_probability` on. Too little text, or an answer below it, is
    unknown: `unknown` says whether such a page is kept.
    """
    wanted = frozenset(code.lower().partition("-")[0] for code in settings.languages)
    found = facts.page.language
    evidence = (Evidence("page text", locator=_shown(found.code, found.probability) if found else "not detected"),)
    if not wanted:
        reason = (
            f"every language is collected; this is {evidence[0].locator}" if found else "every language is collected"
        )
        return Finding("language", Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=evidence)
    names = ", ".join(sorted(wanted))
    if found is None or found.code == "und" or not found.probability >= settings.min_probability:
        what = f"only {evidence[0].locator}" if found and found.code != "und" else "too little text to tell"
        verdict = Verdict.ALLOW if settings.unknown == "keep" else Verdict.DENY
        then = "kept" if settings.unknown == "keep" else "dropped"
        reason = f"language unknown ({what}); the policy collects {names}, and unknown is {then}"
        return Finding("language", verdict, reason, basis=Basis.POLICY, evidence=evidence)
    if found.code in wanted:
        return Finding(
            "language", Verdict.ALLOW, f"{evidence[0].locator}: collected", basis=Basis.POLICY, evidence=evidence
        )
    reason = f"{evidence[0].locator}; the policy collects {names}"
    return Finding("language", Verdict.DENY, reason, basis=Basis.POLICY, evidence=evidence)


def _shown(code: str, probability: float) -> str:
    return f"language {code} with probability {probability:.2f}"
