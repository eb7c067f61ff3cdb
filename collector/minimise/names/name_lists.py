"""Lists of people: where several of the names beside each other are listed given names, all of them are names.

"Thanks to Ann Lee, Bo Qvist, Krzesimir Nowak and …": a list of given names holds two thirds of such people, and
those it does not hold stand between those it does.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from collector.minimise.engine.matching import LATIN_UPPER, WHITE, Matcher
from collector.minimise.names import gazetteer
from collector.minimise.names.author_field import is_person
from collector.minimise.names.name_shapes import NAME, NOT_NICKS, WORD, Byline

MAX_LINE = 50_000  # characters
MAX_ENTRY = 400  # characters of a line that holds one name and what is said of it
MAX_CREDITS = 5_000
LEAST = 3  # names beside each other
LISTED = 0.4  # of them begin with a listed given name

NAME_OVER_LINES = rf"(?:{WORD}(?:(?:[ \u00a0]|\n[ \t]{{0,24}}){WORD}){{1,3}})"
_APART = re.compile(r"[,;]\s{1,2}(?:and\s|und\s|et\s|y\s|e\s|en\s|i\s|or\s)?|\s(?:and|und|et|y|e|en|i|&)\s|[.:]\s")
_WHOLE = re.compile(rf"\s{{0,8}}(?P<name>{NAME})[\u00b9\u00b2\u00b3\u2074-\u2079*\u2020\u2021]{{0,4}}\s{{0,8}}\.?\Z")
_CREDIT = re.compile(
    rf"\((?<=\s\()(?:(?:patch |partly |reported |suggested |fix )?by )?(?P<name>{NAME_OVER_LINES})"
    rf"(?:,\s{{1,16}}(?P<second>{NAME_OVER_LINES}))?"
    r"(?=\)\.?(?:\s|$)|,\s{1,16}(?:closes|after|based|report|#|(?:19|20)\d\d))"
)
_BULLETS = " *•·-\u2013+"
_LINE = re.compile(rf"[\s*•·\-\u2013+]{{0,60}}(?P<name>{NAME})(?=\s{{0,40}}$|\s{{0,3}}[<(:,\u2013\[]|\s-\s|\t|\s{{2}})")
# A first look: where the second capital of a name stands. A line without one holds no entry.
_SECOND = Matcher(
    [rf"{LATIN_UPPER}[A-Za-z\x80-\xff?'.-]*[ \xa0](?:(?:{gazetteer.PARTICLE})[{WHITE}]){{0,2}}{LATIN_UPPER}"]
)


def find(text: str) -> Iterator[Byline]:
    """Names in lists: between commas, or one to a line. Linear in the text."""
    run: list[Byline] = []
    behind = 0  # of the line looked at last
    for position, line, names in _lines(text):
        if run and text[behind:position].strip():
            yield from _settled(run)
            run = []
        behind = position + len(line)
        stripped = line.strip()
        if not stripped:
            continue
        capital = len(line) <= MAX_ENTRY and stripped.lstrip(_BULLETS)[:1].isupper()
        found = _LINE.match(line) if capital else None
        entry = _entry(found["name"], position + found.start("name")) if found else None
        if entry is not None:
            run.append(entry)
        elif run:
            yield from _settled(run)
            run = []
        if names >= LEAST and line.count(",") >= LEAST - 1 and len(line) <= MAX_LINE:
            yield from _between_commas(line, position)
    yield from _settled(run)
    yield from _settled(list(_credited(text)))


def _credited(text: str) -> Iterator[Byline]:
    """Names in brackets, as lists of changes have them behind each: `Fixed the margin. (Jane Doe, closes #12)`."""
    if text.count("(") < LEAST:
        return
    for _, found in zip(range(MAX_CREDITS), _CREDIT.finditer(text), strict=False):
        for group in ("name", "second"):
            if found[group] and (entry := _entry(found[group], found.start(group))):
                yield entry


def _lines(text: str) -> Iterator[tuple[int, str, int]]:
    """Offset, line and how many names of two capitals it may hold, of each line that may hold one."""
    seconds = _seconds(text)
    if seconds is None:
        position = 0
        for line in text.split("\n"):
            yield position, line, LEAST
            position += len(line) + 1
        return
    at = 0
    while at < len(seconds):
        # the second capital is the last character of what was found, so that it stands in the line
        start = text.rfind("\n", 0, seconds[at] - 1) + 1
        stop = text.find("\n", seconds[at] - 1)
        stop = len(text) if stop < 0 else stop
        behind = bisect.bisect_right(seconds, stop)
        yield start, text[start:stop], behind - at
        at = behind


def _seconds(text: str) -> list[int] | None:
    """Offsets behind what may be the second capital of a name, in order; None where that cannot be told."""
    ends = _SECOND.ends(text)
    return None if ends is None else sorted({end for end, _ in ends})


def _between_commas(line: str, position: int) -> Iterator[Byline]:
    run: list[Byline] = []
    start = 0
    for separator in [*_APART.finditer(line), None]:
        end = separator.start() if separator else len(line)
        found = _WHOLE.match(line, start, end)
        entry = _entry(found["name"], position + found.start("name")) if found else None
        if entry is not None:
            run.append(entry)
        elif end - start > 40 or (run and " " in line[start:end].strip()):
            yield from _settled(run)
            run = []
        start = separator.end() if separator else end
    yield from _settled(run)


def _entry(name: str, start: int) -> Byline | None:
    """A capitalised name of two words and more that nothing speaks against."""
    name = name.rstrip(".,:;-")
    words = name.split()
    spelt = " ".join(words)
    if len(words) < 2 or words[0].casefold() in NOT_NICKS or not is_person(spelt):
        return None
    if any(gazetteer.is_other(word.rstrip(".")) for word in words) or (words[0].isupper() and len(words[0]) > 2):
        return None
    return Byline(start, start + len(name), spelt, sure=False)


def _settled(run: list[Byline]) -> Iterator[Byline]:
    if len(run) >= LEAST:
        listed = sum(gazetteer.is_given(entry.name.split()[0].rstrip(".")) for entry in run)
        if listed >= LISTED * len(run):
            yield from run
