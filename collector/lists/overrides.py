"""The operator's own entries, one at a time, each with its reason: they hold at once, without a compilation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from collector.lists.decided import Decided, append_decided, read_decided
from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.model.errors import ListError

FILE = "overrides.jsonl"
LIST = "overrides"


class Override(Decided):
    """One line of `overrides.jsonl`."""

    kind: Kind
    value: Annotated[str, Field(min_length=1, max_length=8_192)]
    action: Action = Action.ALLOW
    force: bool = False


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
    for number, override in read_decided(path, Override):
        key = (override.kind, *_canonical(override, f"{path}:{number}"))
        in_force.pop(key, None)
        if override.op == "set":
            in_force[key] = (number, override)
    entries, unapproved = [], []
    for (kind, host, tail), (number, override) in in_force.items():
        if second_person and override.action is not Action.DENY and not override.two_people:
            unapproved.append(override)
            continue
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
                note=override.told,
                force=override.force,
            )
        )
    return Overrides(tuple(entries), tuple(unapproved))


def append_override(path: Path, override: Override) -> None:
    """Add a line, durable. Raises ListError where it is no entry, StorageError."""
    _canonical(override, override.value)
    if override.force and override.action is not Action.ALLOW:
        raise ListError("force is for what is allowed", where=override.value, mend="leave --force out")
    append_decided(path, [override])


def _canonical(override: Override, where: str) -> tuple[str, str]:
    try:
        return canonical(override.kind, override.value)
    except ListError as error:
        raise ListError(error.message, where=where, mend=error.mend) from error
