"""Rule `rating_header`: answers that label themselves as for adults in a header field."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.digest import Digest
from collector.rules.facts import ResponseFacts
from collector.signals.excerpt import excerpt
from collector.signals.self_label import read_rating_fields

RULE = "rating_header"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.rating_header]`."""

    ratings: tuple[str, ...] = ("adult",)  # values of `Rating` that refuse the page


def rating_header(facts: ResponseFacts, settings: Settings) -> Finding:
    """Does a header field label the answer as for adults: `Rating`, RTA, or a PICS label?

    `Rating: adult`, the RTA string, and a PICS label of RSACi or SafeSurf for adults refuse the page; other values
    are only told. As for the labels in a page (`self_label`), no use is denied: the page is not taken.
    """
    labels = read_rating_fields(facts.headers)
    wanted = frozenset(rating.lower() for rating in settings.ratings)
    refusing = [label for label in labels if label.rta or label.adult or not wanted.isdisjoint(label.words)]
    if not labels:
        return no_objection(RULE, "no header field labels the answer")
    told = refusing or labels
    evidence = tuple(
        Evidence("header", Digest.of(one.value.encode("utf-8", "surrogatepass")), f"{one.field}: {excerpt(one.value)}")
        for one in told[:8]
    )
    if refusing:
        shown = excerpt(refusing[0].value, 80)
        reason = f"the answer labels itself as for adults: {refusing[0].field}: {shown}"
        return Finding(RULE, Verdict.DENY, reason, basis=Basis.POLICY, evidence=evidence)
    reason = "the label in the header is none for adults"
    return Finding(RULE, Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=evidence)
