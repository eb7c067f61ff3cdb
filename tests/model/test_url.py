"""Canonical URLs by the WHATWG URL Standard: nothing a server or a list would read differently gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.errors import UrlError
from collector.model.url import MAX_URL_LENGTH, TRACKING_PARAMETERS, host_forms, parse_url


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("HTTP://EXAMPLE.org:80/a/../b", "http://example.org/b"),
        ("https://example.org./x", "https://example.org/x"),
        ("http://ex%61mple.org/", "http://example.org/"),
        ("http:\\\\example.org\\@evil.test/", "http://example.org/@evil.test/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://\uff45xample.org/", "http://example.org/"),
        ("http://exa\u00admple.org/", "http://example.org/"),
        ("https://example.org/#part", "https://example.org/"),
        ("https://example.org/?", "https://example.org/"),
        ("https://example.org/?utm_source=x&q=1&fbclid=2", "https://example.org/?q=1"),
        ("https://example.org/?q=a&q=b", "https://example.org/?q=a&q=b"),
    ],
)
def test_canonical_form(text, href):
    assert parse_url(text).href == href


@pytest.mark.parametrize(
    "text", ["", "example.org", "mailto:a@example.org", "ftp://example.org/", "http://", "javascript:1", "http://a b/"]
)
def test_what_is_no_fetchable_url_is_refused_with_a_mend(text):
    with pytest.raises(UrlError) as caught:
        parse_url(text)
    assert caught.value.mend


def test_relative_references_resolve_against_their_base():
    base = parse_url("https://example.org/a/b/c?x=1")
    assert parse_url("../d", base).href == "https://example.org/a/d"
    assert parse_url("//other.test/", base).href == "https://other.test/"
    assert parse_url("?y=2", base).href == "https://example.org/a/b/c?y=2"


def test_the_robots_target_is_path_and_query():
    assert parse_url("https://example.org/a?b=c#d").target == "/a?b=c"
    assert parse_url("https://example.org").target == "/"


def test_an_origin_shows_its_port_only_where_it_is_not_the_schemes_own():
    assert str(parse_url("https://example.org:443/").origin) == "https://example.org"
    assert str(parse_url("https://example.org:8443/").origin) == "https://example.org:8443"
    assert parse_url("http://example.org/").origin != parse_url("https://example.org/").origin


def test_both_idna_forms_are_given_where_they_differ():
    assert parse_url("http://faß.test/").host_forms == ("xn--fa-hia.test", "fass.test")
    assert host_forms("xn--mnchen-3ya.test") == ("xn--mnchen-3ya.test",)
    assert host_forms("example.org") == ("example.org",)


def test_credentials_are_seen():
    assert parse_url("https://user:secret@example.org/").credentials
    assert not parse_url("https://example.org/@user").credentials


def test_a_megabyte_url_is_refused_in_linear_time():
    with pytest.raises(UrlError):
        parse_url("https://example.org/" + "a" * 1_000_000)
    assert MAX_URL_LENGTH >= 8_000  # RFC 9110 §4.1


@given(st.text(max_size=200))
def test_parsing_never_raises_anything_else(text):
    try:
        url = parse_url("https://example.org/" + text)
    except UrlError:
        return
    assert parse_url(url.href) == url  # canonical means: a fixed point


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*sorted(TRACKING_PARAMETERS)[:3], "utm_medium", "q", "page"]),
            st.from_regex(r"[a-z0-9]{0,5}", fullmatch=True),
        ),
        max_size=6,
    )
)
def test_tracking_goes_and_everything_else_stays_in_order(pairs):
    query = "&".join(f"{name}={value}" for name, value in pairs)
    kept = "&".join(f"{name}={value}" for name, value in pairs if name in ("q", "page"))
    assert parse_url(f"https://example.org/?{query}").query == kept
