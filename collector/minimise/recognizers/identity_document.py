"""Numbers of passports and driving licences, behind a word that says so, and machine-readable zones (ICAO 9303)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger, words
from collector.minimise.engine.span import Span

PASSPORT, LICENCE = "passport", "driving_licence"

_SAYS = (
    r"(?:['’]s)?(?:[ -](?:card|book|document))?(?:\s?[(]?(?:(?:no|nr|num|number|nummer|numéro|número|numero|numer"
    r"|id)\b\.?|#|n[°º])[)]?)?"
    r"(?:\s(?:is|was|ist|lautet|est|es|è|jest))?[\s:.#=()\-]{0,6}"
)
_CODE = r"(?P<code>[A-Z0-9](?:[ -]?[A-Z0-9]){5,20})(?![A-Za-z0-9])"
_PASSPORT = re.compile(
    r"\b(?i:passport|reisepass(?:nummer)?|passnummer|passeport|pasaporte|passaporto|paszport(?:u)?"
    r"|paspoort(?:nummer)?)"
    rf"(?i:{_SAYS}){_CODE}"
)
_LICENCE = re.compile(
    r"\b(?i:driv(?:er|ing)(?:['’]?s)?[ -]licen[cs]e|\bDL\b|führerschein(?:nummer)?|permis de conduire|(?:permiso"
    r"|carn[ée]t?) de conducir"
    r"|patente(?: di guida)?|prawo jazdy|rijbewijs(?:nummer)?|carta de condução)"
    rf"(?i:{_SAYS}){_CODE}"
)
_ZONE = re.compile(r"(?<![A-Z0-9<])P[A-Z<][A-Z]{3}[A-Z<]{39}(?:\s{1,4}[A-Z0-9<]{44})?(?![A-Z0-9<])")


def find_passport(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of passport numbers: six to ten letters and digits, four digits at least; of a zone both lines."""
    for match in _ZONE.finditer(text, start, end):
        if "<<" in match[0]:
            yield Span(match.start(), match.end(), PASSPORT, "passport_zone", match[0])
    yield from _named(text, _PASSPORT, PASSPORT, (6, 10), start, end)


def find_licence(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of licence numbers: six to eighteen letters and digits, four digits at least."""
    yield from _named(text, _LICENCE, LICENCE, (6, 18), start, end)


def _named(
    text: str, pattern: re.Pattern[str], kind: str, lengths: tuple[int, int], start: int, end: int
) -> Iterator[Span]:
    for match in pattern.finditer(text, start, end):
        written = match["code"]
        # `X1234567 EXPIRES`: further words in capitals are not the number
        while written and not _is_number(written, lengths):
            written = re.sub(r"[ -]?[A-Z0-9]+\Z", "", written) if re.search(r"[ -]", written) else ""
        if written:
            code = re.sub(r"[ -]", "", written)
            yield Span(match.start("code"), match.start("code") + len(written), kind, f"{kind}_named", code)


def _is_number(written: str, lengths: tuple[int, int]) -> bool:
    code = re.sub(r"[ -]", "", written)
    last = re.split(r"[ -]", written)[-1]
    return (
        lengths[0] <= len(code) <= lengths[1]
        and sum(map(str.isdigit, code)) >= 4
        and (last == written or any(map(str.isdigit, last)))
    )


PASSPORT_RECOGNIZER = Recognizer(
    PASSPORT,
    "Passport numbers, and the machine-readable zone",
    "the word in eight languages directly before, four digits at least; ICAO 9303 layout",
    (
        words(
            r"(?:passport|reisepass|passnummer|passeport|pasaporte|passaporto|paszport|paspoort)", before=24, after=84
        ),
        Trigger(r"P[A-Z<][A-Z]{3}[A-Z<]{30}", 40, 70),
    ),
    find_passport,
)
LICENCE_RECOGNIZER = Recognizer(
    LICENCE,
    "Numbers of driving licences",
    "the words in eight languages directly before, four digits at least",
    (
        words(
            r"(?:driv(?:er|ing)(?:['?]?s)?[ -]licen[cs]e|\bdl\b|f[?\xfc]hrerschein|permis de conduire|de conducir"
            r"|\bpatente"
            r"|prawo jazdy|rijbewijs|carta de condu)",
            before=32,
            after=96,
        ),
    ),
    find_licence,
)
