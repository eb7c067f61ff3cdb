"""The registries we take over: address, key, how far we have read, and when to ask again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.exchange.signing import read_public_key
from collector.registry.journal import append, instant
from collector.registry.schema import peer as table

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


@dataclass(frozen=True, slots=True)
class Peer:
    """`cursor`: the last event of theirs that we have; `next_at`: not before, after failures."""

    id: str
    url: str
    public_key: str
    cursor: int
    etag: str
    last_sync_at: datetime | None
    last_status: str
    failures: int
    next_at: datetime | None


def add_peer(tx: Connection, act: Act, name: str, url: str, public_key: str) -> Peer:
    """From now on asked by `sync`; the key was handed over by another way. Raises RegistryError."""
    if not _NAME.fullmatch(name):
        raise RegistryError(f"{name[:64]!r} is no name of a peer", mend="lower-case letters, digits, dots and dashes")
    key = read_public_key(public_key)
    if any(one.id == name for one in peers(tx)):
        raise RegistryError(f"there is a peer {name} already", mend="remove it first, if its key has changed")
    row = {"id": name, "url": url, "public_key": key, "cursor": 0, "etag": "", "last_status": "", "failures": 0}
    tx.execute(insert(table).values(**row, active=True))
    append(tx, act, "peer_added", name, url=url, key=key)
    return find_peer(tx, name)


def remove_peer(tx: Connection, act: Act, name: str) -> None:
    """Ask it no more. What came from it stays in force: taking objections out needs a decision of its own."""
    find_peer(tx, name)
    tx.execute(delete(table).where(table.c.id == name))
    append(tx, act, "peer_removed", name)


def find_peer(tx: Connection, name: str) -> Peer:
    """Raises RegistryError where there is none."""
    found = next((one for one in peers(tx) if one.id == name), None)
    if found is None:
        raise RegistryError(f"no peer {name[:64]!r}", mend="`collector registry peer list` names them")
    return found


def peers(tx: Connection) -> tuple[Peer, ...]:
    """All, by name."""
    return tuple(
        Peer(
            row.id,
            row.url,
            row.public_key,
            row.cursor,
            row.etag,
            datetime.fromisoformat(row.last_sync_at) if row.last_sync_at else None,
            row.last_status,
            row.failures,
            datetime.fromisoformat(row.next_at) if row.next_at else None,
        )
        for row in tx.execute(select(table).order_by(table.c.id)).all()
    )


def succeeded(tx: Connection, act: Act, peer: Peer, cursor: int, etag: str) -> None:
    """Move the cursor."""
    values = {"cursor": cursor, "etag": etag, "last_sync_at": instant(act.at), "last_status": "ok", "failures": 0}
    tx.execute(update(table).where(table.c.id == peer.id).values(**values, next_at=None))


def failed(tx: Connection, act: Act, peer: Peer, why: str, next_at: datetime) -> None:
    """Nothing was taken over; the cursor stays."""
    values = {"last_status": why[:500], "failures": peer.failures + 1, "next_at": instant(next_at)}
    tx.execute(update(table).where(table.c.id == peer.id).values(**values))
    append(tx, act, "sync_failed", peer.id, reason=why[:500])
