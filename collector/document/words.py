"""The words of a text, as everything that looks up phrases divides it.

Written by hand: a regular expression says the same in three times the time, and many pages are divided.
"""

from __future__ import annotations

import re
import sys
from typing import Final

_WORD = re.compile(r"\w+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_FEW = 64  # distinct characters that are looked at one by one
_DIVIDED: Final = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or byte == 0x5F else 0x20 for byte in range(256))


def words_of(text: str, most: int = sys.maxsize) -> list[str]:
    """The words of `text`, the first `most` of them, lower case, without punctuation: "I'm" is `i`, `m`."""
    lowered = text.lower()
    if not lowered.isascii():
        beyond: set[str] = set().union(*_BEYOND_ASCII.findall(lowered))
        strange = [char for char in beyond if not char.isalnum()]
        if len(strange) > _FEW:
            return _WORD.findall(lowered)[:most]
        for char in strange:
            lowered = lowered.replace(char, " ")
    # A lone surrogate is no letter: it has become a space above.
    return lowered.encode().translate(_DIVIDED).decode().split(None, most)[:most]
