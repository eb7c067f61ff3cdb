"""Rule `self_label`: pages that say themselves that they are for adults."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.digest import Digest
from collector.rules.facts import ContentFacts
from collector.signals.excerpt import excerpt
from collector.signals.self_label import SelfLabel, read_self_labels

RULE = "self_label"
_MILDER = frozenset(("mature", "restricted"))


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.self_label]`."""

    ratings: tuple[str, ...] = ("adult",)  # values of `<meta name="rating">` that refuse the page
    age: int = 18  # years; a German age label from here on refuses the page


def self_label(facts: ContentFacts, settings: Settings) -> Finding:
    """Does the page label itself as for adults: RTA, `rating`, PICS, or the German age label?

    `<meta name="rating" content="adult">`, the RTA string and an age label of 18 refuse the page; `mature`,
    `restricted` and a label of 16 are weaker, and only told. What a label means for a collection is the
    collection's own choice: no use is denied, the page is not taken.
    """
    labels = read_self_labels(facts.page.metas)
    wanted = frozenset(rating.lower() for rating in settings.ratings)
    refusing = [
        label
        for label in labels
        if label.rta or label.adult or not wanted.isdisjoint(label.words) or _old(label, settings)
    ]
    if refusing:
        named = ", ".join(dict.fromkeys(_named(label) for label in refusing[:8]))
        return _finding(Verdict.DENY, f"the page labels itself as for adults: {named}", refusing)
    weaker = [label for label in labels if not _MILDER.isdisjoint(label.words) or (label.age or 0) >= 16]
    if weaker:
        named = ", ".join(dict.fromkeys(_named(label) for label in weaker[:8]))
        return _finding(Verdict.ALLOW, f"the page carries a weaker label, which does not refuse it: {named}", weaker)
    if labels:
        return _finding(Verdict.ALLOW, "the page's label is none for adults", list(labels))
    return _finding(Verdict.ALLOW, "the page carries no label for adults", [])


def _old(label: SelfLabel, settings: Settings) -> bool:
    return label.age is not None and label.age >= settings.age


def _named(label: SelfLabel) -> str:
    if label.rta:
        return "RTA"
    if label.adult:
        return "a PICS label"
    return f"age {label.age}" if label.age is not None else f"rating {excerpt(' '.join(label.words), 40)}"


def _finding(verdict: Verdict, reason: str, labels: list[SelfLabel]) -> Finding:
    evidence = tuple(
        Evidence("meta", Digest.of(label.meta.content.encode("utf-8", "surrogatepass")), _shown(label))
        for label in labels[:8]
    )
    return Finding(RULE, verdict, reason, basis=Basis.POLICY, evidence=evidence)


def _shown(label: SelfLabel) -> str:
    meta = label.meta
    name = f'name="{meta.name}"' if meta.name else f'http-equiv="{meta.http_equiv}"' if meta.http_equiv else "property"
    return f'<meta {excerpt(name, 64)} content="{excerpt(meta.content)}">'
