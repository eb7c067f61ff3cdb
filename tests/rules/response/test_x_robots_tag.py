"""Rule x_robots_tag: opt-out signals §4."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, NoArchive, NoFollow, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import ResponseFacts
from collector.rules.response.x_robots_tag import Settings, x_robots_tag

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def ask(*values: str, field: str = "X-Robots-Tag", **settings):
    headers = Headers([("Content-Type", "text/html"), *((field, value) for value in values)])
    url = parse_url("https://www.example.org/")
    facts = ResponseFacts(url, "corpusbot", 200, headers, NOW, training_tokens=("GPTBot", "CCBot"))
    return x_robots_tag(facts, Settings(**settings))


@pytest.mark.parametrize(
    "values",
    [
        ("NoAI, NoImageAI",),
        ("corpusbot: noai",),
        ("otherbot: nofollow, corpusbot: noai",),
        ("noai, unavailable_after: 25 Jun 2099 15:00:00 PST",),
        ("unavailable_after: Wed, 25 Jun 2099 15:00:00 GMT, noai",),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST",),
        ("all", "noai"),
        ("noai", "all"),
        ("noarchive",),
        ("noai;noimageai",),
        ("noindex",),
        ("none",),
        ("scrapy: noai",),
        ("GPTBot: noai",),
    ],
)
def test_reserves_training_as_our_policy_reads_it(values):
    finding = ask(*values)
    assert finding.verdict is Verdict.ALLOW  # a reservation speaks in `uses`
    assert finding.uses.train is Permission.DENY
    assert finding.basis is Basis.POLICY


@pytest.mark.parametrize(
    "values",
    [
        ("all",),
        ("index, follow",),
        ("otherbot: noai, noimageai",),
        ("googlebot: none",),
        ("noimageai",),
        ("nosnippet",),
        ("unavailable_after: 25 Jun 2099 15:00:00 PST",),
        ("",),
        (),
    ],
)
def test_says_nothing_about_training(values):
    finding = ask(*values)
    assert finding.uses.train is Permission.UNKNOWN
    assert all(permission is not Permission.ALLOW for _, permission in finding.uses)


def test_broken_but_plainly_meant():
    finding = ask("index noai")
    assert (finding.uses.train, finding.basis) == (Permission.DENY, Basis.MALFORMED_RESTRICTIVE)
    assert "plainly meant" in finding.reason


def test_obligations_follow():
    assert ask("nofollow").obligations == (NoFollow(),)
    assert ask("none", "noarchive").obligations == (NoFollow(), NoArchive())
    assert ask("otherbot: nofollow").obligations == ()


def test_names_of_fields_have_no_case():
    assert ask("noai", field="x-ROBOTS-tag").uses == Uses.denying(Use.TRAIN, Use.INPUT)


def test_settings():
    assert ask("noindex", respect_noindex=False).uses == Uses.denying(Use.INDEX)
    assert ask("GPTBot: noai", training_tokens=False).uses == UNSTATED
    assert ask("scrapy: noai", aliases=()).uses == UNSTATED


def test_reason_and_evidence_quote_the_field():
    finding = ask("all", "corpusbot: noai\x07")
    assert finding.reason == "X-Robots-Tag reserves nothing for us (all, noai\\x07)"
    finding = ask("all", "corpusbot: noai")
    assert finding.reason == "X-Robots-Tag denies train, input: corpusbot: noai"
    (evidence,) = finding.evidence
    assert (evidence.source, evidence.locator) == ("header", "X-Robots-Tag: corpusbot: noai")
    assert evidence.digest is not None
    assert ask().reason == "no X-Robots-Tag"


@given(st.lists(st.text(max_size=40), max_size=4))
def test_always_answers(values):
    finding = ask(*values)
    assert finding.verdict is Verdict.ALLOW
    assert finding.reason


@given(
    st.lists(
        st.sampled_from(["all", "noai", "noindex", "otherbot: none", "index; noml", "corpusbot: nocache"]), max_size=4
    ),
    st.text(max_size=20),
)
def test_another_field_line_takes_no_denial_back(values, more):
    before, after = ask(*values).uses, ask(*values, more).uses
    assert all(after[use] is Permission.DENY for use in Use if before[use] is Permission.DENY)


def test_noimageai_speaks_of_images_only():
    """Opt-out signals §4: `noimageai` denies training on images, the text stays."""
    url = parse_url("https://www.example.org/a.png")
    for kind, train in (("image/png", Permission.DENY), ("text/html", Permission.UNKNOWN)):
        headers = Headers([("Content-Type", kind), ("X-Robots-Tag", "noimageai")])
        assert x_robots_tag(ResponseFacts(url, "corpusbot", 200, headers, NOW), Settings()).uses.train is train
