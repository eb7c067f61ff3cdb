"""International bank account numbers (ISO 13616): two letters, mod 97, and the country's own length."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from collector.minimise.context import Context
from collector.minimise.recognizers.checksum import standard
from collector.minimise.span import Span

KIND = "iban"

# `re` finds a digit fast; the letters before it are looked at afterwards.
_CHECK_DIGITS = re.compile(r"\d\d(?=[ .\-]?[A-Za-z0-9]{2})")
_SHORTEST, _LONGEST = 15, 34  # ISO 13616: Norway, and the format's limit


def find(text: str, context: Context) -> Iterator[Span]:  # noqa: ARG001
    """Spans of valid account numbers, grouped by single spaces, dots or hyphens, or not at all."""
    for match in _CHECK_DIGITS.finditer(text):
        start = position = match.start() - 2
        if start < 0 or not _is_country(text[start : start + 2]) or (start and _is_alphanumeric(text[start - 1])):
            continue
        characters: list[str] = []
        ends: list[int] = []
        limit = min(len(text), position + _LONGEST * 2)
        separated = False
        while position < limit and len(characters) < _LONGEST:
            character = text[position]
            position += 1
            if _is_alphanumeric(character):
                characters.append(character)
                ends.append(position)
                separated = False
            elif character in " .-" and not separated:
                separated = True
            else:
                break
        number = "".join(characters).upper()
        for length in range(len(number), _SHORTEST - 1, -1):
            if _ends_word(text, ends[length - 1]) and _is_valid(number[:length]):
                yield Span(start, ends[length - 1], KIND, "iban_mod97", number[:length])
                break


def _is_country(letters: str) -> bool:
    return letters.isascii() and letters.isalpha()


def _is_alphanumeric(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _ends_word(text: str, end: int) -> bool:
    return end >= len(text) or not _is_alphanumeric(text[end])


@functools.lru_cache(maxsize=4_096)
def _is_valid(number: str) -> bool:
    try:
        if int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 != 1:
            return False
        return bool(standard("iban").is_valid(number))
    except Exception:  # noqa: BLE001  stdnum's modules raise more than ValidationError on strange input
        return False
