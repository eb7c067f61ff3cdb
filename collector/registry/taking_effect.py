"""Brings what crawls read up to what the database says: told before a change is committed, exact after it.

Whenever the machine stops between the two, crawls honour an objection more than the database holds, never one less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from collector.model.errors import RegistryError
from collector.registry.entry import PERSONS, PLACES, RegistryEntry, ScopeKind
from collector.registry.in_force import (
    IN_FORCE_FILE,
    KIND,
    PERSONS_FILE,
    PERSONS_KIND,
    is_permission_line,
    person_line,
    place_line,
)
from collector.registry.journal import hash_at, head
from collector.registry.keyring import Keyring
from collector.registry.layered import Layers, entry_of, read_layers, whole, write_layers
from collector.registry.person import pepper_id
from collector.registry.versions import all_current, changed_since, of_ids, over_by

_FILES = ((PERSONS_FILE, PERSONS_KIND, PERSONS), (IN_FORCE_FILE, KIND, PLACES))
_LAG = 1_000  # events that a file nothing changed in may lie behind
Changed = Mapping[str, RegistryEntry | None]


def announce(tx: Connection, folder: Path, keys: Keyring, now: datetime) -> None:
    """Before the commit: what is newly refused is added, permissions that changed are taken out, all else stays.

    Raises StorageError, and then nothing of the transaction may be kept.
    """
    for name, kind, about in _FILES:
        before = _built_upon(tx, folder / name, kind)
        if before is not None:
            changed = _changed(tx, before, about, now)
            lines = _lines(kind, changed, keys, now)
            if lines or _holds_any(before, changed):
                _announce(before, changed, lines)
        elif not (folder / name).exists():
            write_layers(replace(_compiled(tx, folder, name, kind, keys, now), event=""))


def settle(tx: Connection, folder: Path, keys: Keyring, now: datetime) -> None:
    """After the commit: exactly what is in force, by reading only what changed since the files were written.

    Where a file is missing, not whole, or not of this registry's past, it is compiled from all entries. Raises
    StorageError: then crawls honour a withdrawn objection until the next change.
    """
    for name, kind, about in _FILES:
        before = _built_upon(tx, folder / name, kind)
        if before is None:
            write_layers(_compiled(tx, folder, name, kind, keys, now))
            continue
        changed = _changed(tx, before, about, now)
        lines = _lines(kind, changed, keys, now)
        seq = head(tx)
        if before.unsettled or lines or seq - before.seq > _LAG or _holds_any(before, changed):
            _settle(before, changed, lines, seq, hash_at(tx, seq))


def compile_in_force(tx: Connection, folder: Path, keys: Keyring, now: datetime) -> int:
    """Write both files from all entries. Returns how many are in force. Raises StorageError."""
    held = 0
    for name, kind, _ in _FILES:
        layers = _compiled(tx, folder, name, kind, keys, now)
        write_layers(layers)
        held += layers.held
    return held


def _compiled(tx: Connection, folder: Path, name: str, kind: str, keys: Keyring, now: datetime) -> Layers:
    lines = _lines(kind, all_current(tx), keys, now)
    seq = head(tx)
    return whole(folder / name, kind, seq, hash_at(tx, seq), lines.values())


def _built_upon(tx: Connection, path: Path, kind: str) -> Layers | None:
    """What stands there, where it is of this registry's past; None otherwise."""
    try:
        before = read_layers(path, kind)
    except (OSError, RegistryError):
        return None
    return before if before.event and hash_at(tx, before.seq) == before.event else None


def _changed(tx: Connection, before: Layers, about: frozenset[ScopeKind], now: datetime) -> Changed:
    """Every entry that may stand otherwise than the file says; None for one that the database does not hold."""
    ids = {*changed_since(tx, before.seq, about), *before.unsettled}
    over = {key: entry for key, entry in over_by(tx, now).items() if entry.scope_kind in about}
    return {**dict.fromkeys(ids), **of_ids(tx, ids), **over}


def _lines(kind: str, changed: Changed, keys: Keyring, now: datetime) -> dict[str, str]:
    """The line of each entry that has one."""
    entries = [entry for entry in changed.values() if entry is not None]
    if kind == KIND:
        made = ((entry.id, place_line(entry, now)) for entry in entries)
    else:
        persons = [entry for entry in entries if entry.scope_kind in PERSONS]
        pepper = pepper_id(keys.pepper) if persons else ""
        made = ((entry.id, person_line(entry, now, pepper)) for entry in persons)
    return {key: line for key, line in made if line is not None}


def _holds_any(before: Layers, changed: Changed) -> bool:
    upper = {entry_of(line) for line in before.lines}
    return not upper.isdisjoint(changed) or not before.below(changed).keys() <= before.hidden


def _announce(before: Layers, changed: Changed, lines: Mapping[str, str]) -> None:
    ended = {line for line in before.lines if is_permission_line(line) and entry_of(line) in changed}
    kept = [line for line in before.lines if line not in ended]
    more = [line for line in _encoded(lines.values()) if not is_permission_line(line) and line not in kept]
    hidden = {key for key, line in before.below(changed).items() if is_permission_line(line)}
    write_layers(
        replace(
            before,
            hidden=before.hidden | hidden,
            unsettled=before.unsettled | frozenset(changed),
            lines=(*kept, *more),
        )
    )


def _settle(before: Layers, changed: Changed, lines: Mapping[str, str], seq: int, event: str) -> None:
    below = before.below(changed)
    same = {key for key, line in below.items() if key in lines and line == lines[key].encode("utf-8", "surrogatepass")}
    kept = (line for line in before.lines if entry_of(line) not in changed)
    write_layers(
        replace(
            before,
            seq=seq,
            event=event,
            hidden=(before.hidden - same) | (below.keys() - same),
            unsettled=frozenset(),
            lines=(*kept, *_encoded(line for key, line in lines.items() if key not in same)),
        )
    )


def _encoded(lines: Iterable[str]) -> list[bytes]:
    return [line.encode("utf-8", "surrogatepass") for line in lines]
