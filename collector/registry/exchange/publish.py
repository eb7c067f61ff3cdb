"""Writes the registry as static files that any web server can host: snapshot, feed, exports, and the signed manifest.

Every file but `latest.json` and `exports/` is named by its content and never changes, so that caches may keep it for
ever; `latest.json` is replaced last, in one step: whoever reads it finds all that it names.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from collector.model.errors import CollectorError, StorageError
from collector.registry.exchange.feed import PAGE, change_line, changes, snapshot_lines
from collector.registry.exchange.formats import WHOLE_WEB, exchanged, render
from collector.registry.exchange.signing import FORMAT, Manifest, Part, public_key, sign, verify
from collector.registry.journal import hash_at, head, verify_chain
from collector.registry.sealed_file import replace_file
from collector.registry.wire import from_json

LATEST = "latest.json"
KEPT_SNAPSHOTS = 3


@dataclass(frozen=True, slots=True)
class Published:
    """What was written. `left_out`: entries that a format cannot express, by format."""

    seq: int
    entries: int
    public_key: str
    changed: bool
    left_out: tuple[tuple[str, int], ...]


def publish(tx: Connection, folder: Path, key: Ed25519PrivateKey, name: str, now: datetime) -> Published:
    """Write what is new; the same registry again is the same files. `tx` is one consistent view.

    Raises IntegrityError where the chain of events does not hold: nothing is signed that was tampered with.
    """
    verify_chain(tx)
    seq = head(tx)
    lines = snapshot_lines(tx, now)
    snapshot = _write(folder, "snapshots/registry", _gzip(lines), after=0, seq=seq)
    before = _before(tx, folder, public_key(key))
    feed = tuple(_pages(tx, folder, seq, before))
    entries = exchanged(from_json(line) for line in lines)
    left = []
    for format_name in WHOLE_WEB:
        rendered = render(format_name, entries)
        replace_file(folder / "exports" / f"optout.{format_name}", rendered.text.encode())
        left.append((format_name, rendered.left_out))
    created = now.isoformat(timespec="seconds")
    manifest = Manifest(
        format=FORMAT,
        registry=name,
        created=created,
        seq=seq,
        entries=len(lines),
        head=hash_at(tx, seq),
        snapshot=snapshot,
        feed=feed,
    )
    same = before is not None and before.model_copy(update={"created": created}) == manifest
    if not same:
        replace_file(folder / LATEST, sign(manifest, key))
        _forget(folder, snapshot.file)
    return Published(seq, len(lines), public_key(key), not same, tuple(left))


def _pages(tx: Connection, folder: Path, seq: int, before: Manifest | None) -> list[Part]:
    """Full pages are what they were: events are never changed, and we have signed them."""
    full = {part.after: part for part in before.feed if part.seq == part.after + PAGE} if before is not None else {}
    parts = []
    for after in range(0, seq, PAGE):
        until = min(after + PAGE, seq)
        known = full.get(after)
        if known is not None and _stands(folder, known):
            parts.append(known)
            continue
        lines = [change_line(change) for change in changes(tx, since=after, until=until)]
        data = "".join(f"{line}\n" for line in lines).encode()
        parts.append(_write(folder, f"feed/{after + 1:012d}", data, after=after, seq=until, suffix="jsonl"))
    return parts


def _gzip(lines: list[str]) -> bytes:
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def _write(folder: Path, stem: str, data: bytes, *, after: int, seq: int, suffix: str = "jsonl.gz") -> Part:
    digest = hashlib.sha256(data).hexdigest()
    file = f"{stem}-{digest[:16]}.{suffix}"
    replace_file(folder / file, data)
    return Part(file=file, sha256=digest, size=len(data), after=after, seq=seq)


def _stands(folder: Path, part: Part) -> bool:
    try:
        return hashlib.sha256((folder / part.file).read_bytes()).hexdigest() == part.sha256
    except OSError:
        return False


def _before(tx: Connection, folder: Path, public: str) -> Manifest | None:
    """The manifest that stands there, if it is ours, and of this past: a registry may come back from a backup."""
    try:
        data = (folder / LATEST).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise StorageError(f"cannot be read: {exc.strerror}", where=str(folder / LATEST)) from exc
    try:
        before = verify(data, public, str(folder / LATEST))
    except CollectorError:
        return None
    return before if before.head == hash_at(tx, before.seq) else None


def _forget(folder: Path, newest: str) -> None:
    """All but the newest snapshots go, some stay for whoever is reading."""
    old = [path for path in (folder / "snapshots").glob("registry-*.jsonl.gz") if path != folder / newest]
    for path in sorted(old, key=lambda one: one.stat().st_mtime_ns)[: -(KEPT_SNAPSHOTS - 1)]:
        path.unlink(missing_ok=True)
