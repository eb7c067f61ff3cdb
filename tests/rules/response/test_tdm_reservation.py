"""Rule tdm_reservation: TDMRep, header fields; opt-out signals §5."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.model.decision import Basis, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.facts import ResponseFacts
from collector.rules.response.tdm_reservation import Settings, tdm_reservation

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def ask(*fields: tuple[str, str], settings: Settings | None = None):
    url = parse_url("https://www.example.org/x")
    finding = tdm_reservation(ResponseFacts(url, "corpusbot", 200, Headers(fields), NOW), settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


def test_one_reserves_and_supersedes_the_file():
    finding = ask(("TDM-Reservation", "1"), ("tdm-policy", "https://www.example.org/p"))
    assert (finding.uses.tdm, finding.uses.train) == (Permission.DENY, Permission.DENY)
    assert (finding.basis, finding.supersedes) == (Basis.SPEC, ("tdmrep_file",))
    assert [e.locator for e in finding.evidence] == ["tdm-reservation: 1", "tdm-policy: https://www.example.org/p"]


def test_nought_releases_and_supersedes_the_file():
    finding = ask(("tdm-reservation", "0"))
    assert (finding.uses.tdm, finding.supersedes) == (Permission.ALLOW, ("tdmrep_file",))


@pytest.mark.parametrize("value", ["", "2", "no", "false", "on request"])
def test_another_value_is_unset_and_resets_nothing(value):
    finding = ask(("tdm-reservation", value))
    assert (finding.uses, finding.supersedes) == (UNSTATED, ())


def test_absence_says_nothing():
    finding = ask(("tdm-policy", "https://www.example.org/p"))
    assert (finding.uses, finding.supersedes, finding.evidence) == (UNSTATED, (), ())


@pytest.mark.parametrize(
    "fields",
    [
        [("tdm-reservation", "true")],
        [("tdm-reservation", '"1"')],
        [("tdm-reservation", "1; policy=x")],
        [("tdm-reservation", "1, 0")],
        [("tdm-reservation", "0"), ("tdm-reservation", "1")],
    ],
)
def test_what_is_plainly_meant_reserves_unless_switched_off(fields):
    finding = ask(*fields)
    assert finding.uses.tdm is Permission.DENY
    assert (finding.basis, finding.supersedes) == (Basis.MALFORMED_RESTRICTIVE, ())
    off = ask(*fields, settings=Settings(malformed=False))
    assert (off.uses, off.supersedes) == (UNSTATED, ())
