"""Rule rating_header: lists and registry §3.2; RTA, and the W3C's PICS labels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED
from collector.rules.facts import ResponseFacts
from collector.rules.response.rating_header import Settings, rating_header

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
RSACI = '(PICS-1.1 "http://www.rsac.org/ratingsv01.html" l gen true r (n {0} s {1} v 0 l 0))'
SAFESURF = '(PICS-1.1 "http://www.classify.org/safesurf/" l r (SS~~000 {0}))'


def ask(*fields: tuple[str, str], settings: Settings | None = None):
    facts = ResponseFacts(parse_url("https://site.test/"), "bot", 200, Headers(fields), NOW)
    return rating_header(facts, settings or Settings())


@pytest.mark.parametrize(
    ("field", "value", "verdict"),
    [
        ("Rating", "adult", "deny"),
        ("rating", "Adult", "deny"),
        ("Rating", "RTA-5042-1996-1400-1577-RTA", "deny"),
        ("Rating", "general, adult", "deny"),
        ("Rating", "mature", "allow"),
        ("Rating", "general", "allow"),
        ("Rating", "adulthood", "allow"),
        ("PICS-Label", RSACI.format(4, 0), "deny"),
        ("PICS-Label", RSACI.format(0, 4), "deny"),
        ("PICS-Label", RSACI.format(2, 3), "allow"),
        ("PICS-Label", SAFESURF.format(9), "deny"),
        ("PICS-Label", SAFESURF.format(3), "allow"),
        ("PICS-Label", "adult", "allow"),
        ("X-Rating", "adult", "allow"),
    ],
)
def test_labels(field, value, verdict):
    finding = ask((field, value))
    assert (finding.verdict, finding.uses, finding.basis) == (Verdict(verdict), UNSTATED, Basis.POLICY)
    if verdict == "deny":
        assert finding.evidence[0].locator == f"{field.lower()}: {value}"


def test_one_of_several_is_enough_and_the_policy_says_what_refuses():
    assert ask(("Rating", "general"), ("Rating", "adult")).verdict is Verdict.DENY
    assert ask(("Rating", "mature"), settings=Settings(ratings=("mature",))).verdict is Verdict.DENY
    assert ask().reason == "no header field labels the answer"
