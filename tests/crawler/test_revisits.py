"""What a 304 says of the page we hold, and what a site map's dates are worth."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.crawler.queue.lastmod import age_class, changed_since
from collector.crawler.queue.revisits import freshened
from collector.model.headers import Headers

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_304_updates_the_fields_it_names_and_no_field_of_the_body():
    """RFC 9111 §3.2, §4.3.4."""
    held = Headers([("Content-Type", "text/html"), ("X-Robots-Tag", "all"), ("Date", "then")])
    answered = Headers(
        [("x-robots-tag", "noai"), ("X-Robots-Tag", "a: none"), ("Content-Length", "0"), ("Content-Type", "text/plain")]
    )
    assert list(freshened(held, answered)) == [
        ("Content-Type", "text/html"), ("Date", "then"), ("x-robots-tag", "noai"), ("X-Robots-Tag", "a: none")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lastmod", "bonus"),
    [
        ("2026-02-28T12:00:00Z", -3),
        ("2026-02-20", -2),
        ("2025-06-01", -1),
        ("2001-01-01", 0),
        ("2036-01-01", 0),
        ("soon", 0),
        (None, 0),
    ],
)
def test_what_changed_lately_comes_first(lastmod, bonus):
    """sitemaps.org: <lastmod>. Nobody gets ahead by a date in the future."""
    assert age_class(lastmod, NOW) == bonus


@pytest.mark.parametrize(("lastmod", "changed"), [("2026-02-28", True), ("2026-02-01", False), ("2036-01-01", False)])
def test_changed_since_our_visit(lastmod, changed):
    visited = datetime(2026, 2, 10, tzinfo=UTC).timestamp()
    assert changed_since(lastmod, visited, NOW) is changed
    assert not changed_since(None, visited, NOW)
