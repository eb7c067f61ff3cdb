"""Full dates as people write them in a dozen languages: where one begins and ends, and which day it means."""

from __future__ import annotations

import re

_MONTHS = (
    "jan|januar|january|janvier|enero|gennaio|stycznia|januari|janeiro|ene|gen|sty|janv",
    "feb|februar|february|février|febrero|febbraio|lutego|februari|fevereiro|fév|lut|févr|fev",
    "mar|märz|march|mars|marzo|marca|maart|março|mär|mrt",
    "apr|april|avril|abril|aprile|kwietnia|avr|abr|kwi",
    "may|mai|mayo|maggio|maja|mei|maio|mag|maj",
    "jun|juni|june|juin|junio|giugno|czerwca|junho|giu|cze",
    "jul|juli|july|juillet|julio|luglio|lipca|julho|lug|lip|juil",
    "aug|august|août|agosto|sierpnia|augustus|ago|sie|augusti",
    "sep|september|septembre|septiembre|settembre|września|setembro|sept|set|wrz",
    "oct|oktober|october|octobre|octubre|ottobre|października|outubro|okt|ott|paź",
    "nov|november|novembre|noviembre|listopada|novembro|lis",
    "dec|dezember|december|décembre|diciembre|dicembre|grudnia|dezembro|dez|dic|gru|déc",
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_NAME = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))

_FIGURE_FIRST = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|er|º)?[ -](?:(?:de|of)\s)?(?:{_NAME})\.?,?[ -](?:(?:de|del)\s)?(?:19"
    rf"|20)\d{{2}})(?!\d)",
    re.IGNORECASE,
)
_DAY_AND_YEAR = re.compile(r"\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d{2}(?!\d)")
_MONTH_BEFORE = re.compile(r"([^\W\d_]{3,12})\.?\s\Z")
_WORD = re.compile(r"[^\W\d_]+")
_FIGURES = re.compile(r"\d+")


def date_at(text: str, figure: int) -> tuple[int, int] | None:
    """Start and end of the full date whose first figure stands at `figure`; None where there is none."""
    if text[max(0, figure - 1) : figure] in tuple("./-_") and figure:
        return None
    date = _FIGURE_FIRST.match(text, figure)
    if date:
        return figure, date.end()
    month = _MONTH_BEFORE.search(text, max(0, figure - 16), figure)
    if month and month[1].lower() in _NUMBER_OF and (date := _DAY_AND_YEAR.match(text, figure)):
        return month.start(), date.end()
    return None


def value_of(written: str) -> str:
    """`YYYY-MM-DD` of what `date_at` found, as far as it can be told; nothing where it is no date.

    Day before month, unless the first cannot be a day or the month is named; two figures of a year as they are.
    """
    figures = _FIGURES.findall(written)
    named = next((_NUMBER_OF[word.lower()] for word in _WORD.findall(written) if word.lower() in _NUMBER_OF), 0)
    if named:
        day, year = figures[0], figures[-1]
        return f"{year}-{named:02}-{int(day):02}" if 1 <= int(day) <= 31 else ""
    if len(figures) != 3:
        return ""
    if len(figures[0]) == 4:
        year, month, day = figures
    else:
        day, month, year = figures
        if int(month) > 12:
            day, month = month, day
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return ""
    return f"{year}-{int(month):02}-{int(day):02}"
