"""Rule `x_robots_tag`: what the X-Robots-Tag header fields of the answer reserve."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.digest import Digest
from collector.rules.facts import ResponseFacts
from collector.signals.excerpt import excerpt
from collector.signals.robots_values import audience_of, interpret
from collector.signals.x_robots_tag import read_x_robots_tag

RULE = "x_robots_tag"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.x_robots_tag]`."""

    respect_noindex: bool = True  # `noindex` and `none` reserve training too
    aliases: tuple[str, ...] = ("Scrapy",)  # values addressed to them count as addressed to us
    training_tokens: bool = True  # what known AI-training crawlers are told about training counts for us


def x_robots_tag(facts: ResponseFacts, settings: Settings) -> Finding:
    """Reservations in X-Robots-Tag: noai, noml, noindex, noarchive, nofollow, unavailable_after and the rest.

    All field lines count, and of all values the union of what they restrict; values addressed to other
    crawlers do not. `all`, `index` and `follow` permit nothing. `noimageai` speaks of images only.
    """
    fields = read_x_robots_tag(facts.headers)
    if not fields:
        return no_objection(RULE, "no X-Robots-Tag")
    trainers = facts.training_tokens if settings.training_tokens else ()
    said = interpret(
        (directive for _, directives in fields for directive in directives),
        audience_of(facts.product_token, settings.aliases, trainers),
        now=facts.now,
        respect_noindex=settings.respect_noindex,
        image=(facts.headers.first("content-type") or "").strip().lower().startswith("image/"),
    )
    evidence = tuple(
        Evidence("header", Digest.of(value.encode("utf-8", "surrogatepass")), f"X-Robots-Tag: {excerpt(value)}")
        for value, directives in fields
        if not said.because or not said.because_set.isdisjoint(directives)
    )
    basis = Basis.MALFORMED_RESTRICTIVE if said.malformed else Basis.POLICY
    return Finding(RULE, Verdict.ALLOW, said.reason("X-Robots-Tag"), said.uses, basis, evidence[:8], said.obligations)
