"""Rule meta_tdm_reservation: TDMRep, HTML meta elements; opt-out signals §5."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.document.facts import Meta, PageFacts
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.content.meta_tdm_reservation import Settings, meta_tdm_reservation
from collector.rules.facts import ContentFacts

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/x")
BOTH = ("tdm_reservation", "tdmrep_file")


def ask(*metas: Meta, settings: Settings | None = None):
    facts = ContentFacts(URL, "corpusbot", PageFacts("text/html", metas=metas), NOW)
    finding = meta_tdm_reservation(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def named(content: str, **more: bool) -> Meta:
    return Meta(name="tdm-reservation", content=content, **more)


def test_one_reserves_and_supersedes_header_and_file():
    finding = ask(named("1"), Meta(name="tdm-policy", content="https://www.example.org/p"))
    assert (finding.uses.tdm, finding.uses.train, finding.basis) == (Permission.DENY, Permission.DENY, Basis.SPEC)
    assert finding.supersedes == BOTH
    assert [e.locator for e in finding.evidence] == [
        '<meta name="tdm-reservation" content="1">',
        '<meta name="tdm-policy" content="https://www.example.org/p">',
    ]


def test_nought_in_the_head_releases_and_supersedes():
    finding = ask(named("0"))
    assert (finding.uses.tdm, finding.supersedes) == (Permission.ALLOW, BOTH)


def test_nought_in_the_body_does_neither():
    finding = ask(named("0", in_head=False))
    assert (finding.uses, finding.supersedes) == (UNSTATED, ())


def test_one_in_the_body_reserves():
    assert ask(named("1", in_head=False)).uses.tdm is Permission.DENY


@pytest.mark.parametrize("content", ["", "2", "no", "yesterday"])
def test_another_value_is_unset_and_resets_nothing(content):
    finding = ask(named(content))
    assert (finding.uses, finding.supersedes) == (UNSTATED, ())


def test_absence_says_nothing():
    finding = ask(Meta(name="robots", content="1"), Meta(name="tdm-policy", content="x"))
    assert (finding.uses, finding.supersedes) == (UNSTATED, ())


@pytest.mark.parametrize(
    "metas",
    [
        [named("true")],
        [named("0"), named("1")],
        [Meta(property="tdm-reservation", content="1")],
        [Meta(property="tdm:reservation", content="1")],
        [Meta(http_equiv="tdm-reservation", content="1")],
        [named("0"), Meta(property="tdm-reservation", content="1")],
    ],
)
def test_what_is_plainly_meant_reserves_unless_switched_off(metas):
    finding = ask(*metas)
    assert finding.uses.tdm is Permission.DENY
    assert (finding.basis, finding.supersedes) == (Basis.MALFORMED_RESTRICTIVE, ())
    assert ask(*metas, settings=Settings(malformed=False)).uses.tdm is not Permission.DENY


def test_a_property_never_releases():
    assert ask(Meta(property="tdm-reservation", content="0")).uses == UNSTATED


@pytest.mark.parametrize(
    ("html", "tdm"),
    [
        (b"<head><meta name='TDM-Reservation' content=' 1 '></head>", "deny"),
        (b"<meta name=tdm-reservation content=0>", "allow"),
        (b"<template><meta name=tdm-reservation content=1></template>", "unknown"),
        (b"<!-- <meta name=tdm-reservation content=1> -->", "unknown"),
    ],
)
def test_of_a_page_as_it_is_read(html, tdm):
    page = page_facts(read(html, content_type="text/html", url=URL), status=200, with_language=False)
    assert meta_tdm_reservation(ContentFacts(URL, "corpusbot", page, NOW), Settings()).uses.tdm == tdm
