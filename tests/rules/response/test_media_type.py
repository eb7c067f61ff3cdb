"""media_type: RFC 9110 §8.3, RFC 6838 §4.2; repeated fields as WHATWG Fetch reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Verdict
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.rules.facts import ResponseFacts
from collector.rules.response.media_type import Bound, essence, media_type

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HTML = Bound(frozenset({"text/html", "text/plain"}))


def ask(*values: str, status: int = 200, bound: Bound = HTML) -> Verdict:
    headers = Headers(("Content-Type", value) for value in values)
    return media_type(ResponseFacts(parse_url("https://example.org/"), "bot", status, headers, NOW), bound).verdict


@pytest.mark.parametrize("value", ["text/html", "Text/HTML; charset=utf-8", " text/plain ", "text/html;;;"])
def test_a_format_of_the_collection(value: str) -> None:
    assert ask(value) is Verdict.ALLOW


@pytest.mark.parametrize("value", ["image/png", "application/pdf", "video/mp4; codecs=x", "application/octet-stream"])
def test_another_format(value: str) -> None:
    assert ask(value) is Verdict.DENY


@pytest.mark.parametrize("values", [(), ("",), ("html",), ("*",), (";charset=utf-8",), ("text/",)])
def test_no_readable_header_leaves_it_to_the_sniffer(values: tuple[str, ...]) -> None:
    assert ask(*values) is Verdict.ALLOW


def test_the_last_readable_one_holds() -> None:
    assert ask("text/html", "image/png") is Verdict.DENY
    assert ask("image/png", "text/html") is Verdict.ALLOW
    assert ask("image/png, text/html") is Verdict.ALLOW
    assert ask("image/png", "rubbish") is Verdict.DENY


def test_redirects_and_policies_without_formats() -> None:
    assert ask("image/png", status=302) is Verdict.ALLOW
    assert ask("image/png", bound=Bound()) is Verdict.ALLOW


@given(st.text(max_size=80))
def test_never_raises(value: str) -> None:
    ask(value)
    assert essence(value) == essence(essence(value))
