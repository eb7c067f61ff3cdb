"""The opt-out registry: who asked not to be collected is not asked again, by any crawl of the organisation."""

from __future__ import annotations

from collections.abc import Iterable

from collector.lists.match import Action, ListMatch
from collector.model.decision import Basis, Finding, Verdict, no_objection
from collector.model.uses import Use, Uses
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.listed import allowing, described, evidence_of

RULE = "opted_out"


def opted_out(facts: UrlFacts, settings: NoSettings) -> Finding:
    """Is an objection in force in the opt-out registry for this host, prefix or URL?"""
    del settings  # the floor has none
    refused = _refusing(facts.opted_out)
    if refused:
        return Finding(
            RULE,
            Verdict.DENY,
            f"an objection is in force: {described(refused[0])}",
            uses=Uses.denying(Use.FETCH),
            basis=Basis.POLICY,
            evidence=tuple(evidence_of(match) for match in refused[:8]),
        )
    lifting = allowing(facts.opted_out)
    if lifting is not None:
        return Finding(
            RULE,
            Verdict.ALLOW,
            f"the requester's own narrower entry allows it: {described(lifting)}",
            basis=Basis.POLICY,
            evidence=(evidence_of(lifting),),
        )
    return no_objection(RULE, "no objection in the opt-out registry")


def _refusing(matches: Iterable[ListMatch]) -> list[ListMatch]:
    # A narrower allow is the requester's own word on the requester's own objection: it lifts nothing in another
    # source, which speaks for somebody else.
    lifted: set[str] = set()
    refused = []
    for match in matches:
        if match.action is Action.ALLOW:
            lifted.add(match.list)
        elif match.action is Action.DENY and match.list not in lifted:
            refused.append(match)
    return refused
