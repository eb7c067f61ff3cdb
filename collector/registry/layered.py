"""What is in force on disk in two layers: a base that never changes, and over it one small file, replaced in one step.

The upper file names its base by digest, so whoever reads one of them reads the pair: no moment, and no crash, leaves
a new layer over an old base. A change writes the upper file only; a small registry has no base at all.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.model.errors import RegistryError
from collector.registry.sealed_file import Sealed, replace_file, seal, unseal

MAX_UPPER = 1_000  # lines and hidden entries of the upper file; beyond, all is folded into a new base
MANY = 1_000  # entries to find in the base from which on reading all of it is cheaper
KEPT_BASES = 2  # the newest, and the one before it for whoever is just reading
_MEND = "run `collector registry compile`, which writes it anew from the registry; nothing is fetched until then"
_FIRST = b'{"base": '
_ENTRY = b'"entry": "'
_PROBE = 4_096
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Base(BaseModel):
    """The lower layer: a sealed file of lines in order of their entries."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    file: Annotated[str, Field(pattern=r"^[a-z-]{1,40}-[0-9]{12}-[0-9a-f]{16}\.base$")]
    sha256: Hex
    lines: Annotated[int, Field(ge=0)]
    size: Annotated[int, Field(ge=0)]


class _First(BaseModel):
    """The upper file's first line."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    base: Base | None
    event: str
    hidden: list[str]
    unsettled: list[str]


@dataclass(frozen=True, slots=True)
class Layers:
    """The upper file as read. `event`: hash of the registry's event `seq`, empty where none is known."""

    path: Path
    kind: str
    seq: int
    event: str = ""
    base: Base | None = None
    hidden: frozenset[str] = frozenset()  # entries whose line in the base counts no more; each has one there
    unsettled: frozenset[str] = frozenset()  # told before their transaction was committed
    lines: tuple[bytes, ...] = ()

    @property
    def held(self) -> int:
        """How many lines count."""
        return len(self.lines) + (self.base.lines - len(self.hidden) if self.base is not None else 0)

    @property
    def digest(self) -> str:
        """SHA-256 in hex over what counts: the base's digest, what of it is hidden, and the lines above it."""
        below = "" if self.base is None else f"{self.base.sha256} {' '.join(sorted(self.hidden))}"
        return hashlib.sha256(b"\n".join((below.encode(), *sorted(self.lines)))).hexdigest()

    @property
    def base_path(self) -> Path | None:
        """Where the base lies."""
        return None if self.base is None else self.path.with_name(self.base.file)

    def lower(self) -> tuple[bytes, ...]:
        """The base's lines that count, by entry. Raises RegistryError where the base is not the one that is named."""
        if self.base is None:
            return ()
        lines = read_base(self).lines
        return tuple(line for line in lines if entry_of(line) not in self.hidden) if self.hidden else lines

    def below(self, entries: Collection[str]) -> dict[str, bytes]:
        """The base's lines of these entries, whether they count or not; of many it is read once, not searched."""
        if self.base is None:
            return {}
        if len(entries) > MANY:
            wanted = frozenset(entries)
            return {key: line for line in read_base(self).lines if (key := entry_of(line)) in wanted}
        return {key: line for key in entries if (line := self.in_base(key)) is not None}

    def in_base(self, entry_id: str) -> bytes | None:
        """The base's line of one entry, whether it counts or not: found by halving, without reading the others."""
        return None if self.base is None else _bisect(self.path.with_name(self.base.file), entry_id.encode())


def entry_of(line: bytes) -> str:
    """The entry that a line is about. No quote stands unescaped in a JSON text, so nobody can forge this key."""
    start = line.index(_ENTRY) + len(_ENTRY)
    named = line[start : line.index(b'"', start)]
    text = named.decode("utf-8", "surrogatepass") if b"\\" not in named else str(json.loads(line)["entry"])
    return text.rpartition(".")[0]


def read_layers(path: Path, kind: str) -> Layers:
    """The upper file. Raises RegistryError where it is not whole; OSError."""
    return layers_of(path.read_bytes(), path, kind)


def layers_of(data: bytes, path: Path, kind: str) -> Layers:
    """The upper file from its bytes; one of before there were layers has no base. Raises RegistryError."""
    sealed = unseal(data, kind, str(path))
    if not sealed.lines or not sealed.lines[0].startswith(_FIRST):
        return Layers(path, kind, sealed.seq, lines=sealed.lines)
    try:
        first = _First.model_validate_json(sealed.lines[0])
    except ValidationError as exc:
        raise RegistryError("the snapshot's second line cannot be read", where=f"{path}:2", mend=_MEND) from exc
    hidden, unsettled = frozenset(first.hidden), frozenset(first.unsettled)
    return Layers(path, kind, sealed.seq, first.event, first.base, hidden, unsettled, sealed.lines[1:])


