"""Text and data mining for research: Directive (EU) 2019/790, Art. 3 beside Art. 4(3); robots.txt binds all the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from collector.minimise.replacing.plan import plan_of
from collector.model.decision import Verdict
from collector.model.event import Stop
from collector.model.headers import Headers
from collector.model.leaving import Restriction
from collector.model.page import Candidate, Capture, Minimised
from collector.model.url import parse_url
from collector.model.uses import Permission
from collector.pipeline import Pipeline, pipeline_of
from collector.policy.load import load_policy
from collector.policy.ready import ready_policies
from collector.rules.catalogue import fragments
from collector.rules.facts import ResponseFacts, SiteFacts, UrlFacts
from collector.signals.reach import Answer, interpret
from collector.signals.robots_txt import parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = parse_url("https://a.example.org/page")
RESERVED = json.dumps([{"location": "/", "tdm-reservation": 1}])


def judged(policy: str, *, robots: str = "", tdmrep: str = "", header: str = "", html: str = "") -> Minimised | Stop:
    """The way of one page through all four gates under a ready policy."""
    loaded = load_policy(ready_policies()[policy], fragments())
    pipeline: Pipeline = pipeline_of(loaded)
    assert plan_of(loaded.minimise) == pipeline.plan
    facts = UrlFacts(Candidate(URL), registered_domain="example.org", scope_domains=("example.org",))
    considered = pipeline.consider(facts, NOW)
    file = interpret([Answer(f"{URL.origin}/robots.txt", 200, body=robots.encode())], fetched_at=NOW)
    name = "/.well-known/tdmrep.json"
    tdm = interpret([Answer(f"{URL.origin}{name}", 200 if tdmrep else 404, body=tdmrep.encode())], fetched_at=NOW)
    site = SiteFacts(URL, loaded.crawler.product_token, file, parse(file.body), NOW, {name: tdm})
    admitted = pipeline.admit(Candidate(URL), considered, site, NOW)
    if isinstance(admitted, Stop):
        return admitted
    headers = Headers([("Content-Type", "text/html"), *([("tdm-reservation", header)] if header else [])])
    response = ResponseFacts(URL, loaded.crawler.product_token, 200, headers, NOW)
    decisions = pipeline.receive(admitted, response, NOW)
    if isinstance(decisions, Stop):
        return decisions
    body = f"<html><head>{html}</head><body><p>Words of a page that says something.</p></body></html>"
    capture = Capture(admitted, decisions, 200, headers, body.encode(), NOW, 0.1)
    return pipeline.ingest(capture, NOW).result


@pytest.mark.parametrize(
    ("signals", "tdm", "restriction"),
    [
        ({}, Permission.UNKNOWN, Restriction.NONE),
        ({"tdmrep": RESERVED}, Permission.DENY, Restriction.RESEARCH),
        ({"header": "1"}, Permission.DENY, Restriction.RESEARCH),
        ({"html": '<meta name="tdm-reservation" content="1">'}, Permission.DENY, Restriction.RESEARCH),
        ({"tdmrep": RESERVED, "header": "0"}, Permission.ALLOW, Restriction.NONE),  # TDMRep: the header supersedes
        ({"html": '<meta name="robots" content="noai">'}, Permission.UNKNOWN, Restriction.RESEARCH),
    ],
)
def test_under_article_3_a_reservation_is_recorded_and_restricts(signals, tdm, restriction):
    page = judged("research", **signals)
    assert isinstance(page, Minimised)
    assert (page.uses.tdm, page.restriction) == (tdm, restriction)


def test_under_article_3_robots_txt_still_binds():
    """Recital 18 leaves the exception to lawful access; what a site closes to machines stays closed."""
    refused = judged("research", robots="User-agent: *\nDisallow: /page\n")
    assert isinstance(refused, Stop)
    assert refused.deciding.deciding.rule == "robots_txt"
    assert refused.deciding.verdict is Verdict.DENY


def test_under_article_4_the_same_reservation_refuses_the_page():
    refused = judged("strict-eu", tdmrep=RESERVED)
    assert isinstance(refused, Stop)
    assert refused.deciding.deciding.rule == "tdmrep_file"
