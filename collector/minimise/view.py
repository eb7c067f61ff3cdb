"""The text as recognizers see it: full-width and foreign digits made plain, invisible characters gone, offsets kept.

Unicode normalisation (NFKC) would change lengths in ways that cannot be mapped back; this takes from it
only what is one character for one, and drops what has no width.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_RANGES = (
    (0xA0, 0x2FFF),
    (0xA620, 0xAC00),
    (0xFE10, 0x10000),
    (0x104A0, 0x104AA),
    (0x11066, 0x11070),
    (0x1D400, 0x1D800),
)
# Dashes and spaces that NFKC leaves alone or widens.
_PLAIN = {0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2212: "-", 0xFF61: "."}


@functools.cache
def _table() -> tuple[dict[int, str], re.Pattern[str]]:
    table = dict(_PLAIN)
    for low, high in _RANGES:
        for code in range(low, high):
            character = chr(code)
            digit = unicodedata.decimal(character, None)
            if digit is not None:
                table[code] = str(digit)
                continue
            plain = unicodedata.normalize("NFKC", character)
            if len(plain) == 1 and plain.isascii():
                table[code] = plain
    # ª º ¹ ² ³ are footnote marks in running text, not digits or letters of a number
    for code in (0xAA, 0xBA, 0xB2, 0xB3, 0xB9):
        table.pop(code, None)
    return table, re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(table)) + "]")


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """`text` to recognise in; `original` maps an offset in it to one in the source."""

    text: str
    starts: tuple[int, ...] = ()  # in the view, of each stretch without invisible characters
    shifts: tuple[int, ...] = ()

    def original(self, offset: int, *, end: bool = False) -> int:
        """The source offset of view offset `offset`; of the character before it where it ends a span."""
        if not self.starts:
            return offset
        probe = offset - 1 if end else offset
        index = max(bisect.bisect_right(self.starts, probe) - 1, 0)
        return offset + self.shifts[index]


def view_of(text: str) -> View:
    """Linear; text that needs nothing is its own view."""
    if text.isascii():
        return View(text)
    table, foreign = _table()
    if foreign.search(text):
        text = text.translate(table)
    if not _INVISIBLE.search(text):
        return View(text)
    parts: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    position = length = 0
    for match in _INVISIBLE.finditer(text):
        if match.start() > position:
            starts.append(length)
            shifts.append(position - length)
            parts.append(text[position : match.start()])
            length += match.start() - position
        position = match.end()
    if position < len(text):
        starts.append(length)
        shifts.append(position - length)
        parts.append(text[position:])
    return View("".join(parts), tuple(starts), tuple(shifts))
