"""Rule self_label: lists and registry §3.2."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.facts import Meta, PageFacts
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED
from collector.rules.content.self_label import Settings, self_label
from collector.rules.facts import ContentFacts

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/")


def judge(page: PageFacts, **settings):
    return self_label(ContentFacts(URL, "corpusbot", page, NOW), Settings(**settings))


def ask(*metas: Meta, **settings):
    return judge(PageFacts("text/html", metas=metas), **settings)


def rating(content: str) -> Meta:
    return Meta(name="rating", content=content)


def age(years: int) -> Meta:
    return Meta(name="age-de-meta-label", content=f"age={years} hash=x v=1.0 kind=sl protocol=all")


@pytest.mark.parametrize(
    ("html", "verdict"),
    [
        ('<meta name="RATING" content="RTA-5042-1996-1400-1577-RTA">', "deny"),
        ("<meta name=rating content=adult>", "deny"),
        ('<meta name="rating" content="Adult">', "deny"),
        ("<meta name=rating content=mature>", "allow"),
        ("<meta name=rating content=restricted>", "allow"),
        ('<meta name="rating" content="safe for kids">', "allow"),
        ('<meta name="age-de-meta-label" content="age=18 hash=x v=1.0 kind=sl protocol=all">', "deny"),
        ('<meta name="age-de-meta-label" content="age=16 hash=x v=1.0 kind=sl protocol=all">', "allow"),
        ("<!-- <meta name=rating content=adult> -->", "allow"),
        ("<p>&lt;meta name=rating content=adult&gt;</p>", "allow"),
    ],
)
def test_what_a_page_says_of_itself(html, verdict):
    page = read(f"<!doctype html><html><head>{html}</head></html>".encode(), content_type="text/html", url=URL)
    finding = judge(page_facts(page, status=200, with_language=False))
    assert (finding.verdict, finding.basis, finding.uses) == (Verdict(verdict), Basis.POLICY, UNSTATED)


def test_the_label_is_quoted():
    finding = ask(Meta(name="description", content="x"), rating("adult"), age(18))
    assert finding.reason == "the page labels itself as for adults: rating adult, age 18"
    assert [evidence.locator for evidence in finding.evidence] == [
        '<meta name="rating" content="adult">',
        '<meta name="age-de-meta-label" content="age=18 hash=x v=1.0 kind=sl protocol=all">',
    ]
    assert all(evidence.digest is not None for evidence in finding.evidence)


def test_weaker_labels_are_told():
    assert ask(rating("mature")).reason == "the page carries a weaker label, which does not refuse it: rating mature"
    assert ask(age(16)).reason == "the page carries a weaker label, which does not refuse it: age 16"
    assert ask(rating("general")).reason == "the page's label is none for adults"
    assert ask(age(12)).reason == "the page's label is none for adults"
    assert ask().reason == "the page carries no label for adults"


def test_settings():
    assert ask(rating("mature"), ratings=("adult", "mature")).verdict is Verdict.DENY
    assert ask(age(16), age=16).verdict is Verdict.DENY
    assert ask(rating("adult"), ratings=()).verdict is Verdict.ALLOW
    assert ask(rating("rta-5042-1996-1400-1577-rta"), ratings=()).verdict is Verdict.DENY


@given(st.lists(st.builds(Meta, name=st.sampled_from(["rating", "age-de-meta-label"]), content=st.text(max_size=30))))
def test_always_answers_and_never_defers(metas):
    finding = ask(*metas)
    assert finding.verdict in (Verdict.ALLOW, Verdict.DENY)
    assert finding.uses == UNSTATED


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ('(PICS-1.1 "http://www.rsac.org/ratingsv01.html" l gen true r (n 0 s 4 v 0 l 0))', "deny"),
        ('(PICS-1.1 "http://www.rsac.org/ratingsv01.html" l gen true r (n 0 s 1 v 4 l 4))', "allow"),
        ('(PICS-1.1 "http://www.classify.org/safesurf/" l r (SS~~000 8))', "deny"),
    ],
)
def test_a_pics_label_counts_by_the_scale_of_its_service(label, verdict):
    assert ask(Meta(http_equiv="pics-label", content=label)).verdict is Verdict(verdict)
