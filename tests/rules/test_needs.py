"""Which documents rules ask for before they judge: RSL §4.3 and §8, TDMRep §7; opt-out signals §2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector.document.facts import Meta, PageFacts
from collector.model.decision import Gate, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.policy.load import load_policy
from collector.policy.ready import find_policy
from collector.rules.catalogue import bind, fragments
from collector.rules.evaluate import BoundRule, evaluate, needed, stand_ins, worth_asking
from collector.rules.facts import ContentFacts, ResponseFacts, SiteFacts
from collector.rules.rule import Rule
from collector.signals.robots_txt import parse
from collector.signals.rsl import NAMESPACE, lifetime_of
from collector.signals.site_file import UNNEEDED, Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/a")
LICENCE = "https://www.example.org/l.xml"
LINK = ("Link", f'<{LICENCE}>; rel="license"; type="application/rsl+xml"')
HTML = ("Content-Type", "text/html")


@pytest.fixture(scope="module")
def ruleset():
    return bind(load_policy(find_policy("strict-eu"), fragments()))


def site(robots: str = "", **files: SiteFile) -> SiteFacts:
    body = robots.encode()
    return SiteFacts(URL, "example-corpus-bot", SiteFile("x", Reach.AVAILABLE, 200, body), parse(body), NOW, files)


def response(*fields: tuple[str, str], status: int = 200) -> ResponseFacts:
    return ResponseFacts(URL, "example-corpus-bot", status, Headers([HTML, *fields]), NOW)


def content(**page: object) -> ContentFacts:
    return ContentFacts(URL, "example-corpus-bot", PageFacts("text/html", text_length=5_000, **page), NOW)


def addresses(gate: Gate, facts: object, ruleset) -> list[str]:
    return [one.address for one in needed(gate, facts, ruleset)]


def test_a_site_is_asked_for_the_files_that_every_site_may_have(ruleset):
    found = {one.address: one for one in needed(Gate.SITE, site(), ruleset)}
    assert set(found) == {"/.well-known/tdmrep.json", "/ai.txt", "/trust.txt", "/.well-known/trust.txt"}
    assert {path for path, one in found.items() if one.own_domain} == set(found) - {"/.well-known/tdmrep.json"}
    assert found["/ai.txt"].max_bytes == 64_000


def test_a_licence_in_robots_txt_over_https_only(ruleset):
    robots = "User-agent: *\nAllow: /\nLicense: https://a.test/1\nLicense: http://a.test/2\n"
    assert "https://a.test/1" in addresses(Gate.SITE, site(robots), ruleset)
    assert "http://a.test/2" not in addresses(Gate.SITE, site(robots), ruleset)


@pytest.mark.parametrize(("value", "asked"), [(1, True), ("1", True), (0, False)])
def test_the_policy_of_the_rule_that_reserves(ruleset, value, asked):
    body = f'[{{"location": "/", "tdm-reservation": {value!r}, "tdm-policy": "/p.json"}}]'.replace("'", '"').encode()
    file = SiteFile("https://www.example.org/.well-known/tdmrep.json", Reach.AVAILABLE, 200, body)
    facts = site(**{"/.well-known/tdmrep.json": file})
    assert ("https://www.example.org/p.json" in addresses(Gate.SITE, facts, ruleset)) is asked


def test_what_header_fields_name(ruleset):
    fields = (LINK, ("tdm-reservation", "1"), ("tdm-policy", "https://rights.test/p"))
    assert addresses(Gate.RESPONSE, response(*fields), ruleset) == [LICENCE, "https://rights.test/p"]
    assert addresses(Gate.RESPONSE, response(*fields, status=404), ruleset) == []
    assert addresses(Gate.RESPONSE, response(("tdm-policy", "https://rights.test/p")), ruleset) == []


def test_what_elements_name(ruleset):
    metas = (Meta(name="tdm-reservation", content="1"), Meta(name="tdm-policy", content="/p.json"))
    links = (("license", "application/rsl+xml", LICENCE), ("license", "text/html", "/terms"))
    facts = content(metas=metas, link_rels=links)
    assert addresses(Gate.CONTENT, facts, ruleset) == ["https://www.example.org/p.json", LICENCE]


@pytest.mark.parametrize("address", ["javascript:x", "https://u:p@a.test/", "//", "", "ftp://a.test/p"])
def test_what_is_no_address_is_not_asked_for(ruleset, address):
    fields = (("tdm-reservation", "1"), ("tdm-policy", address))
    assert addresses(Gate.RESPONSE, response(*fields), ruleset) == []


def test_nobody_is_asked_for_what_is_refused_anyway(ruleset):
    assert worth_asking(Gate.RESPONSE, response(LINK), URL, ruleset, NOW)
    refused = response(LINK, ("X-Robots-Tag", "noai"))
    assert worth_asking(Gate.RESPONSE, refused, URL, ruleset, NOW) == ()
    files = stand_ins(Gate.RESPONSE, refused, ruleset)
    assert files[LICENCE].error == UNNEEDED
    decision = evaluate(Gate.RESPONSE, replace(refused, files=files), URL, ruleset, NOW)
    assert [f.rule for f in decision.findings if f.verdict is Verdict.DENY] == ["x_robots_tag"]


def test_a_rule_that_cannot_say_what_it_needs_defers(ruleset):
    def broken(facts, settings):
        raise RuntimeError

    def permits(facts, settings):
        raise AssertionError("asked without its documents")

    rule = BoundRule(Rule("broken", Gate.SITE, permits, needs=broken), None)
    only = replace(ruleset, by_gate={Gate.SITE: (rule,)})
    assert needed(Gate.SITE, site(), only) == ()
    assert evaluate(Gate.SITE, site(), URL, only, NOW).verdict is Verdict.DEFER


@pytest.mark.parametrize(("max_age", "days"), [("", 30), ('max-age="7"', 7), ('max-age="0"', 1), ('max-age="900"', 30)])
def test_how_long_a_licence_holds(max_age, days):
    """RSL §3.2, in days; opt-out signals §2: between one and thirty."""
    body = f'<rsl xmlns="{NAMESPACE}" {max_age}><content url="/"><license/></content></rsl>'.encode()
    assert lifetime_of(body) == timedelta(days=days)
    assert lifetime_of(b"<html>") == timedelta(days=1)
