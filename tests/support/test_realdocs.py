"""The real pages are there, are many, and are served: what a crawl of them stands on."""

from __future__ import annotations

import urllib.request

import pytest

from tests.support.realdocs import DOCUMENTATION, Unavailable, count_pages, serve_real_pages


@pytest.mark.slow
def test_thousands_of_pages_in_eight_languages(simweb):
    try:
        fronts = serve_real_pages(simweb)
    except Unavailable as exc:
        pytest.skip(f"NO REAL PAGES: {exc}")
    assert count_pages() > 2_500
    assert len({documentation.language for documentation in DOCUMENTATION}) == 8
    for front, documentation in zip(fronts, DOCUMENTATION, strict=True):
        request = urllib.request.Request(
            front.replace(documentation.host, "127.0.0.1"), headers={"Host": documentation.host}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.headers["Content-Type"] == "text/html"
            assert len(response.read()) > 2_000
