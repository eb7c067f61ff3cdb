"""Reads the files of blocklists/page-cues, and says what is wrong with one, and where."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.document.words import words_of
from collector.lists.cues import Cues
from collector.model.errors import ListError


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
