"""One writing crawl per collection: an advisory lock on a file that says who holds it."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Self

from collector.model.errors import StorageError


class CollectionLock:
    """Held as long as the object lives and `release` was not called; the kernel lets go when the process dies."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path

    @classmethod
    def take(cls, path: Path, now: datetime, what: str) -> Self:
        """Take the lock or raise StorageError naming who holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise StorageError(
                f"another crawl is writing this collection ({holder})",
                where=str(path.parent),
                mend="wait for it, or end it; reading (`collector status`, `ledger show`) works meanwhile",
            ) from None
        os.ftruncate(descriptor, 0)
        note = {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat(), "what": what}
        os.pwrite(descriptor, json.dumps(note).encode(), 0)
        return cls(descriptor, path)

    def release(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1


def _holder(descriptor: int) -> str:
    try:
        note = json.loads(os.pread(descriptor, 4_096, 0))
        return f"process {note['pid']} on {note['host']} since {note['since']}: {note['what']}"
    except (ValueError, KeyError, TypeError):
        return "its holder left no name"
