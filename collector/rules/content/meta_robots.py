"""Rule `meta_robots`: what the page's own `<meta name="robots">` elements reserve."""

from __future__ import annotations

from dataclasses import dataclass

from collector.document.facts import Meta
from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.digest import Digest
from collector.rules.facts import ContentFacts
from collector.signals.excerpt import excerpt
from collector.signals.meta_robots import read_meta_robots
from collector.signals.robots_values import audience_of, interpret

RULE = "meta_robots"


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.meta_robots]`."""

    respect_noindex: bool = True  # `noindex` and `none` reserve training too
    aliases: tuple[str, ...] = ("Scrapy",)  # elements that name them count as naming us
    training_tokens: bool = True  # what elements tell known AI-training crawlers about training counts for us


def meta_robots(facts: ContentFacts, settings: Settings) -> Finding:
    """Reservations in `<meta>` elements named `robots`, our token, or a known AI-training crawler.

    The same values as in X-Robots-Tag, the union over all elements; elements for other crawlers do not
    count, nor does `property="robots"`. `http-equiv="X-Robots-Tag"` is read like the header field.
    """
    trainers = facts.training_tokens if settings.training_tokens else ()
    found = read_meta_robots(facts.page.metas, (facts.product_token, *settings.aliases, *trainers))
    if not found:
        return Finding(RULE, Verdict.ALLOW, "no meta element speaks to robots", basis=Basis.POLICY)
    said = interpret(
        (directive for _, directives in found for directive in directives),
        audience_of(facts.product_token, settings.aliases, trainers),
        now=facts.now,
        respect_noindex=settings.respect_noindex,
    )
    evidence = tuple(
        Evidence("meta", Digest.of(meta.content.encode("utf-8", "surrogatepass")), _shown(meta))
        for meta, directives in found
        if not said.because or not said.because_set.isdisjoint(directives)
    )
    basis = Basis.MALFORMED_RESTRICTIVE if said.malformed else Basis.POLICY
    return Finding(RULE, Verdict.ALLOW, said.reason("meta robots"), said.uses, basis, evidence[:8], said.obligations)


def _shown(meta: Meta) -> str:
    attribute = f'name="{excerpt(meta.name, 64)}"' if meta.name else f'http-equiv="{excerpt(meta.http_equiv, 64)}"'
    return f'<meta {attribute} content="{excerpt(meta.content)}">'
