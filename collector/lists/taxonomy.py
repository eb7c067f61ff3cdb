"""The categories of sensitive sources: the legal anchor, what is done by default, and why, in plain words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from collector.lists.match import Action
from collector.model.errors import ListError
from collector.model.resources import resource_folder


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of source."""

    id: str
    anchor: str  # the legal text it rests on
    default: Action
    reason: str  # for the person who asks why a page was not collected


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    anchor: str
    default: Action
    reason: str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    categories: dict[str, _Row]


def read_taxonomy(path: Path) -> Mapping[str, Category]:
    """Every category by id. Raises ListError naming the file."""
    try:
        table = _Table.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as exc:
        raise ListError(f"the taxonomy cannot be read: {exc}", where=str(path)) from exc
    return {key: Category(key, row.anchor, row.default, row.reason) for key, row in table.categories.items()}


@lru_cache(maxsize=1)
def taxonomy() -> Mapping[str, Category]:
    """The taxonomy that travels with the program."""
    return read_taxonomy(resource_folder("blocklists") / "taxonomy.toml")
