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
    ],
)
def test_telephone_numbers_in_such_shapes_are_found(text, number):
    assert found(text, "DE") == [("phone", number)]


def test_a_decorator_in_a_listing_is_no_address():
    """Line numbers stand before the sign; a name before it is a slip in an address."""
    assert found("140 @counter.setter\n141 @counter.deleter") == []
    assert found("jane.doe @mail.example.org") == [("email", "jane.doe @mail.example.org")]


def test_tags_of_comments_and_words_that_begin_like_a_site_are_no_handles():
    assert found("Follow the rules: @arg name, @note well, @kwarg size") == []
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
    ],
)
def test_large_integers_books_and_firms_are_no_persons(text):
    """One of ten numbers of eleven digits passes a check digit."""
    assert found(text) == []


@pytest.mark.parametrize("number", ["16187170377", "02100550264"])
def test_the_same_numbers_alone_are_taken_for_persons(number):
    assert found(f"of {number}, since May") == [("national_id", number)]
