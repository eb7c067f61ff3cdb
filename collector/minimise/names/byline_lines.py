"""Which lines of a text can name somebody, and by which of the ways that a byline has: one pass, few lines left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from collector.minimise.engine.matching import LATIN_LETTER, LATIN_UPPER, WHITE, Matcher, latin

MAX_LINES = 20_000
LONGEST = 200  # characters; a longer line is a paragraph: prose
SHORTEST = 3

# What a line is to be asked for.
WRITTEN, LABELLED, SAID, OWNED, DATED, LISTED, MADE, ANNOUNCING, CLAIMING, WEAK, SHAPED = (
    1 << bit for bit in range(11)
)
EVERYTHING = (1 << 11) - 1
IN_PROSE = MADE | OWNED

_WHITE = f"[{WHITE}]"
_BLANK = r"[\t\v\f\r \x1c-\x1f\x85\xa0?]"  # white space within a line
_BEFORE_OPENING = rf"(?:^{_BLANK}*|[|\xb7?,:)]{_WHITE}{{0,3}}|[0-9]{_WHITE}|uhr{_WHITE}|[ap]m{_WHITE})"
_AFTER_SAID = rf"(?:{_WHITE}?[:.?,]|{_WHITE}(?:am|on|le|el|il|op|at|in|um|vor)(?:[^A-Za-z]|$)|{_BLANK}*$)"
_BEFORE_DATE = rf"(?:[|\xb7?,/(:-]|(?i:am|on|vom|le|el|il|op|um|at|posted){_WHITE})"
_ANY_LETTER, _COMPOUND = r"[^\W\d_]", r"(?:[^\W\d_]{2,12})?"
_INITIALS, _LAST_INITIALS = r"v\.?\s?i\.?\s?s\.?\s?d\.?\s?p\.?", r"d\.?\s?p\.?"
_THANKING = (
    r"(?:[Tt]hank|[Dd]ank|[Cc]redit|[Kk]udos|[Gg]rat|indebted|[Mm]erci|[Gg]racias|[Aa]gra"
    r"|[Gg]razie|[Rr]ingrazi|[Tt]ack)"
)
_THANKED = r"to|an|[?\xe0]|a|al|ao|aan|till|for|f[?\xfc]r"
_FIELDS = "authors?|maintainers?|contributors?|translators?|autor(?:in|en|es)?|auteurs?|autore"
_TITLES = "Herrn?|Frau|Dr|Prof|Mr|Mrs|Ms|Mx|Mme|Mlle|Sig|Sr|Sra|Se[?\\xf1]ora?|Pan|Pani|Dhr|Mevr"
# `(?:am\s[^\n]{4,30}\s)?von`: for a first look either end of it will do, and compiles ten times as fast.
_DATE_BETWEEN = re.compile(r"\(\?:(\w+)\\s\[\^\\n\]\{4,30\}\\s\)\?(\w+|\(\?:\w+\|\w+\))")
_EITHER = r"(?:\1|\2)"
_BOTH = r"(?:\1[^\\n]*)?\2"


class Lines:
    """Finds the lines that are worth more than a glance, by the words that `bylines` gives it."""

    __slots__ = ("_asks", "_matcher")

    def __init__(
        self, *, strong: str, weak: str, shaped: str, label: str, opening: str, said: str, maker: str, particles: str
    ) -> None:
        """Alternatives of `re` that announce a name; white space and letters as `latin` takes them."""
        alone = latin(
            f"{_DATE_BETWEEN.sub(_BOTH, strong)}|{label.replace(_ANY_LETTER, LATIN_LETTER)}|{shaped}|{maker}|od|di"
        )
        strong = latin(_DATE_BETWEEN.sub(_EITHER, strong))
        label = latin(label.replace(_INITIALS, _LAST_INITIALS).replace(_COMPOUND, ""))
        patterns = (
            (rf"(?i)(?:{strong})[:{WHITE}]", WRITTEN),
            (rf"(?i){_BEFORE_OPENING}(?:{latin(opening)})[:{WHITE}]", WRITTEN),
            (rf"(?i)(?:{latin(weak)})[:{WHITE}]{_WHITE}{{0,30}}(?-i:{LATIN_UPPER})", WEAK),
            (rf"(?i)(?:{latin(shaped)}){_WHITE}?[:{WHITE}]{_WHITE}{{0,30}}(?-i:{LATIN_UPPER})", SHAPED),
            (rf"(?i)(?:{label}){_WHITE}?:", LABELLED),
            (rf"(?i)[:@*#;%\"'/\\-]{_WHITE}{{0,2}}(?:{_FIELDS})(?:\(s\))?[:{{{WHITE}]", LABELLED),
            (rf"(?i)(?:{latin(said)}){_AFTER_SAID}", SAID),
            (r"(?i)(?:\xa9|\(c\)|copyright)", OWNED),
            (rf"^{_BLANK}*{LATIN_UPPER}[A-Za-z\x80-\xff?'.-]*{_WHITE}*{_BEFORE_DATE}", DATED),
            (rf"{LATIN_UPPER}[A-Za-z\x80-\xff?'-]+[ \xa0](?:(?:{particles})[ \xa0])*{LATIN_UPPER}", LISTED),
            (rf"(?:{_TITLES})\.?[ \xa0]", LISTED),
            (rf"{LATIN_LETTER} (?:{maker})[ \xa0]{{1,8}}[*_\"]{{0,2}}{LATIN_UPPER}", MADE),
            (_THANKING + rf"[^\n.;:]* (?:{_THANKED})[ \xa0]{LATIN_UPPER}", MADE),
            (rf"(?i)^{_BLANK}*(?:{alone}){_BLANK}?:?{_BLANK}*$", ANNOUNCING),
            (rf"(?i)^{_BLANK}*(?:\xa9|\(c\)|copyright)(?:{_BLANK}|\xa9|\(c\)|[0-9,:/+?-])*$", CLAIMING),
        )
        self._asks = [ask for _, ask in patterns]
        self._matcher = Matcher([pattern for pattern, _ in patterns])

    def of(self, text: str) -> Iterator[tuple[int, str, int]]:
        """Offset, line without the white space around it, and what to ask of it; in order; of the first `MAX_LINES`.

        Below a line that may announce a name comes the next one in any case. A line beyond `LONGEST` is only asked
        who made something, or owns it.
        """
        ends = self._matcher.ends(text)
        if ends is None:
            yield from _all(text)
            return
        last = _end_of(text, MAX_LINES) if ends else 0
        below: tuple[int, str] | None = None
        for start, stop, asks in self._marked(text, ends, last):
            if (line := _bare(text, start, stop)) is None:
                continue
            if below is not None and below[0] < line[0]:
                yield *below, 0
            below = _next(text, stop, last) if asks & (ANNOUNCING | CLAIMING) else None
            yield *line, asks if len(line[1]) <= LONGEST else asks & IN_PROSE
        if below is not None:
            yield *below, 0

    def _marked(self, text: str, ends: list[tuple[int, int]], last: int) -> Iterator[tuple[int, int, int]]:
        """Start, end and questions of each line before `last` in which a pattern ends."""
        ends.sort()
        start, stop, asks = 0, -1, 0
        for end, number in ends:
            # the last character of a match may be the one that ends its line
            if end - 1 > stop:
                if asks:
                    yield start, stop, asks
                start = text.rfind("\n", 0, end - 1) + 1
                if start >= last:
                    return
                stop = text.find("\n", end - 1)
                stop = len(text) if stop < 0 else stop
                asks = 0
            asks |= self._asks[number]
        if asks:
            yield start, stop, asks


def _all(text: str) -> Iterator[tuple[int, str, int]]:
    position = 0
    for line in islice(text.split("\n"), MAX_LINES):
        if found := _bare(text, position, position + len(line)):
            yield *found, EVERYTHING if len(found[1]) <= LONGEST else IN_PROSE
        position += len(line) + 1


def _bare(text: str, start: int, stop: int) -> tuple[int, str] | None:
    """The line without the white space around it, and where that begins; None where too little is left."""
    line = text[start:stop]
    bare = line.strip()
    return (start + line.index(bare), bare) if len(bare) >= SHORTEST else None


def _next(text: str, stop: int, last: int) -> tuple[int, str] | None:
    """The first line with something in it behind the one that ends at `stop`."""
    while stop + 1 < min(last, len(text)):
        start, stop = stop + 1, text.find("\n", stop + 1)
        stop = len(text) if stop < 0 else stop
        if found := _bare(text, start, stop):
            return found
    return None


def _end_of(text: str, lines: int) -> int:
    """Where the line number `lines` ends; behind the text where it has fewer."""
    if text.count("\n") < lines:
        return len(text) + 1
    return sum(len(line) + 1 for line in islice(text.split("\n"), lines))
