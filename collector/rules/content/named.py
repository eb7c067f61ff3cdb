"""Persons named in running text: a given name and what follows it, found without a model in one pass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collector.lists.given_names import given_names

_WORD = re.compile(r"\w+")
_JOINED = frozenset((" ", "-", "'", "\u2019", ". ", "\u00a0"))
_PARTICLES = frozenset("de del della di da dos du van von der den ten ter la le zu af al el y".split())
MAX_NAME = 5  # words


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: lower case, where it stands, and whether it is written as a name is."""

    text: str
    start: int
    end: int
    capital: bool


def words_in(text: str) -> list[Word]:
    """The words of `text` in order."""
    return [
        Word(match[0].lower(), match.start(), match.end(), match[0][0].isupper() and not match[0].isdigit())
        for match in _WORD.finditer(text)
    ]


def names_in(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """(first word, one past the last) of every full name: a given name and a family name or initial after it.

    Particles may stand between. A given name alone is no name here: places and words are called the same.
    """
    given = given_names()
    found: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        word = words[place]
        if not word.capital or word.text not in given:
            place += 1
            continue
        end = _end_of_name(text, words, place)
        if end:
            found.append((place, end))
        place = end or place + 1
    return found


def _end_of_name(text: str, words: Sequence[Word], first: int) -> int:
    """One past the last word of the name that begins at `first`, 0 where no family name follows."""
    end = 0
    for place in range(first + 1, min(first + MAX_NAME, len(words))):
        word, before = words[place], words[place - 1]
        if text[before.end : word.start] not in _JOINED:
            break
        if word.capital:
            end = place + 1
        elif word.text not in _PARTICLES:
            break
    return end
