"""Exact dates that stand with a person in running text: when somebody wrote, came, died. Off unless a policy asks.

A date alone is nobody's. One beside a name tells, whatever became of the name, who of few it was; to the month it
still tells when a text is from. Dates of birth are a kind of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from collector.minimise.engine.span import Span
from collector.minimise.recognizers.written_date import date_at, value_of

KIND = "person_date"
NEAR = 80  # characters between name and date

_FIGURES = re.compile(r"\d+")
_TIME = re.compile(
    r"(?:T|,?\s(?:at|um|à|a las|alle(?: ore)?|o(?: godz\.)?|om|-|\u2013|\|)?\s?)"
    r"\d{1,2}[:.h]\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:\s?(?:[ap]\.?m\.?|Uhr|h|uur)\b|Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
# With its month, the day of the week leaves four or five days.
_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|mo|di|mi|do|fr|sa|so"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo"
    r"|luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica"
    r"|poniedzia[łl]ek|wtorek|[śs]roda|czwartek|pi[ąa]tek|sobota|niedziela"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)\.?,?\s(?:den\s|the\s|le\s)?\Z",
    re.IGNORECASE,
)
_LONGEST_WEEKDAY = 20
_ASIDE = 20  # characters beside a date on a line of its own
_PARTS = re.compile(r"[.!?](?<!\b[A-Z]\.)(?<!\bgest\.)(?<!\bzm\.)\s+(?=[^\W\da-z_])|\n\s*\n|\n[^\n]*\n")  # of a text
_DIED = re.compile(
    r"(?:\bdied\b|\bdeceased\b|\bpassed away\b|\bverstorben|\bstarb\b|\bgest\.|\bdécédée?\b|\bmort[e]?\s(?:le|el|il)\b"
    r"|\bfalleci[oó]\b|\bmurió\b|\bmort[oa]\s(?:a|il|el)\b|\bdecedut[oa]\b|\bzmarł[a]?\b|\bzm\.|\boverleden\b"
    r"|\bmorreu\b|\bfaleceu\b|[\u2020\u271d])[^\d\n]{0,30}",
    re.IGNORECASE,
)


def find(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The dates of `text` that stand within a sentence or line of a person in `spans`, or behind a word of dying."""
    position = 0  # behind the last date: none is looked at twice
    for span in spans:
        if span.kind != "person":
            continue
        first = max(0, span.start - NEAR, position)
        for date in _dates(text, first, min(span.end + NEAR, len(text))):
            if near(text, (date.start, date.end), (span.start, span.end)):
                yield date
                position = date.end
    for died in _DIED.finditer(text):
        for date in _dates(text, died.end(), died.end() + 1):
            yield date


def dates_in(text: str) -> list[Span]:
    """Every full date of a short text, with the time of day behind it."""
    return list(_dates(text, 0, len(text)))


def near(text: str, date: tuple[int, int], person: tuple[int, int]) -> bool:
    """Whether both stand together: within a sentence, or the date on a line of its own, above or below the person."""
    first, second = sorted((date, person))
    if first[1] >= second[0]:
        return True
    if second[0] - first[1] > NEAR or _PARTS.search(text, first[1], second[0]):
        return False
    if "\n" not in text[first[1] : second[0]]:
        return True
    begin, end = date[0] - _ASIDE, date[1] + _ASIDE
    line = text.rfind("\n", max(0, begin), date[0]) + 1 or max(0, begin)
    behind = text.find("\n", date[1], end)
    return (line > begin or begin <= 0) and (behind >= 0 or end >= len(text))


def _dates(text: str, start: int, end: int) -> Iterator[Span]:
    behind = start
    for figure in _FIGURES.finditer(text, start, end):
        if figure.start() < behind:
            continue
        date = date_at(text, figure.start())
        value = value_of(text[slice(*date)]) if date else ""
        if date and value:
            time = _TIME.match(text, date[1])
            weekday = _WEEKDAY.search(text, max(behind, date[0] - _LONGEST_WEEKDAY), date[0])
            first = weekday.start() if weekday else date[0]
            behind = time.end() if time else date[1]
            yield Span(first, behind, KIND, "person_date_near", value)
