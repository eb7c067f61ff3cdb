"""Rule ai_txt: opt-out signals §2 and §10."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.facts import SiteFacts
from collector.rules.rule import NoSettings
from collector.rules.site.ai_txt import ai_txt
from collector.signals.robots_txt import RobotsTxt
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROBOTS = SiteFile("https://www.example.org/robots.txt", Reach.UNAVAILABLE, 404)
URL = "https://www.example.org/ai.txt"


def ask(file: SiteFile | None, path: str = "/a"):
    files = {"/ai.txt": file} if file is not None else {}
    page = parse_url("https://www.example.org" + path)
    return ai_txt(SiteFacts(page, "corpusbot", ROBOTS, RobotsTxt(), NOW, files), NoSettings())


def said(text: str, path: str = "/a", **more):
    return ask(SiteFile(URL, Reach.AVAILABLE, 200, text.encode(), **more), path)


def test_a_refusal_quotes_its_line():
    finding = said("User-Agent: *\nDisallow: *.html\n", record_id="urn:uuid:1")
    assert (finding.verdict, finding.uses, finding.basis) == (
        Verdict.ALLOW,
        Uses.denying(Use.TRAIN),
        Basis.POLICY,
    )
    assert finding.reason == "training denied by ai.txt line 2 `Disallow: *.html`, read as .html"
    (evidence,) = finding.evidence
    assert (evidence.source, evidence.locator) == (URL, "line 2: Disallow: *.html; record urn:uuid:1")
    assert evidence.digest is not None


def test_a_permission():
    finding = said("User-Agent: *\nAllow: /\n")
    assert finding.uses == Uses.allowing(Use.TRAIN)
    assert finding.reason == "training allowed by ai.txt line 2 `Allow: /`"


def test_broken_and_plainly_meant():
    finding = said("User-Agent: *\nDisallow: .html\n")
    assert (finding.uses.train, finding.basis) == (Permission.DENY, Basis.MALFORMED_RESTRICTIVE)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (None, "the site has no ai.txt"),
        (SiteFile(URL, Reach.UNAVAILABLE, 404), "the site has no ai.txt"),
        (SiteFile(URL, Reach.UNREACHABLE, 503), "ai.txt could not be read (503): unknown"),
        (SiteFile(URL, Reach.UNREACHABLE, error="timeout"), "ai.txt could not be read (timeout): unknown"),
        (
            SiteFile(URL, Reach.AVAILABLE, 200, b"<html>User-Agent: *\nDisallow: /</html>"),
            "the site has no ai.txt (it answers with a page)",
        ),
        (
            SiteFile(URL, Reach.AVAILABLE, 200, b"# ai.txt\nname: Example\n"),
            "ai.txt holds no user agent with a rule: another format of that name",
        ),
        (
            SiteFile(URL, Reach.AVAILABLE, 200, b"User-Agent: *\nDisallow: *.jpg\n"),
            "no rule of ai.txt is for us and covers this address",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_said(file, reason):
    finding = ask(file)
    assert (finding.uses, finding.reason) == (UNSTATED, reason)


@given(st.binary(max_size=120), st.sampled_from(list(Reach)))
def test_always_answers_and_speaks_of_training_alone(body, reach):
    for text in (body, b"User-Agent: *\nAllow: " + body):
        finding = ask(SiteFile(URL, reach, 200, text if reach is Reach.AVAILABLE else b""))
        assert finding.verdict is Verdict.ALLOW
        assert finding.uses in (UNSTATED, Uses.denying(Use.TRAIN), Uses.allowing(Use.TRAIN))
