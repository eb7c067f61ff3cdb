"""The versions of entries in the database: appended, never changed, each with its line in the chain of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import PLACES, EntryState, RegistryEntry, ScopeKind, current
from collector.registry.journal import append_all, head, instant, said
from collector.registry.schema import entry as table
from collector.registry.schema import event
from collector.registry.scope import scope_of
from collector.registry.wire import from_json, to_json

_CHUNK = 500  # bound parameters of one statement


def add_version(tx: Connection, act: Act, entry: RegistryEntry, why: str = "") -> int | None:
    """Append one version. Returns the number of its event; None where exactly this version is there already."""
    return head(tx) if add_versions(tx, act, [entry], why) else None


def add_versions(tx: Connection, act: Act, entries: Iterable[RegistryEntry], why: str = "") -> int:
    """Append versions, in order. Returns how many were not there already; they are the last events of the chain."""
    more = {(entry.id, entry.version, entry.digest): entry for entry in entries}
    for key in _there(tx, list(more)):
        del more[key]
    if not more:
        return 0
    tx.execute(insert(table), [_row(entry, digest) for (_, _, digest), entry in more.items()])
    append_all(
        tx,
        act,
        (
            said("entry", entry.id, version=entry.version, digest=digest, state=entry.state.value, reason=why)
            for (_, _, digest), entry in more.items()
        ),
    )
    return len(more)


def _there(tx: Connection, keys: list[tuple[str, int, str]]) -> set[tuple[str, int, str]]:
    """Which of these versions the table holds."""
    found = set[tuple[str, int, str]]()
    for start in range(0, len(keys), _CHUNK):
        chunk = set(keys[start : start + _CHUNK])
        ids = select(table.c.id, table.c.version, table.c.digest).where(table.c.id.in_({key[0] for key in chunk}))
        found |= chunk & {(row.id, row.version, row.digest) for row in tx.execute(ids)}
    return found


def _row(entry: RegistryEntry, digest: str) -> dict[str, str | int | None]:
    return {
        "id": entry.id,
        "version": entry.version,
        "digest": digest,
        "request_id": entry.request,
        "scope_kind": entry.scope_kind.value,
        "scope_host": scope_of(entry).host if entry.scope_kind in PLACES else "",
        "id_hash": entry.id_hash,
        "state": entry.state.value,
        "body": to_json(entry),
        "ends_at": instant(entry.ends_at) if entry.ends_at is not None else None,
    }


def amend(tx: Connection, act: Act, entry: RegistryEntry, why: str, state: EntryState) -> RegistryEntry:
    """The next version of `entry`, in `state`. Returns it."""
    changed = replace(
        entry, version=entry.version + 1, state=state, recorded_at=act.at, recorded_by=act.by, provisional_until=None
    )
    add_version(tx, act, changed, why)
    return changed


def all_current(tx: Connection) -> dict[str, RegistryEntry]:
    """The version that counts of every entry, by id."""
    rows = tx.execute(select(table.c.body).execution_options(yield_per=1_000))
    return current(from_json(body) for (body,) in rows)


def changed_since(tx: Connection, seq: int, about: Iterable[ScopeKind]) -> tuple[str, ...]:
    """The entries about something of these kinds that got a version after event `seq`, by id."""
    told = select(event.c.subject).where(event.c.seq > seq, event.c.type == "entry")
    kinds = [kind.value for kind in about]
    query = select(table.c.id).where(table.c.id.in_(told), table.c.scope_kind.in_(kinds)).distinct()
    return tuple(tx.execute(query).scalars())


def of_ids(tx: Connection, ids: Iterable[str]) -> dict[str, RegistryEntry]:
    """The version that counts of each of these entries, by id."""
    wanted, found = sorted(set(ids)), dict[str, RegistryEntry]()
    for start in range(0, len(wanted), _CHUNK):
        found |= current(_read(tx, table.c.id.in_(wanted[start : start + _CHUNK])))
    return found


def over_by(tx: Connection, now: datetime) -> dict[str, RegistryEntry]:
    """The entries whose newest version a date has ended, as they count, by id."""
    newer = table.alias()
    later = select(newer.c.id).where(newer.c.id == table.c.id, newer.c.version > table.c.version).exists()
    return of_ids(tx, tx.execute(select(table.c.id).where(table.c.ends_at <= instant(now), ~later)).scalars())


def of_request(tx: Connection, request: str) -> tuple[RegistryEntry, ...]:
    """The entries of one request, as they count, by id."""
    found = current(_read(tx, table.c.request_id == request))
    return tuple(found[key] for key in sorted(found))


def history(tx: Connection, entry_id: str) -> tuple[RegistryEntry, ...]:
    """Every version of one entry, oldest first. Raises RegistryError where there is none."""
    found = sorted(_read(tx, table.c.id == entry_id), key=lambda one: (one.version, one.digest))
    if not found:
        raise RegistryError(f"no entry {entry_id[:64]!r}", mend="`collector registry list` names them")
    return tuple(found)


def of_hashes(tx: Connection, hashes: Sequence[str]) -> tuple[RegistryEntry, ...]:
    """The entries about persons whose keyed hash is one of `hashes`, as they count."""
    found: dict[str, RegistryEntry] = {}
    for start in range(0, len(hashes), _CHUNK):
        found |= current(_read(tx, table.c.id_hash.in_(hashes[start : start + _CHUNK])))
    return tuple(found.values())


def by_digests(tx: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], RegistryEntry]:
    """Exactly these versions, by id and digest, as events name them."""
    found: dict[tuple[str, str], RegistryEntry] = {}
    keys = set(wanted)
    for start in range(0, len(wanted), _CHUNK):
        ids = {key[0] for key in wanted[start : start + _CHUNK]}
        rows = tx.execute(select(table.c.id, table.c.digest, table.c.body).where(table.c.id.in_(ids)))
        found |= {(row.id, row.digest): from_json(row.body) for row in rows if (row.id, row.digest) in keys}
    return found


def _read(tx: Connection, where: object) -> Iterator[RegistryEntry]:
    rows = tx.execute(select(table.c.body).where(where))  # type: ignore[arg-type]  # a clause; SQLAlchemy's type is wide
    return (from_json(body) for (body,) in rows)
