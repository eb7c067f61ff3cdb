"""in_scope: the collection criteria (CNIL: fixed beforehand), budgets, and guards against endless sites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.policy.glob import parse_glob
from collector.policy.policy import Scope
from collector.rules.facts import Spent, UrlFacts
from collector.rules.url.in_scope import Bound, Settings, in_scope
from collector.rules.url.traps import calendar_trap, repeated_run, session_id
from tests.support.growth import assert_linear

NOTHING, GUARDS = Spent(), Settings()
DOMAINS = frozenset({"example.org"})


def ask(
    url: str,
    *,
    depth: int = 1,
    hops: str = "L",
    domains=DOMAINS,
    spent: Spent = NOTHING,
    guards: Settings = GUARDS,
    **scope,
):
    bound = Bound(
        Scope(**scope),
        tuple(map(parse_glob, scope.get("include", ()))),
        tuple(map(parse_glob, scope.get("exclude", ()))),
        guards,
    )
    facts = UrlFacts(Candidate(parse_url(url), depth=depth, hops=hops), spent=spent, scope_domains=domains)
    finding = in_scope(facts, bound)
    assert finding.basis is Basis.POLICY
    assert finding.evidence
    return finding


def test_inside() -> None:
    assert ask("https://www.example.org/a").verdict is Verdict.ALLOW


@pytest.mark.parametrize("host", ["example.org", "a.b.example.org"])
def test_the_domain_and_every_host_below(host: str) -> None:
    assert ask(f"https://{host}/").verdict is Verdict.ALLOW


@pytest.mark.parametrize("host", ["notexample.org", "example.org.evil.test", "org", "192.0.2.1"])
def test_other_domains_are_outside(host: str) -> None:
    assert ask(f"https://{host}/").verdict is Verdict.DENY
    assert ask(f"https://{host}/", any_domain=True).verdict is Verdict.ALLOW


def test_without_seeds_and_domains_only_the_url_itself_is_asked_for() -> None:
    assert ask("https://x.test/", depth=0, hops="", domains=()).verdict is Verdict.ALLOW
    assert ask("https://x.test/", depth=1, hops="L", domains=()).verdict is Verdict.DENY
    assert ask("https://x.test/", depth=0, hops="R", domains=()).verdict is Verdict.DENY


def test_depth() -> None:
    assert ask("https://example.org/", depth=3, max_depth=3).verdict is Verdict.ALLOW
    refused = ask("https://example.org/", depth=4, max_depth=3)
    assert refused.verdict is Verdict.DENY
    assert refused.evidence[0].locator == "scope.max_depth = 3"


def test_include_and_exclude() -> None:
    include, exclude = ("example.org/news/*",), ("*/news/private/*",)
    assert ask("https://example.org/news/1", include=include, exclude=exclude).verdict is Verdict.ALLOW
    assert ask("https://example.org/blog/1", include=include).verdict is Verdict.DENY
    refused = ask("https://example.org/news/private/1", include=include, exclude=exclude)
    assert refused.verdict is Verdict.DENY
    assert "*/news/private/*" in refused.reason


@pytest.mark.parametrize(
    ("budget", "spent"),
    [("max_pages", Spent(pages=5)), ("max_pages_per_host", Spent(pages_on_host=5)), ("max_bytes", Spent(bytes=5))],
)
def test_budgets(budget: str, spent: Spent) -> None:
    assert ask("https://example.org/", spent=spent, **{budget: 6}).verdict is Verdict.ALLOW
    later = ask("https://example.org/", spent=spent, **{budget: 5})
    assert later.verdict is Verdict.DEFER, "a later run with a larger budget goes on with it"
    assert budget in later.reason
    assert ask("https://elsewhere.test/", spent=spent, **{budget: 5}).verdict is Verdict.DENY


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/" + "a" * 2_048,
        "https://example.org/?q=" + "a" * 512,
        "https://example.org/?" + "&".join(f"p{i}=1" for i in range(13)),
        "https://example.org/" + "/".join("abcdefghijklmnopqrstuvw"),
        "https://example.org/a/a/a",
        "https://example.org/a/b/a/b/a/b/",
        "https://example.org/x;jsessionid=0A1B2C",
        "https://example.org/x?PHPSESSID=abc",
        "https://example.org/calendar/2999/01/",
        "https://example.org/events?date=1023-01-01",
    ],
)
def test_traps(url: str) -> None:
    assert ask(url).verdict is Verdict.DENY


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a/a/b",
        "https://example.org/2026/2026/11/11/story",
        "https://example.org/archive/1850/01/05/",  # an archive that does not call itself a calendar
        "https://example.org/calendar/2026/11/",
        "https://example.org/?sid=7",
        "https://example.org/s?s=a-search-for-something-long",
        "https://example.org/?" + "&".join(f"p{i}=1" for i in range(12)),
    ],
)
def test_no_traps(url: str) -> None:
    assert ask(url).verdict is Verdict.ALLOW


def test_a_calendar_ends_at_a_depth() -> None:
    url = "https://example.org/calendar?month=2026-11"
    assert ask(url, depth=6).verdict is Verdict.ALLOW
    assert ask(url, depth=7).verdict is Verdict.DENY
    assert ask(url, depth=7, guards=Settings(max_calendar_depth=9)).verdict is Verdict.ALLOW


def test_session_guard_can_be_switched_off() -> None:
    url = "https://example.org/x?PHPSESSID=abc"
    assert ask(url, guards=Settings(refuse_session_ids=False)).verdict is Verdict.ALLOW


@pytest.mark.parametrize(
    ("segments", "times"),
    [
        ("", 0),
        ("a", 1),
        ("a b", 1),
        ("a a", 2),
        ("a b a b", 2),
        ("a b c a b c a b c", 3),
        ("a b b b a", 3),
        ("a b a c a", 1),
    ],
)
def test_repeated_run(segments: str, times: int) -> None:
    assert repeated_run(segments.split()) == times


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h.test/a;jsessionid=1?x", "jsessionid"),
        ("https://h.test/(S(abcdefghij0123456789abcd))/x", "ASP.NET session"),
        ("https://h.test/?ASPSESSIONIDABCD=1", "aspsessionidabcd"),
        ("https://h.test/?sid=0123456789abcdef0123", "sid"),
        ("https://h.test/?sid=topic", ""),
    ],
)
def test_session_id(url: str, name: str) -> None:
    assert session_id(parse_url(url)) == name


def test_a_calendar_names_itself() -> None:
    url = parse_url("https://h.test/agenda/2999/")
    assert "2999" in calendar_trap(url, ["agenda", "2999"], 0, years=(1990, 2040), max_depth=9)


PATHS = st.lists(st.sampled_from(["a", "b", "2026", "11", "calendar", ";jsessionid=x"]), max_size=12).map("/".join)
GLOBS = st.lists(st.sampled_from(["*", "example.org/*", "*/a/*", "example.org/b*"]), max_size=3)


@given(PATHS, st.integers(0, 30), GLOBS, GLOBS)
def test_another_exclusion_never_admits(path: str, depth: int, exclude: list[str], more: list[str]) -> None:
    url = f"https://example.org/{path}"
    before = ask(url, depth=depth, exclude=tuple(exclude)).verdict
    after = ask(url, depth=depth, exclude=tuple(exclude + more)).verdict
    assert before is Verdict.ALLOW or after is Verdict.DENY


@pytest.mark.parametrize(
    ("start", "piece"),
    [("", "/a"), ("", "/("), ("", "/(S(abcdefghij0123456789abcd)"), ("/?", "&"), ("/?", "a=1&"), ("/calendar/", "1"),
     ("/", "2026-"), ("/calendar", "/2026"), ("/", ";jsessionid=")],
)  # fmt: skip
def test_hostile_urls_take_linear_time(start: str, piece: str) -> None:
    guards = Settings(max_url_length=100_000, max_path_segments=100_000, max_query_length=100_000)
    assert_linear(
        lambda url: ask(url, guards=guards),
        lambda length: f"https://example.org{start}{piece * (length // len(piece))}",
        14_000,
    )
