"""What is read of a request and a response, and what of it is a way round a gate."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import FormRequest, Request
from scrapy.http import Response

from collector.crawler.network.arrived import Arrived
from collector.crawler.network.convert import bypasses_of, capture_of, form_of, headers_of, strip_bypasses
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, RequestForm
from collector.model.url import parse_url

URL = "https://a.example/"


@pytest.mark.parametrize(
    ("given_", "what"),
    [
        ({"cookies": {"a": "1"}}, "cookies"),
        ({"headers": {"Cookie": "a=1"}}, "cookies"),
        ({"headers": {"AUTHORIZATION": "Basic x"}}, "credentials"),
        ({"headers": {"x-api-key": "x"}}, "credentials"),
        ({"headers": {"Proxy-Authorization": "x"}}, "a proxy"),
        ({"headers": {"host": "b.example"}}, "a Host field of its own"),
        ({"meta": {"proxy": "http://p.example"}}, "a proxy"),
        ({"meta": {"bindaddress": "192.0.2.1"}}, "an outgoing address of its own"),
        ({"meta": {"playwright_page_methods": []}}, "a foreign download handler (playwright)"),
        ({"meta": {"zyte_api": {}}}, "a foreign download handler (zyte_api)"),
        ({"body": b"x"}, "a request body"),
    ],
)
def test_a_departure_is_named_and_its_value_is_not(given_, what):
    form = form_of(Request(URL, **given_))
    assert form == RequestForm("GET", (what,))
    assert bypasses_of(form) == (what,)


def test_methods_and_forms():
    assert form_of(FormRequest(URL, formdata={"a": "b"})) == RequestForm("POST", ("a request body",))
    assert bypasses_of(form_of(Request(URL, method="put"))) == ("method PUT",)
    assert form_of(Request(URL, meta={"proxy": None, "splash": False, 3: 4})) == RequestForm()


@given(st.dictionaries(st.one_of(st.text(max_size=12), st.integers()), st.one_of(st.none(), st.booleans(), st.text())))
def test_any_meta_can_be_read(meta):
    request = Request(URL, meta=meta)
    form_of(request)
    stripped, found = strip_bypasses(request)
    assert not {"dont_obey_robotstxt", "dont_filter", "download_slot"} & set(stripped.meta)
    assert set(found) <= {"dont_obey_robotstxt", "dont_filter"}


def test_bypasses_are_taken_away_and_the_rest_stays():
    request = Request(URL, dont_filter=True, meta={"dont_obey_robotstxt": True, "mine": 1, "download_slot": "x"})
    stripped, found = strip_bypasses(request)
    assert found == ("dont_filter", "dont_obey_robotstxt")
    assert stripped.meta == {"mine": 1}
    assert not stripped.dont_filter
    plain = Request(URL, meta={"mine": 1})
    assert strip_bypasses(plain) == (plain, ())


def test_every_value_of_a_repeated_field_is_read():
    """RFC 9110 §5.2: a field may come in several lines, and a reservation in any of them binds."""
    response = Response(URL, headers={"X-Robots-Tag": ["all", "noai"], "Content-Type": "text/html"})
    assert headers_of(response).all("x-robots-tag") == ("all", "noai")


@pytest.mark.parametrize(
    ("url", "verify", "said"), [(URL, True, True), (URL, False, False), ("http://a.example/", True, None)]
)
def test_tls_counts_as_verified_only_where_it_was(url, verify, said):
    """A connection without a certificate object (kept alive, empty body) is TLS all the same."""
    admitted = Admitted(Candidate(parse_url(url)), ())
    response = Arrived(url, 200, Headers(), b"", flags=("dataloss",))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    capture = capture_of(admitted, (), response, response.headers, now, 0.1, verify_tls=verify)
    assert capture.tls_verified is said
    assert capture.truncated == "disconnect"
