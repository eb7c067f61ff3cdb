"""The compiled places in memory, in two layers as on disk: a change costs the reading of the upper one."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from collector.lists.entry import Entry
from collector.lists.memory import MemoryLookup
from collector.lists.order import Held
from collector.model.errors import RegistryError
from collector.model.url import Url
from collector.registry.in_force import KIND, read_place_line
from collector.registry.layered import Base, Layers, check_base, read_base, read_layers

_NOTHING: Mapping[bytes, Entry | None] = {}  # digest of a line → what it means here


def read_upper(path: Path) -> Layers:
    """The upper layer of places. Raises RegistryError."""
    try:
        return read_layers(path, KIND)
    except OSError as exc:
        raise RegistryError(f"the registry cannot be read: {exc.strerror or exc}", where=str(path)) from exc


class CompiledPlaces:
    """Immutable; `renewed` answers with what the files say now. Empty until then."""

    __slots__ = (
        "_below",
        "_collection",
        "_hidden",
        "_lower",
        "_parsed",
        "_path",
        "_seq",
        "_upper",
        "base_path",
        "digest",
    )

    def __init__(self, path: Path, collection: str = "") -> None:
        self._path = path
        self._collection = collection
        self._seq = 0
        self._below: tuple[Base, int, int] | None = None  # the base as read: inode, and modification time in ns
        self._hidden: frozenset[str] = frozenset()
        self._parsed = _NOTHING  # of the base: of the next one only what is new is read
        self._lower = self._upper = MemoryLookup()
        self.base_path: Path | None = None
        self.digest = ""  # empty: nothing was read

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What counts."""
        return (*(entry for entry in self._lower.entries if self._counts(entry.version)), *self._upper.entries)

    def covering(self, url: Url) -> list[Held]:
        """Every entry that covers `url`, in no order."""
        lower = self._lower.covering(url)
        if lower and self._hidden:
            lower = [held for held in lower if self._counts(held.match.version)]
        return [*lower, *self._upper.covering(url)]

    def renewed(self) -> CompiledPlaces:
        """As the files stand now. Raises RegistryError for any that is not whole, and where time went back."""
        layers = read_upper(self._path)
        if layers.seq < self._seq:
            raise RegistryError(
                f"an older snapshot (event {layers.seq}) took the place of the one in force (event {self._seq})",
                where=str(self._path),
                mend="run `collector registry compile`; what was in force stays in force until then",
            )
        new = CompiledPlaces(self._path, self._collection)
        new._seq, new._hidden, new.digest, new.base_path = layers.seq, layers.hidden, layers.digest, layers.base_path
        new._below = _looked_at(layers)
        if new._below == self._below:
            new._lower, new._parsed = self._lower, self._parsed
        elif layers.base is not None:
            new._parsed = self._read(read_base(layers).lines, str(layers.base_path))
            new._lower = _lookup(new._parsed)
        new._upper = _lookup(self._read(layers.lines, str(self._path)))
        return new

    def _counts(self, version: str) -> bool:
        return version.rpartition(".")[0] not in self._hidden

    def _read(self, lines: tuple[bytes, ...], where: str) -> dict[bytes, Entry | None]:
        read = {}
        for number, line in enumerate(lines, start=2):
            name = blake2b(line, digest_size=16).digest()
            known = name in self._parsed
            read[name] = self._parsed[name] if known else read_place_line(line, f"{where}:{number}", self._collection)
        return read


def _lookup(read: Mapping[bytes, Entry | None]) -> MemoryLookup:
    return MemoryLookup(entry for entry in read.values() if entry is not None)


def _looked_at(layers: Layers) -> tuple[Base, int, int] | None:
    check_base(layers)
    if layers.base is None or layers.base_path is None:
        return None
    try:
        stat = layers.base_path.stat()
    except OSError as exc:
        raise RegistryError(f"the registry cannot be read: {exc}", where=str(layers.base_path)) from exc
    return layers.base, stat.st_ino, stat.st_mtime_ns
