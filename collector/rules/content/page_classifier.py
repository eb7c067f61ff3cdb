"""Rule `page_classifier`: what somebody's own classifier makes of the page, with its score and version."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from collector.document.facts import PageFacts
from collector.lists.taxonomy import taxonomy
from collector.model.decision import Basis, Evidence, Finding, Flag, Verdict
from collector.model.errors import PolicyError
from collector.policy.policy import Policy
from collector.rules.facts import ContentFacts

RULE = "page_classifier"
GROUP = "collector.page_classifiers"  # entry points; the name is the policy's `name`
MAX_SCORES = 50


@dataclass(frozen=True, slots=True)
class Score:
    """`category` from blocklists/taxonomy.toml; `score` from 0 to 1."""

    category: str
    score: float


@runtime_checkable
class PageClassifier(Protocol):
    """What a plug-in provides. Pure: the same page gives the same scores, without network or disk."""

    name: str
    version: str

    def classify(self, page: PageFacts) -> Iterable[Score]:
        """Scores of the categories it knows."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.page_classifier]`. Without a name no classifier is asked."""

    name: str = ""  # of an entry point in the group `collector.page_classifiers`
    version: str = ""  # where set, any other version of it is refused at the start
    deny: float = 0.9  # from this score on a page of a category in `[lists] sensitive` is withheld
    flag: float = 0.5  # from this score on it is flagged


@dataclass(frozen=True, slots=True)
class Bound:
    """The settings with the classifier itself, and the categories that the policy refuses."""

    settings: Settings
    classifier: PageClassifier | None = None
    refused: frozenset[str] = frozenset()


def settings_from(policy: Policy, settings: Settings) -> Bound:
    """Load the classifier that the policy names. Raises PolicyError where it is not there or is another version."""
    if not settings.name:
        return Bound(settings)
    return Bound(settings, _load(settings), frozenset(policy.lists.sensitive))


def page_classifier(facts: ContentFacts, bound: Bound) -> Finding:
    """Does the classifier that the policy plugs in put the page into a category that the policy refuses?

    From `deny` on a refused category withholds the page, from `flag` on any category flags it. The finding names
    classifier, version and score. A classifier that fails, or answers what is no score, becomes a DEFER: an
    unknown answer is no permission.
    """
    if bound.classifier is None:
        return Finding(RULE, Verdict.ALLOW, "no classifier is plugged in", basis=Basis.POLICY)
    scores = _checked(bound.classifier.classify(facts.page))
    who = f"{bound.classifier.name} {bound.classifier.version}"
    refusing = [score for score in scores if score.category in bound.refused and score.score >= bound.settings.deny]
    telling = [score for score in scores if score.score >= bound.settings.flag]
    shown = tuple(Evidence(f"classifier:{who}"[:200], locator=f"{s.category} {s.score:.3f}") for s in telling[:8])
    if refusing:
        reason = f"{who}: {refusing[0].category} with score {refusing[0].score:.3f}"
        return Finding(RULE, Verdict.DENY, reason, basis=Basis.POLICY, evidence=shown)
    if telling:
        reason = f"{who}: {telling[0].category} with score {telling[0].score:.3f}, which does not refuse the page"
        flags = tuple(Flag(score.category) for score in telling[:8])
        return Finding(RULE, Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=shown, obligations=flags)
    best = f"; the highest score is {scores[0].category} {scores[0].score:.3f}" if scores else ""
    return Finding(RULE, Verdict.ALLOW, f"{who} finds nothing{best}", basis=Basis.POLICY)


def _checked(scores: Iterable[Score]) -> list[Score]:
    """The scores, highest first. Raises ValueError for what is none."""
    known = taxonomy()
    checked = []
    for score in scores:
        if score.category not in known:
            raise ValueError("a category that the taxonomy does not have")
        if not (math.isfinite(score.score) and 0 <= score.score <= 1):
            raise ValueError("a score that is not between 0 and 1")
        checked.append(score)
        if len(checked) == MAX_SCORES:
            break
    return sorted(checked, key=lambda score: (-score.score, score.category))


def _load(settings: Settings) -> PageClassifier:
    from importlib.metadata import entry_points  # noqa: PLC0415  it loads sockets; only a policy that names one needs it

    where = "[rules.page_classifier] name"
    found = {point.name: point for point in entry_points(group=GROUP)}
    if settings.name not in found:
        there = ", ".join(sorted(found)) or "none"
        raise PolicyError(
            f"no classifier {settings.name!r} is installed", where=where, mend=f"install it; installed: {there}"
        )
    try:
        made: object = found[settings.name].load()()
    except Exception as exc:
        raise PolicyError(f"the classifier does not load: {type(exc).__name__}: {exc}", where=where) from exc
    if not isinstance(made, PageClassifier):
        raise PolicyError(
            "the entry point makes no classifier", where=where, mend="it needs name, version and classify(page)"
        )
    if settings.version and made.version != settings.version:
        raise PolicyError(
            f"version {made.version} is installed, the policy names {settings.version}",
            where="[rules.page_classifier] version",
            mend="install that version, or record the new one",
        )
    return made
