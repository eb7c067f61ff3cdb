"""Carries an entry to everything that holds pages, and writes down per target what became of it, with counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from collector.ledger.store import Store
from collector.model.layout import CollectionLayout
from collector.registry.entry import PLACES, EntryState, RegistryEntry, Retroactive
from collector.registry.propagation import Delivered, Status, Target, TargetKind, note
from collector.rights.reach import Holding, collections, count, in_collection, lookup_of, refused_by


def propagate(
    tx: Connection, entries: Sequence[RegistryEntry], data: Path, now: datetime, releases: Iterable[Holding] = ()
) -> tuple[Delivered, ...]:
    """For every entry in force: what it found in each collection and release. `tx` is the registry's.

    A frontier is `applied` once nothing waits there; what is stored is `queued` for the erasure that the rights
    desk carries out, and `exempt` where only the future was asked for. Raises StorageError, IntegrityError.
    """
    done: list[Delivered] = []
    held = list(releases)
    for entry in entries:
        if entry.scope_kind not in PLACES or not entry.in_force(now):
            continue
        for layout in collections(data):
            done += _in_collection(entry, layout, now)
        done += [_in_release(entry, release, now) for release in held]
    for one in done:
        note(tx, one)
    return tuple(done)


def _in_collection(entry: RegistryEntry, layout: CollectionLayout, now: datetime) -> list[Delivered]:
    name = layout.root.name
    if "*" not in entry.collections and name not in entry.collections:
        return []
    found = {one.kind: one.pages for one in in_collection(lookup_of([entry]), layout)}
    waiting, stored = found[TargetKind.FRONTIER], found[TargetKind.STORE]
    store = Store.open(layout.database, write=False)
    try:
        with store.snapshot() as tx:
            refused = refused_by(tx, [entry])
    finally:
        store.close()
    status = Status.QUEUED if waiting else (Status.APPLIED if refused else Status.NOT_FOUND)
    proof = f"{refused} closed as refused by opted_out"
    frontier = Delivered(
        entry.id, entry.version, Target(TargetKind.FRONTIER, name), status, waiting or refused, now, proof
    )
    target = Target(TargetKind.STORE, name)
    return [frontier, Delivered(entry.id, entry.version, target, _of_past(entry, stored), stored, now)]


def _in_release(entry: RegistryEntry, release: Holding, now: datetime) -> Delivered:
    found = count(lookup_of([entry]), release).pages
    status = _of_past(entry, found)
    if status is Status.QUEUED and entry.retroactive is not Retroactive.DERIVED:
        status = Status.EXEMPT
    return Delivered(entry.id, entry.version, Target(TargetKind.RELEASE, release.name), status, found, now)


def _of_past(entry: RegistryEntry, found: int) -> Status:
    if not found:
        return Status.NOT_FOUND
    if entry.retroactive is Retroactive.FUTURE or entry.state is not EntryState.IN_FORCE:
        return Status.EXEMPT
    return Status.QUEUED
