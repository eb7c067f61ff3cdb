from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.dates import read_date

SIXTH = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


class TestStandards:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("Sun, 06 Nov 1994 08:49:37 GMT", SIXTH),  # RFC 9110 §5.6.7, its three examples
            ("Sunday, 06-Nov-94 08:49:37 GMT", SIXTH),
            ("Sun Nov  6 08:49:37 1994", SIXTH),
            ("25 Jun 2010 15:00:00 PST", datetime(2010, 6, 25, 23, tzinfo=UTC)),  # RFC 822 §5.1
            ("25 Jun 2010 15:00 +0200", datetime(2010, 6, 25, 13, tzinfo=UTC)),
            ("25 jun 10 15:00 -02:30", datetime(2010, 6, 25, 17, 30, tzinfo=UTC)),
            ("2010-06-25T15:00:00+02:00", datetime(2010, 6, 25, 13, tzinfo=UTC)),  # ISO 8601
            ("2010-06-25T15:00:00Z", datetime(2010, 6, 25, 15, tzinfo=UTC)),
            ("2010-06-25", datetime(2010, 6, 25, tzinfo=UTC)),
            ("25  Jun 2010   15:00", datetime(2010, 6, 25, 15, tzinfo=UTC)),
            ("25 June 2010", datetime(2010, 6, 25, tzinfo=UTC)),
            ("June 25, 2010", datetime(2010, 6, 25, tzinfo=UTC)),
            ("1 Jan 69", datetime(1969, 1, 1, tzinfo=UTC)),
            ("1 Jan 68", datetime(2068, 1, 1, tzinfo=UTC)),
            ("31 Dec 2016 23:59:60 UTC", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
            ("1 Jan 2020 10:00 XYZ", datetime(2020, 1, 1, 10, tzinfo=UTC)),
        ],
    )
    def test_moment(self, text, moment):
        assert read_date(text) == moment

    @pytest.mark.parametrize(
        "text",
        ["soon", "", "0", "-1", "31 Feb 2020", "1 Foo 2020", "25 Jun 2010 25:00", "25 Jun 2010 10:00 +2500", "1 Jan 0000",
         "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "1 Jan 2020 and more"],
    )  # fmt: skip
    def test_none(self, text):
        assert read_date(text) is None


@given(st.text(max_size=60) | st.text("0123456789 :-+,TZGMTJunSat", max_size=40))
def test_never_raises(text):
    moment = read_date(text)
    assert moment is None or moment.tzinfo is UTC


@given(st.integers(0, 3_092_601_600), st.integers(-720, 720))  # 1970 to 2067
def test_every_spelling_of_a_moment_is_that_moment(seconds, minutes):
    moment = datetime.fromtimestamp(seconds, UTC)
    local = moment + timedelta(minutes=minutes)
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    assert read_date(f"{local:%a, %d %b %Y %H:%M:%S} {offset}") == moment
    assert read_date(f"{moment:%A, %d-%b-%y %H:%M:%S} GMT") == moment
    assert read_date(f"{moment:%a %b %d %H:%M:%S %Y}") == moment
    assert read_date(moment.isoformat()) == moment
