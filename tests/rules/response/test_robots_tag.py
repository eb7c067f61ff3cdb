"""Rule robots_tag: draft-illyes-repext, RFC 9651 §3.1; opt-out signals §4."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, NoArchive, NoFollow, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission
from collector.rules.facts import ResponseFacts
from collector.rules.response.robots_tag import Settings, robots_tag

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://site.test/")


def ask(*lines: str, settings: Settings | None = None, kind: str = "text/html"):
    headers = Headers([("Content-Type", kind), *(("Robots-Tag", line) for line in lines)])
    facts = ResponseFacts(URL, "ExampleBot", 200, headers, NOW, training_tokens=("GPTBot",))
    finding = robots_tag(facts, settings or Settings())
    assert finding.verdict is Verdict.ALLOW
    return finding


@pytest.mark.parametrize(
    ("line", "train"),
    [
        ("*;noai", "deny"),
        ("*;nosnippet, ExampleBot;noindex", "deny"),
        ("*;nosnippet, examplebot;noindex", "deny"),
        ("GPTBot;noai", "deny"),
        ("OtherBot;noai", "unknown"),
        ("*;all", "unknown"),
        ("*;max-snippet=0", "unknown"),
        ('*;unavailable_after="2020-01-01"', "deny"),
        ("*;unavailable_after=@1577836800", "deny"),
        ("*;unavailable_after=@4102444800", "unknown"),
        ("*;noindex=?0", "deny"),
    ],
)
def test_values_by_crawler(line, train):
    finding = ask(line)
    assert (finding.uses.train, finding.basis) == (train, Basis.POLICY)


def test_all_lines_are_one_list_and_every_restriction_counts():
    """RFC 9651 §4.2; the draft's union of all rules."""
    finding = ask("*;nofollow", "*;noarchive, ExampleBot;all")
    assert set(finding.obligations) == {NoFollow(), NoArchive()}
    assert finding.uses.train is Permission.DENY


@pytest.mark.parametrize(
    "line", ["noai", "*;NoAI", "*;noai;", "noai, noindex", "*; noai,", '"*";noai', "ExampleBot;NOAI;;"]
)
def test_a_plain_no_in_what_is_no_list(line):
    finding = ask(line)
    assert (finding.uses.train, finding.basis) == (Permission.DENY, Basis.MALFORMED_RESTRICTIVE)


@pytest.mark.parametrize("line", ["OtherBot;NoAI", "", "*", "(noai)", "OtherBot;noai;;"])
def test_what_is_not_for_us_says_nothing(line):
    assert ask(line).uses == UNSTATED


def test_settings():
    assert ask("*;noindex", settings=Settings(respect_noindex=False)).uses.train is Permission.UNKNOWN
    assert ask("GPTBot;noai", settings=Settings(training_tokens=False)).uses == UNSTATED


def test_noimageai_speaks_of_images():
    assert ask("*;noimageai").uses == UNSTATED
    assert ask("*;noimageai", kind="image/png").uses.train is Permission.DENY


@given(st.lists(st.text(alphabet="*;,= \"'?0noaiNOAI:()\x00é", max_size=40), max_size=4))
def test_always_answers_and_never_permits(lines):
    assert all(said is not Permission.ALLOW for _, said in ask(*lines).uses)
