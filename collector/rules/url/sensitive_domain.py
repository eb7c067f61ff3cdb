"""Sources that are sensitive by nature: hosts, prefixes and addresses in a list whose category the policy denies."""

from __future__ import annotations

from dataclasses import replace

from collector.model.decision import Basis, Finding, Verdict
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.listed import allowing, described, evidence_of, refusing

RULE = "sensitive_domain"


def sensitive_domain(facts: UrlFacts, settings: NoSettings) -> Finding:
    """Is the source in a list whose category the policy denies?"""
    del settings  # the floor has none: `lists.folder.load_lists` is given the policy's categories and files
    finding = _judged(facts)
    return replace(finding, evidence=(*finding.evidence, *facts.lists)) if facts.lists else finding


def _judged(facts: UrlFacts) -> Finding:
    refused = refusing(facts.sensitive)
    if refused:
        first = refused[0]
        kind = f"the category {first.category}" if first.category else f"the list {first.list[:100]}"
        return Finding(
            RULE,
            Verdict.DENY,
            f"{described(first)} is listed in {kind}, which the policy refuses",
            basis=Basis.POLICY,
            evidence=tuple(evidence_of(match) for match in refused[:8]),
        )
    lifting = allowing(facts.sensitive)
    if lifting is not None:
        because = f": {lifting.note[:300]}" if lifting.note else ""
        return Finding(
            RULE,
            Verdict.ALLOW,
            f"allowed by the entry {described(lifting)}{because}",
            basis=Basis.POLICY,
            evidence=(evidence_of(lifting),),
        )
    if facts.sensitive:
        first = facts.sensitive[0]
        return Finding(
            RULE,
            Verdict.ALLOW,
            f"listed as {first.category or 'uncategorised'}, which this policy does not refuse",
            basis=Basis.POLICY,
            evidence=tuple(evidence_of(match) for match in facts.sensitive[:8]),
        )
    return Finding(RULE, Verdict.ALLOW, "in no list of sensitive sources", basis=Basis.POLICY)
