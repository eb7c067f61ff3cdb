"""The categories of sensitive sources: the legal anchor, what is done by default, and why, in plain words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from collector.lists.match import Action
from collector.model.errors import ListError
from collector.model.resources import resource_folder


class Stage(StrEnum):
    """The first moment at which a category plays a part."""

    PRE_REQUEST = "pre_request"  # the host alone tells
    POST_RESPONSE = "post_response"  # the page has to be seen
    EXPORT = "export"  # collected; a release may leave it out


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of source."""

    id: str
    anchor: str  # the legal text it rests on
    default: Action
    reason: str  # for the person who asks why a page was not collected
    stage: Stage = Stage.PRE_REQUEST
    unless_allowlisted: bool = False  # a guard can lift its denials: `deny-unless-allowlisted`


@dataclass(frozen=True, slots=True)
class Guard:
    """A kind of source that lists of the categories in `lifts` take in by mistake."""

    id: str
    lifts: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Categories and guards, by id."""

    version: str
    categories: Mapping[str, Category]
    guards: Mapping[str, Guard]


_UNLESS = "deny-unless-allowlisted"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    anchor: str
    default: Literal["deny", "deny-unless-allowlisted", "redact", "flag", "info"]
    stage: Stage
    reason: str

    def category(self, name: str) -> Category:
        unless = self.default == _UNLESS
        action = Action.DENY if unless else Action(self.default)
        return Category(name, self.anchor, action, self.reason, self.stage, unless)


class _GuardRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lifts: tuple[str, ...]
    reason: str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    categories: dict[str, _Row]
    guards: dict[str, _GuardRow] = {}


def read_taxonomy(path: Path) -> Taxonomy:
    """Every category and guard by id. Raises ListError naming the file.

    A guard that would lift a category which is denied without exception is a fault of the file.
    """
    try:
        table = _Table.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as exc:
        raise ListError(f"the taxonomy cannot be read: {exc}", where=str(path)) from exc
    categories = {key: row.category(key) for key, row in table.categories.items()}
    for name, row in table.guards.items():
        for lifted in row.lifts:
            if lifted not in categories or not categories[lifted].unless_allowlisted:
                raise ListError(
                    f"the guard {name} lifts {lifted!r}, which no guard may lift",
                    where=str(path),
                    mend=f'name a category whose default is "{_UNLESS}"',
                )
    guards = {name: Guard(name, frozenset(row.lifts), row.reason) for name, row in table.guards.items()}
    return Taxonomy(table.version, categories, guards)


@lru_cache(maxsize=1)
def shipped() -> Taxonomy:
    """The taxonomy that travels with the program, guards included."""
    return read_taxonomy(resource_folder("blocklists") / "taxonomy.toml")


def taxonomy() -> Mapping[str, Category]:
    """The categories that travel with the program, by id."""
    return shipped().categories
