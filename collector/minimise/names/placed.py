"""Names of which only the place says that a writer is meant: before what somebody is, beside a date, above one.

`Jane Doe, staff writer`, `Jane Doe is a freelance journalist`, `Jane Doe • 3 days ago`, a name alone on the line above
a date. Place and look are little, so that what no list holds is a guess: found where it stands whole, and no reason to
rewrite an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collector.minimise.engine.matching import WHITE, Matcher, latin
from collector.minimise.engine.words_of import WordsOf
from collector.minimise.names import gazetteer
from collector.minimise.names.byline_words import OPENING
from collector.minimise.names.name_shapes import NAME, Byline, is_known, is_organisation, is_shaped, spelt

MAX_PLACES = 5_000  # of one text
MAX_BESIDE = 90  # characters of a line with a date in it
MAX_ALONE = 40  # characters of a name above or below it
TOP = 600  # characters of a text in which its headline is
LEAST_SPACES = 3  # of a headline
LOOK_BACK = 160  # characters before what somebody is

_ROLE = (
    r"writer|reporter|correspondent|journalist(?:in|e|[aă])?|columnist|editor|author|blogger(?:in)?|novelist|photographer"
    r"|lecturer|professor|contributor|redakteur(?:in)?|autorin|schriftsteller(?:in)?|korrespondent(?:in)?|fotograf(?:in)?"
    r"|rédacteur|rédactrice|écrivaine?|chroniqueuse|chroniqueur|periodista|redactora?|escritora?|profesora?|giornalista"
    r"|scrittrice|scrittore|autrice|redacteur|schrijver|schrijfster|verslaggever|dziennikarz|dziennikarka|jornalista"
    r"|redator|skribent|författare|forfatter|novinář(?:ka)?|redaktor(?:ka)?|gazeteci|журналист(?:ка)?|корреспондент"
)
_IS = r"is|was|ist|war|est|es|è|é|jest|är|er|je|este"
# What would make the writer somebody else's: `… is the town of the writer`.
_NOT_OF = r"(?!(?:of|by|for|von|vom|der|des|del?|du|di|van|que|who|which|that)\b)"
_BEING = re.compile(
    rf"(?:^|[.!?\u2026]\s{{1,3}})[\s*>|\u2013\u2014-]{{0,6}}(?P<name>{NAME})(?:\s\([^()\n]{{1,30}}\))?"
    rf"(?:,\s|\s[|\u2013\u2014-]\s|\s(?:{_IS})\s)(?:{_NOT_OF}[\w'\u2019-]{{1,24}},?\s){{0,6}}(?i:{_ROLE})\Z",
    re.MULTILINE,
)
_MONTHS = (
    r"jan|feb|mar|mär|apr|may|mai|maj|mei|mag|jun|jui|jul|lug|aug|aoû|ago|sep|set|oct|okt|ott|out|nov|dec|dez|déc|dic"
    r"|gen|fév|ene|abr|avr|kwi|cze|lip|sie|wrz|paź|lis|gru|sty|lut|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек"
)
_AGO = (
    r"[0-9]{1,3}\s(?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?|years?|yrs?)\sago"
    r"|vor\s(?:[0-9]{1,3}|einem|einer)\s\w{3,8}|il\sy\sa\s[0-9]{1,3}\s\w{2,8}|hace\s[0-9]{1,3}\s\w{3,8}|[0-9]{1,3}\s\w{3,8}\sfa"
)
_DATE = (
    rf"[0-9]{{1,2}}(?:st|nd|rd|th|er)?\.?[\s-](?:de\s)?(?:{_MONTHS})[a-zé]{{0,8}}\.?,?[\s-](?:de\s)?[0-9]{{4}}"
    rf"|(?:{_MONTHS})[a-z]{{0,8}}\.?\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s[0-9]{{4}}"
    rf"|[0-9]{{1,2}}[./-]\s?[0-9]{{1,2}}[./-]\s?[0-9]{{2,4}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
)
_WHEN = re.compile(rf"(?<!\w)(?:{_DATE}|{_AGO})(?!\w)", re.IGNORECASE)
# Words and figures that stand with a date and say nobody.
_WITH_DATE = re.compile(
    r"(?<!\w)(?:\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?|uhr|at|on|am|um|vom|le|el|il|op|den|em|dne|à|a las|alle"
    r"|posted|published|updated|edited|date|datum|veröffentlicht|aktualisiert|publié|publicado|pubblicato|gmt|utc|[ec][sd]t"
    r"|p[sd]t|(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)(?!\w)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[|•·;»/()\n]|\s[\u2013\u2014-](?=\s)|,)\s*")
_NAME = re.compile(rf"(?P<name>{NAME})\Z")
_NOT_FIRST = frozenset(
    "hi hello hey dear thanks hallo liebe lieber ciao hola cher chère olá san santa saint fort port".split()
)
_OPENING = re.compile(rf"(?i:{OPENING})\s+")  # says that a name follows and is none of it
_FIGURE = re.compile(r"\d+")  # a date has one
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
_PLACES = frozenset(
    """hong kong|tel aviv|buenos aires|costa rica|sri lanka|puerto rico|kuala lumpur|abu dhabi|palo alto|saudi arabia
    |rio grande|phnom penh|port moresby|addis ababa|monte carlo|bad homburg|las vegas|el salvador""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
