"""plain_request: somebody's own spider may only make the requests that a policy answers for."""

from __future__ import annotations

import pytest

from collector.model.decision import Finding, Verdict
from collector.model.page import Candidate, RequestForm
from collector.model.url import parse_url
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.plain_request import plain_request


def ask(*form: object) -> Finding:
    candidate = Candidate(parse_url("https://example.org/"), form=RequestForm(*form))  # type: ignore[arg-type]
    return plain_request(UrlFacts(candidate), NoSettings())


def test_a_get() -> None:
    assert ask().verdict is Verdict.ALLOW


@pytest.mark.parametrize("method", ["POST", "HEAD", "get", "", "X" * 500])
def test_other_methods(method: str) -> None:
    finding = ask(method)
    assert finding.verdict is Verdict.DENY
    assert len(finding.reason) < 200


def test_departures_are_named() -> None:
    finding = ask("GET", ("cookies", "proxy"))
    assert finding.verdict is Verdict.DENY
    assert "cookies, proxy" in finding.reason
