"""Rule tdmrep_file: TDMRep, the file on the origin server; opt-out signals §5 and §2."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.facts import SiteFacts
from collector.rules.site.tdmrep_file import Settings, tdmrep_file
from collector.signals.robots_txt import RobotsTxt
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PATH = "/.well-known/tdmrep.json"
ADDRESS = f"https://www.example.org{PATH}"
ROBOTS = SiteFile("https://www.example.org/robots.txt", Reach.UNAVAILABLE, 404)


def ask(file: SiteFile | None, path: str = "/x", settings: Settings | None = None, key: str = PATH):
    files = {key: file} if file is not None else {}
    url = parse_url("https://www.example.org" + path)
    finding = tdmrep_file(SiteFacts(url, "corpusbot", ROBOTS, RobotsTxt(), NOW, files), settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    assert finding.supersedes == ()
    return finding


def published(value: object) -> SiteFile:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return SiteFile(ADDRESS, Reach.AVAILABLE, 200, body, record_id="urn:uuid:7")


@pytest.mark.parametrize("key", [PATH, ADDRESS])
def test_reserved(key):
    policy = "https://www.example.org/tdm-policy.json"
    file = published([{"location": "/x", "tdm-reservation": 1, "tdm-policy": policy}])
    finding = ask(file, key=key)
    assert (finding.uses.tdm, finding.uses.train, finding.uses.input) == (Permission.DENY,) * 3
    assert finding.uses.index is Permission.UNKNOWN
    assert finding.basis is Basis.SPEC
    (evidence,) = finding.evidence
    assert (evidence.source, evidence.digest) == (ADDRESS, file.digest)
    assert evidence.locator == f"rule 1: location /x, 1; tdm-policy {policy}; record urn:uuid:7"


def test_not_reserved_allows_within_the_protocol():
    finding = ask(published([{"location": "/", "tdm-reservation": 0}]))
    assert (finding.uses.tdm, finding.uses.train) == (Permission.ALLOW, Permission.ALLOW)
    assert finding.uses.fetch is finding.uses.input is finding.uses.index is Permission.UNKNOWN


@pytest.mark.parametrize(
    "file",
    [
        None,
        SiteFile(ADDRESS, Reach.UNAVAILABLE, 404),
        SiteFile(ADDRESS, Reach.UNAVAILABLE, 403),
        SiteFile(ADDRESS, Reach.UNREACHABLE, 503),
        SiteFile(ADDRESS, Reach.UNREACHABLE, error="timeout"),
        published(b"<!doctype html><title>404</title>"),
        published(b"[{broken"),
        published([{"tdm-reservation": 1}]),
        published([{"location": "/y", "tdm-reservation": 1}]),
        published([]),
    ],
)
def test_what_states_nothing_is_unknown_and_says_why(file):
    finding = ask(file)
    assert finding.uses == UNSTATED
    assert "tdmrep.json" in finding.reason


@pytest.mark.parametrize(
    "value",
    [{"tdm-reservation": 1}, [{"location": "/", "tdm-reservation": "1"}], [{"location": "/", "tdm-reservation": True}]],
)
def test_what_is_plainly_meant_reserves_unless_switched_off(value):
    finding = ask(published(value))
    assert finding.uses.tdm is Permission.DENY
    assert finding.basis is Basis.MALFORMED_RESTRICTIVE
    assert ask(published(value), settings=Settings(malformed=False)).uses == UNSTATED


def test_switched_off_the_next_sound_rule_in_sequence_counts():
    file = published([{"location": "/", "tdm-reservation": "1"}, {"location": "/", "tdm-reservation": 0}])
    assert ask(file).uses.tdm is Permission.DENY
    assert ask(file, settings=Settings(malformed=False)).uses.tdm is Permission.ALLOW
