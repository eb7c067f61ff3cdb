"""Rule `inline_rsl`: RSL licences that the page holds, or names in a `<link>` element."""

from __future__ import annotations

from dataclasses import replace

from collector.model.decision import Evidence, Finding
from collector.model.digest import Digest
from collector.model.uses import UNSTATED, Permission, combine_uses
from collector.rules.facts import ContentFacts
from collector.rules.licensed import (
    UNLICENSED,
    Judged,
    Settings,
    documents_named,
    finding_of,
    judge_document,
    judge_named,
    without_permission,
)
from collector.rules.rule import Needed
from collector.signals.rsl import RslDocument, Scope, read_rsl
from collector.signals.rsl_associations import in_elements

RULE = "inline_rsl"
MAX_INLINE = 64


def needs(facts: ContentFacts, settings: Settings) -> tuple[Needed, ...]:
    """The licence documents that the page names in `<link>` elements."""
    return documents_named(in_elements(facts.page.link_rels, facts.url), settings)


def inline_rsl(facts: ContentFacts, settings: Settings) -> Finding:
    """What RSL documents in `<script type="application/rsl+xml">`, or named by `<link rel="license">`, say.

    RSL §4.6, judged as in `rsl_licence`, by the settings of `[rules.rsl_licence]`. An inline document holds
    exactly one `content`, whose empty `url` means this page. Of several, which may each stand for a part of
    the page, a permission counts only where all permit. So speak documents in the metadata of an image, a PDF
    or a book: what they refuse counts whatever address they give the asset, what they permit at that one only.
    """
    scripts = facts.page.inline_rsl
    inline = [_inline(body, facts, settings) for body in scripts[:MAX_INLINE]]
    if len(inline) > 1:
        together = combine_uses(one.uses for one in inline)
        if any(one.uses[use] is not Permission.ALLOW for one in inline for use, said in together if said == "allow"):
            inline = [without_permission(one) for one in inline]
    if len(scripts) > MAX_INLINE:
        source = Evidence(f"scripts application/rsl+xml of {facts.url.href[:200]}")
        inline.insert(
            0, Judged(UNLICENSED, f"{len(scripts)} RSL documents, {MAX_INLINE} are read: not licensed", (source,))
        )
    found = in_elements(facts.page.link_rels, facts.url)
    named = judge_named(found, facts.files, facts.url, settings, carrier=Evidence("link element"), now=facts.now)
    inside = [_embedded(body, facts, settings) for body in facts.embedded.rsl]
    return finding_of(RULE, "licence in the page", (*inline, *inside, *named), "the page holds no RSL licence")


def _embedded(body: bytes, facts: ContentFacts, settings: Settings) -> Judged:
    document = read_rsl(body)
    evidence = Evidence(f"metadata of {facts.url.href[:200]}", Digest.of(body))
    judged = judge_document(document, facts.url, settings, evidence)
    if judged.uses != UNSTATED or document.fault:
        return judged
    # The asset lies elsewhere than its licence says: a copy is no less reserved.
    anywhere = replace(document, contents=tuple(replace(one, scope=Scope("")) for one in document.contents))
    return without_permission(judge_document(anywhere, facts.url, settings, evidence))


def _inline(body: str, facts: ContentFacts, settings: Settings) -> Judged:
    octets = body.encode("utf-8", "surrogatepass")
    document = read_rsl(octets)
    if not document.fault and len(document.contents) != 1:
        document = RslDocument(fault=f"{len(document.contents)} `content` elements in an inline document")
    source = f"script application/rsl+xml of {facts.url.href[:200]}"
    return judge_document(document, facts.url, settings, Evidence(source, Digest.of(octets)))
