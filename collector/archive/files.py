"""The file port: everything the archive does to a disk, so that tests can take the disk away."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from collector.model.errors import CollectorError, IntegrityError, StorageError

_CHUNK = 1 << 20
_MENDS = {
    errno.ENOSPC: "free some space and start again: what was committed is safe",
    errno.EDQUOT: "raise the quota or free some space and start again: what was committed is safe",
    errno.EROFS: "mount the file system for writing, or choose another data folder",
    errno.EACCES: "give the user who runs this the right to write there",
    errno.EPERM: "give the user who runs this the right to write there",
    errno.EIO: "the disk reports a fault: check it before going on",
    errno.EEXIST: "another process writes here; a collection has one writing crawl",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
}


class Appending(Protocol):
    """A file open for appending."""

    def write(self, data: bytes) -> None:
        """All of `data`, or StorageError; a part may then have been written."""
        ...

    def sync(self) -> None:
        """Data and size are on the disk when this returns (fdatasync).

        IntegrityError where the file at that path is another one by now, or its size not the one that was written.
        """
        ...

    def truncate(self, size: int) -> None:
        """Cut back to `size` bytes."""
        ...

    def close(self) -> None:
        """Give the descriptor back. Further calls do nothing."""
        ...


class FilePort(Protocol):
    """What the archive needs of a file system. Every failure is a StorageError with path and mend."""

    def create(self, path: Path) -> Appending:
        """A new, empty file for appending. StorageError when it exists."""
        ...

    def size(self, path: Path) -> int | None:
        """In bytes; None where there is no such file."""
        ...

    def truncate(self, path: Path, size: int) -> None:
        """Cut a closed file back to `size` bytes, durably."""
        ...

    def replace(self, path: Path, data: bytes) -> None:
        """Write the whole file so that a crash leaves the old or the new one, durably."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Within one folder, durably; `new` is replaced if there."""
        ...

    def remove(self, path: Path) -> None:
        """Remove the file if it is there, durably."""
        ...

    def make_folder(self, path: Path) -> None:
        """With its parents."""
        ...

    def listing(self, folder: Path) -> tuple[str, ...]:
        """File names in order; none where there is no such folder."""
        ...

    def sha256(self, path: Path) -> str:
        """Lower-case hex of the whole file."""
        ...


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an OSError about `path` into a StorageError that says how to mend it."""
    try:
        yield
    except OSError as exc:
        mend = _MENDS.get(exc.errno or 0, "check the disk and the rights on the folder")
        raise StorageError(exc.strerror or str(exc), where=str(path), mend=mend) from exc


class PosixFile:
    """One descriptor, opened with O_APPEND. `path` is for messages."""

    __slots__ = ("_fd", "_path", "_size")

    def __init__(self, path: Path) -> None:
        self._path, self._size = path, 0
        with storage_errors(path):
            self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)

    def write(self, data: bytes) -> None:
        """All of it: a write that comes up short is taken up again."""
        left = memoryview(data)
        with storage_errors(self._path):
            while left:
                written = os.write(self._fd, left)
                left, self._size = left[written:], self._size + written

    def sync(self) -> None:
        """See `Appending`. A file that is no longer where it was would take records for as long as it is open."""
        with storage_errors(self._path):
            os.fdatasync(self._fd)
            held = os.fstat(self._fd)
            there = self._path.stat() if self._path.exists() else None
        if there is None or (there.st_dev, there.st_ino, held.st_size) != (held.st_dev, held.st_ino, self._size):
            raise IntegrityError(
                "the file was deleted, moved or changed by somebody else while it was written",
                where=str(self._path),
                mend="put it back or restore it from a backup; `collector ledger verify` names what is missing",
            )

    def truncate(self, size: int) -> None:
        """See `Appending`."""
        with storage_errors(self._path):
            os.ftruncate(self._fd, size)
        self._size = size

    def close(self) -> None:
        """See `Appending`."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            with storage_errors(self._path):
                os.close(fd)


class PosixFiles:
    """The real file system."""

    def create(self, path: Path) -> Appending:
        """See `FilePort`. The entry in the folder is durable too."""
        opened = PosixFile(path)
        self._sync_folder(path.parent)
        return opened

    def size(self, path: Path) -> int | None:
        """See `FilePort`."""
        with storage_errors(path):
            try:
                return path.stat().st_size
            except FileNotFoundError:
                return None

    def truncate(self, path: Path, size: int) -> None:
        """See `FilePort`."""
        with storage_errors(path):
            fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.ftruncate(fd, size)
                os.fdatasync(fd)
            finally:
                os.close(fd)

    def replace(self, path: Path, data: bytes) -> None:
        """See `FilePort`."""
        temporary = path.with_name(path.name + ".tmp")
        with storage_errors(path):
            temporary.unlink(missing_ok=True)
        written = PosixFile(temporary)
        try:
            written.write(data)
            written.sync()
        except CollectorError:
            with storage_errors(path):
                temporary.unlink(missing_ok=True)
            raise
        finally:
            written.close()
        self.rename(temporary, path)

    def rename(self, old: Path, new: Path) -> None:
        """See `FilePort`."""
        with storage_errors(new):
            old.replace(new)
        self._sync_folder(new.parent)

    def remove(self, path: Path) -> None:
        """See `FilePort`."""
        with storage_errors(path):
            try:
                path.unlink()
            except FileNotFoundError:
                return
        self._sync_folder(path.parent)

    def make_folder(self, path: Path) -> None:
        """See `FilePort`."""
        with storage_errors(path):
            path.mkdir(parents=True, exist_ok=True)

    def listing(self, folder: Path) -> tuple[str, ...]:
        """See `FilePort`."""
        with storage_errors(folder):
            try:
                return tuple(sorted(entry.name for entry in os.scandir(folder) if entry.is_file()))
            except FileNotFoundError:
                return ()

    def sha256(self, path: Path) -> str:
        """See `FilePort`. Holds one MiB at a time."""
        digest = hashlib.sha256()
        with storage_errors(path), path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def _sync_folder(self, folder: Path) -> None:
        with storage_errors(folder):
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
