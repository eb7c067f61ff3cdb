"""The keys pywb looks URLs up by; `test_outside_readers` compares them with pywb itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.surt import surt
from tests.support.growth import assert_linear

SESSION = "0123456789abcdef0123456789ABCDEF"
KEYS = [
    ("http://example.com/", "com,example)/"),
    ("https://www.example.com:443/Foo/Bar/", "com,example)/foo/bar"),
    ("http://www2.example.com/", "com,example)/"),
    ("http://wwww.example.com/", "com,example,wwww)/"),
    ("http://www-1.example.com/", "com,example,www-1)/"),
    ("https://example.com:8443/a", "com,example:8443)/a"),
    ("http://example.com:443/", "com,example:443)/"),
    ("http://example.com?x=1", "com,example)/?x=1"),
    ("http://example.com/?", "com,example)/"),
    ("http://example.com/?b=2&a=1&a=0&c", "com,example)/?a=0&a=1&b=2&c"),
    ("http://example.com/?ab=1&a=2&a0=3&a.b=1&a-b", "com,example)/?a=2&a-b&a.b=1&a0=3&ab=1"),
    ("http://example.com/p?a=1&", "com,example)/p?&a=1"),
    ("http://example.com/a//b///c/", "com,example)/a/b/c"),
    ("http://example.com/a/%2e/b", "com,example)/a/b"),
    ("http://127.0.0.1:8080/x", "1,0,0,127:8080)/x"),
    ("http://[2001:db8::1]:8080/x", "2001:db8::1:8080)/x"),
    ("http://user:pw@example.com/x#f", "com,example)/x"),
    ("http://example.com/%7Efoo/%41%2f%2F%25%20", "com,example)/~foo/a/%25%20"),
    ("http://example.com/caf%c3%a9?x=%E9", "com,example)/caf%c3%a9?x=%e9"),
    ("http://example.com/%2525", "com,example)/%25"),
    ("http://example.com/x?a=1%262", "com,example)/x?2&a=1"),
    (f"http://example.com/x?PHPSESSID={SESSION}&a=1", "com,example)/x?a=1"),
    (f"http://example.com/x?a=1&PHPSESSID={SESSION}", "com,example)/x?&a=1"),
    (f"http://example.com/x?sid={SESSION}", "com,example)/x"),
    ("http://example.com/x?sid=12", "com,example)/x?sid=12"),
    ("http://example.com/x?cfid=1234&cftoken=5678&a=1", "com,example)/x?a=1"),
    ("http://example.com/(S(4hqa0555fwsecu455xqckv45))/a.aspx?p", "com,example)/a.aspx?p"),
    ("http://example.com/(S(4hqa0555fwsecu455xqckv45))/a.html", "com,example)/(s(4hqa0555fwsecu455xqckv45))/a.html"),
    ("urn:uuid:019abcde-0000-7000-8000-000000000000", "urn:uuid:019abcde-0000-7000-8000-000000000000"),
]


@pytest.mark.parametrize(("uri", "key"), KEYS)
def test_key(uri, key):
    assert surt(uri) == key


@given(st.text(max_size=80).map(lambda t: f"http://example.org/{t}") | st.text(max_size=60))
def test_any_text_has_a_key_that_fits_a_cdxj_line(text):
    key = surt(text)
    assert key.isascii()
    assert not set(key) & set(" \t\r\n")


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="%#?"), max_size=40))
def test_a_plain_path_has_the_key_of_the_same_path_in_escapes(path):
    escaped = "".join(c if c == "/" else f"%{ord(c):02X}" for c in path)
    assert surt(f"http://example.org/{path}") == surt(f"http://example.org/{escaped}")


@pytest.mark.parametrize(
    "place", ["http://{}.example.org/", "http://example.org/{}/x.aspx", "http://example.org/?{}/x.aspx"]
)
@pytest.mark.parametrize(
    "piece",
    [
        "/",
        "%25",
        "&sid=",
        "/(",
        "a&",
        "/../",
        "%2e%2e/",
        "cfid=1&cftoken=",
        "cfid=",
        f"/(a({SESSION[:24]})",
        "a.",
        "www.",
    ],
)
def test_time_is_linear(place, piece):
    assert_linear(surt, lambda size: place.format(piece * (size // len(piece))), 50_000)
