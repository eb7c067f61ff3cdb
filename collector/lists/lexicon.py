"""The lexicons of blocklists/lexicons: words by which pages are judged, by category and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from collector.lists.phrases import Phrases
from collector.model.resources import resource_folder

FOLDER = "lexicons"
Kind = Literal["state", "identity", "age"]


@dataclass(frozen=True, slots=True)
class Language:
    """How a language ties a statement to a person: see blocklists/lexicons/languages.toml."""

    code: str
    stop: frozenset[str]
    own_has: Phrases
    own_is: Phrases
    my: Phrases
    kin: Phrases
    has: Phrases
    is_: Phrases
    pronoun: frozenset[str]
    breaks: Phrases
    after: Phrases
    plural: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms of one special category, by language. For ages `terms` are said of oneself, `named` of somebody else."""

    category: str
    kind: Kind
    community: str  # the category of the taxonomy that a forum on it belongs to; empty: none
    terms: Mapping[str, Phrases]
    named: Mapping[str, Phrases] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicons:
    """Everything in the folder."""

    languages: Mapping[str, Language]
    categories: tuple[Lexicon, ...]


@lru_cache(maxsize=1)
def lexicons() -> Lexicons:
    """The lexicons that travel with the program."""
    from collector.lists.lexicon_file import read_lexicons  # noqa: PLC0415  pydantic loads sockets; deciding code none

    return read_lexicons(resource_folder("blocklists") / FOLDER)
