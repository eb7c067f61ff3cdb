"""Carries an entry to everything that holds pages, and writes down per target what became of it, with counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from collector.ledger.store import Store
from collector.model.errors import CollectorError
from collector.model.layout import CollectionLayout
from collector.registry.entry import PLACES, EntryState, RegistryEntry, Retroactive
from collector.registry.propagation import Delivered, Status, Target, TargetKind, note
from collector.rights.reach import binds, collections, in_collection, in_releases, lookup_of, refused_by


def propagate(tx: Connection, entries: Sequence[RegistryEntry], data: Path, now: datetime) -> tuple[Delivered, ...]:
    """For every entry in force: what it found in each collection and release, and who received such a release.

    A frontier is `applied` once nothing waits there; what is stored, released or handed on is `queued` for the erasure
    that the rights desk carries out, and `exempt` where less was asked for; what could not be asked has `failed`. `tx`
    is the registry's.
    """
    done: list[Delivered] = []
    for entry in entries:
        if entry.scope_kind not in PLACES or not entry.in_force(now):
            continue
        for layout in collections(data):
            if binds(entry, layout):
                try:
                    done += _in_collection(entry, layout, now)
                except CollectorError as exc:  # one broken collection does not keep the others from being told
                    target = Target(TargetKind.STORE, layout.root.name)
                    done.append(Delivered(entry.id, entry.version, target, Status.FAILED, 0, now, exc.message))
                done += _in_releases(entry, layout, now)
    for one in done:
        note(tx, one)
    return tuple(done)


def _in_collection(entry: RegistryEntry, layout: CollectionLayout, now: datetime) -> list[Delivered]:
    name = layout.root.name
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


def _in_releases(entry: RegistryEntry, layout: CollectionLayout, now: datetime) -> list[Delivered]:
    released, unread = in_releases(lookup_of([entry]), layout)
    done = []
    received: dict[str, int] = {}
    for release, reached in released:
        target = Target(TargetKind.RELEASE, release.name)
        status = _of_derived(entry, reached.pages)
        done.append(Delivered(entry.id, entry.version, target, status, reached.pages, now))
        if reached.pages:
            for recipient in release.recipients:
                received[recipient] = received.get(recipient, 0) + reached.pages
    for recipient, pages in sorted(received.items()):
        target = Target(TargetKind.RECIPIENT, recipient)
        proof = f"pages in releases of {layout.root.name}"
        done.append(Delivered(entry.id, entry.version, target, _of_derived(entry, pages), pages, now, proof))
    if unread:
        target = Target(TargetKind.RELEASE, layout.root.name)
        done.append(Delivered(entry.id, entry.version, target, Status.FAILED, 0, now, "; ".join(unread)[:2_000]))
    return done


def _of_derived(entry: RegistryEntry, found: int) -> Status:
    status = _of_past(entry, found)
    exempt = status is Status.QUEUED and entry.retroactive is not Retroactive.DERIVED
    return Status.EXEMPT if exempt else status


def _of_past(entry: RegistryEntry, found: int) -> Status:
    if not found:
        return Status.NOT_FOUND
    if entry.retroactive is Retroactive.FUTURE or entry.state is not EntryState.IN_FORCE:
        return Status.EXEMPT
    return Status.QUEUED
