"""signals/reach: RFC 9309 §2.3.1 and §2.4."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.headers import Headers
from collector.signals.reach import Answer, interpret, robots_lifetime, settle
from collector.signals.site_file import Reach

URL = "https://www.example.org/robots.txt"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def answer(status: int | None = 200, **rest) -> Answer:
    return Answer(rest.pop("url", URL), status, **rest)


class TestAccessResults:
    @pytest.mark.parametrize(
        ("status", "reach", "error"),
        [
            (200, Reach.AVAILABLE, ""),
            (204, Reach.AVAILABLE, ""),
            (206, Reach.UNREACHABLE, "truncated"),
            (301, Reach.UNREACHABLE, "redirects"),
            (304, Reach.UNREACHABLE, "redirects"),
            (400, Reach.UNAVAILABLE, ""),
            (401, Reach.UNAVAILABLE, ""),
            (403, Reach.UNAVAILABLE, ""),
            (404, Reach.UNAVAILABLE, ""),
            (410, Reach.UNAVAILABLE, ""),
            (451, Reach.UNAVAILABLE, ""),
            (429, Reach.UNREACHABLE, ""),
            (500, Reach.UNREACHABLE, ""),
            (503, Reach.UNREACHABLE, ""),
            (599, Reach.UNREACHABLE, ""),
            (999, Reach.UNREACHABLE, ""),
            (100, Reach.UNREACHABLE, ""),
            (0, Reach.UNREACHABLE, ""),
            (-1, Reach.UNREACHABLE, ""),
        ],
    )
    def test_by_status(self, status, reach, error):
        """§2.3.1.1, §2.3.1.3, §2.3.1.4."""
        found = interpret([answer(status)])
        assert (found.reach, found.status, found.error) == (reach, status, error)

    @pytest.mark.parametrize("error", ["timeout", "dns", "tls", "reset", "truncated", "address"])
    @pytest.mark.parametrize("status", [None, 200])
    def test_failures_are_unreachable_also_behind_a_good_status(self, status, error):
        """§2.3.1.4."""
        found = interpret([answer(status, error=error, body=b"User-agent: *\nAllow: /\n")])
        assert (found.reach, found.error, found.body) == (Reach.UNREACHABLE, error, b"")

    def test_no_answer_at_all(self):
        assert interpret([]).reach is Reach.UNREACHABLE
        assert interpret([answer(None)]).reach is Reach.UNREACHABLE

    def test_a_body_counts_only_when_available(self):
        """§2.3.1.3: rules in the body of a 404 are no rules."""
        assert interpret([answer(404, body=b"User-agent: *\nDisallow: /\n")]).body == b""
        assert interpret([answer(200, body=b"x")]).body == b"x"


class TestRedirects:
    """§2.3.1.2."""

    def chain(self, hops: int, status: int = 200) -> list[Answer]:
        return [
            answer(302, url=URL),
            *(answer(302, url=f"https://h{n}.example.org/r") for n in range(1, hops)),
            answer(status, url=f"https://h{hops}.example.org/r", body=b"User-agent: *\nDisallow: /\n"),
        ]

    def test_five_are_followed_and_the_file_stays_that_of_the_first_authority(self):
        found = interpret(self.chain(5))
        assert found.reach is Reach.AVAILABLE
        assert found.url == URL
        assert found.redirects[-1] == "https://h5.example.org/r"
        assert len(found.redirects) == 5

    def test_six_are_unreachable(self):
        found = interpret(self.chain(6))
        assert (found.reach, found.error, found.body) == (Reach.UNREACHABLE, "redirects", b"")

    @pytest.mark.parametrize(("status", "reach"), [(500, Reach.UNREACHABLE), (404, Reach.UNAVAILABLE)])
    def test_the_last_answer_counts(self, status, reach):
        assert interpret(self.chain(1, status)).reach is reach


class TestAttempts:
    def test_the_first_that_reached_the_file(self):
        attempts = [interpret([answer(503)]), interpret([answer(200, body=b"a")]), interpret([answer(503)])]
        assert settle(attempts).body == b"a"

    def test_else_the_last(self):
        assert settle([interpret([answer(503)]), interpret([answer(None, error="dns")])]).error == "dns"

    def test_none_is_no_answer(self):
        with pytest.raises(ValueError, match="no attempt"):
            settle([])


class TestLifetime:
    """§2.4: not longer than 24 hours."""

    @pytest.mark.parametrize(
        ("headers", "hours"),
        [
            ([], 24),
            ([("Cache-Control", "max-age=7200")], 2),
            ([("cache-control", "public, MAX-AGE = 7200")], 2),
            ([("Cache-Control", 'max-age="7200"')], 2),
            ([("Cache-Control", "max-age=60")], 1),
            ([("Cache-Control", "max-age=0")], 1),
            ([("Cache-Control", "max-age=604800")], 24),
            ([("Cache-Control", "max-age=9999999999999999999")], 24),
            ([("Cache-Control", "no-cache")], 1),
            ([("Cache-Control", "private, no-store, max-age=7200")], 1),
            ([("Cache-Control", "s-maxage=7200")], 24),
            ([("Cache-Control", "max-age=soon")], 24),
            ([("Cache-Control", "max-age=90000"), ("Cache-Control", "max-age=7200")], 2),
            ([("Expires", "Sun, 01 Nov 2026 15:00:00 GMT")], 3),
            ([("Expires", "Sun, 01 Nov 2020 15:00:00 GMT")], 1),
            ([("Expires", "0")], 1),
            ([("Cache-Control", "max-age=7200"), ("Expires", "Sun, 01 Nov 2026 15:00:00 GMT")], 2),
        ],
    )
    def test_of_the_headers(self, headers, hours):
        assert robots_lifetime(Headers(headers), NOW) == NOW + timedelta(hours=hours)

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_always_between_one_and_24_hours(self, control, expires):
        until = robots_lifetime(Headers([("Cache-Control", control), ("Expires", expires)]), NOW)
        assert timedelta(hours=1) <= until - NOW <= timedelta(hours=24)

    def test_stands_in_the_site_file(self):
        found = interpret(
            [answer(404, headers=Headers([("Content-Type", "Text/HTML; charset=x")]))],
            fetched_at=NOW,
            record_id="urn:uuid:1",
        )
        assert (found.valid_until, found.media_type, found.record_id) == (
            NOW + timedelta(hours=24),
            "text/html",
            "urn:uuid:1",
        )
        assert interpret([answer(503)], fetched_at=NOW).valid_until is None
