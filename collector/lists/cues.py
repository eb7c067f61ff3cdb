"""The cues of blocklists/page-cues: phrases that kinds of pages use, all languages in one look-up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.phrases import words_of
from collector.model.errors import ListError
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


class _CuesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str = Field(pattern=r"^[a-z_.]+$")
    note: str = Field(min_length=1)
    paths: str = ""
    cues: dict[str, str]


def read_cues(folder: Path) -> Mapping[str, Cues]:
    """Every file of the folder by its name. Raises ListError naming the file."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            file = _CuesFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as exc:
            raise ListError(f"the cues cannot be read: {exc}", where=str(path)) from exc
        by_first: dict[str, set[tuple[str, ...]]] = {}
        for text in file.cues.values():
            for phrase in text.split(","):
                words = tuple(words_of(phrase))
                if words:
                    by_first.setdefault(words[0], set()).add(words)
        paths = frozenset(word.strip() for word in file.paths.split(",") if word.strip())
        indexed = {first: tuple(sorted(phrases)) for first, phrases in by_first.items()}
        found[path.stem] = Cues(path.stem, file.category, indexed, paths)
    return found


@lru_cache(maxsize=1)
def cues() -> Mapping[str, Cues]:
    """The cues that travel with the program."""
    return read_cues(resource_folder("blocklists") / FOLDER)
