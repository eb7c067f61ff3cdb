"""What was erased once is not collected again, nor what stands on a host under a recorded objection."""

from __future__ import annotations

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.uses import Use, Uses
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings

RULE = "suppressed"


def suppressed(facts: UrlFacts, settings: NoSettings) -> Finding:
    """Was the URL erased before, or does its host stand under a recorded objection?"""
    del settings  # the floor has none
    if not facts.suppressed:
        return no_objection(RULE, "nothing of it was ever erased or objected to")
    return Finding(
        RULE,
        Verdict.DENY,
        "erased before, or under a recorded objection (GDPR Art. 17, 21)",
        uses=Uses.denying(Use.FETCH),
        basis=Basis.POLICY,
        # The reference of the case and no more: the suppression list names nobody.
        evidence=tuple(Evidence("suppressed", locator=reference[:200]) for reference in facts.suppressed[:8]),
    )
