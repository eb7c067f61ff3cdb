"""What is in force, compiled for crawls: one sealed file that deciding code reads without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.model.errors import IntegrityError, ListError, RegistryError
from collector.registry.entry import PERSONS, PLACES, Effect, RegistryEntry
from collector.registry.journal import head
from collector.registry.keyring import Keyring
from collector.registry.person import pepper_id
from collector.registry.scope import scope_of
from collector.registry.sealed_file import replace_file, seal, unseal
from collector.registry.versions import all_current
from collector.registry.vocabulary import forbids_collection

IN_FORCE_FILE = "in-force.snapshot"
PERSONS_FILE = "persons.snapshot"
KIND = "in-force"
PERSONS_KIND = "persons"
CATEGORY = "optout"
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


def snapshot_of(entries: Iterable[RegistryEntry], seq: int, now: datetime) -> bytes:
    """The sealed file of the places in force at `now`; the order of `entries` plays no part."""
    lines = sorted(
        json.dumps(
            {
                "action": action_of(entry).value,
                "collections": list(entry.collections),
                "entry": f"{entry.id}.{entry.version}",
                "kind": entry.scope_kind.value,
                "note": entry.reason,
                "owner": entry.owner,
                "value": scope_of(entry).value,
            },
            sort_keys=True,
            ensure_ascii=False,
        )
        for entry in entries
        if entry.scope_kind in PLACES and entry.in_force(now)
    )
    return seal(KIND, seq, lines)


def read_snapshot(data: bytes, where: str, collection: str = "") -> tuple[int, tuple[Entry, ...]]:
    """The last event it takes account of, and its entries; with `collection`, those that bind that one.

    Raises RegistryError for a file that is not whole, and for any line that cannot be read.
    """
    sealed = unseal(data, KIND, where)
    entries = []
    for number, raw in enumerate(sealed.lines, start=2):
        try:
            line = _Line.model_validate_json(raw)
            host, path = canonical(line.kind, line.value)
        except (ValidationError, ListError) as exc:
            raise RegistryError("a line of the snapshot cannot be read", where=f"{where}:{number}") from exc
        if collection and "*" not in line.collections and collection not in line.collections:
            continue
        entries.append(
            Entry(
                line.kind,
                host,
                path,
                action=line.action,
                category=CATEGORY,
                tier=Tier.OPT_OUT,
                list=f"registry:{line.owner}",
                version=line.entry,
                line=number,
                rule=line.value,
                note=line.note,
            )
        )
    return sealed.seq, tuple(entries)


def persons_of(entries: Iterable[RegistryEntry], seq: int, now: datetime, pepper: str) -> bytes:
    """The sealed file of the persons in force at `now`: keyed hashes only.

    Raises IntegrityError where an entry of ours was hashed under another pepper: it would match nobody.
    """
    lines = []
    for entry in entries:
        if entry.scope_kind not in PERSONS or not entry.in_force(now):
            continue
        if entry.pepper_id != pepper:
            raise IntegrityError(
                f"{entry.id} was hashed under another pepper: it would match nobody",
                mend="put the registry's keys back ($COLLECTOR_KEYS); they are kept in a backup of their own",
            )
        row = {"effect": entry.effect.value, "entry": f"{entry.id}.{entry.version}", "hash": entry.id_hash}
        row |= {"kind": entry.scope_kind.value, "owner": entry.owner, "scheme": entry.id_scheme}
        lines.append(json.dumps(row, sort_keys=True))
    return seal(PERSONS_KIND, seq, sorted(lines))


def compile_in_force(tx: Connection, folder: Path, keys: Keyring, now: datetime) -> int:
    """Write both files. Call it last within the transaction that changes the registry: the files go first, so that a
    crash leaves crawls with an objection more, never with one less. Returns how many entries are in force.

    Raises StorageError, and then nothing of the transaction may be kept.
    """
    entries = list(all_current(tx).values())
    seq = head(tx)
    persons = any(entry.scope_kind in PERSONS for entry in entries)
    pepper = pepper_id(keys.pepper) if persons else ""
    replace_file(folder / PERSONS_FILE, persons_of(entries, seq, now, pepper))
    replace_file(folder / IN_FORCE_FILE, snapshot_of(entries, seq, now))
    return sum(entry.in_force(now) for entry in entries)
