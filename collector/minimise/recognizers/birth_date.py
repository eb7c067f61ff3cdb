"""Dates of birth: a full date behind a word of being born. A date alone is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, words
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.written_date import date_at, value_of

KIND = "birth_date"

_BORN = re.compile(
    r"\b(?:born\b|date of birth|birth ?da(?:te|y)|d\.?\s?o\.?\s?b\b\.?|geboren\b|geb\.|geburtsdatum|geburtstag"
    r"|née?\b|date de naissance|nacid[oa]\b|nací\b|nació\b|fecha de nacimiento|nat[oa]\b|data di nascita"
    r"|urodz\w{1,8}\b|ur\.|data urodzenia|geboortedatum|nascid[oa]\b|data de nascimento|fød(?:t|selsdato)\b"
    r"|född\b|födelsedatum|narozen|data naszterii)|\(\s?\*\s?(?=\d)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_BETWEEN = 54  # characters from the word to the first figure
_WORD_BEHIND = re.compile(
    r"\s?\((?:dob|d\.o\.b\.|date of birth|geburtsdatum)\)"
    r"|\s(?:is|was) (?:my|his|her|their|our|the|\w{2,20}'s) (?:\w{2,12}(?:'s)? )?"
    r"(?:birth ?da(?:y|te)|date of birth|dob)\b|\sist mein(?:e|ser)? Geburts(?:tag|datum)",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"[^\n()]{0,40}\*\)|[ T]\d{1,2}:\d\d")  # `(*2013-12-21 21:45*)`: emphasis, and a time of day
_NOT_A_PERSON = re.compile(r"\b(?:stillborn|newborn)\b|[.;!?]\s+(?!(?:It|That)(?:'s|\u2019s| is)\s)[A-Z]", re.ASCII)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the dates, without the words; of years since 1900 or in two figures."""
    for match in _BORN.finditer(text, start, end):
        figure = _FIGURE.search(text, match.end(), match.end() + _BETWEEN)
        date = date_at(text, figure.start()) if figure else None
        if date and date[0] >= match.end() and not _breaks(text, match.end(), date[0]):
            if match[0].endswith("*") and _EMPHASIS.match(text, date[1]):
                continue
            yield from _span(text, date)
    for match in _WORD_BEHIND.finditer(text, start, end):
        # the first figure of a full date, at most 30 characters before the word
        for figure in _FIGURE.finditer(text, max(0, match.start() - 30), match.start()):
            date = date_at(text, figure.start())
            if date and date[1] == match.start():
                yield from _span(text, date)
                break


def _span(text: str, date: tuple[int, int]) -> Iterator[Span]:
    value = value_of(text[slice(*date)])
    if value:
        yield Span(date[0], date[1], KIND, "birth_date_named", value)


def _breaks(text: str, start: int, end: int) -> bool:
    """Whether what stands between word and date says that they do not belong together."""
    return text.count("\n", start, end) > 1 or _NOT_A_PERSON.search(text, start, end) is not None


RECOGNIZER = Recognizer(
    KIND,
    "Dates of birth",
    "a full date within 40 characters behind a word of being born, in eleven languages",
    (
        words(
            r"(?:\bborn\b|birth|\bd\.?\s?o\.?\s?b\b|\bgeb\.|gebor|geburts|\bn[?\xe9\xc9]e?[^a-z]|naissance"
            r"|\bnac(?:id[oa]|[i?\xed]|i[o?\xf3])[^a-z]|nacimiento"
            r"|\bnat[oa]\b|nascita|\burodz|\bur\.|geboorte|nascid|nascimento|\bf\xf8d|\bf\xf6d|narozen|naszterii"
            r"|\(\s?\*\s?\d)",
            before=70,
            after=110,
        ),
    ),
    find,
)
