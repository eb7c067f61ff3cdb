"""Rule content_signal_header: opt-out signals §8, the response field that no text defines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Use, Uses
from collector.rules.facts import ResponseFacts
from collector.rules.response.content_signal_header import Settings, content_signal_header

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def ask(*values: str, settings: Settings | None = None):
    headers = Headers([("content-signal", value) for value in values])
    url = parse_url("https://www.example.org/x")
    finding = content_signal_header(ResponseFacts(url, "corpusbot", 200, headers, NOW), settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def test_a_no_denies_by_our_policy():
    finding = ask("search=yes, ai-train=no", "ai-input=no")
    assert finding.uses == Uses.denying(Use.TRAIN, Use.INPUT)
    assert finding.basis is Basis.POLICY
    assert [e.locator for e in finding.evidence] == [
        "Content-Signal: search=yes, ai-train=no",
        "Content-Signal: ai-input=no",
    ]


@pytest.mark.parametrize("values", [[], ["ai-train=yes, search=yes, ai-input=yes"], ["use=reference"], [""]])
def test_a_yes_permits_nothing(values):
    assert ask(*values).uses == UNSTATED


def test_what_is_plainly_meant_denies_unless_switched_off():
    finding = ask("ai-train=false")
    assert (finding.uses, finding.basis) == (Uses.denying(Use.TRAIN), Basis.MALFORMED_RESTRICTIVE)
    assert ask("ai-train=false", settings=Settings(malformed=False)).uses == UNSTATED
