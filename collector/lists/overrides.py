"""The operator's own entries, one at a time, each with its reason: they hold at once, without a compilation.

`overrides.jsonl` only ever grows: what was decided and taken back can be read years later. The last line on an
entry holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.model.errors import ListError, StorageError

FILE = "overrides.jsonl"
LIST = "overrides"


class Override(BaseModel):
    """One line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op: Literal["set", "withdraw"] = "set"
    kind: Kind
    value: Annotated[str, Field(min_length=1, max_length=8_192)]
    action: Action = Action.ALLOW
    force: bool = False
    reason: Annotated[str, Field(min_length=3, max_length=2_000)]
    by: Annotated[str, Field(min_length=1, max_length=200)]
    approved_by: Annotated[str, Field(max_length=200)] = ""
    at: str

    @property
    def two_people(self) -> bool:
        """Whether somebody else has approved it."""
        other = self.approved_by.strip().casefold()
        return bool(other) and other != self.by.strip().casefold()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What holds, and what does not for want of a second person."""

    entries: tuple[Entry, ...]
    unapproved: tuple[Override, ...] = ()


def read_overrides(path: Path, *, second_person: bool = False) -> Overrides:
    """The entries in force; none where there is no file. Raises ListError naming the line.

    With `second_person`, what lifts a refusal and was approved by nobody else does not hold.
    """
    in_force: dict[tuple[Kind, str, str], tuple[int, Override]] = {}
    for number, override in enumerate(_lines(path), start=1):
        if override is None:
            continue
        key = (override.kind, *_canonical(override, f"{path}:{number}"))
        in_force.pop(key, None)
        if override.op == "set":
            in_force[key] = (number, override)
    entries, unapproved = [], []
    for (kind, host, tail), (number, override) in in_force.items():
        if second_person and override.action is not Action.DENY and not override.two_people:
            unapproved.append(override)
            continue
        approved = f", approved by {override.approved_by}" if override.approved_by else ""
        entries.append(
            Entry(
                kind,
                host,
                tail,
                action=override.action,
                tier=Tier.OPERATOR,
                list=LIST,
                version=override.at,
                line=number,
                rule=override.value,
                note=f"{override.reason} ({override.by}{approved})",
                force=override.force,
            )
        )
    return Overrides(tuple(entries), tuple(unapproved))


def append_override(path: Path, override: Override) -> None:
    """Add a line, durable. Raises ListError where it is no entry, StorageError."""
    _canonical(override, override.value)
    if override.force and override.action is not Action.ALLOW:
        raise ListError("force is for what is allowed", where=override.value, mend="leave --force out")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        line = override.model_dump_json().encode() + b"\n"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as exc:
        mend = "make room on the disk, or mend the rights on the folder"
        raise StorageError(f"the override cannot be kept: {exc.strerror or exc}", where=str(path), mend=mend) from exc


def _canonical(override: Override, where: str) -> tuple[str, str]:
    try:
        return canonical(override.kind, override.value)
    except ListError as error:
        raise ListError(error.message, where=where, mend=error.mend) from error


def _lines(path: Path) -> list[Override | None]:
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise ListError(f"the overrides cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    return [_line(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]


def _line(line: bytes, where: str) -> Override | None:
    if not line.strip():
        return None
    try:
        return Override.model_validate_json(line)
    except ValidationError as exc:
        fault = exc.errors(include_url=False, include_input=False)[0]
        mend = "put the line back as it was: collector lists override wrote it"
        raise ListError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}", where=where, mend=mend) from exc
