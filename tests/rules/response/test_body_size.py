"""body_size: RFC 9110 §8.6; the finding tells the limit, never the size of the raw page (design §2, invariant 3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Finding, Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.rules.facts import ResponseFacts
from collector.rules.response.body_size import Bound, body_size

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def ask(*lengths: str, received: int | None = None, limit: int = 1_000) -> Finding:
    headers = Headers(("Content-Length", length) for length in lengths)
    facts = ResponseFacts(parse_url("https://example.org/"), "bot", 200, headers, NOW, body_size=received)
    return body_size(facts, Bound(limit))


@pytest.mark.parametrize("lengths", [("1001",), ("1, 2000",), ("5", "9" * 19)])
def test_announced_too_large(lengths: tuple[str, ...]) -> None:
    assert ask(*lengths).verdict is Verdict.DENY


def test_received_too_large_whatever_was_announced() -> None:
    finding = ask("10", received=1_001)
    assert finding.verdict is Verdict.DENY
    assert "1001" not in repr(finding)


@pytest.mark.parametrize("lengths", [(), ("1000",), ("1000, 1000",), ("-5",), ("1e9",), ("many",), ("٣",)])
def test_within_the_limit_or_unknown(lengths: tuple[str, ...]) -> None:
    assert ask(*lengths).verdict is Verdict.ALLOW
    assert ask(*lengths, received=1_000).verdict is Verdict.ALLOW


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_larger_body_is_never_admitted_where_a_smaller_was_not(size: int, more: int) -> None:
    if ask(received=size).verdict is Verdict.DENY:
        assert ask(received=size + more).verdict is Verdict.DENY


@given(st.lists(st.text(max_size=30), max_size=4))
def test_never_raises(lengths: list[str]) -> None:
    ask(*lengths)
