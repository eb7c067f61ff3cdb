"""The archive's files as the account knows them: how far each one is committed, and where a record lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from collector.ledger.schema import segment
from collector.model.errors import IntegrityError

# Of each flush: put together once.
_HAVE = select(segment.c.committed_offset, segment.c.sealed).where(segment.c.file == bindparam("name"))
_GROWN = update(segment).where(segment.c.file == bindparam("name")).values(committed_offset=bindparam("offset"))
_NUMBERS = select(segment.c.file, segment.c.id).where(segment.c.file.in_(bindparam("files", expanding=True)))


@dataclass(frozen=True, slots=True)
class Segment:
    """One WARC file. `file` is relative to the collection, without `.open`; offsets in bytes."""

    file: str
    kind: str  # archive | signals | text
    committed_offset: int
    sealed: bool
    sha256: str | None  # 64 hex digits, of the sealed file


def segment_committed(tx: Connection, file: str, kind: str, offset: int) -> None:
    """Everything of `file` before `offset` is on the disk and in this transaction's account.

    Raises IntegrityError when the file is sealed or was committed further before: a segment only grows.
    """
    have = tx.execute(_HAVE, {"name": file}).first()
    if have is None:
        tx.execute(insert(segment).values(file=file, kind=kind, committed_offset=offset, sealed=False))
        return
    if have.sealed or offset < have.committed_offset:
        said = "sealed" if have.sealed else f"committed up to {have.committed_offset}"
        raise IntegrityError(f"cannot commit {offset}: it is {said}", where=file, mend="run `collector ledger verify`")
    tx.execute(_GROWN, {"name": file, "offset": offset})


def segment_sealed(tx: Connection, file: str, sha256: str) -> None:
    """`file` is complete and will not change. Raises IntegrityError when the account does not know it."""
    done = tx.execute(update(segment).where(segment.c.file == file).values(sealed=True, sha256=sha256))
    if done.rowcount != 1:
        raise IntegrityError("sealed, but never committed", where=file, mend="run `collector ledger verify`")


def segments(tx: Connection) -> list[Segment]:
    """Every segment, oldest first."""
    rows = tx.execute(select(segment).order_by(segment.c.id))
    return [Segment(r.file, r.kind, r.committed_offset, r.sealed, r.sha256) for r in rows]


def segment_ids(tx: Connection, files: Iterable[str]) -> dict[str, int]:
    """The rows of these files, made where missing (committed up to 0 until `segment_committed` says more)."""
    wanted = sorted(set(files))
    if not wanted:
        return {}
    found = {row.file: row.id for row in tx.execute(_NUMBERS, {"files": wanted})}
    for file in wanted:
        if file not in found:
            kind = file.partition("/")[0]
            made = tx.execute(insert(segment).values(file=file, kind=kind, committed_offset=0, sealed=False))
            found[file] = made.inserted_primary_key[0]  # type: ignore[index]
    return found


def record_bytes(record_id: str) -> bytes:
    """`urn:uuid:…` as 16 bytes, with or without angle brackets. Raises IntegrityError for anything else."""
    try:
        return UUID(record_id.strip("<>")).bytes
    except ValueError as exc:
        raise IntegrityError(
            f"not a record id: {record_id[:80]!r}", where="ledger", mend="records are named urn:uuid:…"
        ) from exc


def record_urn(stored: bytes) -> str:
    """16 bytes as `urn:uuid:…`."""
    return UUID(bytes=stored).urn
