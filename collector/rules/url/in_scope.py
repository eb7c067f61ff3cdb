"""The collection criteria of the policy: domains, patterns, depth, budgets; and guards against endless sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from collector.model.decision import Basis, Evidence, Finding, Verdict
from collector.model.page import Candidate
from collector.policy.glob import UrlGlob, parse_glob
from collector.policy.policy import Policy, Scope
from collector.rules.facts import Spent, UrlFacts
from collector.rules.url.traps import calendar_trap, query_names, repeated_parameter, repeated_run, session_id

RULE = "in_scope"


@dataclass(frozen=True, slots=True)
class Settings:
    """[rules.in_scope]: guards against sites without end. The criteria themselves are in [scope]."""

    max_url_length: int = 2_048  # characters
    max_query_length: int = 512  # characters
    max_query_parameters: int = 12
    max_path_segments: int = 20
    max_repeated_segments: int = 2  # how often a segment (or a run of up to eight) or a parameter may recur
    first_calendar_year: int = 1990
    last_calendar_year: int = 2040
    max_calendar_depth: int = 6  # links from a seed at which dated pages of a calendar are still asked
    refuse_session_ids: bool = True


@dataclass(frozen=True, slots=True)
class Bound:
    """`Settings` with the policy's `[scope]`, patterns compiled."""

    scope: Scope = field(default_factory=Scope)
    include: tuple[UrlGlob, ...] = ()
    exclude: tuple[UrlGlob, ...] = ()
    guards: Settings = Settings()


def settings_from(policy: Policy, settings: Settings) -> Bound:
    """What `in_scope` asks by this policy. Raises ValueError for a pattern that `load_policy` would refuse."""
    scope = policy.scope
    return Bound(
        scope,
        tuple(parse_glob(pattern) for pattern in scope.include),
        tuple(parse_glob(pattern) for pattern in scope.exclude),
        settings,
    )


_INSIDE = Finding(
    RULE,
    Verdict.ALLOW,
    "inside the collection criteria",
    basis=Basis.POLICY,
    evidence=(Evidence("policy", locator="[scope]"),),
)


def in_scope(facts: UrlFacts, settings: Bound) -> Finding:
    """Is the URL inside the collection criteria that the policy fixed beforehand?"""
    verdict, refusal = Verdict.DENY, next(_refusals(facts, settings), None)
    if refusal is None:
        # not for ever: a later run with a larger budget goes on with what this one leaves
        verdict, refusal = Verdict.DEFER, next(_budgets(facts.spent, settings.scope), None)
    if refusal is None:
        return _INSIDE
    reason, locator = refusal
    evidence = (Evidence("policy", locator=locator[:4_096]),)
    return Finding(RULE, verdict, reason, basis=Basis.POLICY, evidence=evidence)


def _refusals(facts: UrlFacts, bound: Bound) -> Iterator[tuple[str, str]]:
    yield from _criteria(facts, bound)
    yield from _traps(facts.candidate, bound.guards)


def _criteria(facts: UrlFacts, bound: Bound) -> Iterator[tuple[str, str]]:
    scope, url, depth = bound.scope, facts.candidate.url, facts.candidate.depth
    if depth > scope.max_depth:
        yield f"{depth} links from a seed; the policy ends at {scope.max_depth}", f"scope.max_depth = {scope.max_depth}"
    if not scope.any_domain:
        yield from _domain(facts)
    for pattern in bound.exclude:
        if pattern.matches(url):
            yield f"excluded by the pattern {pattern.text}", f"scope.exclude: {pattern.text}"
    if bound.include and not any(pattern.matches(url) for pattern in bound.include):
        yield "none of the include patterns fits", "scope.include"


def _domain(facts: UrlFacts) -> Iterator[tuple[str, str]]:
    host = facts.candidate.url.host
    if not facts.scope_domains:
        # No seed and no domain is known, as when a single URL is explained: only that URL itself is asked for.
        if facts.candidate.hops or facts.candidate.depth:
            yield "no domain is in scope: the policy names neither seeds nor domains", "scope.domains"
        return
    label = host
    while label:
        if label in facts.scope_domains:
            return
        label = label.partition(".")[2]
    yield f"{host} is outside the domains of the collection", "scope.domains"


def _traps(candidate: Candidate, guards: Settings) -> Iterator[tuple[str, str]]:
    url = candidate.url
    if len(url.href) > guards.max_url_length:
        limit = f"rules.in_scope.max_url_length = {guards.max_url_length}"
        yield f"a URL of {len(url.href):,} characters", limit
        return  # what follows need not look at it
    if len(url.query) > guards.max_query_length:
        limit = f"rules.in_scope.max_query_length = {guards.max_query_length}"
        yield f"a query of {len(url.query):,} characters", limit
    parameters = len(query_names(url.query))
    if parameters > guards.max_query_parameters:
        yield (
            f"a query of {parameters} parameters",
            f"rules.in_scope.max_query_parameters = {guards.max_query_parameters}",
        )
    segments = [segment for segment in url.path.split("/") if segment]
    if len(segments) > guards.max_path_segments:
        limit = f"rules.in_scope.max_path_segments = {guards.max_path_segments}"
        yield f"a path of {len(segments)} segments", limit
    repeats = repeated_run(segments)
    if repeats > guards.max_repeated_segments:
        limit = f"rules.in_scope.max_repeated_segments = {guards.max_repeated_segments}"
        yield f"the path repeats itself {repeats} times, as endless sites do", limit
    again = repeated_parameter(url.query)
    if again > guards.max_repeated_segments:
        limit = f"rules.in_scope.max_repeated_segments = {guards.max_repeated_segments}"
        yield f"the query repeats itself {again} times, as endless sites do", limit
    if guards.refuse_session_ids:
        name = session_id(url)
        if name:
            yield (
                f"carries a session identifier ({name}): every visitor has another URL",
                "rules.in_scope.refuse_session_ids",
            )
    years = (guards.first_calendar_year, guards.last_calendar_year)
    trap = calendar_trap(url, segments, candidate.depth, years=years, max_depth=guards.max_calendar_depth)
    if trap:
        yield trap, "rules.in_scope: first_calendar_year, last_calendar_year, max_calendar_depth"


def _budgets(spent: Spent, scope: Scope) -> Iterator[tuple[str, str]]:
    for name, used, limit in (
        ("max_pages", spent.pages, scope.max_pages),
        ("max_pages_per_host", spent.pages_on_host, scope.max_pages_per_host),
        ("max_bytes", spent.bytes, scope.max_bytes),
    ):
        if limit is not None and used >= limit:
            yield f"the budget {name} is spent", f"scope.{name} = {limit}"
