"""Rule disallow_ai_training: opt-out signals §7."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.site.disallow_ai_training import Settings, disallow_ai_training
from collector.signals.robots_txt import parse
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NO_TRAINING = Uses.denying(Use.TRAIN)


def ask(text: str, path: str = "/x", settings: Settings | None = None):
    body = text.encode()
    robots = SiteFile("https://www.example.org/robots.txt", Reach.AVAILABLE, 200, body)
    url = parse_url("https://www.example.org" + path)
    facts = SiteFacts(url, "corpusbot", robots, parse(body), NOW, training_tokens=("GPTBot",))
    finding = disallow_ai_training(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def test_a_denial_is_our_policy_since_no_standard_is_in_force():
    finding = ask("User-agent: *\nDisallowAITraining: /\nContent-Usage: ai=n\n")
    assert (finding.uses, finding.basis) == (NO_TRAINING, Basis.POLICY)
    assert finding.reason == "DisallowAITraining denies train: robots.txt line 2 `DisallowAITraining: /`"
    assert finding.evidence[0].locator == "line 2: DisallowAITraining: /"


def test_the_longest_path_decides_and_a_tie_denies():
    text = (
        "User-agent: *\nDisallowAITraining: /\nAllowAITraining: /open/\nAllowAITraining: /a\nDisallowAITraining: /a\n"
    )
    assert ask(text, "/open/x").uses == Uses.allowing(Use.TRAIN)
    assert ask(text, "/a").uses == NO_TRAINING


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallowAITraining:\n",
        "User-agent: *\nDisallowAITraining: /y\n",
        "User-agent: GPTBot\nDisallowAITraining: /\n",
        "Disallow: /\n",
        "",
    ],
)
def test_silence_is_unknown(text):
    assert ask(text).uses == UNSTATED


@pytest.mark.parametrize(
    ("text", "basis", "off"),
    [
        ("User-agent: *\nDisallowAITraining: yes\n", Basis.MALFORMED_RESTRICTIVE, Settings(malformed=False)),
        (
            "User-agent: *\nDisallowAITraining: yes\nAllowAITraining: /\n",
            Basis.MALFORMED_RESTRICTIVE,
            None,
        ),
        ("DisallowAITraining: /\n", Basis.MALFORMED_RESTRICTIVE, Settings(malformed=False)),
        (
            "User-agent: corpusbot\nAllow: /\n\nUser-agent: GPTBot\nDisallowAITraining: /\n",
            Basis.POLICY,
            Settings(other_groups=False),
        ),
        ("User-agent: Scrapy\nDisallowAITraining: /\n", Basis.POLICY, Settings(aliases=())),
    ],
)
def test_what_is_read_beyond_the_draft(text, basis, off):
    finding = ask(text)
    assert finding.uses == NO_TRAINING
    assert finding.basis is basis
    if off is not None:
        assert ask(text, settings=off).uses == UNSTATED


def test_a_permission_before_any_group_is_none():
    assert ask("AllowAITraining: /\n").uses == UNSTATED
