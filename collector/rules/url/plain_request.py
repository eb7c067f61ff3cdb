"""Only plain GETs: no other method, cookie, proxy, credential or download handler of somebody's own spider."""

from __future__ import annotations

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings

RULE = "plain_request"


def plain_request(facts: UrlFacts, settings: NoSettings) -> Finding:
    """Is the request a plain GET, as a policy can answer for?"""
    del settings  # the floor has none
    form = facts.candidate.form
    departures = [] if form.method == "GET" else [f"method {form.method[:20]}"]
    departures += [departure[:80] for departure in form.departures[:16]]
    if not departures:
        return no_objection(RULE, "a plain GET request")
    return Finding(
        RULE,
        Verdict.DENY,
        f"the request is no plain GET: {', '.join(departures)}",
        basis=Basis.POLICY,
        evidence=(Evidence("request", locator=", ".join(departures)),),
    )
