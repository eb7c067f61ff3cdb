"""access_barrier: RFC 9110 §15.5, RFC 6585, RFC 7725; freely accessible pages only (code of practice M1.2(a))."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Finding, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import Permission, Use
from collector.rules.facts import ResponseFacts
from collector.rules.response.access_barrier import access_barrier
from collector.rules.rule import NoSettings

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def ask(status: int = 200, *headers: tuple[str, str]) -> Finding:
    facts = ResponseFacts(parse_url("https://example.org/"), "bot", status, Headers(headers), NOW)
    return access_barrier(facts, NoSettings())


@pytest.mark.parametrize("status", [401, 402, 403, 407, 451])
def test_barriers_by_status(status: int) -> None:
    finding = ask(status)
    assert finding.verdict is Verdict.DENY
    assert finding.uses.closed()[Use.TRAIN] is Permission.DENY
    assert str(status) in finding.reason


@pytest.mark.parametrize(
    "header",
    [("cf-mitigated", "challenge"), ("CF-Mitigated", " Challenge "), ("x-amzn-waf-action", "captcha"),
     ("x-vercel-mitigated", "deny"), ("sg-captcha", "challenge")],
)  # fmt: skip
def test_challenges_by_header_whatever_the_status(header: tuple[str, str]) -> None:
    for status in (200, 202, 404, 429, 503):
        assert ask(status, header).verdict is Verdict.DENY


@pytest.mark.parametrize("status", [429, 511])
def test_not_now_is_asked_again_later(status: int) -> None:
    assert ask(status).verdict is Verdict.DEFER


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 404, 405, 410, 500, 503])
def test_other_answers_are_no_barrier(status: int) -> None:
    assert ask(status).verdict is Verdict.ALLOW


def test_headers_that_only_look_alike() -> None:
    assert ask(200, ("cf-mitigated", "none"), ("server", "challenge")).verdict is Verdict.ALLOW
    # RFC 9110 §11.6.1: with another status it only says that credentials might change the answer.
    assert ask(200, ("WWW-Authenticate", "Basic realm=x")).verdict is Verdict.ALLOW
