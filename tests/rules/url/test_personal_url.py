"""personal_url: design §2, invariant 3: the finding names the kind, never the value."""

from __future__ import annotations

from collector.model.decision import Finding, Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.personal_url import personal_url


def ask(*kinds: str, url: str = "https://example.org/u/jane%40example.org") -> Finding:
    return personal_url(UrlFacts(Candidate(parse_url(url)), personal=kinds), NoSettings())


def test_nothing_recognised() -> None:
    assert ask().verdict is Verdict.ALLOW


def test_kinds_once_and_sorted() -> None:
    finding = ask("phone", "email", "email")
    assert finding.verdict is Verdict.DENY
    assert finding.evidence[0].locator == "email, phone"
    assert "jane" not in repr(finding)


def test_credentials_in_the_url_count_even_where_no_recognizer_looked() -> None:
    assert ask(url="https://jane:secret@example.org/").verdict is Verdict.DENY
