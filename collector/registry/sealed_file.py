"""A file that is whole or refused: a header line with the digest of all that follows, replaced in one step."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from collector.model.errors import RegistryError, StorageError

FORMAT = "collector-registry"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file's header and its lines. `seq` is the last event of the registry that it takes account of."""

    kind: str
    seq: int
    lines: tuple[bytes, ...]
    sha256: str  # hex, of the body


def seal(kind: str, seq: int, lines: list[str]) -> bytes:
    """The file's bytes: equal content is equal bytes."""
    body = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    head = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "kind": kind,
        "seq": seq,
        "lines": len(lines),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return json.dumps(head, sort_keys=True).encode() + b"\n" + body


def unseal(data: bytes, kind: str, where: str) -> Sealed:
    """Header and lines. Raises RegistryError for what is cut, changed, of another kind or of a later format."""
    mend = "run `collector registry compile`, which writes it anew from the registry; nothing is fetched until then"
    first, _, body = data.partition(b"\n")
    try:
        head = json.loads(first)
        if head["format"] != FORMAT or head["kind"] != kind:
            raise RegistryError(f"not a snapshot of the kind {kind!r}", where=where, mend=mend)
        if head["version"] != FORMAT_VERSION:
            raise RegistryError(
                f"a snapshot of format {head['version']!r}, this program reads {FORMAT_VERSION}", where=where, mend=mend
            )
        seq, count, digest = int(head["seq"]), int(head["lines"]), str(head["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise RegistryError("not a snapshot of the registry: its first line is broken", where=where, mend=mend) from exc
    lines = tuple(body.split(b"\n")[:-1])
    if hashlib.sha256(body).hexdigest() != digest or len(lines) != count:
        raise RegistryError("the snapshot is cut or changed: its digest does not agree", where=where, mend=mend)
    return Sealed(kind, seq, lines, digest)


def replace_file(path: Path, data: bytes) -> bool:
    """Put `data` in the place of the file, on disk before it is seen. False where it is there already.

    Raises StorageError; then the old file stands.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as exc:
        raise StorageError(
            f"cannot be written: {exc.strerror or exc}", where=str(path), mend="free the disk or mend the rights on it"
        ) from exc
    return True
