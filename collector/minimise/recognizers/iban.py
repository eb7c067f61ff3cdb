"""International bank account numbers (ISO 13616): two letters, mod 97, and the country's own length."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from collector.minimise.context import Context
from collector.minimise.recognizer import END, Recognizer, Trigger
from collector.minimise.recognizers.checksum import is_valid
from collector.minimise.span import Span

KIND = "iban"

_SHORTEST, _LONGEST = 15, 34  # ISO 13616: Norway, and the format's limit
_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ .\-]?\d{2}(?=[ .\-]{0,2}[A-Za-z0-9]{2})")
_REST = re.compile(rf"(?:[ .\-]{{0,2}}[A-Za-z0-9]){{{_SHORTEST - 4},{_LONGEST - 4}}}")


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of valid account numbers, in groups or in one piece."""
    for head in _HEAD.finditer(text, start, end):
        rest = _REST.match(text, head.end())
        if rest is None:
            continue
        characters = [i for i in range(head.start(), rest.end()) if text[i] not in " .-"]
        number = "".join(text[i] for i in characters).upper()
        for length in range(len(number), _SHORTEST - 1, -1):
            last = characters[length - 1] + 1
            if not _goes_on(text, last) and _is_account(number[:length]):
                yield Span(head.start(), last, KIND, "iban_mod97", number[:length])
                break


def _goes_on(text: str, end: int) -> bool:
    return end < len(text) and text[end].isascii() and text[end].isalnum()


@functools.lru_cache(maxsize=4_096)
def _is_account(number: str) -> bool:
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1 and is_valid("iban", number)


RECOGNIZER = Recognizer(
    KIND,
    "International bank account numbers (ISO 13616), in groups or in one piece",
    "check digits (mod 97), the country's length and structure",
    (Trigger(r"(?i)\b[A-Z][A-Z][ .-]?\d\d[ .-]?[ .-]?[A-Z0-9][A-Z0-9]", 12, 108),),
    find,
)
