"""URLs, header fields and site files: design §2 invariant 3, §6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.minimise.engine.context import Context
from collector.minimise.engine.span import KINDS
from collector.minimise.headers import minimise_headers
from collector.minimise.replacing.plan import STRICT, plan_of
from collector.minimise.replacing.recognize import recognize
from collector.minimise.site_file import minimise_site_file
from collector.minimise.structure.attribute_values import is_dull
from collector.minimise.structure.url import is_plain, personal_kinds, scrub, url_spans
from collector.model.errors import UrlError
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.policy.policy import Minimise
from tests.support.growth import assert_linear

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    ("url", "kinds"),
    [
        ("https://x.test/profile?email=john@b.example", ("email",)),
        ("https://x.test/u/john%40b.example/", ("email",)),
        ("https://x.test/u/john%2540b%252Eexample/", ("email",)),
        ("https://x.test/?u=am9obkBiLmV4YW1wbGU", ("email",)),
        ("https://user:pw@x.test/", ("credential",)),
        ("https://user@x.test/", ("credential",)),
        ("https://x.test/a?PHPSESSID=0123456789abcdef", ("credential",)),
        ("https://x.test/a;jsessionid=0123456789ABCDEF?x=1", ("credential",)),
        ("https://x.test/a?access_token=abcdef123456", ("credential",)),
        ("https://x.test/a?password=x", ("credential",)),
        ("https://x.test/a?api-key=0123456789", ("credential",)),
        (f"https://x.test/a?q={JWT}", ("credential",)),
        ("https://x.test/a?X-Amz-Signature=0123456789abcdef0123", ("credential",)),
        ("https://x.test/password/reset-link/reset/abcdefghij0123456789xyz", ("credential",)),
        ("https://x.test/call?phone=%2B49301234567", ("phone",)),
        ("https://x.test/call?tel=030-1234567", ("phone",)),
        ("https://wa.me/4915112345678", ("phone",)),
        ("https://x.test/log?ip=91.198.174.192", ("ip",)),
        ("https://x.test/a?email=a@b.example&token=abcdef123456", ("credential", "email")),
        ("https://www.gravatar.com/avatar/0123456789abcdef0123456789abcdef?s=80", ("email",)),
    ],
)
def test_what_a_url_carries(url, kinds):
    parsed = parse_url(url)
    assert personal_kinds(parsed) == kinds
    scrubbed = scrub(parsed.href)
    assert personal_kinds(parse_url(scrubbed)) == ()
    for needle in ("john", "am9ob", "pw@", "abcdef123", "4915", "1234567", "91.198"):
        assert needle not in scrubbed


@pytest.mark.parametrize(
    "url",
    [
        "https://x.test/2026/11/22/story-1234567890.html",
        "https://x.test/item/4915112345678?id=0301234567&page=2",
        "https://x.test/?token=1&sid=5&session=2&auth=no&key=abcdefghijklmnop",
        "https://x.test/?sort=phone&phone=iphone-15&tel=&mobile=1",
        "https://x.test/vue@2.6.11/dist/vue.js",
        "https://x.test/@jane/status/1",
        "https://x.test/img/logo@2x.png",
        "https://maps.test/@52.5200,13.4050,17z",
        "https://x.test/?q=how+to+sign+in&hash=top&signature=none",
        "https://x.test/?p=c29tZSB0ZXh0IHdpdGhvdXQgYW55",
        "https://x.test/how-to-verify/verify/your-email-address-in-three-steps",
        "https://x.test/?next=%2Faccount%3Fa%3D1",
        "https://x.test/?ip=10.0.0.1",
        "https://x.test/?date=2026-11-22&isbn=9783161484100",
    ],
)
def test_ordinary_urls_pass(url):
    assert personal_kinds(parse_url(url)) == ()
    assert scrub(url) == url


def test_scrubbing_relative_and_other_addresses():
    assert scrub("/welcome?email=a@b.example") == "/welcome?email=redacted"
    assert scrub("//u:p@x.test/y") == "//x.test/y"
    assert "a@b.example" not in scrub("mailto:a@b.example")


@given(st.text(max_size=120))
def test_scrubbing_never_raises_and_leaves_nothing(text):
    scrubbed = scrub(text)
    assert url_spans(scrub(scrubbed)) == []


@given(st.text(alphabet="ab@.:/?&=%40+1e;#", max_size=60))
def test_a_scrubbed_url_can_still_be_parsed(text):
    try:
        parsed = parse_url("https://x.test/" + text)
    except UrlError:
        return
    assert parse_url(scrub(parsed.href)).host


@pytest.mark.parametrize("shape", ["a=1&", "%40", "@", "token=", "/", "+123456789", "eyJa.", "a%2Eb@c."])
def test_long_urls_take_linear_time(shape):
    assert_linear(url_spans, lambda length: "https://x.test/?" + shape * (length // len(shape)), 16_000)


def test_headers_by_allow_list():
    headers = Headers(
        [
            ("Content-Type", "text/html"), ("Set-Cookie", "s=1"), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("X-Author", "a@b.example"),
            ("Link", "<mailto:a@b.example>; rel=author, </x?email=c@d.example>; rel=next"), ("ETag", '"x"'), ("X-Robots-Tag", "noai"),
            ("x-robots-tag", "noindex"), ("Location", "https://u:p@x.test/?email=a@b.example"), ("tdm-reservation", "1"),
            ("Content-Length", "5"), ("Last-Modified", "by a@b.example"), ("Content-Language", "de\r\nX: y"),
        ]
    )  # fmt: skip
    kept, counts = minimise_headers(headers, STRICT, ("X-Author", "set-cookie", "etag"))
    assert [name for name, _ in kept] == [
        "Content-Type", "Date", "X-Author", "Link", "X-Robots-Tag", "x-robots-tag", "Location", "tdm-reservation", "Last-Modified",
        "Content-Language",
    ]  # fmt: skip
    assert kept.first("date") == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert kept.all("x-robots-tag") == ("noai", "noindex")
    assert "example" not in str(kept.pairs).replace("x.test", "")
    assert "\r" not in (kept.first("content-language") or "")
    assert "u:p" not in (kept.first("location") or "")
    assert counts["email"] == 5


def test_headers_under_off_are_still_an_allow_list():
    kept, counts = minimise_headers(
        Headers([("Set-Cookie", "s=1"), ("Link", "<mailto:a@b.example>")]),
        plan_of(Minimise(profile="off", reason="r")),
        (),
    )
    assert kept.pairs == (("Link", "<mailto:a@b.example>"),)
    assert counts == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["Link", "Location", "Content-Type", "tdm-policy"]), st.text(max_size=60)), max_size=4
    )
)
def test_headers_never_raise_and_hold_no_line_break(pairs):
    kept, _ = minimise_headers(Headers(pairs), STRICT, ())
    assert all("\n" not in value and "\r" not in value for _, value in kept)


def test_site_file_keeps_comments_and_contacts():
    body = (
        b"# robots of site.test, kept by john@b.example\n# Licensing: bob@c.example\nContact: mailto:jane@d.example\n"
        b"User-agent: *\nDisallow: /press@e.example\n# write to info@f.example or +49 30 1234567\r\n"
    )
    kept, counts = minimise_site_file(body)
    assert b"john" not in kept
    assert b"1234567" not in kept
    for stays in (
        b"bob@c.example",
        b"jane@d.example",
        b"/press@e.example",
        b"info@f.example",
        b"# robots of site.test, kept by [[EMAIL_1]]\n",
        b"\r\n",
    ):
        assert stays in kept
    assert counts == {"email": 1, "org_contact": 4, "phone": 1}


@given(st.binary(max_size=300))
def test_site_files_without_addresses_are_not_touched(body):
    kept, counts = minimise_site_file(body)
    if not counts:
        assert kept == body


def test_site_files_in_other_encodings():
    latin = "# Grüße von john@b.example\n".encode("latin-1")
    assert minimise_site_file(latin)[0] == "# Grüße von [[EMAIL_1]]\n".encode("latin-1")
    utf16 = "# by john@b.example\n".encode("utf-16")
    assert minimise_site_file(utf16)[0] == "# by [[EMAIL_1]]\n".encode("utf-16")
    assert minimise_site_file(b"\xff\xfeodd")[0] == b"\xff\xfeodd"


URL_PARTS = st.lists(
    st.sampled_from(["https://", "/", "wa.me/", "4915112345678", "reset", "x", "#", "abcdef0123456789abcde", "a", ".", "gravatar.com/avatar/", "mailto:",
                     "0123456789abcdef0123456789abcdef", "1", "-", "_", "b.example", "@", "eyJhbGciOiJI.eyJzdWIi", "/invite/", "?a="]),
    max_size=8,
).map("".join)  # fmt: skip


@given(URL_PARTS)
def test_the_shortcut_for_plain_links_misses_nothing(text):
    if is_plain(text):
        assert url_spans(text) == []


@given(st.text(alphabet="ab dot at[]@.,:;-_#0123456789DE", max_size=40))
def test_the_shortcut_for_dull_attributes_misses_nothing(text):
    if is_dull("class", text):
        assert recognize(text, Context(("DE", "US")), frozenset(KINDS)) == []