def read_base(layers: Layers) -> Sealed:
    """The lower layer, whole and of the digest that the upper one names. Raises RegistryError."""
    base, path = layers.base, layers.base_path
    if base is None or path is None:
        raise ValueError("there is no base")
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise RegistryError(f"cannot be read: {exc.strerror or exc}", where=str(path), mend=_MEND) from exc
    sealed = unseal(data, f"{layers.kind}-base", str(path))
    if sealed.sha256 != base.sha256:
        raise RegistryError("not the snapshot that lies below the newest changes", where=str(path), mend=_MEND)
    return sealed


def check_base(layers: Layers) -> None:
    """Whether the base is there and as long as it should be, at the cost of a look. Raises RegistryError."""
    base, path = layers.base, layers.base_path
    if base is None or path is None:
        return
    try:
        size = path.stat().st_size
    except OSError as exc:
        raise RegistryError(f"cannot be read: {exc.strerror or exc}", where=str(path), mend=_MEND) from exc
    if size != base.size:
        raise RegistryError("the snapshot is cut or changed: its length does not agree", where=str(path), mend=_MEND)


def write_layers(layers: Layers) -> None:
    """Replace the upper file, and fold it into a new base first where it has grown long. Raises StorageError."""
    if not layers.unsettled and len(layers.lines) + len(layers.hidden) > MAX_UPPER:
        layers = _fold(layers)
    replace_file(layers.path, sealed_layers(layers))
    if layers.base is not None:
        old = (path for path in layers.path.parent.glob(f"{layers.kind}-*.base") if path.name != layers.base.file)
        for path in sorted(old, reverse=True)[KEPT_BASES - 1 :]:
            path.unlink(missing_ok=True)


def sealed_layers(layers: Layers) -> bytes:
    """The upper file's bytes: equal content is equal bytes."""
    first = _First(
        base=layers.base, event=layers.event, hidden=sorted(layers.hidden), unsettled=sorted(layers.unsettled)
    )
    lines = [first.model_dump_json().replace('{"base":', _FIRST.decode(), 1)]
    lines += (line.decode("utf-8", "surrogatepass") for line in sorted(layers.lines))
    return seal(layers.kind, layers.seq, lines)


def whole(path: Path, kind: str, seq: int, event: str, lines: Iterable[str]) -> Layers:
    """One layer with all of it; `write_layers` makes two of it where it is long."""
    return Layers(path, kind, seq, event, lines=tuple(sorted(line.encode("utf-8", "surrogatepass") for line in lines)))


def _fold(layers: Layers) -> Layers:
    lines = sorted((*layers.lower(), *layers.lines), key=entry_of)
    data = seal(f"{layers.kind}-base", layers.seq, [line.decode("utf-8", "surrogatepass") for line in lines])
    digest = hashlib.sha256(data.partition(b"\n")[2]).hexdigest()
    file = f"{layers.kind}-{layers.seq:012}-{digest[:16]}.base"
    replace_file(layers.path.with_name(file), data)
    base = Base(file=file, sha256=digest, lines=len(lines), size=len(data))
    return replace(layers, base=base, hidden=frozenset(), lines=())


def _bisect(path: Path, wanted: bytes) -> bytes | None:
    key = wanted.decode()
    try:
        with path.open("rb") as file:
            file.readline()  # the header
            low, high = file.tell(), file.seek(0, os.SEEK_END)  # a line that holds `wanted` begins in [low, high)
            while low < high:
                middle = (low + high) // 2
                start = _line_start(file.fileno(), middle, low)
                file.seek(start)
                line = file.readline()
                found = entry_of(line)
                if found == key:
                    return line.removesuffix(b"\n")
                if found < key:
                    low = start + len(line)
                else:
                    high = start
    except (OSError, ValueError) as exc:
        raise RegistryError(f"the snapshot cannot be searched: {exc}", where=str(path), mend=_MEND) from exc
    return None


def _line_start(descriptor: int, middle: int, low: int) -> int:
    """Where the line that holds byte `middle` begins, at or after `low`, which is the beginning of a line."""
    end = middle
    while end > low:
        begin = max(low, end - _PROBE)
        newline = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return low
