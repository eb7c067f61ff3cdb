"""Rule content_usage: AIPREF attach-05, the header field; opt-out signals §6."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import ResponseFacts
from collector.rules.response.content_usage import Settings, content_usage
from collector.signals.content_usage import Malformed

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def ask(*values: str, settings: Settings | None = None, status: int = 200):
    headers = Headers([("Content-Usage", value) for value in values])
    url = parse_url("https://www.example.org/x")
    finding = content_usage(ResponseFacts(url, "corpusbot", status, headers, NOW), settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def test_a_field_by_the_draft():
    finding = ask("train-ai=n, ai-use=y")
    assert finding.uses == Uses(train=Permission.DENY, input=Permission.ALLOW)
    assert finding.basis is Basis.SPEC
    assert finding.reason == "Content-Usage denies train and allows input"
    assert finding.evidence[0].locator == "Content-Usage: train-ai=n, ai-use=y"


def test_lines_are_one_dictionary():
    """RFC 9651 §4.2: joined, so the last key wins and one bad line voids them all."""
    assert ask("train-ai=n", "train-ai=y").uses == Uses.allowing(Use.TRAIN)
    voided = ask("train-ai=y", "Broken Line")
    assert voided.uses == UNSTATED
    assert "no dictionary of RFC 9651" in voided.reason


def test_absence_says_nothing():
    assert ask().uses == UNSTATED


@pytest.mark.parametrize("status", [301, 302, 304, 308])
def test_that_of_a_redirect_does_not_speak_for_the_page(status):
    assert ask("train-ai=n", status=status).uses == UNSTATED


@pytest.mark.parametrize(
    ("value", "basis", "off"),
    [
        ("ai=n", Basis.POLICY, Settings(older_labels=False)),
        ("genai=n", Basis.POLICY, Settings(older_labels=False)),
        ("Train-AI=N", Basis.MALFORMED_RESTRICTIVE, Settings(malformed=Malformed.OFF)),
        ("train-ai = n", Basis.MALFORMED_RESTRICTIVE, Settings(malformed=Malformed.OFF)),
    ],
)
def test_what_our_policy_adds_says_so_and_can_be_switched_off(value, basis, off):
    finding = ask(value, settings=Settings(malformed=Malformed.UNREADABLE))
    assert finding.uses.train is Permission.DENY
    assert finding.basis is basis
    assert ask(value, settings=off).uses == UNSTATED


def test_a_denial_that_only_policy_knows_is_not_called_the_drafts():
    finding = ask("search=n, ai=n")
    assert finding.uses == Uses.denying(Use.INDEX, Use.TRAIN)
    assert finding.basis is Basis.POLICY
    assert ask("train-ai=n, ai=n").basis is Basis.SPEC
