"""Rule `robots_txt`: what the site's robots.txt says to our product token, by RFC 9309."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import assert_never

from collector.model.decision import Basis, CrawlDelay, Evidence, Finding, Obligation, Verdict
from collector.model.uses import Use, Uses
from collector.policy.policy import Policy
from collector.rules.facts import SiteFacts
from collector.signals.robots_txt import RobotsMatch
from collector.signals.site_file import Reach, SiteFile

RULE = "robots_txt"

_REFUSED = Uses.denying(Use.FETCH)
_PERMITTED = Uses.allowing(Use.FETCH)
_ERRORS = {
    "timeout": "no answer in time",
    "dns": "the host name was not resolved",
    "tls": "no secure connection",
    "reset": "the connection broke",
    "truncated": "the answer broke off",
    "coding": "it came in a content coding that cannot be undone",
    "head too large": "more header than anybody needs",
    "chunks too small": "hardly anything but chunk sizes",
    "redirects": "redirected too often, or to nowhere",
    "address": "redirected to an address that may not be contacted",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.robots_txt]`. RFC 9309 lets a crawler ignore all of these; we do not."""

    deny_statuses: tuple[int, ...] = (401, 403, 407, 451)  # such an answer for robots.txt refuses the whole site
    aliases: tuple[str, ...] = ("Scrapy",)  # a group that names one of them and denies, denies us too
    max_stale_days: int = 30  # how old a copy may be used while the file is unreachable (RFC 9309 §2.3.1.4)
    forgive_slips: bool = True  # `Dissallow:`, a left-out colon, a comma list of agents: refuse as plainly meant


@dataclass(frozen=True, slots=True)
class Bound(Settings):
    """`Settings` with what `[politeness]` says of a Crawl-delay."""

    max_crawl_delay: float = 300.0  # seconds; a site that asks for more is left alone


def settings_from(policy: Policy, settings: Settings) -> Bound:
    """What `robots_txt` asks by this policy."""
    said = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return Bound(**said, max_crawl_delay=policy.politeness.max_crawl_delay)


def robots_txt(facts: SiteFacts, settings: Bound) -> Finding:
    """Whether robots.txt permits the fetch, for our own product token (RFC 9309).

    2xx: the groups that name our token, else those for `*`; the longest match decides, Allow where two are
    equal. 4xx: no rules, except that 401, 403, 407 and 451 refuse. 429, 5xx and every failure to get the file
    defer: complete disallow until it can be read, or an older copy within its limit. Of a page that somebody
    else fetched, and whose robots.txt is not at hand, nothing is known: it is neither permitted nor refused here.
    """
    robots = facts.robots
    match robots.reach:
        case Reach.UNREACHABLE:
            return _unreachable(robots)
        case Reach.UNAVAILABLE:
            return _unreachable(robots) if robots.stale else _unavailable(robots, settings)
        case Reach.AVAILABLE:
            outdated = _outdated(facts, settings)
            return _deferred(robots, outdated, Basis.SPEC) if outdated else _judged(facts, settings)
        case Reach.UNKNOWN:
            reason = "robots.txt is not in the archive that the page comes from: what it says is unknown"
            return Finding(RULE, Verdict.ALLOW, reason, basis=Basis.POLICY, evidence=(Evidence(robots.url),))
        case _:
            assert_never(robots.reach)


def _unreachable(robots: SiteFile) -> Finding:
    """RFC 9309 §2.3.1.4: assume complete disallow."""
    if robots.error:
        why = _ERRORS.get(robots.error, robots.error)
    else:
        why = "no answer" if robots.status is None else f"it answered {robots.status}"
    # The RFC calls 429 unavailable and lets more than five redirects count as such; we are stricter.
    limited = robots.status == HTTPStatus.TOO_MANY_REQUESTS and not robots.error
    ours = limited or robots.error in ("redirects", "address")
    return _deferred(robots, f"robots.txt cannot be read ({why})", Basis.POLICY if ours else Basis.SPEC)


