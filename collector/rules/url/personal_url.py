"""URLs that themselves carry an e-mail address, phone number, token or credential: asking would already use them."""

from __future__ import annotations

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings

RULE = "personal_url"


def personal_url(facts: UrlFacts, settings: NoSettings) -> Finding:
    """Does the path or query carry personal data or a credential?"""
    del settings  # the floor has none
    kinds = sorted(set(facts.personal))
    if not kinds and facts.candidate.url.credentials:
        kinds = ["credential"]
    if not kinds:
        return no_objection(RULE, "the URL carries no personal data that is recognised")
    named = ", ".join(kind[:40] for kind in kinds[:8])
    return Finding(
        RULE,
        Verdict.DENY,
        f"the URL itself carries personal data: {named}",  # the kind, never the value
        basis=Basis.POLICY,
        evidence=(Evidence("url", locator=named),),
    )
