"""Persons who asked not to be named: looked up by keyed hash wherever a name or identifier may stand in a document.

A name alone is shared by many, so it is redacted and decides nothing more; where a second identifier of the same
requester stands in the same document, and one of the requests forbids to store, the document is withheld. Names are
looked for as windows of two to five capitalised words, particles between them: a worker that holds hashes only has
nothing else to look with, and a name in small letters is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from collector.minimise.engine.context import Context
from collector.minimise.engine.matching import LATIN_UPPER, WHITE, Matcher
from collector.minimise.engine.span import Span
from collector.minimise.names.gazetteer import PARTICLE

IDENTIFIERS = frozenset(("email", "phone", "handle"))  # kinds whose spans are looked up as the scheme of that name
LONGEST = 5  # words of a name
MAX_LOOKS = 500_000  # windows of one document; a name has to stand before that
STORING = frozenset(("deny_fetch", "deny_store"))
LIFTED = "allow"

_GAP = r"(?:[\s.\-'\u2019]{1,3}|,\s?)"
_CAPITAL_LETTER = r"[^\W\d_a-zß-öø-ÿ]"  # or a letter of a script that has no capitals
_CAPITAL = rf"{_CAPITAL_LETTER}[^\W_]*"
_PARTICLE = rf"(?:(?:{PARTICLE}){_GAP})"
_RUN = re.compile(rf"(?<![^\W_]){_CAPITAL}(?:{_GAP}{_PARTICLE}{{0,2}}{_CAPITAL})+")
_FIRST = re.compile(rf"{_CAPITAL_LETTER}(?<![^\W_].)")  # a set of characters in front: `re` finds one of them fast
_WORD = re.compile(r"[^\W_]+")
_BACK = 64  # characters: more than stand between two capitalised words
_LONG = 24  # what is left of them before a second capital, particles and gaps taken off
_MANY = 50  # one character of another script in so many, and a first look tells nothing
_GAP_LOOK = rf"(?:[{WHITE}.'-]{{1,3}}|,[{WHITE}]?)"
_SECOND = Matcher([rf"{LATIN_UPPER}[A-Za-z0-9\x80-\xff?]*{_GAP_LOOK}(?:(?:{PARTICLE}){_GAP_LOOK}){{0,2}}{LATIN_UPPER}"])


class Asking(Protocol):
    """One entry of a registry that names a person."""

    @property
    def effect(self) -> str:
        """What is asked for: `redact`, `deny_store` …"""

    @property
    def owner(self) -> str:
        """Who asks, as the registry numbers them."""

    @property
    def hash(self) -> str:
        """The keyed hash that stands for the identifier."""


class Persons(Protocol):
    """The registry's persons in force, by keyed hash."""

    def __len__(self) -> int:
        """How many entries."""

    def find(self, scheme: str, value: str) -> Sequence[Asking]:
        """The entries that name the person so written."""

    def form(self, scheme: str, value: str) -> str:
        """`value` as it is hashed; the form of a name is that of its words, one after the other."""

    def find_form(self, scheme: str, form: str) -> Sequence[Asking]:
        """As `find`, for what has its form already."""


@dataclass(slots=True, repr=False)
class Asked:
    """One document's worth of what was found. `withhold`: too much of one requester stands in it."""

    persons: Persons
    _found: dict[str, dict[str, str]] = field(default_factory=dict)  # owner → hash → effect
    _nobody: set[str] = field(default_factory=set)  # forms of this document that stand for nobody in the list
    _forms: dict[str, str] = field(default_factory=dict)  # of the document's words
    _looks: int = 0

    @property
    def withhold(self) -> bool:
        """Whether two identifiers of one requester were found, one of them with a no to storing."""
        return any(len(found) > 1 and not STORING.isdisjoint(found.values()) for found in self._found.values())

    def names(self, scheme: str, value: str) -> bool:
        """Whether somebody asked that this not be kept."""
        return self._asked(self.persons.find(scheme, value))

    def _asked(self, lines: Sequence[Asking]) -> bool:
        if not lines:
            return False
        lifted = {line.owner for line in lines if line.effect == LIFTED}
        asked = [line for line in lines if line.owner not in lifted]
        for line in asked:
            self._found.setdefault(line.owner, {})[line.hash] = str(line.effect)
        return bool(asked)

    def find(self, text: str, context: Context) -> Iterator[Span]:  # noqa: ARG002  the port of all recognizers
        """Spans of the names in running text, overlaps included; linear in the text."""
        for start, end in runs(text):
            words = _WORD.findall(text, start, end)
            forms = [self._forms.get(word) or self._form(word) for word in words]
            if text.find(",", start, end) < 0:
                places: list[tuple[int, int]] = []
                for first, last, form in self._named(forms):
                    places = places or _places(text, start, end)
                    yield Span(places[first][0], places[last][1], "person", "person_asked", form)
                continue
            places = _places(text, start, end)
            commas = ["," in text[places[at - 1][1] : places[at][0]] for at in range(1, len(places))]
            for first in range(len(places) - 1):
                yield from self._windows(places, forms, commas, first)

    def _form(self, word: str) -> str:
        form = self._forms.get(word)
        if form is None:
            form = self._forms[word] = self.persons.form("name", word)
        return form

    def _named(self, forms: list[str]) -> Iterator[tuple[int, int, str]]:
        """As `_windows`, for all first words of a run without a comma: what nearly every window is of."""
        nobody, asking = self._nobody, self.persons.find_form
        for first in range(len(forms) - 1):
            form, last = forms[first], first
            for further in forms[first + 1 : first + 1 + min(LONGEST - 1, MAX_LOOKS - self._looks)]:
                last += 1
                form += further
                if form in nobody:
                    continue
                lines = asking("name", form)
                if lines and self._asked(lines):
                    yield first, last, form
                else:
                    nobody.add(form)
            self._looks += last - first

    def _windows(
        self, words: list[tuple[int, int]], forms: list[str], commas: list[bool], first: int
    ) -> Iterator[Span]:
        turned = 0  # the word behind a comma: `Doe, Jane`
        form = forms[first]
        for last in range(first + 1, min(first + LONGEST, len(words))):
            if commas[last - 1]:
                if turned:
                    return
                turned = last
            if self._looks >= MAX_LOOKS:
                return
            self._looks += 1
            if turned:
                form = "".join((*forms[turned : last + 1], *forms[first:turned]))
            else:
                form += forms[last]
            if form in self._nobody:
                continue
            if self._asked(self.persons.find_form("name", form)):
                yield Span(words[first][0], words[last][1], "person", "person_asked", form)
            else:
                self._nobody.add(form)


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of runs of capitalised words with particles between them: what `_RUN` finds, in less time.

    A look with hyperscan says where the second capitals stand; the pattern begins a word before each.
    """
    ends = None if text.encode("latin-1", "replace").count(b"?") * _MANY > len(text) else _SECOND.ends(text)
    if ends is None:  # another script: every letter of it may be a capital
        yield from (run.span() for run in _RUN.finditer(text))
        return
    position = 0
    for end in sorted({end for end, _ in ends}):
        if end <= position:
            continue
        start = max(position, end - _BACK)
        if text[start : start + _LONG].isalnum():  # a word so long that it may be the first one
            while start > position and text[start - 1].isalnum():
                start -= 1
        for first in _FIRST.finditer(text, start, end):
            run = _RUN.match(text, first.start())
            if run is not None:
                yield run.span()
                position = run.end()
                break
        else:
            position = end  # no run begins before it


def _places(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(text, start, end)]
