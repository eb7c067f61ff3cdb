"""suppressed: GDPR Art. 17 and 21: erased pages do not come back."""

from __future__ import annotations

from collector.model.decision import Finding, Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.model.uses import Permission, Use
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.suppressed import suppressed


def ask(*references: str) -> Finding:
    url = parse_url("https://example.org/people/7")
    return suppressed(UrlFacts(Candidate(url), suppressed=references), NoSettings())


def test_free() -> None:
    assert ask().verdict is Verdict.ALLOW


def test_erased_names_the_case_and_nothing_of_the_page() -> None:
    finding = ask("case-1", "case-2")
    assert finding.verdict is Verdict.DENY
    assert finding.uses.closed()[Use.TRAIN] is Permission.DENY
    assert [one.locator for one in finding.evidence] == ["case-1", "case-2"]
    assert "people" not in repr(finding)
