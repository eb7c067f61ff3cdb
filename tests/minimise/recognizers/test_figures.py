"""Figures of programs and sciences that look like personal data: decimals, fractions, sums, citations, decorators."""

from __future__ import annotations

import pytest

from collector.minimise.engine.context import Context
from collector.minimise.engine.span import KINDS
from collector.minimise.replacing.recognize import recognize

ALL = frozenset(KINDS)


def found(text, *regions):
    return [(span.kind, text[span.start : span.end]) for span in recognize(text, Context(regions), ALL)]


@pytest.mark.parametrize(
    "text",
    [
        "POINT 150.4728477 next 12.39876541",
        "a table: 37.48211 29.1 and 41.90455 31.2",
        "B[3] = + 417/15336; B[4] = + (13/2048 - 97/8192*k)",
        "p = q + 12155/589824 * eps",
        "the series 15061/26880, 167603/181440, -55222/93555",
        "in Annals, p. 339 (2005)",
        "192.168.242.242 146 77 refused",
        "+ 648655117/6597069766656*n^4, + 28247205103/70368744177664",
        "temp + 20003931.458986;",
        "3 8870000.00 and 5500000.0",
        "-23.00667 -44.31806 next 9.15 -79.61667",
        "1.0033565552493 and -0.0040770935665",
        "+ 45 18 03.03, +10 35 35.6 01 49 03.27, 00 21 58.6, 19 05 27.327",
        "201 -5479232",
        "Ardmore, PA 19006-8504",
        "columns of 37911 41184",
        "+ 49640576797735844192452859 / n and f(3986) * 1000 + 41800000;",
        "Annals 25, p. 641-655. And p. 983-992, p. 327 - 336 (2004)",
        "In the period 1800-1975, on 10/25/06 at noon",
        "all codes (01000-99999), 01001\u201399998",
        "Home POI Car=36.790145:-6.352898,Home=3",
        "call m(51.0, 5500000.0) home",
        "0.0518318978617112 0 0 1411465651",
        "G050.29-00.46 50.29 -0.46 14.81",
        "IT 01822890388",
        "T: 0.77 -2.17 -0.05 -2.17 -2.17",
        "(G:0.0349662,F:0.0318288)D:0.0273876",
        "the host cell (PubMed:20375010), 10.1016/j.cell.2010.12.001, Cell membrane {ECO:0000250|",
        "f. sp. tritici CRL 75-36-700-3",
        "science v. 278 849 1997",
        "Nokia with SMS memory (6210/7110, etc.)",
        "For long text messages it starts with 050003",
        "1F 04 00 78 00 04 01 02 0E 00, 12 1F 06 00 56 20 30 36 2E 30 30 0A",
        "10|07888 11|01144467789 12|12566889",
        "Boston, MA\n02110-1335",
    ],
)
def test_figures_are_no_telephone_numbers(text):
    """Seen on documentation of programs, where nine in ten findings of national shapes were of these."""
    assert found(text, "US", "GB") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Tel. 030.1234567", "030.1234567"),
        ("tel: 069/12345678", "069/12345678"),
        ("call + 49 30/123456 today", "+ 49 30/123456"),
        ("Phone: 415.555.2671", "415.555.2671"),
        ("Rufen Sie an: 06/12345678", "06/12345678"),
        ("Büro 030 901 820 12, abends", "030 901 820 12"),
        ("my cell is 0171 2345678", "0171 2345678"),
        ("Cell: 5550134567", "5550134567"),
        ("Phones: 5550134567", "5550134567"),
        ("Ring an 03 01 23 45 67 DE", "03 01 23 45 67"),
    ],
)
def test_telephone_numbers_in_such_shapes_are_found(text, number):
    assert found(text, "DE") == [("phone", number)]


def test_a_decorator_in_a_listing_is_no_address():
    """Line numbers stand before the sign; a name before it is a slip in an address."""
    assert found("140 @counter.setter\n141 @counter.deleter") == []
    assert found("from site import the_admin\n@admin.register(Author)") == []
    assert found("err = b - a.t @ np.linalg.lstsq(a, b)") == []
    assert found("maildrop-@PREVIOUS_VERSION@-1.src.rpm") == []
    assert found("jane.doe @mail.example.org") == [("email", "jane.doe @mail.example.org")]


