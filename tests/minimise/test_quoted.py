"""Findings quote headers and pages; what is personal in a quotation does not get into the account (design §2.3)."""

from __future__ import annotations

from datetime import UTC, datetime

from collector.minimise.quoted import minimise_decision
from collector.model.decision import Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest

DIGEST = Digest.of(b"x")


def decision(reason: str, locator: str):
    finding = Finding("x_robots_tag", Verdict.ALLOW, reason, evidence=(Evidence("header", DIGEST, locator),))
    return combine(
        Gate.RESPONSE,
        (finding,),
        need=frozenset(),
        policy=PolicyRef("test", DIGEST),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_an_address_in_a_quotation_becomes_a_placeholder_and_its_digest_goes():
    kept = minimise_decision(
        decision("said by jane.roe@mail.example.org", "X-Robots-Tag: index, jane.roe@mail.example.org")
    )
    (finding,) = kept.findings
    assert finding.reason == "said by [[EMAIL_1]]"
    assert finding.evidence == (Evidence("header", None, "X-Robots-Tag: index, [[EMAIL_1]]"),)


def test_what_names_nobody_stays_the_very_same_object():
    plain = decision("no value speaks to us", "X-Robots-Tag: noai, unavailable_after: 25 Jun 2027 15:00:00 GMT")
    assert minimise_decision(plain) is plain


def test_minimising_twice_changes_nothing():
    once = minimise_decision(decision("by +44 20 7946 0958", "a@b.example.org, c@b.example.org, a@b.example.org"))
    assert minimise_decision(once) is once
    assert once.findings[0].evidence[0].locator == "[[EMAIL_1]], [[EMAIL_2]], [[EMAIL_1]]"
