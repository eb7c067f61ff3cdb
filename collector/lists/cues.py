"""The cues of blocklists/page-cues: phrases that kinds of pages use, all languages in one look-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from collector.document.words import words_of
from collector.model.resources import resource_folder

FOLDER = "page-cues"


@dataclass(frozen=True, slots=True)
class Cues:
    """Phrases of one kind of page, by their first word, and words of addresses under which such pages stand."""

    id: str
    category: str
    by_first: Mapping[str, tuple[tuple[str, ...], ...]]
    paths: frozenset[str]

    def found(self, words: Sequence[str]) -> frozenset[str]:
        """The distinct phrases that stand in `words` (see `phrases.words_of`). One look-up per word."""
        return frozenset(
            " ".join(phrase)
            for place, word in enumerate(words)
            for phrase in self.by_first.get(word, ())
            if tuple(words[place : place + len(phrase)]) == phrase
        )

    def headings(self, lines: Iterable[str]) -> frozenset[str]:
        """The distinct phrases that are a line of their own."""
        alone = (tuple(words_of(line)) for line in lines if len(line) <= 60)
        return frozenset(" ".join(words) for words in alone if words and words in self.by_first.get(words[0], ()))

    def named_by(self, path: str) -> bool:
        """Whether a segment of a URL path is one of the words."""
        return not self.paths.isdisjoint(path.lower().strip("/").split("/"))


@lru_cache(maxsize=1)
def cues() -> Mapping[str, Cues]:
    """The cues that travel with the program."""
    from collector.lists.cues_file import read_cues  # noqa: PLC0415  pydantic loads sockets; deciding code none

    return read_cues(resource_folder("blocklists") / FOLDER)