def test_tags_of_comments_and_words_that_begin_like_a_site_are_no_handles():
    assert found("Follow the rules: @arg name, @note well, @kwarg size") == []
    assert found("The grammar following a @spec tag, as follows: see @thing") == []
    assert found("see @jane@social.example.org, @jane@HOST.example.org") == [
        ("handle", "@jane@social.example.org"),
        ("email", "jane@HOST.example.org"),
    ]
    assert found("follow @jane_roe") == found("follow me: @jane_roe") == [("handle", "@jane_roe")]
    assert found("the method t.merge of t.meta") == []
    assert found("follow me on t.me/jane_roe") == [("handle", "jane_roe")]


def test_a_time_in_emphasis_is_no_birth():
    assert found("changed (*2013-12-21 21:45*) and (*2013-12-21*)") == []
    assert found("Jane Roe (*1961-12-21)") == [("birth_date", "1961-12-21")]


@pytest.mark.parametrize(
    "text",
    [
        "f(16187170377)",
        "-16187170377",
        "f(16187170377 << 22)",
        "x = 16187170377 * y",
        "books: 9780802088004, 9780802088020",
        "IT 02100550264",
        "TESS-SPOC ... 18013510950 637.806560287869 science",
        "175214326799, -171950693600, 38652967262, 58118860800",
        "... 20245079541\n... 20255761367\n... 20259636117\n",
        "Downloading Observation ID: 1342188589",
        "pubmed id: 83265757",
        "search space: 22606641690",
    ],
)
def test_large_integers_books_and_firms_are_no_persons(text):
    """One of ten numbers of eleven digits passes a check digit."""
    assert found(text) == []


def test_numbers_beside_each_other_are_persons_where_all_of_them_fit():
    assert [kind for kind, _ in found("16187170377\n33392005961\n")] == ["national_id", "national_id"]


def test_what_a_country_code_stands_before_is_a_telephone_number():
    assert found("Country Code: 44 National Number: 7912345678") == [("phone", "7912345678")]
    assert found("You can call 16187170377") == [("phone", "16187170377")]
    assert found("Office 402-031-1535, 16187170377-Fax")[-1] == ("phone", "16187170377")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("My Latvian VAT number is 161175-19997.", "161175-19997"),
        ("VAT: PT 201 974 843", "PT 201 974 843"),
        ("IVA 54362315K", "54362315K"),
    ],
)
def test_a_number_for_value_added_tax_that_is_a_persons_is_found(text, number):
    """personal-data §3.4, tier B: behind its word, where the form is a person's; a firm's number is nobody's."""
    assert found(text) == [("national_id", number)]


@pytest.mark.parametrize("text", ["VAT LV 4000 3521 600", "VAT number B58378431", "VAT number: PT 501 964 843"])
def test_a_firms_number_for_value_added_tax_stays(text):
    assert found(text) == []


def test_a_list_of_latitudes_and_places_in_the_sky_are_no_coordinates():
    assert found("<Latitude [-25.21127325,-30.68088873,-35.82145644,-40.53415037]>") == []
    assert found("the position of SkyCoord(31.0087, 14.0627)") == []
    assert found("coord = numpy.array([50.346, 19.287, 17.288])") == []
    assert found("x is 0°N,90°E in the formula") == []
    assert found("on 3 Dec at position 48.13743, 11.57549, 519.125") == [("coordinates", "48.13743, 11.57549")]


def test_an_address_in_front_of_a_zone_stands_the_other_way_round():
    """RFC 1035 §3.5, RFC 5782 §2.1. Nor are numbers of enzymes and of folds, and times behind a date, addresses."""
    assert found("(EC 3.4.21.68), EC=1.1.99.1; Gene3D; 2.102.10.10; 11-Aug-2005::15:31:55") == []
    assert found("asked for 43.62.168.192.dnsbl.example.org") == []
    assert found("asked for 192.174.198.91.dnsbl.example.org") == [("ip", "192.174.198.91")]


def test_a_password_is_told_behind_its_word_alone():
    assert found("proxy=http://username:password@proxy1.example.org:8080 and password_reset_uidb36") == []
    assert found("an SMTP URL is smtp[s]://[user[:pass]@]host") == []


@pytest.mark.parametrize("number", ["16187170377", "02100550264"])
def test_the_same_numbers_alone_are_taken_for_persons(number):
    assert found(f"of {number}, since May") == [("national_id", number)]
