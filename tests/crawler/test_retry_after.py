"""Retry-After (RFC 9110 §10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.crawler.politeness.retry_after import retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("-5", None),
        ("1.5", None),
        ("٣", None),  # a digit, but not one of RFC 5234's
        ("9" * 400, 999_999_999.0),
        ("soon", None),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120.0),
        ("Sunday, 22-Nov-26 12:02:00 GMT", 120.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 99 Nov 2026 11:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:02:00 +9999", None),
    ],
)
def test_seconds_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


@given(st.integers(0, 10**7), st.integers(-720, 720))
def test_a_date_in_any_zone_is_the_same_instant(ahead, minutes):
    at = (NOW + timedelta(seconds=ahead)).astimezone(timezone(timedelta(minutes=minutes)))
    assert retry_after(format_datetime(at), NOW) == ahead


@given(st.text())
def test_nothing_escapes(value):
    found = retry_after(value, NOW)
    assert found is None or found >= 0
