"""Freely accessible pages only: what asks for a login, a payment or a proof of being human is left alone."""

from __future__ import annotations

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.uses import Use, Uses
from collector.rules.facts import ResponseFacts
from collector.rules.rule import NoSettings

RULE = "access_barrier"

# RFC 9110 §15.5, RFC 7725.
_BARRIERS = {
    401: "the page asks for a login (401)",
    402: "the page asks for a payment (402)",
    403: "the site refuses access (403)",
    407: "a proxy asks for a login (407)",
    451: "the page is withheld for legal reasons (451)",
}
# RFC 6585 §4 and §6: said of now, not of the page.
_NOT_NOW = {
    429: "the site asks for fewer requests (429)",
    511: "our own network asks for a login (511)",
}
# Field name, and the values by which a protection service says that it answered in the site's place.
_CHALLENGES = {
    "cf-mitigated": frozenset({"challenge"}),
    "x-amzn-waf-action": frozenset({"challenge", "captcha"}),
    "x-vercel-mitigated": frozenset({"challenge", "deny"}),
    "sg-captcha": frozenset({"challenge"}),
}


def access_barrier(facts: ResponseFacts, settings: NoSettings) -> Finding:
    """Does the answer ask for a login, a payment, or a proof that a person asks?"""
    del settings  # the floor has none
    barrier = _BARRIERS.get(facts.status)
    if barrier is not None:
        return _denied(barrier, f"status {facts.status}")
    for name, values in _CHALLENGES.items():
        for value in facts.headers.all(name):
            said = value.strip().lower()
            if said in values:
                return _denied(f"a protection service stands before the page ({name}: {said})", f"{name}: {said}")
    not_now = _NOT_NOW.get(facts.status)
    if not_now is not None:
        return Finding(RULE, Verdict.DEFER, not_now, evidence=(Evidence("header", locator=f"status {facts.status}"),))
    return no_objection(RULE, "freely accessible, by status and headers")


def _denied(reason: str, locator: str) -> Finding:
    return Finding(
        RULE,
        Verdict.DENY,
        reason,
        uses=Uses.denying(Use.FETCH),
        basis=Basis.POLICY,
        evidence=(Evidence("header", locator=locator),),
    )
