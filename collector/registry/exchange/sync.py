"""Takes over a peer's registry: signature first, then the feed after our cursor, or the whole; all of it or nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from collector.lists.suffixes import is_public_suffix
from collector.model.errors import CollectorError, IntegrityError, RegistryError
from collector.registry.act import Act
from collector.registry.entry import PERSONS, EntryState, RegistryEntry, ScopeKind
from collector.registry.exchange.feed import Change, read_change
from collector.registry.exchange.peers import Peer, failed, succeeded
from collector.registry.exchange.publish import LATEST
from collector.registry.exchange.signing import Manifest, Part, verify
from collector.registry.journal import append
from collector.registry.scope import scope_of
from collector.registry.versions import add_versions, all_current, amend
from collector.registry.wire import MAX_NAME, from_json

MAX_SNAPSHOT = 1_073_741_824  # bytes, unpacked
MAX_SHRINK = 0.2
_FEW = 10  # below so many, a fifth is one or two
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """A published file. `body` is None where it is the one whose ETag we sent."""

    body: bytes | None
    etag: str = ""


Get = Callable[[str, str], Reply]  # relative name, ETag → Reply; raises RegistryError or StorageError


@dataclass(frozen=True, slots=True)
class Synced:
    """What was taken over. `refused`: entries that we do not believe anybody, with the reason."""

    seq: int
    changed: int
    removed: int
    refused: tuple[str, ...] = ()
    unchanged: bool = False


def pull(tx: Connection, act: Act, peer: Peer, get: Get, *, accept_shrink: bool = False) -> Synced:
    """One round. Raises CollectorError: then call `note_failure` in a transaction of its own; nothing is changed."""
    latest = get(LATEST, peer.etag)
    if latest.body is None:
        succeeded(tx, act, peer, peer.cursor, peer.etag)
        return Synced(peer.cursor, 0, 0, unchanged=True)
    manifest = verify(latest.body, peer.public_key, peer.url)
    if manifest.seq < peer.cursor:
        raise IntegrityError(
            f"the peer's registry went back from event {peer.cursor} to {manifest.seq}",
            where=peer.url,
            mend="ask the peer; what we took over before stays in force",
        )
    ours = {key: one for key, one in all_current(tx).items() if one.source_registry == peer.id}
    pages = _pages_after(manifest, peer.cursor)
    if pages is None:
        wanted, refused = _whole(get, manifest, peer)
        gone = [one for key, one in ours.items() if key not in wanted and one.state is EntryState.IN_FORCE]
    else:
        changes = [change for part in pages for change in _page(get, part, peer) if change.seq > peer.cursor]
        wanted, removed, refused = _fold(changes, peer)
        gone = [ours[key] for key in removed if key in ours and ours[key].state is EntryState.IN_FORCE]
    _check_shrink(ours, gone, accept=accept_shrink)
    wanted = {key: _above(ours.get(key), one) for key, one in wanted.items()}
    changed = add_versions(tx, act, (one for _, one in sorted(wanted.items())), f"from {peer.id}")
    for one in gone:
        amend(tx, act, one, f"removed by {peer.id}", EntryState.REVOKED)
    succeeded(tx, act, peer, manifest.seq, latest.etag)
    if changed or gone:
        append(tx, act, "synced", peer.id, seq=manifest.seq, changed=changed, removed=len(gone), refused=len(refused))
    return Synced(manifest.seq, changed, len(gone), tuple(refused))


def note_failure(tx: Connection, act: Act, peer: Peer, error: CollectorError) -> None:
    """The next round waits: a minute, then twice as long each time, a day at most."""
    pause = min(FIRST_PAUSE * 2 ** min(peer.failures, 20), LONGEST_PAUSE)
    failed(tx, act, peer, error.message, act.at + pause)


def _pages_after(manifest: Manifest, cursor: int) -> list[Part] | None:
    """The pages of the feed after the cursor; None where the whole is shorter, or pages are missing."""
    if cursor == 0:
        return None
    pages = [part for part in manifest.feed if part.seq > cursor]
    reached = cursor
    for part in pages:
        if part.after > reached:
            return None
        reached = part.seq
    return pages if reached >= manifest.seq and sum(part.size for part in pages) < MAX_SNAPSHOT else None


def _read(get: Get, part: Part, peer: Peer) -> bytes:
    body = get(part.file, "").body
    if body is None or len(body) != part.size or hashlib.sha256(body).hexdigest() != part.sha256:
        raise IntegrityError(f"{part.file} is not what the manifest names", where=peer.url, mend="try again later")
    return body


def _whole(get: Get, manifest: Manifest, peer: Peer) -> tuple[dict[str, RegistryEntry], list[str]]:
    packed = _read(get, manifest.snapshot, peer)
    try:
        with gzip.open(io.BytesIO(packed)) as file:
            data = file.read(MAX_SNAPSHOT + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise IntegrityError("the snapshot cannot be unpacked", where=peer.url) from exc
    if len(data) > MAX_SNAPSHOT:
        raise RegistryError("the snapshot is too long", where=peer.url)
    lines = data.split(b"\n")[:-1]
    if len(lines) != manifest.entries:
        raise IntegrityError("the snapshot holds fewer entries than it says", where=peer.url)
    return _believed((from_json(line) for line in lines), peer)


def _page(get: Get, part: Part, peer: Peer) -> Iterable[Change]:
    return [read_change(line) for line in _read(get, part, peer).split(b"\n")[:-1]]


def _fold(changes: Iterable[Change], peer: Peer) -> tuple[dict[str, RegistryEntry], set[str], list[str]]:
    """The newest word about each entry, whatever the order of the lines."""
    newest: dict[str, Change] = {}
    for change in changes:
        known = newest.get(change.id)
        if known is None or (change.version, change.entry is not None) > (known.version, known.entry is not None):
            newest[change.id] = change
    wanted, refused = _believed((one.entry for one in newest.values() if one.entry is not None), peer)
    removed = {_own_id(peer, key) for key, one in newest.items() if one.entry is None}
    return wanted, removed, refused


def _believed(entries: Iterable[RegistryEntry], peer: Peer) -> tuple[dict[str, RegistryEntry], list[str]]:
    """As ours, under names of the peer's: it can neither overwrite nor lift what others asked for."""
    wanted: dict[str, RegistryEntry] = {}
    refused = []
    for entry in entries:
        own = _own_id(peer, entry.id)
        reason = ""
        if len(own) > MAX_NAME:
            reason = "its number is too long"
        elif entry.scope_kind in PERSONS:
            reason = "a person's hash under another pepper matches nobody here"
        elif (
            entry.scope_kind is ScopeKind.SUBTREE and not entry.whole_suffix and is_public_suffix(scope_of(entry).host)
        ):
            reason = f"{scope_of(entry).host} is a public suffix"
        elif entry.state is not EntryState.IN_FORCE:
            reason = "it is not in force"
        if reason:
            refused.append(f"{entry.id[:80]}: {reason}")
            continue
        wanted[own] = replace(
            entry,
            id=own,
            owner=_own_id(peer, entry.owner)[:MAX_NAME],
            request=f"peer:{peer.id}",
            recorded_by=peer.id,
            source_registry=peer.id,
            source_ref=entry.id,
            reason=f"from the registry of {peer.id}",
        )
    return wanted, refused


def _above(held: RegistryEntry | None, told: RegistryEntry) -> RegistryEntry:
    """What the peer tells today counts, also where we wrote a removal of ours above it meanwhile."""
    if held is None or held.state is EntryState.IN_FORCE or held.version < told.version:
        return told
    return replace(told, version=held.version + 1)


def _own_id(peer: Peer, identifier: str) -> str:
    return f"{peer.id}/{identifier}"


def _check_shrink(ours: dict[str, RegistryEntry], gone: list[RegistryEntry], *, accept: bool) -> None:
    held = sum(one.state is EntryState.IN_FORCE for one in ours.values())
    if len(gone) > max(_FEW, held * MAX_SHRINK) and not accept:
        raise RegistryError(
            f"the peer would remove {len(gone):,} of {held:,} entries at once",
            mend="look at it, then `collector registry sync --accept-shrink`; until then all stay in force",
        )
