"""A secret in a file of its own: made on first use, whole and on disk before it is used, readable by its owner only."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from collector.model.errors import IntegrityError, StorageError

KEY_BYTES = 32


def read_key(path: Path, whose: str, mend: str, schemes: tuple[bytes, ...] = (b"",)) -> bytes:
    """The key: 32 bytes, with one of `schemes` before them.

    Raises StorageError when it cannot be read, IntegrityError when it is no key. `whose`
    names it in messages ("the collection's key"), `mend` says what to do where it is not there.
    """
    try:
        key = path.read_bytes()
    except OSError as exc:
        raise StorageError(f"{whose} cannot be read ({exc.strerror})", where=str(path), mend=mend) from exc
    if len(key) < KEY_BYTES or key[:-KEY_BYTES] not in schemes:
        raise IntegrityError(
            f"not a key: {len(key)} bytes instead of {KEY_BYTES}",
            where=str(path),
            mend="restore it from its own backup",
        )
    return key


def make_key(path: Path, fresh: Callable[[int], bytes], whose: str, mend: str, scheme: bytes = b"") -> None:
    """Put a key of `fresh` bytes there, `scheme` before them, where none is: folder 0700, file 0600.

    Raises StorageError. Of two processes that make it at once, the first one's counts.
    """
    folder = path.parent
    partial = folder / f".{path.name}.{os.getpid()}"
    try:
        if path.exists():
            return
        made = fresh(KEY_BYTES)
        if len(made) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        partial.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(scheme + made)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(partial, path)
        finally:
            partial.unlink(missing_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as exc:
        raise StorageError(f"{whose} cannot be written ({exc.strerror})", where=str(folder), mend=mend) from exc
