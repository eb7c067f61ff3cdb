"""Rule trust_txt: opt-out signals §2 and §11."""

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
from collector.rules.site.trust_txt import trust_txt
from collector.signals.robots_txt import RobotsTxt
from collector.signals.site_file import Reach, SiteFile
from collector.signals.trust_txt import PATHS

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROBOTS = SiteFile("https://www.example.org/robots.txt", Reach.UNAVAILABLE, 404)
PAGE = parse_url("https://www.example.org/a")
YES, NO = "datatrainingallowed=yes\n", "datatrainingallowed=no\n"


def file(text: str | None, path: str = PATHS[0], reach: Reach = Reach.AVAILABLE, **more) -> SiteFile:
    body = (text or "").encode() if reach is Reach.AVAILABLE else b""
    return SiteFile("https://www.example.org" + path, reach, body=body, **{"status": 200, **more})


def ask(**files: SiteFile):
    by_path = {PATHS[0] if name == "plain" else PATHS[1]: one for name, one in files.items()}
    return trust_txt(SiteFacts(PAGE, "corpusbot", ROBOTS, RobotsTxt(), NOW, by_path), NoSettings())


@pytest.mark.parametrize(
    ("plain", "well_known", "train"),
    [
        (NO, None, "deny"),
        (None, NO, "deny"),
        (YES, None, "allow"),
        (None, YES, "allow"),
        (YES, NO, "deny"),
        (NO, YES, "deny"),
        (YES + NO, None, "deny"),
        (YES, "member=https://x.test/\n", "allow"),
        ("datatrainingallowed=maybe\n", None, "unknown"),
        ("datatrainingallowed=maybe\n", NO, "deny"),
        ("<html>" + NO, None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_both_places_count_and_one_no_denies(plain, well_known, train):
    files = {"plain": file(plain)} if plain is not None else {}
    if well_known is not None:
        files["well_known"] = file(well_known, PATHS[1])
    finding = ask(**files)
    assert (finding.verdict, finding.uses.train, finding.basis) == (Verdict.ALLOW, train, Basis.POLICY)


def test_the_line_is_quoted():
    finding = ask(plain=file("# us\nDataTrainingAllowed = No\n", record_id="urn:uuid:1"))
    assert finding.reason == "training denied by trust.txt line 2 `DataTrainingAllowed = No`"
    (evidence,) = finding.evidence
    assert evidence.locator == "line 2: DataTrainingAllowed = No; record urn:uuid:1"
    assert evidence.digest is not None


def test_broken_and_plainly_meant():
    assert ask(plain=file("datatrainingallowed: no\n")).basis is Basis.MALFORMED_RESTRICTIVE
    assert ask(plain=file("datatrainingallowed: no\n" + NO)).basis is Basis.POLICY


def test_what_cannot_be_read_is_unknown_and_told():
    finding = ask(plain=file("", reach=Reach.UNREACHABLE, status=None, error="timeout"))
    assert (finding.uses, finding.reason) == (UNSTATED, "trust.txt could not be read (timeout): unknown")
    assert ask(plain=file("", reach=Reach.UNREACHABLE, status=503), well_known=file(NO)).uses.train is Permission.DENY
    assert ask(plain=file("", reach=Reach.UNAVAILABLE, status=404)).reason == "no trust.txt speaks of training"


@given(st.binary(max_size=120))
def test_always_answers_and_speaks_of_training_alone(body):
    for text in (body, b"datatrainingallowed=" + body):
        finding = ask(plain=SiteFile("https://www.example.org/trust.txt", Reach.AVAILABLE, 200, text))
        assert finding.uses in (UNSTATED, Uses.denying(Use.TRAIN), Uses.allowing(Use.TRAIN))
