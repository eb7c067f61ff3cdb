"""Bodies no larger than the policy takes: by Content-Length before the body comes, by count while it does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.policy.policy import Policy
from collector.rules.facts import ResponseFacts

RULE = "body_size"

_LENGTH = re.compile(r"[0-9]{1,19}")  # RFC 9110 §8.6


@dataclass(frozen=True, slots=True)
class Settings:
    """[rules.body_size]: nothing to set here; [scope] max_body_bytes is the limit."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`[scope] max_body_bytes`."""

    max_body_bytes: int = 10_000_000


def settings_from(policy: Policy, settings: Settings) -> Bound:
    """What `body_size` asks by this policy."""
    del settings
    return Bound(policy.scope.max_body_bytes)


def body_size(facts: ResponseFacts, settings: Bound) -> Finding:
    """Is the body, as announced and as far as it has come, within the limit?"""
    sizes = [("announced", size) for size in _announced(facts)]
    if facts.body_size is not None:
        sizes.append(("received", facts.body_size))
    for how, size in sizes:
        if size > settings.max_body_bytes:
            return Finding(
                RULE,
                Verdict.DENY,
                f"a body of more than {settings.max_body_bytes:,} bytes is {how}",
                basis=Basis.POLICY,
                # Not the size itself: nothing about the raw page is kept.
                evidence=(Evidence("policy", locator=f"scope.max_body_bytes = {settings.max_body_bytes}"),),
            )
    known = "within the limit" if sizes else "of unknown size: counted while it arrives"
    return no_objection(RULE, f"a body {known}")


def _announced(facts: ResponseFacts) -> list[int]:
    # A list of equal values is one value (RFC 9110 §8.6); of unequal ones, the largest counts here.
    parts = [part.strip() for value in facts.headers.all("content-length") for part in value.split(",")[:16]]
    return [int(part) for part in parts if _LENGTH.fullmatch(part)]
