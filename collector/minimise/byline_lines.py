"""Which lines of a text can name somebody, and by which of the ways that a byline has: one pass, few lines left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from collector.minimise.matching import WHITE, Matcher, latin

MAX_LINES = 20_000
LONGEST = 200  # characters; a longer line is a paragraph
SHORTEST = 3

# What a line is to be asked for.
WRITTEN, LABELLED, SAID, OWNED, DATED, LISTED = (1 << bit for bit in range(6))
EVERYTHING = (1 << 6) - 1

_WHITE = f"[{WHITE}]"
_UPPER = r"[A-Z\x80-\xff?]"
_BEFORE_OPENING = rf"(?:^{_WHITE}{{0,8}}|[|\xb7?,:)]{_WHITE}{{0,3}}|[0-9]{_WHITE}|uhr{_WHITE}|[ap]m{_WHITE})"
_AFTER_SAID = rf"(?:{_WHITE}?[:.?,]|{_WHITE}(?:am|on|le|el|il|op|at|in|um|vor)(?:[^A-Za-z]|$)|{_WHITE}{{0,3}}$)"
_BEFORE_DATE = rf"(?:[|\xb7?,/(:-]|(?i:am|on|vom|le|el|il|op|um|at|posted){_WHITE})"
_INITIALS, _LAST_INITIALS = r"v\.?\s?i\.?\s?s\.?\s?d\.?\s?p\.?", r"d\.?\s?p\.?"
_TITLES = "Herrn?|Frau|Dr|Prof|Mr|Mrs|Ms|Mx|Mme|Mlle|Sig|Sr|Sra|Se[?\\xf1]ora?|Pan|Pani|Dhr|Mevr"
# `(?:am\s[^\n]{4,30}\s)?von`: for a first look either end of it will do, and compiles ten times as fast.
_DATE_BETWEEN = re.compile(r"\(\?:(\w+)\\s\[\^\\n\]\{4,30\}\\s\)\?(\w+|\(\?:\w+\|\w+\))")
_EITHER = r"(?:\1|\2)"


class Lines:
    """Finds the lines that are worth more than a glance, by the words that `bylines` gives it."""

    __slots__ = ("_asks", "_matcher")

    def __init__(self, *, strong: str, label: str, opening: str, said: str, particles: str) -> None:
        """Alternatives of `re` that announce a name; white space and letters as `latin` takes them."""
        patterns = (
            (rf"(?i)(?:{latin(_DATE_BETWEEN.sub(_EITHER, strong))})[:{WHITE}]", WRITTEN),
            (rf"(?i){_BEFORE_OPENING}(?:{latin(opening)})[:{WHITE}]", WRITTEN),
            (rf"(?i)(?:{latin(label.replace(_INITIALS, _LAST_INITIALS))}){_WHITE}?:", LABELLED),
            (rf"(?i)(?:{latin(said)}){_AFTER_SAID}", SAID),
            (r"(?i)(?:\xa9|\(c\)|copyright)", OWNED),
            (rf"^{_WHITE}*{_UPPER}[A-Za-z\x80-\xff?'.-]*{_WHITE}*{_BEFORE_DATE}", DATED),
            (rf"{_UPPER}[A-Za-z\x80-\xff?'-]+[ \xa0](?:(?:{particles})[ \xa0])*{_UPPER}", LISTED),
            (rf"(?:{_TITLES})\.?[ \xa0]", LISTED),
        )
        self._asks = [ask for _, ask in patterns]
        self._matcher = Matcher([pattern for pattern, _ in patterns])

    def of(self, text: str) -> Iterator[tuple[int, str, int]]:
        """Offset, line, and what to ask of it; in order; of the first `MAX_LINES` lines."""
        ends = self._matcher.ends(text)
        if ends is None:
            yield from _all(text)
            return
        if not ends:
            return
        ends.sort()
        last = _end_of(text, MAX_LINES)
        start, stop, asks = 0, -1, 0
        for end, number in ends:
            # the last character of a match may be the one that ends its line
            if end - 1 > stop:
                if asks:
                    yield start, text[start:stop], asks
                start = text.rfind("\n", 0, end - 1) + 1
                if start >= last:
                    return
                stop = text.find("\n", end - 1)
                stop = len(text) if stop < 0 else stop
                asks = 0
            if SHORTEST <= stop - start <= LONGEST:
                asks |= self._asks[number]
        if asks:
            yield start, text[start:stop], asks


def _all(text: str) -> Iterator[tuple[int, str, int]]:
    position = 0
    for line in islice(text.split("\n"), MAX_LINES):
        if SHORTEST <= len(line) <= LONGEST and not line.isspace():
            yield position, line, EVERYTHING
        position += len(line) + 1


def _end_of(text: str, lines: int) -> int:
    """Where the line number `lines` ends; behind the text where it has fewer."""
    if text.count("\n") < lines:
        return len(text) + 1
    return sum(len(line) + 1 for line in islice(text.split("\n"), lines))
