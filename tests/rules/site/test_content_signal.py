"""Rule content_signal: opt-out signals §8."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.site.content_signal import Settings, content_signal
from collector.signals.robots_txt import parse
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NO_TRAINING = Uses.denying(Use.TRAIN)


def ask(text: str, path: str = "/blog/x", settings: Settings | None = None):
    body = text.encode()
    robots = SiteFile("https://www.example.org/robots.txt", Reach.AVAILABLE, 200, body)
    url = parse_url("https://www.example.org" + path)
    facts = SiteFacts(url, "corpusbot", robots, parse(body), NOW, training_tokens=("GPTBot",))
    finding = content_signal(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def test_yes_and_no_by_the_description():
    finding = ask("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n")
    assert finding.uses == Uses(train=Permission.DENY, index=Permission.ALLOW)
    assert finding.basis is Basis.SPEC
    assert finding.reason.startswith("Content-Signal denies train and allows index: robots.txt line 2 `Content-Signal:")


def test_it_does_not_end_a_list_of_user_agents():
    """RFC 9309 §2.2.4: it stands inside the list, and the group is for everybody in it."""
    text = "User-agent: GPTBot\nContent-Signal: ai-train=no\nUser-agent: *\nAllow: /\n"
    assert ask(text).uses == NO_TRAINING


def test_two_groups_for_everybody_are_one():
    """The block that Cloudflare puts before a site's own file."""
    text = (
        "# BEGIN Cloudflare Managed content\nUser-agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /\n"
        "# END Cloudflare Managed content\n\nUser-agent: *\nDisallow: /admin\n"
    )
    assert ask(text).uses.train is Permission.DENY


@pytest.mark.parametrize("text", ["", "User-agent: *\nContent-Signal: /news/ ai-train=no\n", "# ai-train=no\n"])
def test_silence_is_unknown(text):
    assert ask(text).uses == UNSTATED


def test_search_alone_leaves_training_unknown():
    """Opt-out signals §15: "search=yes only"."""
    assert ask("User-agent: *\nContent-Signal: search=yes\n").uses == Uses.allowing(Use.INDEX)


@pytest.mark.parametrize(
    ("text", "basis", "off"),
    [
        ("User-agent: *\nContent-Signal: ai-train=yes\nContent-Signal: ai-train=no\n", Basis.POLICY, None),
        ("User-agent: *\nContent-Signal: use=reference\n", Basis.POLICY, Settings(use_key=False)),
        ("User-agent: *\nContent-Signal: ai-train=n\n", Basis.MALFORMED_RESTRICTIVE, Settings(malformed=False)),
        ("Content-Signal: ai-train=no\n\nUser-agent: *\nAllow: /\n", Basis.POLICY, None),
        ("Useragent: *\nContent-Signal: ai-train=no\n", Basis.POLICY, None),  # as before any group
        (
            "User-agent: a, corpusbot\nContent-Signal: ai-train=no\n",
            Basis.MALFORMED_RESTRICTIVE,
            Settings(malformed=False),
        ),
        (
            "User-agent: corpusbot\nAllow: /\n\nUser-agent: *\nContent-Signal: ai-train=no\n",
            Basis.POLICY,
            Settings(other_groups=False),
        ),
        ("User-agent: Scrapy\nContent-Signal: ai-train=no\n", Basis.POLICY, Settings(aliases=())),
    ],
)
def test_what_our_policy_adds_says_so(text, basis, off):
    finding = ask(text)
    assert finding.uses == NO_TRAINING
    assert finding.basis is basis
    if off is not None:
        assert ask(text, settings=off).uses == UNSTATED


def test_a_line_before_any_group_never_permits():
    assert ask("Content-Signal: ai-train=yes\nUser-agent: *\nAllow: /\n").uses == UNSTATED
