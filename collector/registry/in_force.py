"""What is in force, compiled for crawls: one sealed file that deciding code reads without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from collector.lists.entry import Entry, Kind, canonical
from collector.lists.match import Action, Tier
from collector.model.errors import IntegrityError, ListError, RegistryError
from collector.registry.entry import PERSONS, PLACES, Effect, RegistryEntry
from collector.registry.journal import changed_since, head
from collector.registry.keyring import Keyring
from collector.registry.person import pepper_id
from collector.registry.scope import scope_of
from collector.registry.sealed_file import Sealed, replace_file, seal, unseal
from collector.registry.versions import all_current, of_ids, over_by
from collector.registry.vocabulary import forbids_collection

IN_FORCE_FILE = "in-force.snapshot"
PERSONS_FILE = "persons.snapshot"
KIND = "in-force"
PERSONS_KIND = "persons"
CATEGORY = "optout"
_ENTRY = b'"entry": "'
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
    return seal(KIND, seq, sorted(_place_lines(entries, now)))


def _place_lines(entries: Iterable[RegistryEntry], now: datetime) -> Iterator[str]:
    for entry in entries:
        if entry.scope_kind in PLACES and entry.in_force(now):
            row = {
                "action": action_of(entry).value,
                "collections": list(entry.collections),
                "entry": f"{entry.id}.{entry.version}",
                "kind": entry.scope_kind.value,
                "note": entry.reason,
                "owner": entry.owner,
                "value": scope_of(entry).value,
            }
            yield json.dumps(row, sort_keys=True, ensure_ascii=False)


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
    return seal(PERSONS_KIND, seq, sorted(_person_lines(entries, now, pepper)))


def _person_lines(entries: Iterable[RegistryEntry], now: datetime, pepper: str) -> Iterator[str]:
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
        yield json.dumps(row, sort_keys=True)


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


def update_in_force(tx: Connection, folder: Path, keys: Keyring, now: datetime) -> None:
    """As `compile_in_force`, by reading only what changed since the files were written: the same bytes.

    Where either file is missing, not whole, or not of this registry's past, both are compiled from all entries, and
    `collector registry compile` always does. Raises StorageError, and then nothing of the transaction may be kept.
    """
    written = _written(folder)
    seq = head(tx)
    if written is None or written[0].seq > seq:
        compile_in_force(tx, folder, keys, now)
        return
    places, persons = written
    changed = of_ids(tx, changed_since(tx, places.seq)) | over_by(tx, now)
    about_persons = any(entry.scope_kind in PERSONS for entry in changed.values())
    pepper = pepper_id(keys.pepper) if about_persons else ""
    for name, sealed, lines in (
        (PERSONS_FILE, persons, _person_lines(changed.values(), now, pepper)),
        (IN_FORCE_FILE, places, _place_lines(changed.values(), now)),
    ):
        kept = (line for line in sealed.lines if _entry_of(line) not in changed)
        body = sorted([*(line.decode("utf-8", "surrogatepass") for line in kept), *lines])
        replace_file(folder / name, seal(sealed.kind, seq, body))


def _written(folder: Path) -> tuple[Sealed, Sealed] | None:
    try:
        places = unseal((folder / IN_FORCE_FILE).read_bytes(), KIND, "")
        persons = unseal((folder / PERSONS_FILE).read_bytes(), PERSONS_KIND, "")
    except (OSError, RegistryError):
        return None
    return (places, persons) if places.seq == persons.seq else None


def _entry_of(line: bytes) -> str:
    # No quote stands unescaped inside a JSON text, so this is the key and nothing that somebody wrote.
    start = line.index(_ENTRY) + len(_ENTRY)
    return line[start : line.index(b'"', start)].decode().rpartition(".")[0]
