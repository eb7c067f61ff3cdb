"""Compiles entries into a snapshot file: millions of them, in bounded memory, the same file for the same seed."""

from __future__ import annotations

import json
import os
import struct
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from xxhash import xxh3_64_intdigest

from collector.lists import snapshot_layout as layout
from collector.lists.entry import Entry, Kind
from collector.lists.snapshot_layout import Header, Section, Source
from collector.model.digest import Digest
from collector.model.errors import ListError, StorageError

_PARTS = 64  # the entries are sorted into so many stretches of the hash table, and one is held in memory at a time
_FLUSH = 1 << 16  # octets per part before they go to its file
_CHUNK = 1 << 22
_SPARE = 4_096  # places beyond the last: a run of collisions at the end needs no turning round
_ROW = struct.Struct("=QIIHH")  # hash, source << 1 | has text, line, key length, text length
_BRACKET = ord("[")  # of an address, which has no names above it
_WALK = 0xFFFF_FFFF  # stands for a source: the row only says that the host has paths


class Compiler:
    """Takes entries, then writes the snapshot. Use it as a context: its temporary files go when it is left."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._sources: dict[Source, int] = {}
        self._stack = ExitStack()
        self._buffers = [bytearray() for _ in range(_PARTS)]
        self._files: dict[int, IO[bytes]] = {}  # parts that outgrew their buffer
        self._networks: set[tuple[int, int]] = set()
        self._tops = False
        self.entries = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def source(self, source: Source) -> int:
        """The number by which `add` knows it."""
        return self._sources.setdefault(source, len(self._sources))

    def add_entry(self, entry: Entry) -> None:
        """One entry. Raises ListError where it is too long to be held."""
        source = self.source(
            Source(
                entry.list, entry.version, entry.tier, entry.action, entry.category, entry.kind,
                entry.subdomains, entry.force, entry.ignore_case,
            )
        )  # fmt: skip
        self.add(source, entry.kind, entry.line, entry.host, entry.path, entry.rule, entry.note, fold=entry.ignore_case)

    def add(
        self, source: int, kind: Kind, line: int, host: str, path: str, rule: str, note: str, *, fold: bool
    ) -> None:
        """One entry of `source`, canonical as `entry.canonical` makes it."""
        key = key_of(kind, host, path, fold=fold)
        text = b"" if not note and rule == host + path else _text(rule, note)
        if len(key) > layout.MAX_KEY or not 0 <= line <= layout.MAX_LINE_NUMBER:
            raise ListError(f"an entry of {len(key):,} octets", mend=f"entries end at {layout.MAX_KEY:,} octets")
        self.add_key(source, line, key, text)
        if kind is Kind.CIDR:
            self._networks.add((6 if ":" in host else 4, int(host.partition("/")[2])))
        elif path or kind in {Kind.PREFIX, Kind.URL}:
            depth = path.count("/") + 1 if kind is Kind.PREFIX else 1
            walk = min(depth, layout.DEEPEST_WALK) | (layout.FOLDED_WALK if fold else 0)
            self._put(host.encode(), _WALK, walk, b"")

    def add_key(self, source: int, line: int, key: bytes, text: bytes = b"") -> None:
        """One entry by its key: the short way for the hosts of large lists."""
        self.entries += 1
        self._put(key, source << 1 | bool(text), line, text)

    def _put(self, key: bytes, member: int, line: int, text: bytes) -> None:
        hashed = xxh3_64_intdigest(key, self._seed)
        part = hashed >> 58
        buffer = self._buffers[part]
        buffer += _ROW.pack(hashed, member, line, len(key), len(text)) + key + text
        if len(buffer) > _FLUSH:
            self._spill(part, buffer)

    def _spill(self, part: int, buffer: bytearray) -> None:
        try:
            if part not in self._files:
                unnamed = TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115  closed with the stack
                self._files[part] = self._stack.enter_context(unnamed)
            self._files[part].write(buffer)
        except OSError as exc:
            raise _storage(exc, self._folder) from exc
        buffer.clear()

    def write(self, target: Path, meta: dict[str, Any]) -> tuple[Digest, int]:
        """Write the snapshot to `target`, durable. (digest of the file, octets). Raises StorageError."""
        try:
            return self._write(target, meta)
        except OSError as exc:
            raise _storage(exc, target) from exc

    def _write(self, target: Path, meta: dict[str, Any]) -> tuple[Digest, int]:
        bits = max(6, (2 * max(1, self.entries) - 1).bit_length())
        table = array("Q", bytes(8 * ((1 << bits) + _SPARE)))
        sets: dict[tuple[int, ...], int] = {(): 0}
        with _replacing(target) as out:
            table_at = Section(layout.HEADER_SIZE, 8 * len(table))
            out.seek(table_at.begin + table_at.length)
            begin = out.tell()
            keys = 0
            for part in range(_PARTS):
                records, count = self._records(part, out.tell(), table, 64 - bits, sets)
                out.write(records)
                keys += count
            records_at = Section(begin, out.tell() - begin)
            sets_at = _append(out, _ragged("I", (array("I", members).tobytes() for members in sets), 4))
            rows = (json.dumps(source.as_row(), ensure_ascii=False).encode() for source in self._sources)
            sources_at = _append(out, _ragged("Q", rows, 1))
            networks_at = _append(out, bytes(number for network in sorted(self._networks) for number in network))
            meta_at = _append(out, json.dumps(meta, ensure_ascii=False, sort_keys=True).encode())
            length = out.tell()
            sections = (table_at, records_at, sets_at, sources_at, networks_at, meta_at)
            out.seek(0)
            out.write(layout.pack_header(Header(bits, self._tops, self._seed, keys, self.entries, length, *sections)))
            out.write(memoryview(table))
            del table
            return _digest_of(out), length

    def _records(
        self, part: int, offset: int, table: array[int], shift: int, sets: dict[tuple[int, ...], int]
    ) -> tuple[bytearray, int]:
        grouped: dict[bytes, list[tuple[int, int, int, bytes]]] = {}
        for key, row in self._rows(part):
            grouped.setdefault(key, []).append(row)
        records = bytearray()
        for key, rows in grouped.items():
            walk = 0
            members: list[int] = []
            lines: list[int] = []
            texts = b""
            for _, member, line, text in rows:
                if member == _WALK:
                    deeper = max(walk & layout.DEEPEST_WALK, line & layout.DEEPEST_WALK)
                    walk = deeper | (walk | line) & layout.FOLDED_WALK
                    continue
                members.append(member)
                lines.append(line)
                texts += text
            hashed = rows[0][0]
            place = hashed >> shift
            while table[place]:
                place += 1
            table[place] = (offset + len(records)) << layout.OFFSET_SHIFT | hashed & layout.FINGERPRINT
            number = sets.setdefault(tuple(members), len(sets))
            records += layout.RECORD.pack(len(key), walk, number, lines[0] if lines else 0)
            records += key
            if len(lines) > 1:
                records += array("I", lines[1:]).tobytes()
            records += texts
            if b"." not in key and layout.LAST_MARK < key[0] != _BRACKET:
                self._tops = True
        return records, len(grouped)

    def _rows(self, part: int) -> Iterator[tuple[bytes, tuple[int, int, int, bytes]]]:
        file = self._files.get(part)
        data = bytes(self._buffers[part])
        self._buffers[part].clear()
        if file is not None:
            file.seek(0)
            data = file.read() + data
            file.truncate(0)
        unpack, at, size = _ROW.unpack_from, 0, len(data)
        while at < size:
            hashed, member, line, key_length, text_length = unpack(data, at)
            at += _ROW.size
            end = at + key_length
            key = data[at:end]
            at = end + text_length
            yield key, (hashed, member, line, data[end:at])


def key_of(kind: Kind, host: str, path: str, *, fold: bool) -> bytes:
    """The key under which an entry is found."""
    match kind:
        case Kind.HOST | Kind.SUBTREE:
            return host.encode()
        case Kind.CIDR:
            return layout.NETWORK + host.encode()
        case Kind.PREFIX:
            mark = layout.PREFIX_FOLDED if fold else layout.PREFIX
        case Kind.URL:
            mark = layout.URL_FOLDED if fold else layout.URL
    return mark + (host + (path.lower() if fold else path)).encode()


def compile_entries(
    entries: Iterable[Entry], target: Path, *, seed: int, meta: dict[str, Any] | None = None
) -> tuple[Digest, int]:
    """A snapshot of `entries` at `target`: (digest of the file, octets). Raises ListError or StorageError."""
    with Compiler(target.parent, seed) as compiler:
        for entry in entries:
            compiler.add_entry(entry)
        return compiler.write(target, meta or {})


def _text(rule: str, note: str) -> bytes:
    written, why = (_cut(text.encode("utf-8", "replace")) for text in (rule, note))
    return layout.TEXT.pack(len(written), len(why)) + written + why


def _cut(text: bytes) -> bytes:
    # A row of the working files holds texts of 64 KiB at most, both together.
    return text if len(text) <= layout.MAX_TEXT // 2 else text[: layout.MAX_TEXT // 2].decode(errors="ignore").encode()


def _ragged(code: str, rows: Iterable[bytes], unit: int) -> bytes:
    ends, body = array(code, [0]), bytearray()
    for row in rows:
        body += row
        ends.append(len(body) // unit)
    return array("Q", [len(ends) - 1]).tobytes() + ends.tobytes() + bytes(body)


def _append(out: BinaryIO, data: bytes) -> Section:
    out.write(bytes(-out.tell() % 8))
    section = Section(out.tell(), len(data))
    out.write(data)
    return section


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A file that stands at `target`, read-only and durable, once it is whole; and not at all before."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.chmod(0o444)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _digest_of(out: BinaryIO) -> Digest:
    out.flush()
    out.seek(0)
    total = sha256()
    while chunk := out.read(_CHUNK):
        total.update(chunk)
    return Digest(total.hexdigest())


def _storage(exc: OSError, path: Path) -> StorageError:
    mend = "make room on the disk, or mend the rights on the folder; the snapshot in force is untouched"
    return StorageError(f"the snapshot cannot be written: {exc.strerror or exc}", where=str(path), mend=mend)
