"""Reads blocklists/taxonomy.toml, and says what is wrong with it, and where."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from collector.lists.match import Action
from collector.lists.taxonomy import Category, Guard, Stage, Taxonomy
from collector.model.errors import ListError

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
