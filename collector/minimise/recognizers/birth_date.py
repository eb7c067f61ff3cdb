"""Dates of birth: a full date behind a word of being born. A date alone is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.context import Context
from collector.minimise.recognizer import END, Recognizer, words
from collector.minimise.recognizers.written_date import DATE, value_of
from collector.minimise.span import Span

KIND = "birth_date"

_BORN = re.compile(
    r"(?:\bborn\b|\bdate of birth|\bbirth ?da(?:te|y)|\bd\.?\s?o\.?\s?b\b\.?|\bgeboren\b|\bgeb\.|\bgeburtsdatum|\bgeburtstag"
    r"|\bnée?\b|\bdate de naissance|\bnacid[oa]\b|\bnací\b|\bnació\b|\bfecha de nacimiento|\bnat[oa]\b|\bdata di nascita"
    r"|\burodz\w{1,8}\b|\bur\.|\bdata urodzenia|\bgeboortedatum|\bnascid[oa]\b|\bdata de nascimento|\bfød(?:t|selsdato)\b"
    r"|\bfödd\b|\bfödelsedatum|\bnarozen|\bdata naszterii|\(\s?\*)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[^\d\n]{0,40}\n?[^\d\n]{0,12}\d")
_DATE = re.compile(rf"(?<![\w./-]){DATE}", re.IGNORECASE)
_REACH = 48
_DATE_THEN_WORD = re.compile(rf"(?<![\w./-])(?P<date>{DATE})\s?\((?:dob|d\.o\.b\.|date of birth|geburtsdatum)\)", re.IGNORECASE)
_NOT_A_PERSON = re.compile(r"\b(?:stillborn|newborn)\b|[.;!?]\s+[A-Z]", re.ASCII)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of the dates, without the words; of years since 1900 or in two figures."""
    for match in _BORN.finditer(text, start, end):
        figure = _BETWEEN.match(text, match.end())
        date = figure and _DATE.search(text, max(match.end(), figure.end() - 16), figure.end() + _REACH)
        if figure and date and date.start() < figure.end():
            value = value_of(date[0])
            if value and not _NOT_A_PERSON.search(text, match.end(), date.start()):
                yield Span(date.start(), date.end(), KIND, "birth_date_named", value)
    for match in _DATE_THEN_WORD.finditer(text, start, end):
        value = value_of(match["date"])
        if value:
            yield Span(match.start("date"), match.end("date"), KIND, "birth_date_named", value)


RECOGNIZER = Recognizer(
    KIND,
    "Dates of birth",
    "a full date within 40 characters behind a word of being born, in eleven languages",
    (
        words(
            r"(?:\bborn\b|birth|\bd\.?\s?o\.?\s?b\b|\bgeb\.|gebor|geburts|\bn[?\xe9\xc9]e?\b|naissance|\bnac(?:id[oa]|[i?\xed]|i[o?\xf3])\b|nacimiento"
            r"|\bnat[oa]\b|nascita|\burodz|\bur\.|geboorte|nascid|nascimento|\bf\xf8d|\bf\xf6d|narozen|naszterii|\(\s?\*)",
            before=70,
            after=110,
        ),
    ),
    find,
)
