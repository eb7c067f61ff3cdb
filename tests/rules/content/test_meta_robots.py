"""Rule meta_robots: opt-out signals §4, on pages as they are parsed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.facts import Meta, PageFacts
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.decision import Basis, NoFollow, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.content.meta_robots import Settings, meta_robots
from collector.rules.facts import ContentFacts

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/")


def judge(page: PageFacts, **settings):
    return meta_robots(ContentFacts(URL, "corpusbot", page, NOW, ("GPTBot", "AI2Bot")), Settings(**settings))


def ask(*metas: Meta, **settings):
    return judge(PageFacts("text/html", metas=metas), **settings)


def named(name: str, content: str) -> Meta:
    return Meta(name=name, content=content)


class TestPages:
    @pytest.mark.parametrize(
        ("html", "train"),
        [
            ('<head><META CONTENT="NOAI , NOIMAGEAI" NAME="ROBOTS"></head>', "deny"),
            ("<head><meta name=robots content=index><meta name=robots content=noai></head>", "deny"),
            ('<head><!-- <meta name="robots" content="noai"> --></head>', "unknown"),
            ('<head><meta name="robots" content="noml"></head>', "deny"),
            ('<head><meta name="robots" content="DisallowAITraining"></head>', "deny"),
            ('<head><template><meta name="robots" content="noai"></template></head>', "unknown"),
            ('<head><meta property="robots" content="noai"></head>', "unknown"),
            ('<head><p>early end</p><meta name="robots" content="noai"></head>', "deny"),
            ('<head><meta http-equiv="X-Robots-Tag" content="noai"></head>', "deny"),
            ("<p>&lt;meta name=robots content=noai&gt;</p>", "unknown"),
        ],
    )
    def test_what_a_page_says_of_training(self, html, train):
        document = read(f"<!doctype html><html>{html}</html>".encode(), content_type="text/html", url=URL)
        finding = judge(page_facts(document, status=200, with_language=False))
        assert finding.uses.train == train
        assert (finding.verdict, finding.basis) == (Verdict.ALLOW, Basis.POLICY)


class TestNames:
    @pytest.mark.parametrize("name", ["robots", "corpusbot", "scrapy", "gptbot", "ai2bot", "robots, googlebot"])
    def test_that_speak_to_us(self, name):
        assert ask(named(name, "noai")).uses.train is Permission.DENY

    @pytest.mark.parametrize("name", ["googlebot", "bingbot", "otherbot", "ai2bot-dolma", "description", ""])
    def test_that_do_not(self, name):
        assert ask(named(name, "noai")).uses == UNSTATED

    def test_a_training_crawler_speaks_of_training_only(self):
        finding = ask(named("gptbot", "none"))
        assert (finding.uses, finding.obligations) == (Uses.denying(Use.TRAIN), ())

    def test_settings(self):
        assert ask(named("gptbot", "noai"), training_tokens=False).uses == UNSTATED
        assert ask(named("scrapy", "noai"), aliases=()).uses == UNSTATED
        assert ask(named("robots", "noindex"), respect_noindex=False).uses == Uses.denying(Use.INDEX)


def test_all_elements_count_and_permission_is_none():
    finding = ask(named("robots", "noml"), named("robots", "all"), named("robots", "index, nofollow"))
    assert finding.uses == Uses.denying(Use.TRAIN)
    assert finding.obligations == (NoFollow(),)
    assert ask(named("robots", "index, follow, all")).uses == UNSTATED


def test_broken_but_plainly_meant():
    assert ask(named("robots", "index noai")).basis is Basis.MALFORMED_RESTRICTIVE


def test_reason_and_evidence_quote_the_element():
    finding = ask(named("robots", "all"), named("gptbot", "noai"))
    assert finding.reason == "meta robots denies train: gptbot: noai"
    (evidence,) = finding.evidence
    assert (evidence.source, evidence.locator) == ("meta", '<meta name="gptbot" content="noai">')
    assert ask().reason == "no meta element speaks to robots"
    assert (
        ask(Meta(http_equiv="x-robots-tag", content="all")).evidence[0].locator
        == '<meta http-equiv="x-robots-tag" content="all">'
    )


@given(
    st.lists(
        st.builds(
            Meta,
            name=st.sampled_from(["robots", "corpusbot", "x", ""]) | st.text(max_size=9),
            content=st.text(max_size=40),
        ),
        max_size=4,
    )
)
def test_always_answers_and_never_allows_a_use(metas):
    finding = ask(*metas)
    assert finding.verdict is Verdict.ALLOW
    assert all(permission is not Permission.ALLOW for _, permission in finding.uses)
