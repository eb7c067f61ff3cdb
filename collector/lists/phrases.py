"""Sets of phrases looked up word by word: the same time per word, however many phrases there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

NUMBER, END = "#", "."  # in a phrase: an age below 18, and the end of the sentence
MAX_MINOR = 17
_HEAD = 3  # characters by which most words are told to begin nothing
_OWN = re.compile(r"[\w*#.]+")


class Phrases:
    """Phrases of words. `stem*` stands for every word that begins so, `#` for an age, `.` for the end."""

    __slots__ = ("_exact", "_head", "_heads", "_lengths", "_numbers", "_stems")

    def __init__(self, phrases: Iterable[str]) -> None:
        self._exact: dict[str, list[tuple[str, ...]]] = {}
        self._stems: dict[str, list[tuple[str, ...]]] = {}
        self._numbers: list[tuple[str, ...]] = []
        for phrase in phrases:
            words = tuple(_OWN.findall(phrase.lower()))
            if not words:
                continue
            if words[0] == NUMBER:
                self._numbers.append(words)
            elif words[0].endswith("*"):
                self._stems.setdefault(words[0][:-1], []).append(words)
            else:
                self._exact.setdefault(words[0], []).append(words)
        self._lengths = tuple(sorted({len(stem) for stem in self._stems}))
        self._head = min((_HEAD, *self._lengths))
        self._heads = frozenset(word[: self._head] for word in (*self._exact, *self._stems))

    def __bool__(self) -> bool:
        return bool(self._exact or self._stems or self._numbers)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Every phrase, as its words."""
        for known in (*self._exact.values(), *self._stems.values(), self._numbers):
            yield from known

    def may_begin(self, words: Iterable[str]) -> bool:
        """Whether any of the (distinct) words begins a phrase: a look before the search."""
        return any(next(self._candidates(word), None) is not None for word in words)

    def at(self, words: Sequence[str], place: int) -> int:
        """How many words the longest phrase takes up that begins at `place`; 0 where none does."""
        return max((_length(phrase, words, place) for phrase in self._candidates(words[place])), default=0)

    def spans(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """(first word, one past the last) of the longest phrase at each place, in order; they may overlap."""
        head, heads = self._head, self._heads
        if self._numbers:
            places = [p for p, word in enumerate(words) if word[:head] in heads or _is_minor(word)]
        else:
            places = [p for p, word in enumerate(words) if word[:head] in heads]
        found = ((place, self.at(words, place)) for place in places)
        return [(place, place + length) for place, length in found if length]

    def _candidates(self, word: str) -> Iterator[tuple[str, ...]]:
        yield from self._exact.get(word, ())
        for length in self._lengths:
            yield from self._stems.get(word[:length], ()) if len(word) >= length else ()
        if self._numbers and _is_minor(word):
            yield from self._numbers


def _length(phrase: tuple[str, ...], words: Sequence[str], place: int) -> int:
    """Words taken up by `phrase` at `place`, 0 where it does not stand there. The end takes up none."""
    for offset, part in enumerate(phrase):
        here = place + offset
        if part == END:
            return offset if here == len(words) else 0
        if here >= len(words):
            return 0
        word = words[here]
        if part == NUMBER:
            if not _is_minor(word):
                return 0
        elif part.endswith("*"):
            if not word.startswith(part[:-1]):
                return 0
        elif word != part:
            return 0
    return len(phrase)


def _is_minor(word: str) -> bool:
    return len(word) <= 2 and word.isascii() and word.isdigit() and 1 <= int(word) <= MAX_MINOR
