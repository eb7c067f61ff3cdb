"""Which words stand in a text: looked for one by one, because most pages ask for none or few."""

from __future__ import annotations

import re
from typing import Final

_WORD = re.compile(r"[^\W\d_]+")
MANY = 200  # questions, from which on all words are listed
TRIES = 60  # places where a word may stand inside another one before all words are listed


_DIVIDED: Final = bytes(byte if byte >= 0x80 or chr(byte).isalpha() else 0x20 for byte in range(256))
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_FEW = 64  # distinct characters that are looked at one by one


def runs_of_letters(text: str) -> list[str]:
    """The runs of letters, as `_WORD` finds them in three times the time."""
    if not text.isascii():
        beyond: set[str] = set().union(*_BEYOND_ASCII.findall(text))
        strange = [char for char in beyond if not _WORD.match(char)]
        if len(strange) > _FEW:
            return _WORD.findall(text)
        for char in strange:
            text = text.replace(char, " ")
    return text.encode().translate(_DIVIDED).decode().split()


class WordsOf:
    """`word in words`: whether a run of letters is all of this word, as written. Linear, however many are asked for."""

    __slots__ = ("_asked", "_listed", "_text")

    def __init__(self, text: str = "") -> None:
        """Of no text: no words."""
        self._text = text
        self._asked: dict[str, bool] = {}
        self._listed: frozenset[str] | None = None

    def __contains__(self, word: str) -> bool:
        if self._listed is not None:
            return word in self._listed
        known = self._asked.get(word)
        if known is None:
            known = self._asked[word] = self._stands(word)
        return known

    def _stands(self, word: str) -> bool:
        if word not in self._text or not _WORD.fullmatch(word):
            return False
        text, start = self._text, -1
        for _ in range(TRIES if len(self._asked) < MANY else 0):
            start = text.find(word, start + 1)
            if start < 0:
                return False
            alone = start == 0 or not _WORD.match(text, start - 1)
            if alone and not _WORD.match(text, start + len(word), start + len(word) + 1):
                return True
        self._listed = frozenset(runs_of_letters(text))
        return word in self._listed


NONE = WordsOf()
