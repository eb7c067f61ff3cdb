"""Rule `robots_tag`: what the draft header field Robots-Tag reserves."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.digest import Digest
from collector.rules.facts import ResponseFacts
from collector.signals.excerpt import excerpt
from collector.signals.robots_tag import read_robots_tag
from collector.signals.robots_values import audience_of, interpret

RULE = "robots_tag"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.robots_tag]`."""

    respect_noindex: bool = True  # `noindex` and `none` reserve training too
    aliases: tuple[str, ...] = ("Scrapy",)  # values addressed to them count as addressed to us
    training_tokens: bool = True  # what known AI-training crawlers are told about training counts for us


def robots_tag(facts: ResponseFacts, settings: Settings) -> Finding:
    """Reservations in Robots-Tag, the structured successor of X-Robots-Tag (draft-illyes-repext).

    The same values, as parameters of the crawler that they are for, `*` for everybody: the union of all that
    restrict. A field that is no structured list may restrict as it was plainly meant.
    """
    read = read_robots_tag(facts.headers)
    if read is None:
        return no_objection(RULE, "no Robots-Tag")
    said = interpret(
        read.directives,
        audience_of(facts.product_token, settings.aliases, facts.training_tokens if settings.training_tokens else ()),
        now=facts.now,
        respect_noindex=settings.respect_noindex,
        image=(facts.headers.first("content-type") or "").strip().lower().startswith("image/"),
    )
    digest = Digest.of(read.value.encode("utf-8", "surrogatepass"))
    evidence = (Evidence("header", digest, f"Robots-Tag: {excerpt(read.value)}"),)
    basis = Basis.MALFORMED_RESTRICTIVE if said.malformed else Basis.POLICY
    return Finding(RULE, Verdict.ALLOW, said.reason("Robots-Tag"), said.uses, basis, evidence, said.obligations)
