"""Rule content_usage_robots: opt-out signals §6."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.site.content_usage_robots import Settings, content_usage_robots
from collector.signals.content_usage import Malformed
from collector.signals.robots_txt import RobotsTxt, parse
from collector.signals.site_file import Reach, SiteFile
from tests.support.growth import assert_linear

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NO_TRAINING = Uses.denying(Use.TRAIN)
BY_THE_LETTER = Settings(older_labels=False, malformed=Malformed.OFF, other_groups=False, aliases=())


def ask(text: str, path: str = "/", settings: Settings | None = None, reach: Reach = Reach.AVAILABLE):
    body = text.encode()
    robots = SiteFile("https://www.example.org/robots.txt", reach, 200, body, record_id="urn:uuid:1")
    parsed = parse(body) if reach is Reach.AVAILABLE else RobotsTxt()
    url = parse_url("https://www.example.org" + path)
    facts = SiteFacts(url, "corpusbot", robots, parsed, NOW, training_tokens=("GPTBot", "CCBot"))
    finding = content_usage_robots(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW  # a reservation speaks in its uses
    return finding


class TestByTheDraft:
    def test_a_denial_names_its_line_and_the_file(self):
        finding = ask("User-agent: *\nContent-Usage: /a train-ai=n, search=y\n", "/a/b")
        assert finding.uses == Uses(train=Permission.DENY, index=Permission.ALLOW)
        assert finding.basis is Basis.SPEC
        assert finding.reason == (
            "Content-Usage denies train and allows index: robots.txt line 2 `Content-Usage: /a train-ai=n, search=y`"
        )
        (evidence,) = finding.evidence
        assert evidence.source == "https://www.example.org/robots.txt"
        assert evidence.digest is not None
        assert evidence.locator == "line 2: Content-Usage: /a train-ai=n, search=y; record urn:uuid:1"

    def test_a_group_of_our_own_does_not_inherit(self):
        """RFC 9309 §2.2.1: only one group applies."""
        text = "User-agent: corpusbot\nAllow: /\n\nUser-agent: *\nContent-Usage: train-ai=n\n"
        assert ask(text, settings=BY_THE_LETTER).uses == UNSTATED

    @pytest.mark.parametrize(
        "text", ["", "User-agent: *\nDisallow: /\n", "User-agent: *\nContent-Usage: /b train-ai=n\n"]
    )
    def test_silence_is_unknown(self, text):
        finding = ask(text, "/a")
        assert finding.uses == UNSTATED
        assert finding.evidence == ()

    @pytest.mark.parametrize("reach", [Reach.UNAVAILABLE, Reach.UNREACHABLE])
    def test_without_a_file_there_is_no_statement(self, reach):
        assert ask("User-agent: *\nContent-Usage: train-ai=n\n", reach=reach).uses == UNSTATED


class TestByOurPolicy:
    @pytest.mark.parametrize(
        ("text", "basis", "off"),
        [
            ("User-agent: *\nContent-Usage: ai=n\n", Basis.POLICY, Settings(older_labels=False)),
            (
                "User-agent: *\nContent-Usage: Train-AI=N\n",
                Basis.MALFORMED_RESTRICTIVE,
                Settings(malformed=Malformed.OFF),
            ),
            (
                "User-agent: corpusbot\nAllow: /\n\nUser-agent: *\nContent-Usage: train-ai=n\n",
                Basis.POLICY,
                Settings(other_groups=False),
            ),
            (
                "User-agent: corpusbot\nAllow: /\n\nUser-agent: GPTBot\nContent-Usage: train-ai=n\n",
                Basis.POLICY,
                Settings(other_groups=False),
            ),
            (
                "User-agent: *\nAllow: /\n\nUser-agent: Scrapy\nContent-Usage: train-ai=n\n",
                Basis.POLICY,
                Settings(aliases=()),
            ),
            ("Content-Usage: train-ai=n\n", Basis.MALFORMED_RESTRICTIVE, Settings(malformed=Malformed.OFF)),
            (
                "Useragent: *\nContent-Usage: train-ai=n\n",
                Basis.MALFORMED_RESTRICTIVE,
                Settings(malformed=Malformed.OFF),
            ),
        ],
    )
    def test_a_denial_says_so_and_can_be_switched_off(self, text, basis, off):
        finding = ask(text, settings=Settings(malformed=Malformed.UNREADABLE))
        assert finding.uses == NO_TRAINING
        assert finding.basis is basis
        assert finding.evidence
        assert ask(text, settings=off).uses == UNSTATED

    def test_a_wrong_value_only_where_any_is_asked_for(self):
        text = "User-agent: *\nContent-Usage: train-ai=no\n"
        assert ask(text).uses == UNSTATED
        assert ask(text, settings=Settings(malformed=Malformed.ANY)).uses == NO_TRAINING

    @pytest.mark.parametrize(
        "text",
        [
            "User-agent: corpusbot\nAllow: /\n\nUser-agent: *\nContent-Usage: train-ai=y\n",
            "User-agent: Scrapy\nContent-Usage: train-ai=y\n",
            "Content-Usage: train-ai=y\n",
            "User-agent: *\nContent-Usage: ai=y\n",
            "User-agent: *\nContent-Usage: Train-AI=y\n",
        ],
    )
    def test_it_never_permits(self, text):
        assert ask(text).uses == UNSTATED

    def test_what_training_crawlers_are_told_counts_only_beside_a_group_of_our_own(self):
        """Opt-out signals §6 (c), and vector aipref-robots-14."""
        text = "User-agent: GPTBot\nContent-Usage: train-ai=n\nUser-agent: *\nDisallow: /x\n"
        assert ask(text, "/y").uses == UNSTATED

    def test_the_conflict_row_with_a_crawler_that_is_allowed(self):
        """Opt-out signals §15, last row: our token selects `*`; the Allow for GPTBot is irrelevant."""
        text = "User-agent: GPTBot\nContent-Usage: train-ai=y\nAllow: /\n\nUser-agent: *\nContent-Usage: train-ai=n\n"
        finding = ask(text)
        assert (finding.uses, finding.basis) == (NO_TRAINING, Basis.SPEC)


LINES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: corpusbot",
        "User-agent: GPTBot",
        "User-agent: Scrapy",
        "useragent: *",
        "Content-Usage: train-ai=n",
        "Content-Usage: train-ai=y",
        "Content-Usage: /a train-ai=y, search=n",
        "Content-Usage: Train-AI=N",
        "Content-Usage: all=n",
        "Disallow: /a",
        "",
    ]
)


@given(st.lists(LINES, max_size=10))
def test_our_policy_only_adds_denials(lines):
    text = "\n".join(lines)
    strict, letter = ask(text, "/a").uses, ask(text, "/a", BY_THE_LETTER).uses
    for use, said in strict:
        assert said in (letter[use], Permission.DENY)
    assert Permission.ALLOW not in dict(letter).values() or any("=y" in line for line in lines)


@pytest.mark.parametrize(
    "line", ["Content-Usage: /%d train-ai=y", "Content-Usage: /*a*%d*a train-ai=n", "Content-Usage: a%d=n"]
)
def test_time_is_linear_in_the_rules(line):
    """However many there are: from a thousand on the rest is not read."""
    assert_linear(lambda text: ask(text, "/b" * 500), lambda size: "User-agent: *\n" + _lines(line, size), 5_000)


def _lines(line: str, size: int) -> str:
    return "\n".join(line % n for n in range(size))