def _unavailable(robots: SiteFile, settings: Bound) -> Finding:
    """RFC 9309 §2.3.1.3: may access any resource."""
    if robots.status in settings.deny_statuses:
        reason = f"refused: robots.txt answered {robots.status}, so the site is not freely accessible"
        return Finding(RULE, Verdict.DENY, reason, _REFUSED, Basis.POLICY, (_evidence(robots),))
    reason = f"allowed: robots.txt answered {robots.status}, so it sets no rules"
    return Finding(RULE, Verdict.ALLOW, reason, _PERMITTED, Basis.SPEC, (_evidence(robots),))


def _outdated(facts: SiteFacts, settings: Bound) -> str:
    """RFC 9309 §2.4: not longer than 24 hours, unless the file is unreachable; `""` where the copy may be used."""
    robots = facts.robots
    if robots.stale:
        age = facts.now - robots.fetched_at if robots.fetched_at is not None else None
        if age is None or age > timedelta(days=settings.max_stale_days):
            return "robots.txt cannot be read, and the last copy is too old"
        return ""
    if robots.valid_until is not None and facts.now > robots.valid_until:
        return "the copy of robots.txt has expired"
    return ""


def _judged(facts: SiteFacts, settings: Bound) -> Finding:
    robots, target = facts.robots, facts.url.target
    note = "" if not robots.stale else f"; by the copy of {robots.fetched_at:%Y-%m-%d}, robots.txt cannot be read now"
    if facts.robots_txt.remarks:
        note += f"; robots.txt: {', '.join(facts.robots_txt.remarks)}"
    own = facts.robots_txt.match(facts.product_token, target)
    if own.denied and (settings.forgive_slips or not own.malformed):
        return _refused(robots, own, "", Basis.MALFORMED_RESTRICTIVE if own.malformed else Basis.SPEC, note)
    for alias in settings.aliases:
        named = facts.robots_txt.match(alias, target, default_star=False)
        if named.denied and (settings.forgive_slips or not named.malformed):
            return _refused(robots, named, f", which names {alias}, software we run", Basis.POLICY, note)
    delay = facts.robots_txt.crawl_delay(facts.product_token)
    if delay is not None and delay > settings.max_crawl_delay:
        reason = f"robots.txt asks for {delay:g} s between requests, and we wait {settings.max_crawl_delay:g} s at most"
        return _deferred(robots, reason, Basis.POLICY)
    return _allowed(f"allowed: {_because(own)}{note}", _evidence(robots, own), delay)


@lru_cache(maxsize=1_024)  # one line of a file allows thousands of pages
def _allowed(reason: str, evidence: Evidence, delay: float | None) -> Finding:
    obligations: tuple[Obligation, ...] = (CrawlDelay(delay),) if delay else ()
    return Finding(RULE, Verdict.ALLOW, reason, _PERMITTED, Basis.SPEC, (evidence,), obligations)


def _because(own: RobotsMatch) -> str:
    if own.line is not None and not own.denied:
        return f"robots.txt line {own.line} `{own.text}`"
    if own.token is None:
        return "no group of robots.txt is for us or for everybody"
    return f"no rule for {own.token} in robots.txt covers this path"


def _refused(robots: SiteFile, found: RobotsMatch, who: str, basis: Basis, note: str) -> Finding:
    plainly = " (misspelt, but plainly meant)" if found.malformed else ""
    reason = f"refused: robots.txt line {found.line} `{found.text}` for {found.token}{who}{plainly}{note}"
    return Finding(RULE, Verdict.DENY, reason, _REFUSED, basis, (_evidence(robots, found),))


def _deferred(robots: SiteFile, reason: str, basis: Basis) -> Finding:
    return Finding(RULE, Verdict.DEFER, f"deferred: {reason}", _REFUSED, basis, (_evidence(robots),))


def _evidence(robots: SiteFile, found: RobotsMatch | None = None) -> Evidence:
    parts = []
    if found is not None and found.line is not None:
        parts.append(f"line {found.line}: {found.text}")
    elif robots.reach is not Reach.AVAILABLE:
        parts.append(f"status {robots.status}" if robots.status is not None else f"error {robots.error}")
    if robots.redirects:
        parts.append(f"read at {robots.redirects[-1][:1_024]}")
    if robots.record_id is not None:
        parts.append(f"record {robots.record_id}")
    digest = robots.digest if robots.reach is Reach.AVAILABLE else None
    return Evidence(robots.url, digest, "; ".join(parts))
