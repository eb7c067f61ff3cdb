"""Rule ai_tokens: opt-out signals §13."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.lists.ai_tokens import load_ai_tokens
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.site.ai_tokens import Mode, Settings, ai_tokens
from collector.rules.site.robots_txt import Settings as RobotsSettings
from collector.rules.site.robots_txt import robots_txt
from collector.signals.robots_txt import RobotsTxt, parse
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOKENS = load_ai_tokens()


def facts_of(text: str, path: str = "/", reach: Reach = Reach.AVAILABLE) -> SiteFacts:
    body = text.encode()
    robots = SiteFile("https://www.example.org/robots.txt", reach, 200, body, record_id="urn:uuid:1")
    parsed = parse(body) if reach is Reach.AVAILABLE else RobotsTxt()
    return SiteFacts(
        parse_url("https://www.example.org" + path), "corpusbot", robots, parsed, NOW, training_tokens=TOKENS
    )


def ask(text: str, path: str = "/", mode: Mode = Mode.ANY):
    return ai_tokens(facts_of(text, path), Settings(mode))


class TestAnyOfThem:
    @pytest.mark.parametrize(
        "text",
        [
            "User-agent: GPTBot\nDisallow: /\n",
            "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\nUser-agent: *\nAllow: /\n",
            "User-agent: ai2bot\nDisallow: /\n",
            "User-agent: Kangaroo Bot\nDisallow: /\n",
            "User-agent: img2dataset\nDisallow: /\n",
            "User-agent: google-extended\nDisallow: /\n",
            "User-agent: GPTBot\nContent-Signal: ai-train=no\nUser-agent: x\nDisallow: /\n",
            "User-agent: corpusbot\nAllow: /\n\nUser-agent: GPTBot\nDisallow: /\n",
            "Useragent: GPTBot\nDisallow: /\n",
            "User-agent: x, GPTBot\nDisallow: /\n",
        ],
    )
    def test_reserves_training_and_leaves_the_fetch_alone(self, text):
        finding = ask(text)
        assert (finding.verdict, finding.basis) == (Verdict.ALLOW, Basis.POLICY)
        assert finding.uses == Uses.denying(Use.TRAIN)
        assert robots_txt(facts_of(text), RobotsSettings()).uses.fetch is Permission.ALLOW

    @pytest.mark.parametrize(
        "text",
        [
            "User-agent: Googlebot\nDisallow: /\n",  # search bots are no proxy
            "User-agent: OAI-SearchBot\nUser-agent: ChatGPT-User\nUser-agent: Applebot\nDisallow: /\n",
            "User-agent: *\nDisallow: /\n",  # not by name: robots_txt speaks of it
            "User-agent: GPTBot\nAllow: /\n",  # an Allow grants nothing
            "User-agent: GPTBot\nDisallow: /\nAllow: /\n",
            "User-agent: AI\nUser-agent: img\nDisallow: /\n",  # no prefix of a name with digits
            "",
        ],
    )
    def test_nothing_else_says_anything(self, text):
        finding = ask(text)
        assert (finding.verdict, finding.uses) == (Verdict.ALLOW, UNSTATED)

    def test_by_path(self):
        text = "User-agent: CCBot\nDisallow: /news/\nAllow: /news/free/\n"
        assert ask(text, "/news/1").uses.train is Permission.DENY
        assert ask(text, "/news/free/1").uses.train is Permission.UNKNOWN
        assert ask(text, "/").uses.train is Permission.UNKNOWN

    def test_the_tokens_and_their_lines_are_told(self):
        finding = ask(
            "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: Bytespider\nDisallow: /a\nDisallow: /\n"
        )
        assert finding.reason == "training reserved: robots.txt shuts out GPTBot, CCBot, Bytespider (lines 3, 7)"
        assert [e.locator for e in finding.evidence] == [
            "line 3: Disallow: / (GPTBot, CCBot); record urn:uuid:1",
            "line 7: Disallow: / (Bytespider); record urn:uuid:1",
        ]
        assert all(e.digest is not None for e in finding.evidence)

    def test_many_tokens_are_counted_in_the_sentence_and_listed_in_the_evidence(self):
        finding = ask("".join(f"User-agent: {token}\n" for token in TOKENS) + "Disallow: /\n")
        assert finding.reason.endswith(f"and {len(TOKENS) - 8} more (line {len(TOKENS) + 1})")
        assert all(token in finding.evidence[0].locator for token in TOKENS)

    @pytest.mark.parametrize("reach", [Reach.UNAVAILABLE, Reach.UNREACHABLE])
    def test_without_a_file_there_is_no_statement(self, reach):
        assert ai_tokens(facts_of("", reach=reach), Settings()).uses == UNSTATED


class TestMode:
    TWO_OF_THREE = "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: Diffbot\nAllow: /\n"
    ONE_OF_TWO = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: Diffbot\nAllow: /\n"

    def test_majority_of_those_named(self):
        assert ask(self.TWO_OF_THREE, mode=Mode.MAJORITY).uses.train is Permission.DENY
        assert ask(self.ONE_OF_TWO, mode=Mode.MAJORITY).uses.train is Permission.UNKNOWN
        assert ask(self.ONE_OF_TWO, mode=Mode.ANY).uses.train is Permission.DENY

    def test_off(self):
        assert ask(self.TWO_OF_THREE, mode=Mode.OFF).uses == UNSTATED


@given(
    st.lists(
        st.sampled_from(
            [
                "User-agent: GPTBot",
                "User-agent: CCBot",
                "User-agent: *",
                "User-agent: Googlebot",
                "Disallow: /",
                "Disallow: /a",
                "Allow: /",
                "x",
            ]
        )
    ),
    st.sampled_from(list(Mode)),
)
def test_never_allows_a_use_and_never_denies_another_than_training(lines, mode):
    finding = ask("\n".join(lines), "/a", mode)
    assert finding.verdict is Verdict.ALLOW
    assert finding.uses in (UNSTATED, Uses.denying(Use.TRAIN))
