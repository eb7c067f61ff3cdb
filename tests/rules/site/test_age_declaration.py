"""Rule age_declaration: label format for age classification in telemedia 3.0, §5."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED
from collector.rules.facts import SiteFacts
from collector.rules.site.age_declaration import Settings, age_declaration, needs
from collector.signals.age_declaration import PATH, read_age_declaration
from collector.signals.robots_txt import RobotsTxt
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROBOTS = SiteFile("https://site.test/robots.txt", Reach.UNAVAILABLE, 404)


def facts(body: bytes | None, host: str = "www.beispiel.de", reach: Reach = Reach.AVAILABLE) -> SiteFacts:
    url = parse_url(f"https://{host}/a")
    files = {PATH: SiteFile(f"https://{host}{PATH}", reach, 200, body)} if body is not None else {}
    return SiteFacts(url, "bot", ROBOTS, RobotsTxt(), NOW, files)


def declaration(default: str = "", *labels: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><age-declaration><ageblock-labeltype>'
        f"<xmlfile>true</xmlfile>{f'<default-age>{default}</default-age>' if default else ''}</ageblock-labeltype>"
        f"<ageblock-labeltype-definition><labeltype-xmlfile>{''.join(labels)}</labeltype-xmlfile>"
        "</ageblock-labeltype-definition></age-declaration>"
    ).encode()


def label(age: str, scope: str = "") -> str:
    return f'<label class="x"><age>{age}</age>{f"<scope>{scope}</scope>" if scope else ""}</label>'


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (declaration("18"), "deny"),
        (declaration("16"), "allow"),
        (declaration("0", label("18")), "deny"),
        (declaration("0", label("18", ".*")), "deny"),
        (declaration("0", label("18", "/erotik/.*")), "allow"),
        (declaration("18", label("0", ".*")), "allow"),
        (declaration(""), "allow"),
        (declaration("-18"), "allow"),
        (b"<html><body>18</body></html>", "allow"),
        (b"", "allow"),
        (b"<!DOCTYPE a [<!ENTITY e '18'>]>" + declaration("&e;").partition(b"?>")[2], "allow"),
    ],
)
def test_the_site_as_a_whole(body, verdict):
    finding = age_declaration(facts(body), Settings())
    assert (finding.verdict, finding.uses) == (Verdict(verdict), UNSTATED)


def test_a_part_of_the_site_is_told():
    finding = age_declaration(facts(declaration("12", label("18", "/erotik/.*"))), Settings())
    assert finding.reason.endswith("12 years; 1 of its labels, for parts of the site, are for 18 and more")


def test_it_is_asked_for_where_it_may_be_expected():
    assert [one.address for one in needs(facts(None), Settings())] == [PATH]
    assert needs(facts(None, "www.example.org"), Settings()) == ()
    assert needs(facts(None, "www.beispiel.at"), Settings(top_level_domains=("de", "at")))


def test_missing_and_unreachable_files_say_nothing():
    assert age_declaration(facts(None), Settings()).verdict is Verdict.ALLOW
    assert age_declaration(facts(b"", reach=Reach.UNREACHABLE), Settings()).verdict is Verdict.ALLOW


@given(st.binary(max_size=300))
def test_any_bytes(body):
    read_age_declaration(body)
    read_age_declaration(declaration("18")[:-80] + body)
