"""personal-data §0.6, §1.2, §3: what is recognised, what is not, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.minimise.engine.context import Context, context_of
from collector.minimise.engine.span import KINDS, Span, resolve
from collector.minimise.engine.view import view_of
from collector.minimise.replacing.recognize import recognize
from collector.model.url import parse_url
from tests.support.growth import assert_linear

ALL = frozenset(KINDS)
GERMANY = Context(("DE",))


def found(text, kind=None, context=GERMANY):
    return [text[s.start : s.end] for s in recognize(text, context, ALL) if kind in (None, s.kind)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to john.doe@example.org.", "john.doe@example.org"),
        ("(john+news@mail.example.co.uk)", "john+news@mail.example.co.uk"),
        ('"john doe"@example.org', '"john doe"@example.org'),
        ("jörg@müller.example", "jörg@müller.example"),
        ("邮箱abc@example.com联系我们", "abc@example.com"),
        ("mail=john@example.org&x=1", "john@example.org"),
        ("john [at] example [dot] org", "john [at] example [dot] org"),
        ("john(at)example.org", "john(at)example.org"),
        ("john.doe {ät} example punkt org", "john.doe {ät} example punkt org"),
        ("mail john at example dot org today", "john at example dot org"),
        ("john &#64; example.org", "john &#64; example.org"),
        ("john%40example.org", "john%40example.org"),
        ("john%2540example.org", "john%2540example.org"),
        ("john @ example.org", "john @ example.org"),
        ("ｊｏｈｎ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ｊｏｈｎ＠ｅｘａｍｐｌｅ．ｏｒｇ"),
        ("jo\u200bhn@exam\u00adple.org", "jo\u200bhn@exam\u00adple.org"),
        ("end john@example.org", "john@example.org"),  # Dolma misses the end of the text
        ("a@b.example@c.example", "a@b.example@c.example"),
        ("john@[192.0.2.1]", "john@[192.0.2.1]"),
    ],
)
def test_addresses(text, expected):
    assert found(text, "email") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "logo@2x.png",
        "vue@2.6.11/dist",
        "react@next.js",
        "look at example.org for more",
        "@media (max-width: 3em)",
        "user@host",
        "meet me at the dot",
        "@handle",
        "a@",
        "@example.org",
    ],
)
def test_no_addresses(text):
    assert found(text, "email") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+49 30 1234567", ["+49 30 1234567"]),
        ("+1 (555) 123-4567", ["+1 (555) 123-4567"]),  # fiction is masked: validity is not asked of a +CC
        ("0049 30 901820", ["0049 30 901820"]),
        ("Tel.: 030 1234567, 030 7654321", ["030 1234567", "030 7654321"]),
        ("Fax 030/123-456", ["030/123-456"]),
        ("Phone:\n555 0199", ["555 0199"]),
        ("555-123-4567", ["555-123-4567"]),
        ("(030) 23125 000", ["(030) 23125 000"]),
        ("06 12 34 56 78", ["06 12 34 56 78"]),
        ("call 3015551234 01.23.45.67.89", ["3015551234"]),
        ("12.05.2021 030 1234567", ["030 1234567"]),
        ("+12025550143 ext. 12", ["+12025550143 ext. 12"]),
        ("电话：13800138000", ["13800138000"]),
        ("٠٣٠ ١٢٣٤٥٦٧٨", ["٠٣٠ ١٢٣٤٥٦٧٨"]),
    ],
)
def test_telephone_numbers(text, expected):
    assert found(text, "phone")[: len(expected)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "29.03.2021 - 15 Uhr",  # §3.6: the four errors of the prototype
        "1999-2003",
        "2021-03-04 12:33:44",
        "1.234.567,89 EUR",
        "10 000 000",
        "3.14159265358979",
        "ISBN 978-3-16-148410-0",
        "ISBN 0-306-40615-2",
        "order 3015551234",
        "+1.23456789",
        "#12345678",
        "203.0.113.7",
        "12345678901234567890",
        "pages 100-120, 130-145",
    ],
)
def test_no_telephone_numbers(text):
    assert found(text, "phone") == []


def test_the_region_decides_about_national_numbers():
    number = "Lot 4930 901820 only"
    assert found("91 123 45 67 is it", "phone", Context()) == []
    assert found("91 123 45 67 is it", "phone", Context(("ES",))) == ["91 123 45 67"]
    assert found(number, "phone", Context(("US",))) == []


def test_where_numbers_are_at_home():
    """personal-data §3.3: region from the country-code domain, then from the language."""
    assert context_of(parse_url("https://x.de/"), "en-GB").regions == ("DE", "GB", "US")
    assert context_of(parse_url("https://x.co.uk/"), None).regions == ("GB",)
    assert context_of(parse_url("https://x.com/"), "pt_BR").regions == ("BR", "PT")
    assert context_of(None, "nonsense!").regions == ()


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("IP 8.8.8.8 and 91.198.174.192", "ip", ["8.8.8.8", "91.198.174.192"]),
        ("2a00:1450:4001:81b::200e", "ip", ["2a00:1450:4001:81b::200e"]),
        ("version 91.4.200.1, Chrome/120.0.6099.71, v10.200.3.4", "ip", []),
        ("Section 1.2.3.4 and 4.5.6.7", "ip", []),
        ("10.0.0.1 127.0.0.1 192.168.1.1 169.254.169.254 203.0.113.7 2001:db8::1 ::1", "ip", []),
        ("1.2.3.4.5 and 300.1.1.1 and 01.200.3.4", "ip", []),
        ("std::vector a::b 12:34:56", "ip", []),
        ("DE89 3704 0044 0532 0130 00 COBADEFFXXX", "iban", ["DE89 3704 0044 0532 0130 00"]),
        ("IBAN:GB29NWBK60161331926819.", "iban", ["GB29NWBK60161331926819"]),
        ("DE88 3704 0044 0532 0130 00", "iban", []),  # mod 97
        ("ADE89370400440532013000", "iban", []),
        ("4111 1111 1111 1111", "card", ["4111 1111 1111 1111"]),
        ("3782 822463 10005", "card", ["3782 822463 10005"]),
        ("credit card 4111111111111111", "card", ["4111111111111111"]),
        ("4111111111111111", "card", []),  # §3.6: bare runs are mostly something else
        ("4111 1111 1111 1112", "card", []),  # Luhn
        ("0000 0000 0000 0000", "card", []),
    ],
)
def test_numbers_with_checks(text, kind, expected):
    assert found(text, kind) == expected


HOSTILE = [
    "a!", "a.", "word ", "1 ", "12345", "!", "@", "a@", "a@b.", "[at]", " at x dot ", " dot ", "+1 ", "(0", "DE89 3702 ",
    "4111 ", "1.2.3.4 ", "2001:db8:", "a%40", "<at>", "john [at] ", "1-", "\u200b", "\u200ba@b.example ", "0 30 ", "|at|", "030/",
    "+49 30 1234567 ", "f", "tel ", "deadbeef", "word+", "&#64;", "https://a:b@", "eyJ", "born ", "geb. 3. Mai ", "ssn 12345678 ",
    "Aa-", "12 Aa St ", "Via A ", "52.1,13.4 ", "@a ", "0xab", "-----BEGIN PRIVATE KEY-----A", "api_key=a1",
    "address is Foo 1, Bar and ", "Foo 1, Bar\nTel: ", ", Aa\n1234567\n", "A Street Apt. 1 ", "DNI 12345 ", "Adres 5, Foo and ",
    "Tel. 20.12.34 ",
]  # fmt: skip


@pytest.mark.parametrize("shape", HOSTILE)
def test_time_is_linear_on_hostile_pages(shape):
    """personal-data §0.6: twice the page may take at most three times as long."""
    assert_linear(
        lambda text: recognize(text, Context(("DE", "US")), ALL),
        lambda length: (shape * (length // len(shape) + 1))[:length],
        5_000,
    )


@given(st.text(max_size=200))
def test_spans_are_sorted_disjoint_and_inside(text):
    position = 0
    for span in recognize(text, GERMANY, ALL):
        assert position <= span.start < span.end <= len(text)
        position = span.end


@given(st.text(alphabet="ab@.\u200b\u00ad ０１٢é\ufeff", max_size=60))
def test_the_view_maps_back_to_the_source(text):
    view = view_of(text)
    offsets = [view.original(i) for i in range(len(view.text))]
    assert offsets == sorted(set(offsets))
    assert all(text[o] not in "\u200b\u00ad\ufeff" for o in offsets)


SPANS = st.builds(lambda s, n, k: Span(s, s + n, k, "r"), st.integers(0, 30), st.integers(0, 8), st.sampled_from(KINDS))


@given(st.lists(SPANS, max_size=8))
def test_overlaps_are_resolved_without_losing_a_character(spans):
    settled = resolve(spans)
    covered = {i for s in spans for i in range(s.start, s.end)}
    kept = [i for s in settled for i in range(s.start, s.end)]
    assert sorted(kept) == sorted(covered)
    assert len(kept) == len(set(kept))


def test_a_card_loses_to_a_telephone_and_a_telephone_to_an_account():
    """personal-data §4 step 4: the order of kinds."""
    assert [s.kind for s in resolve([Span(0, 10, "card", "r"), Span(2, 12, "phone", "r")])] == ["card", "phone"]
    assert resolve([Span(0, 10, "phone", "r"), Span(0, 10, "iban", "r")]) == [Span(0, 10, "iban", "r")]
