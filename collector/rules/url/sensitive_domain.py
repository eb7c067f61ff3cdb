"""Sources that are sensitive by nature: hosts, prefixes and addresses in a list whose category the policy denies."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from collector.lists.guards import guards_in, is_lifted, lifted_by
from collector.lists.match import ListMatch
from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.listed import allowing, described, evidence_of, refusing

RULE = "sensitive_domain"


def sensitive_domain(facts: UrlFacts, settings: NoSettings) -> Finding:
    """Is the source in a list whose category the policy denies?

    Lists of pornography take in sex education, and lists of sensitive communities the press and the authorities
    that write about them: where a guard (blocklists/guards) says that a source is of such a kind, denials of its
    host in the categories that the guard lifts are taken back. A denial that names a path stands.
    """
    del settings  # the floor has none: `lists.folder.load_lists` is given the policy's categories and files
    finding = _judged(facts)
    return _looked_up(finding, facts.lists) if facts.lists else finding


@lru_cache(maxsize=64)  # most sources are in no list
def _looked_up(finding: Finding, lists: tuple[Evidence, ...]) -> Finding:
    return replace(finding, evidence=(*finding.evidence, *lists))


def _judged(facts: UrlFacts) -> Finding:
    listed = refusing(facts.sensitive)
    guards = guards_in(facts.sensitive) if listed else ()
    lifted = lifted_by(guards)
    refused = tuple(match for match in listed if not is_lifted(match, lifted))
    if listed and not refused:
        return _guarded(listed, guards)
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
    listings = [match for match in facts.sensitive if match not in guards_in((match,))]
    if listings:
        first = listings[0]
        return Finding(
            RULE,
            Verdict.ALLOW,
            f"listed as {first.category or 'uncategorised'}, which this policy does not refuse",
            basis=Basis.POLICY,
            evidence=tuple(evidence_of(match) for match in listings[:8]),
        )
    return no_objection(RULE, "in no list of sensitive sources")


def _guarded(listed: tuple[ListMatch, ...], guards: tuple[ListMatch, ...]) -> Finding:
    first, guard = listed[0], guards[0]
    what = f": {guard.note[:200]}" if guard.note else ""
    return Finding(
        RULE,
        Verdict.ALLOW,
        f"{described(first)} is listed as {first.category}, but {described(guard)} is {guard.category}{what}",
        basis=Basis.POLICY,
        evidence=tuple(evidence_of(match) for match in (*guards[:4], *listed[:4])),
    )
