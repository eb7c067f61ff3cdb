"""WARC 1.1 §4 (named fields), RFC 9110 §5.5 (field values), RFC 9112 §4 (status line)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.fields import (
    DROPPED_HEADERS,
    canonical_ip,
    clean,
    http_head,
    named_fields,
    warc_date,
    warc_fields,
    with_charset,
)
from collector.model.headers import Headers


@given(st.text())
def test_a_value_is_either_refused_or_stays_one_line(value):
    try:
        data = named_fields([("WARC-Type", value)])
    except ValueError:
        return
    assert data.count(b"\r") == data.count(b"\n") == 1
    assert data.endswith(b"\r\n")
    assert len(data.decode().splitlines()) == 1


@pytest.mark.parametrize("value", ["a\r\nWARC-Type: response", "a\nb", "a\x00b", "a\x85b", "a\u2028b", "\x7f"])
def test_values_that_would_end_the_line_are_refused(value):
    with pytest.raises(ValueError, match="control character"):
        named_fields([("WARC-Filename", value)])


@pytest.mark.parametrize("name", ["", "a b", "a:b", "ä", "a\r\n", "a" * 300])
def test_names_are_tokens(name):
    with pytest.raises(ValueError, match="no name"):
        named_fields([(name, "x")])


@given(st.lists(st.tuples(st.sampled_from(["via", "finding"]), st.text()), max_size=5))
def test_warc_fields_clean_what_comes_from_outside(pairs):
    lines = warc_fields(pairs).decode().split("\r\n")
    assert lines.pop() == ""
    assert [line.partition(":")[0] for line in lines] == [name for name, _ in pairs]


@given(st.integers(0, 999), st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), max_size=8))
def test_no_header_of_a_server_can_add_a_line_or_end_the_header(status, pairs):
    head, seen = http_head(status, Headers(pairs), length=7)
    assert head.count(b"\r\n\r\n") == 1
    assert head.endswith(b"\r\nContent-Length: 7\r\n\r\n")
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert len(lines) == 1 + len(seen)
    assert all(b"\r" not in line and b"\n" not in line for line in lines)
    assert not {name.lower() for name, _ in seen.pairs[:-1]} & DROPPED_HEADERS


def test_fields_of_the_transfer_and_of_one_visitor_are_gone_repeats_stay():
    sent = [("Content-Encoding", "br"), ("transfer-encoding", "chunked"), ("Set-Cookie", "id=1"), ("ETag", '"x"')]
    sent += [("Content-Length", "9"), ("Link", "<a>"), ("Link", "<b>")]
    head, seen = http_head(200, Headers(sent), length=3)
    assert head == b"HTTP/1.1 200 OK\r\nLink: <a>\r\nLink: <b>\r\nContent-Length: 3\r\n\r\n"
    assert seen.all("link") == ("<a>", "<b>")


@pytest.mark.parametrize(
    ("status", "line"),
    [(200, b"200 OK"), (301, b"301 Moved Permanently"), (404, b"404 Not Found"), (299, b"299 Unregistered Status")],
)
def test_status_line_has_a_real_reason(status, line):
    assert http_head(status, Headers(), length=0)[0].startswith(b"HTTP/1.1 " + line + b"\r\n")


def test_header_bytes_are_those_that_were_sent():
    head, seen = http_head(
        200, Headers([("X-Utf8", "Grüße".encode().decode("latin-1")), ("X-Latin", "Gr\xfc\xdfe")]), length=0
    )
    assert "X-Utf8: Grüße\r\n".encode() in head
    assert seen.first("X-Utf8") == seen.first("X-Latin") == "Grüße"


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("text/html; charset=iso-8859-1", "text/html; charset=utf-8"),
        ('text/html;CHARSET="latin1" ; x=y', "text/html; charset=utf-8 ; x=y"),
        ("text/html; charset=UTF8", "text/html; charset=UTF8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("application/xhtml+xml", "application/xhtml+xml"),
        ("text/html; charset=a; charset=b", "text/html; charset=utf-8"),
    ],
)
def test_declared_charset_is_that_of_the_stored_body(value, result):
    assert with_charset(value, "utf-8") == result


def test_date_is_utc_with_the_fraction_it_has():
    moment = datetime(2026, 11, 22, 8, 41, 22, tzinfo=timezone(timedelta(hours=1)))
    assert warc_date(moment) == "2026-11-22T07:41:22Z"
    assert warc_date(moment.replace(microsecond=120)) == "2026-11-22T07:41:22.000120Z"
    with pytest.raises(ValueError, match="aware"):
        warc_date(datetime(2026, 1, 1))  # noqa: DTZ001
    assert warc_date(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"), ("[::1]", "::1"), ("1.2.3.4", "1.2.3.4")],
)
def test_addresses_are_canonical_rfc_5952(text, canonical):
    assert canonical_ip(text) == canonical
    assert canonical_ip("localhost") is None


def test_clean_bounds_its_value():
    assert len(clean("x" * 100_000)) == 16_384
    assert clean(" a\r\n\tb\ud800 ") == "a   b?"
