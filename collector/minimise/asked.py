"""Persons who asked not to be named: looked up by keyed hash wherever a name or identifier may stand in a document.

A name alone is shared by many, so it is redacted and decides nothing more; where a second identifier of the same
requester stands in the same document, and one of the requests forbids to store, the document is withheld. Names are
looked for as windows of two to five words (capitalised, or beginning with a listed given name): a worker that holds
hashes only has nothing else to look with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from collector.minimise import gazetteer
from collector.minimise.context import Context
from collector.minimise.span import Span

IDENTIFIERS = frozenset(("email", "phone", "handle"))  # kinds whose spans are looked up as the scheme of that name
LONGEST = 5  # words of a name
MAX_LOOKS = 500_000  # windows of one document; a name has to stand before that
STORING = frozenset(("deny_fetch", "deny_store"))
LIFTED = "allow"

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s.\-'\u2019]{1,3}|,\s?")


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


@dataclass(slots=True, repr=False)
class Asked:
    """One document's worth of what was found. `withhold`: too much of one requester stands in it."""

    persons: Persons
    _found: dict[str, dict[str, str]] = field(default_factory=dict)  # owner → hash → effect
    _looks: int = 0

    @property
    def withhold(self) -> bool:
        """Whether two identifiers of one requester were found, one of them with a no to storing."""
        return any(len(found) > 1 and not STORING.isdisjoint(found.values()) for found in self._found.values())

    def names(self, scheme: str, value: str) -> bool:
        """Whether somebody asked that this not be kept."""
        lines = self.persons.find(scheme, value)
        lifted = {line.owner for line in lines if line.effect == LIFTED}
        asked = [line for line in lines if line.owner not in lifted]
        for line in asked:
            self._found.setdefault(line.owner, {})[line.hash] = str(line.effect)
        return bool(asked)

    def find(self, text: str, context: Context) -> Iterator[Span]:  # noqa: ARG002  the port of all recognizers
        """Spans of the names in running text, overlaps included; linear in the text."""
        words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
        for first, (start, end) in enumerate(words):
            word = text[start:end]
            if word.islower() and not gazetteer.is_given(word):
                continue
            turned = 0  # where the words behind a comma begin: `Doe, Jane`
            for last in range(first + 1, min(first + LONGEST, len(words))):
                gap = _GAP.fullmatch(text, words[last - 1][1], words[last][0])
                if gap is None or self._looks >= MAX_LOOKS:
                    break
                if "," in gap[0]:
                    if turned:
                        break
                    turned = last
                self._looks += 1
                stop = words[last][1]
                written = text[start:stop]
                if turned:
                    written = f"{text[words[turned][0] : stop]} {text[start : words[turned - 1][1]]}"
                if self.names("name", written):
                    yield Span(start, stop, "person", "person_asked", written.casefold())
