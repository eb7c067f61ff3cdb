"""Postal addresses of any country whose street, number, postal code and town follow one another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.address_streets import FIRST, STREET_WORD
from collector.minimise.recognizers.address_tail import tail
from collector.minimise.recognizers.address_words import CAPITAL, GAP, NO_STREET, PARTICLE, SMALL, TOWN, WORD

KIND = "address"

_LOOK_BACK = 120
_CODE = (
    r"(?:(?:[A-Z]{1,3}[ -]?)?(?:\d{5}-\d{3}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2,3}(?!\d)|\d{2} \d{3}(?!\d)|\d{4,6}))"
    r"(?![\w%]|[.,:-]\d)"
)
_BEHIND = re.compile(rf"{GAP}(?P<code>{_CODE})(?: [A-Z]{{2}}\b)?,? {TOWN}(?!\w)(?: \([^\W\d_]{{2,20}}\.?\))?")
_BEFORE = re.compile(rf"(?:,[ ]{{1,2}}| ?,? ?\n {{0,4}}){TOWN},? (?P<code>{_CODE})")
_PIECE = rf"(?:{PARTICLE}|{WORD}|\d{{1,2}}\.|[^\W\d_A-Z]{{1,14}}\.?(?=,? (?:n[or]\.? |č\.? )?\d)|{SMALL}(?= \d))"
_HOUSE = (
    r"(?:,? s/n|,? (?:(?:[Nn][or]|[Nn]º|št|č|бр|д|Bloc|Bl|nr)\.? ?)?\d{1,4}"
    r"(?: ?[A-Za-zА-яͰ-Ͽ]\b)?(?:[-/] ?\d{1,4}[A-Za-z]?\b)?)\.?"
)
# a floor, a flat, a staircase: `, 3. em.`, ` m. 12`, ` - 14`, ` Apt. 5`, ` 2º Izda.`
_WITHIN = r"(?:,?(?: ?[-/])? (?:[^\W\d_]{1,14}\.? ){0,2}\d{1,4}[.ºªa-zA-Z]?(?: ?[^\W\d_]{1,12}\.?)?|,? s/n\.?){0,3}"
_NUMBER_LAST = re.compile(
    rf"(?<![\w-])(?P<street>(?:(?i:{FIRST}) |{SMALL} )?{WORD}(?: {_PIECE}){{0,4}}){_HOUSE}{_WITHIN} ?,?\Z"
)
_NUMBER_FIRST = re.compile(
    rf"(?<![\w.,:/-])\d{{1,5}}[A-Za-z]?,? (?P<street>(?:{SMALL} |{PARTICLE} )?(?:{WORD})(?: (?:{PARTICLE}|{WORD}"
    rf"|\d{{1,2}}\.|[^\W\d_A-Z]{{1,14}}(?= {CAPITAL}))){{0,5}}){_WITHIN} ?,?\Z"
)
_GLUED = re.compile(
    r"(?<= )[^\W\d_-]{3,30}(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|straat|laan|plein|gracht|kade|singel|dijk|dreef|steeg"
    r"|vej|gade|gatan|vägen|gata|gate|veien|katu|tie)\Z"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS = re.compile(r"[ \t]*(?:[.,;)]|\n|\Z)")
_FEWEST_LETTERS = 3


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans from the street to the town; a code that says little wants a word of streets, or lines of its own."""
    for pattern in (_BEHIND, _BEFORE):
        for coded in pattern.finditer(text, start, end):
            first = max(0, coded.start() - _LOOK_BACK)
            before = text[first : coded.start()]
            before = before[before.rfind("\n") + 1 :]
            first = coded.start() - len(before)
            streets = filter(None, (_NUMBER_FIRST.search(before), _NUMBER_LAST.search(before)))
            street = min(streets, key=re.Match.start, default=None)  # `6 Place du Marché Apt. 8`
            if street is None or not _holds(text, first + street.start(), street, coded):
                continue
            last, _ = tail(text, coded.end(), behind="town")
            glued = _GLUED.search(street["street"])  # `Wohnhaft Musterstraße 12`
            begin = first + (street.start("street") + glued.start() if glued else street.start())
            yield Span(begin, last, KIND, "address_coded", " ".join(text[begin:last].casefold().split()))


def _holds(text: str, begin: int, street: re.Match[str], coded: re.Match[str]) -> bool:
    name, code = street["street"], coded["code"]
    if sum(map(str.isalpha, name)) < _FEWEST_LETTERS or NO_STREET.search(f"{street[0]} 0"):
        return False
    if coded.re is _BEHIND and (not code.isdecimal() or len(code) > 4):
        return True
    if STREET_WORD.search(name):
        return True
    if coded.re is _BEFORE and len(code) < 5:
        return False
    # `Øvre Myr 4, 7015 Utøy`: with nothing else in the line or the clause
    alone = begin == 0 or text[begin - 1] == "\n" or text[max(0, begin - 2) : begin] == ": "
    beside = "," in coded[0] or "\n" in coded[0]
    return alone and beside and not _YEAR.match(code) and _ENDS.match(text, coded.end()) is not None


RECOGNIZER = Recognizer(
    KIND,
    "A street with its number, a postal code and a town, in any country: `Hlavná 12, 811 01 Bratislava`",
    "words with capitals beside the number; five digits or more, two letters, or a word of streets",
    (
        # what stands before the code is left to the pattern: it begins everywhere
        Trigger(
            r"[ ,\n-](?:\d{4,6}|\d{3} \d{2,3}|\d{2} \d{3}|\d{2,5}-\d{3})(?: [A-Z]{2})?,?"
            r" [A-Z\x80-\xff?][a-z\x80-\xff?]",
            60,
            90,
        ),
        Trigger(r"[A-Z][ -]?\d{4,6},? [A-Z\x80-\xff?][a-z\x80-\xff?]", 60, 90),
        Trigger(r"[a-z\x80-\xff?],? (?:[A-Z]{1,3}[ -]?\d{4}|\d{5,6}|\d{3} \d{2,3})(?:[^0-9A-Za-z]|$)", 110, 60),
    ),
    find,
)