# A first look: what somebody is, and dates; over Latin-1, as every `Matcher`.
_YEAR = r"[0-9]{1,2}[./-][ ]?[0-9]{1,2}[./-][ ]?[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATED = (
    rf"(?i)(?:{latin(_MONTHS)})[a-z\x80-\xff?]{{0,8}}[.]?,?[{WHITE}-](?:de[{WHITE}])?[0-9]{{1,2}}"
    rf"|{_YEAR}|[0-9{WHITE}](?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?|years?|yrs?)[{WHITE}]ago"
    rf"|vor[{WHITE}][0-9e]|il[{WHITE}]y[{WHITE}]a[{WHITE}]|hace[{WHITE}][0-9]|[{WHITE}]fa(?:[^a-z]|$)"
)
_FIRST_LOOK = Matcher(
    (
        rf"(?i)(?:^|[^A-Za-z])(?:{latin(_ROLE)})",
        _DATED,
    )
)
_ROLES = re.compile(rf"(?<!\w)(?i:{_ROLE})(?!\w)")


def find(text: str, words_of: WordsOf | None = None) -> Iterator[Byline]:
    """Names of two words and more beside dates and roles. Linear: no look beyond `LOOK_BACK` and the next lines."""
    ends = _FIRST_LOOK.ends(text)
    if ends is not None and not ends:
        return
    seen = words_of or WordsOf(text)
    if ends is None:
        yield from _before_roles(text, [role.end() for role in _ROLES.finditer(text)], seen)
        yield from _beside_dates(text, [figure.end() for figure in _FIGURE.finditer(text)], seen)
    else:
        yield from _before_roles(text, [end for end, number in ends if number == 0], seen)
        yield from _beside_dates(text, sorted(end for end, number in ends if number), seen)


def _before_roles(text: str, places: Sequence[int], seen: WordsOf) -> Iterator[Byline]:
    for end in places[:MAX_PLACES]:
        first = max(0, end - LOOK_BACK)
        line = text.rfind("\n", first, end) + 1
        being = None if _WORD.match(text, end) else _BEING.search(text, line or first, end)
        if being and (byline := _guess(being["name"], being.start("name"), seen)):
            yield byline


def _beside_dates(text: str, places: Sequence[int], seen: WordsOf) -> Iterator[Byline]:
    behind = -1  # of the line looked at last
    for place in places[:MAX_PLACES]:
        if place <= behind:
            continue
        start = text.rfind("\n", 0, place - 1) + 1
        behind = text.find("\n", place - 1)
        behind = len(text) if behind < 0 else behind
        if behind - start > MAX_BESIDE:
            continue
        line = text[start:behind]
        if not (when := _WHEN.search(line)):
            continue
        rest = _WITH_DATE.sub(_blank, line[: when.start()] + "|" * len(when[0]) + line[when.end() :])
        if _LETTER.search(rest):
            ago = "•" in line or "·" in line
            yield from _in_rest(rest, start, seen, plainly=ago and not when[0][0].isalpha() and "ago" in when[0])
        else:
            yield from _around(text, start, behind, seen)


def _blank(match: re.Match[str]) -> str:
    return "|" * len(match[0])


def _in_rest(rest: str, start: int, seen: WordsOf, *, plainly: bool) -> Iterator[Byline]:
    at = 0
    for separator in [*_BETWEEN.finditer(rest), None]:
        piece = rest[at : separator.start() if separator else len(rest)]
        name = piece.strip()
        if byline := _whole(name, start + at + piece.find(name), seen, plainly=plainly):
            yield byline
            return
        at = separator.end() if separator else at


def _around(text: str, start: int, behind: int, seen: WordsOf) -> Iterator[Byline]:
    """The lines above and below a line that holds nothing but a date."""
    above = text[max(0, start - MAX_ALONE - 8) : start].rstrip()
    line = above[above.rfind("\n") + 1 :].strip() if "\n" in above or start <= MAX_ALONE else ""
    at = text.rfind(line, 0, start) if line else 0
    if line and (byline := _whole(line, at, seen, plainly=at < TOP and _is_headline(text[:at]))):
        yield byline
        return
    below = text[behind : behind + MAX_ALONE + 8]
    line = below.lstrip().partition("\n")[0].strip()
    if line and (byline := _whole(line, text.find(line, behind), seen)):
        yield byline


def _is_headline(above: str) -> bool:
    """Whether the last line is one of several words that end in no stop: what a writer's name stands below."""
    line = above.rstrip().rpartition("\n")[2].rstrip()
    return line.count(" ") >= LEAST_SPACES and not line.endswith((".", ",", ";"))


def _whole(line: str, start: int, seen: WordsOf, *, plainly: bool = False) -> Byline | None:
    if len(line) > MAX_ALONE or " " not in line or not line[0].isupper() or not (found := _NAME.match(line)):
        return None
    return _guess(found["name"], start + found.start("name"), seen, plainly=plainly, dated=True)


def _guess(name: str, start: int, seen: WordsOf, *, plainly: bool = False, dated: bool = False) -> Byline | None:
    """The name if it is shaped as one; a date beside it is little, so that then its last word has to be listed."""
    name = name.rstrip(".,:;-")
    if opening := _OPENING.match(name):
        name, start = name[opening.end() :], start + opening.end()
    words = name.split()
    if (
        len(words) < 2
        or words[0].casefold() in _NOT_FIRST
        or is_organisation(words)
        or not is_shaped(words, seen)
        or name.casefold() in _PLACES
    ):
        return None
    known = is_known(words)
    if dated and not plainly and not known and (not gazetteer.is_family(words[-1]) or words[0].lower() in seen):
        return None
    return Byline(start, start + len(name), spelt(name), sure=False, guessed=not known)
