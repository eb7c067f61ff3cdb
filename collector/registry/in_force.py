"""What is in force, line by line: how an entry is written for crawls, and read by deciding code without a database."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.model.errors import IntegrityError, ListError, RegistryError
from collector.registry.entry import PERSONS, PLACES, Effect, RegistryEntry
from collector.registry.scope import scope_of
from collector.registry.vocabulary import forbids_collection

IN_FORCE_FILE = "in-force.snapshot"
PERSONS_FILE = "persons.snapshot"
KIND = "in-force"
PERSONS_KIND = "persons"
CATEGORY = "optout"
_PERMISSION = b'{"action": "allow"'
Text = Annotated[str, Field(max_length=8_192)]


class _Line(BaseModel):
    """One entry in force, as the crawl needs it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    action: Action
    collections: tuple[Text, ...]
    entry: Text
    kind: Kind
    note: Text
    owner: Text
    value: Text


def action_of(entry: RegistryEntry) -> Action:
    """What it means for a crawl for corpora. A no to search or redistribution alone is kept as a remark."""
    if entry.effect is Effect.ALLOW:
        return Action.ALLOW
    if entry.effect is Effect.REDACT:
        return Action.REDACT
    return Action.DENY if forbids_collection(entry.uses) else Action.INFO


def place_line(entry: RegistryEntry, now: datetime) -> str | None:
    """The line of a place that is in force at `now`; None for anything else."""
    if entry.scope_kind not in PLACES or not entry.in_force(now):
        return None
    row = {
        "action": action_of(entry).value,
        "collections": list(entry.collections),
        "entry": f"{entry.id}.{entry.version}",
        "kind": entry.scope_kind.value,
        "note": entry.reason,
        "owner": entry.owner,
        "value": scope_of(entry).value,
    }
    return json.dumps(row, sort_keys=True, ensure_ascii=False)


def is_permission_line(line: bytes) -> bool:
    """Whether a line opens something: it is written after its transaction, and taken out before."""
    return line.startswith(_PERMISSION)


def read_place_line(raw: bytes, where: str, collection: str = "") -> Entry | None:
    """The entry that a line means; None where it does not bind `collection`. Raises RegistryError."""
    try:
        line = _Line.model_validate_json(raw)
        host, path = canonical(line.kind, line.value)
    except (ValidationError, ListError) as exc:
        raise RegistryError("a line of the snapshot cannot be read", where=where) from exc
    if collection and "*" not in line.collections and collection not in line.collections:
        return None
    return Entry(
        line.kind,
        host,
        path,
        action=line.action,
        category=CATEGORY,
        tier=Tier.OPT_OUT,
        list=f"registry:{line.owner}",
        version=line.entry,
        rule=line.value,
        note=line.note,
    )


def person_line(entry: RegistryEntry, now: datetime, pepper: str) -> str | None:
    """The line of a person in force at `now`, keyed hash only; None for anything else.

    Raises IntegrityError where an entry of ours was hashed under another pepper: it would match nobody.
    """
    if entry.scope_kind not in PERSONS or not entry.in_force(now):
        return None
    if entry.pepper_id != pepper:
        raise IntegrityError(
            f"{entry.id} was hashed under another pepper: it would match nobody",
            mend="put the registry's keys back ($COLLECTOR_KEYS); they are kept in a backup of their own",
        )
    row = {"effect": entry.effect.value, "entry": f"{entry.id}.{entry.version}", "hash": entry.id_hash}
    row |= {"kind": entry.scope_kind.value, "owner": entry.owner, "scheme": entry.id_scheme}
    return json.dumps(row, sort_keys=True)
