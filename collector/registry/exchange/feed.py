"""What others are told: the entries in force, and after any event which were added, changed and removed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from sqlalchemy import Connection

from collector.model.errors import RegistryError
from collector.registry.entry import PERSONS, EntryState, RegistryEntry, as_row
from collector.registry.journal import events
from collector.registry.versions import all_current, by_digests
from collector.registry.wire import MAX_LINE, MAX_NAME, from_json

PAGE = 1_000  # events of one page of the feed


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the feed. `entry` is None where it was removed."""

    seq: int
    op: Literal["add", "update", "remove"]
    id: str
    version: int
    entry: RegistryEntry | None


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    seq: Annotated[int, Field(ge=1)]
    op: Literal["add", "update", "remove"]
    id: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    version: Annotated[int, Field(ge=1)]
    entry: JsonValue = None


def published(entry: RegistryEntry) -> RegistryEntry:
    """As others see it: without the keeper's notes, without who recorded it. The owner's number stays: it says which
    permission belongs to which objection.
    """
    return replace(entry, reason="", recorded_by="", request="", provisional_until=None, pepper_id="")


def is_public(entry: RegistryEntry) -> bool:
    """Persons are told to nobody here; what a peer told us is for the peer to tell; one collection's is our own."""
    return entry.scope_kind not in PERSONS and not entry.source_registry and "*" in entry.collections


def is_told(entry: RegistryEntry, now: datetime) -> bool:
    """In force and proven: an assertion protects here, and is not passed on."""
    return is_public(entry) and entry.state is EntryState.IN_FORCE and entry.in_force(now)


def snapshot_lines(tx: Connection, now: datetime) -> list[str]:
    """Every entry that is told, one line each, by id."""
    told = (published(entry) for entry in all_current(tx).values() if is_told(entry, now))
    return [json.dumps(as_row(entry), sort_keys=True, ensure_ascii=False) for entry in sorted(told, key=lambda e: e.id)]


def changes(tx: Connection, *, since: int, until: int | None = None) -> Iterator[Change]:
    """What happened after event `since`, in order: the version each event brought, as others see it."""
    while True:
        page = list(events(tx, since=since, limit=PAGE))
        told = [event for event in page if event.type == "entry" and (until is None or event.seq <= until)]
        said = [json.loads(event.payload) for event in told]
        keys = [(event.subject, str(one["digest"])) for event, one in zip(told, said, strict=True)]
        brought = by_digests(tx, keys)
        for event, key in zip(told, keys, strict=True):
            change = _change(event.seq, brought[key])
            if change is not None:
                yield change
        if len(page) < PAGE or (until is not None and page[-1].seq >= until):
            return
        since = page[-1].seq


def _change(seq: int, entry: RegistryEntry) -> Change | None:
    if not is_public(entry):
        return None
    if entry.state is EntryState.IN_FORCE:
        op: Literal["add", "update"] = "add" if entry.version == 1 else "update"
        return Change(seq, op, entry.id, entry.version, published(entry))
    return Change(seq, "remove", entry.id, entry.version, None) if entry.version > 1 else None


def change_line(change: Change) -> str:
    """One line of the feed."""
    row = {"seq": change.seq, "op": change.op, "id": change.id, "version": change.version}
    if change.entry is None:
        return json.dumps(row, sort_keys=True)
    return json.dumps({**row, "entry": as_row(change.entry)}, sort_keys=True, ensure_ascii=False)


def read_change(line: bytes) -> Change:
    """The change that a line of a peer's feed means. Raises RegistryError."""
    if len(line) > MAX_LINE:
        raise RegistryError(f"a line of {len(line):,} bytes")
    try:
        read = _Line.model_validate_json(line)
    except (ValidationError, RecursionError) as exc:
        raise RegistryError("not a line of a feed") from exc
    if read.op == "remove":
        return Change(read.seq, read.op, read.id, read.version, None)
    entry = from_json(json.dumps(read.entry))
    if entry.id != read.id or entry.version != read.version:
        raise RegistryError("a line of a feed that contradicts its entry")
    return Change(read.seq, read.op, read.id, read.version, entry)
