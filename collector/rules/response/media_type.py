"""Formats that the collection asks for, by the Content-Type header; the body is sniffed later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.policy.policy import Policy
from collector.rules.facts import ResponseFacts

RULE = "media_type"

_ESSENCE = re.compile(r"^[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}$")  # RFC 6838 §4.2
# Formats of sitemaps and feeds (sitemaps.org, RFC 4287, RFC 8259), which are asked for to find pages.
_DISCOVERY = frozenset(
    """application/atom+xml application/feed+json application/gzip application/json application/rdf+xml
    application/rss+xml application/x-gzip application/xml text/plain text/xml application/octet-stream""".split()
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Settings:
    """[rules.media_type]: nothing to set here; [scope] media_types names the formats."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`[scope] media_types`; empty: every type."""

    media_types: frozenset[str] = frozenset()


def settings_from(policy: Policy, settings: Settings) -> Bound:
    """What `media_type` asks by this policy."""
    del settings
    return Bound(frozenset(policy.scope.media_types))


def essence(value: str) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`; empty where the value is no media type (RFC 9110 §8.3)."""
    media_type = value.partition(";")[0].strip().lower()
    return media_type if _ESSENCE.match(media_type) else ""


def media_type(facts: ResponseFacts, settings: Bound) -> Finding:
    """Is the format one that the collection asks for?"""
    declared = facts.headers.all("content-type")
    # Repeated fields: the last one that can be read holds, as in browsers (WHATWG Fetch, extract a MIME type).
    readable = [kind for kind in (essence(part) for value in declared for part in value.split(",")) if kind]
    if facts.status in _REDIRECTS:
        return _allow("a redirect has no format of its own")
    if not settings.media_types:
        return _allow("the policy takes every format")
    if not readable:
        return _allow("no readable Content-Type: the body will be looked at")
    kind = readable[-1]
    evidence = (Evidence("header", locator=f"Content-Type: {kind}"),)
    if kind in settings.media_types:
        return _allow(f"{kind} is a format of the collection", evidence)
    if facts.discovery and kind in _DISCOVERY:
        return _allow(f"{kind} is read for its links, and not kept", evidence)
    return Finding(
        RULE, Verdict.DENY, f"{kind} is not a format of the collection", basis=Basis.POLICY, evidence=evidence
    )


@lru_cache(maxsize=256)  # of few formats
def _allow(reason: str, evidence: tuple[Evidence, ...] = ()) -> Finding:
    return Finding(RULE, Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=evidence)
