"""Entries of all tiers in one JSON file, with ids: so that a decision can be reproduced and tested from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.lists.memory import MemoryLookup
from collector.model.digest import Digest
from collector.model.errors import ListError


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=200)]
    tier: Annotated[int, Field(ge=0, le=3)]
    kind: Kind
    value: str
    action: Action
    category: str = ""
    subdomains: bool = False
    force: bool = False
    ignore_case: bool = False
    note: str = ""


class _Ruleset(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)  # the file may also hold the cases it is tested with

    rules: tuple[_Row, ...]


def read_ruleset(path: Path) -> MemoryLookup:
    """`{"rules": [{"id", "tier", "kind", "value", "action", …}]}`. Raises ListError naming file, rule and field."""
    try:
        data = path.read_bytes()
        rows = _Ruleset.model_validate_json(data).rules
    except OSError as exc:
        raise ListError(f"the rules cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = f"{path}: {'.'.join(str(part) for part in first['loc'])}"
        raise ListError(first["msg"], where=where, mend="the shape is that of lists-match-vectors.json") from exc
    version = str(Digest.of(data))
    return MemoryLookup(_entry(row, number, path, version) for number, row in enumerate(rows, start=1))


def _entry(row: _Row, number: int, path: Path, version: str) -> Entry:
    try:
        host, tail = canonical(row.kind, row.value)
    except ListError as error:
        raise ListError(error.message, where=f"{path}: rules.{number - 1} ({row.id})", mend=error.mend) from error
    return Entry(
        row.kind,
        host,
        tail,
        action=row.action,
        category=row.category,
        tier=Tier(str(row.tier)),
        list=path.name,
        version=version,
        line=number,
        rule=row.id,
        note=row.note,
        subdomains=row.subdomains,
        force=row.force,
        ignore_case=row.ignore_case,
    )
