"""Reads the files of blocklists/lexicons, and says what is wrong with one, and where."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.lexicon import Kind, Language, Lexicon, Lexicons
from collector.lists.phrases import Phrases
from collector.model.errors import ListError


class _LanguageRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    stop: str
    own_has: str
    own_is: str
    my: str
    kin: str
    has: str
    is_: str = Field(alias="is")
    pronoun: str
    break_: str = Field(alias="break")
    after: str
    plural: str


class _LanguageFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: dict[str, _LanguageRow]


class _LexiconFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str = Field(pattern=r"^[a-z]+$")
    kind: Kind
    community: str
    note: str = Field(min_length=1)
    terms: dict[str, str] = {}
    own: dict[str, str] = {}
    named: dict[str, str] = {}


_Model = TypeVar("_Model", bound=BaseModel)


def read_lexicons(folder: Path) -> Lexicons:
    """`languages.toml` and one file per category. Raises ListError naming the file and the key."""
    languages = _read(folder / "languages.toml", _LanguageFile, under="languages").languages
    files = sorted(path for path in folder.glob("*.toml") if path.name != "languages.toml")
    return Lexicons(
        {code: _language(code, row) for code, row in languages.items()},
        tuple(_lexicon(_read(path, _LexiconFile), path, frozenset(languages)) for path in files),
    )


def _read(path: Path, model: type[_Model], under: str = "") -> _Model:
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"))
        return model.model_validate({under: parsed} if under else parsed)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ListError(f"the lexicon cannot be read: {exc}", where=str(path)) from exc
    except ValidationError as exc:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors(include_url=False))
        raise ListError(faults, where=str(path), mend="see blocklists/README.md for the keys") from exc


def _language(code: str, row: _LanguageRow) -> Language:
    return Language(
        code=code,
        stop=_words(row.stop),
        own_has=_phrases(row.own_has),
        own_is=_phrases(row.own_is),
        my=_phrases(row.my),
        kin=_phrases(row.kin),
        has=_phrases(row.has),
        is_=_phrases(row.is_),
        pronoun=_words(row.pronoun),
        breaks=_phrases(row.break_),
        after=_phrases(row.after),
        plural=_words(row.plural),
    )


def _lexicon(file: _LexiconFile, path: Path, languages: frozenset[str]) -> Lexicon:
    said = file.own if file.kind == "age" else file.terms
    strange = sorted((said.keys() | file.named.keys()) - languages)
    if strange or not said:
        fault = f"the language {strange[0]} is not in languages.toml" if strange else "no terms"
        raise ListError(fault, where=str(path), mend="describe the language first, or remove its terms")
    return Lexicon(
        file.category,
        file.kind,
        file.community,
        {code: _phrases(text) for code, text in said.items()},
        {code: _phrases(text) for code, text in file.named.items()},
    )


def _phrases(text: str) -> Phrases:
    return Phrases(text.split(","))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(","))
