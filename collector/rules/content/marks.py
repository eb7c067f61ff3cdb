"""How a rule of the content gate says that a page is refused, or kept and flagged with a category."""

from __future__ import annotations

from collector.lists.guards import guards_of, lifted_by
from collector.model.decision import Basis, Evidence, Finding, Flag, Verdict
from collector.model.url import Url

MAX_SHOWN = 8


def denied(rule: str, reason: str, marks: tuple[str, ...] = ()) -> Finding:
    """The page is withheld. `marks` are what it was told by: never words of its text."""
    return Finding(rule, Verdict.DENY, reason, basis=Basis.POLICY, evidence=_evidence(marks))


def flagged(rule: str, reason: str, category: str, marks: tuple[str, ...] = ()) -> Finding:
    """The page is kept, marked with a category of the taxonomy."""
    return Finding(
        rule, Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=_evidence(marks), obligations=(Flag(category),)
    )


def passed(rule: str, reason: str) -> Finding:
    """Nothing was found."""
    return Finding(rule, Verdict.ALLOW, reason, basis=Basis.POLICY)


def guarded(url: Url, category: str) -> bool:
    """Whether a guard keeps pages of this source out of denials of the category by their looks."""
    return category in lifted_by(guards_of(url))


def _evidence(marks: tuple[str, ...]) -> tuple[Evidence, ...]:
    return tuple(Evidence("page", locator=mark[:300]) for mark in marks[:MAX_SHOWN])
