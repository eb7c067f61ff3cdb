"""Appends records to segments of about one gigabyte, such that a crash at any instant loses nothing committed.

The order of a commit: `append`, `flush`, the ledger's transaction, `committed`. Until `committed` a full segment
stays `.open`, because at the next start every open segment is cut back to what the ledger knows.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.archive.cdxj import sorted_lines
from collector.archive.files import Appending, FilePort
from collector.archive.lines import Lines
from collector.archive.naming import OPEN, Sealed, index_path, segment_name
from collector.archive.record import Member
from collector.model.errors import IntegrityError, StorageError
from collector.model.page import Placement

SERIALS_PER_SHARD = 1_000
MakeWarcinfo = Callable[[str, datetime, uuid.UUID], Member]  # file name, date, id


@dataclass(frozen=True, slots=True)
class Position:
    """How far a segment is written: what the ledger commits. `file` is relative to the collection."""

    file: str
    offset: int


@dataclass(slots=True)
class _Segment:
    name: str
    file: str  # relative to the collection, without `.open`
    stream: Appending
    warcinfo_id: str
    start: int = 0  # end of the warcinfo record
    size: int = 0
    lines: Lines = field(default_factory=Lines)  # CDXJ
    digest: Any = field(default_factory=hashlib.sha256)
    dirty: bool = True
    # What the ledger knows: nothing beyond it survives `rollback`.
    safe_size: int = 0
    safe_digest: Any = None


class SegmentWriter:
    """The one writer of a folder of WARC files (`archive/`, `signals/` or `text/`) in one process.

    `root` is the collection's folder, `folder` the name in it. `shard` keeps the names of parallel workers
    apart. `now` and `ids` are called once per segment. Not for use by several threads.
    """

    def __init__(
        self,
        root: Path,
        folder: str,
        *,
        prefix: str,
        host: str,
        files: FilePort,
        now: Callable[[], datetime],
        ids: Callable[[], uuid.UUID],
        make_warcinfo: MakeWarcinfo,
        limit_bytes: int = 10**9,
        shard: int = 0,
    ) -> None:
        self._root, self._folder = root, folder
        self._prefix, self._host = prefix, host
        self._files = files
        self._now, self._ids = now, ids
        self._make_warcinfo = make_warcinfo
        self._limit = limit_bytes
        self._serial = shard * SERIALS_PER_SHARD
        self._segments: list[_Segment] = []  # the last one is written to; those before it are full
        self._warcinfos: set[str] = set()
        self._named: set[str] = set()  # warcinfo records that other records point to
        self._fault = ""

    @property
    def warcinfo_id(self) -> str:
        """What `RecordContext.warcinfo_id` of the next capture must be; opens or rotates the segment when due."""
        return self._ready().warcinfo_id

    @property
    def position(self) -> Position | None:
        """End of the segment being written, or None before the first record."""
        return Position(self._segments[-1].file, self._segments[-1].size) if self._segments else None

    def append(self, members: Sequence[Member]) -> tuple[Placement, ...]:
        """Write one capture's records side by side; where each lies. Never splits a capture over two files.

        Raises ValueError for records that name a warcinfo record this writer has not written, StorageError when
        the disk refuses: then none of the members is in the segment.
        """
        for member in members:
            if member.warcinfo_id not in self._warcinfos:
                raise ValueError(f"{member.record_id} names a warcinfo record of another writer")
        segment = self._ready()
        self._named.update(member.warcinfo_id for member in members)
        self._write(segment, b"".join(member.data for member in members))
        placements = []
        offset = segment.size
        for member in members:
            length = len(member.data)
            placements.append(Placement(member.record_id, segment.file, offset, length))
            if member.index is not None:
                entry = replace(member.index, offset=offset, length=length, filename=segment.name)
                segment.lines.append(entry.line())
            offset += length
        segment.size = offset
        return tuple(placements)

    def flush(self) -> tuple[Position, ...]:
        """Everything appended is on the disk when this returns; how far each open segment goes."""
        self._check()
        for segment in self._segments:
            if segment.dirty:
                try:
                    segment.stream.sync()
                except (StorageError, IntegrityError) as exc:
                    # A second fdatasync may report success for pages the kernel has dropped: never ask again.
                    self._fault = f"records could not be made durable: {exc.message}"
                    raise
                segment.dirty = False
        return tuple(Position(segment.file, segment.size) for segment in self._segments)

    def committed(self) -> tuple[Sealed, ...]:
        """The ledger has committed what `flush` reported: seal the full segments and say which."""
        self._check()
        for segment in self._segments:
            if segment.dirty:
                raise ValueError("commit without flush: records may be in the ledger that are not on the disk")
            segment.lines.commit()
            segment.safe_size = segment.size
            segment.safe_digest = segment.digest.copy()
        return self._seal_all_but(1)

    def rollback(self) -> None:
        """Take everything appended since the last `committed` off the disk again.

        Segments opened since keep their warcinfo record and are written on, so that records built for them stay
        valid and can be appended again.
        """
        self._fault = ""
        for segment in self._segments:
            keep = max(segment.safe_size, segment.start)
            segment.stream.truncate(keep)
            segment.stream.sync()
            segment.digest = segment.safe_digest.copy()
            segment.lines.rollback()
            segment.size, segment.dirty = keep, False

    def close(self) -> tuple[Sealed, ...]:
        """Seal every segment. Call it after `committed`: raises ValueError when something is not committed."""
        for segment in self._segments:
            if segment.size > max(segment.safe_size, segment.start):
                raise ValueError("closing with records that the ledger has not committed: roll back or commit first")
        return self._seal_all_but(0)

    def abandon(self) -> None:
        """Give the descriptors back and leave the `.open` files to `recover`. Never raises StorageError."""
        for segment in self._segments:
            try:
                segment.stream.close()
            except StorageError:
                continue
        self._segments.clear()

    def _ready(self) -> _Segment:
        self._check()
        if not self._segments or self._segments[-1].size >= self._limit:
            self._segments.append(self._open())
        return self._segments[-1]

    def _check(self) -> None:
        if self._fault:
            raise StorageError(self._fault, where=str(self._root / self._folder), mend="roll back, or start again")

    def _open(self) -> _Segment:
        folder = self._root / self._folder
        self._files.make_folder(folder)
        moment = self._now()
        name = segment_name(self._prefix, moment, self._serial, self._host)
        while any(self._files.size(folder / taken) is not None for taken in (name, name + OPEN)):
            self._serial += 1
            name = segment_name(self._prefix, moment, self._serial, self._host)
        self._serial += 1
        first = self._make_warcinfo(name, moment, self._ids())
        stream = self._files.create(folder / (name + OPEN))
        segment = _Segment(name, f"{self._folder}/{name}", stream, first.record_id)
        try:
            self._write(segment, first.data)
        except StorageError:
            stream.close()
            self._files.remove(folder / (name + OPEN))
            self._fault = ""
            raise
        segment.size = segment.start = len(first.data)
        segment.safe_digest = segment.digest.copy()
        self._warcinfos.add(first.record_id)
        return segment

    def _write(self, segment: _Segment, data: bytes) -> None:
        segment.dirty = True
        try:
            segment.stream.write(data)
        except StorageError:
            try:
                segment.stream.truncate(segment.size)
            except StorageError as exc:
                self._fault = f"half a record could not be cut off: {exc.message}"
            raise
        segment.digest.update(data)

    def _seal_all_but(self, count: int) -> tuple[Sealed, ...]:
        sealed = []
        while len(self._segments) > count:
            segment = self._segments[0]
            segment.stream.close()
            if segment.size == segment.start and segment.warcinfo_id not in self._named:
                self._files.remove(self._root / (segment.file + OPEN))  # nothing was ever written to it
                del self._segments[0]
                continue
            whole = Sealed(segment.file, segment.size, segment.digest.hexdigest())
            seal(self._root, whole, sorted_lines(segment.lines), self._files)
            sealed.append(whole)
            del self._segments[0]
        return tuple(sealed)


def seal(root: Path, sealed: Sealed, index: bytes, files: FilePort) -> None:
    """Index first, then the name without `.open`: a sealed file always has its index."""
    path = index_path(root, sealed.file)
    files.make_folder(path.parent)
    files.replace(path, index)
    final = root / sealed.file
    files.rename(final.with_name(final.name + OPEN), final)
