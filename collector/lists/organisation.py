"""The organisation's lists: which versions are in force, as one pointer that is replaced whole, and can go back.

```
<data>/lists/CURRENT              the generation in force: snapshot, its digest, the versions it was compiled from
            /generations/000007.json   every generation there was, as CURRENT said it
            /snapshots/<digest>.snap   the newest few; a generation whose snapshot is gone is compiled again
            /sources/…            imported versions, see `lists.version`
```
Several crawls read while one person writes: readers poll CURRENT and keep their snapshot until they have the next.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.lists.candidate import Previous
from collector.lists.compile import Compiler
from collector.lists.licences import combine
from collector.lists.snapshot import Snapshot
from collector.lists.version import ROWS, Version, feed, read_version
from collector.model.digest import Digest
from collector.model.errors import IntegrityError, ListError, StorageError

KEPT = 4  # snapshots: the one in force, and those one can go back to at once
CURRENT = "CURRENT"


class Generation(BaseModel):
    """What is in force, since when, by whom and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[int, Field(ge=1)]
    snapshot: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    size: int
    entries: int
    versions: dict[str, str]  # list: version
    licence: str
    may_be_passed_on: bool
    why_not: tuple[str, ...] = ()  # it may be passed on
    at: str
    by: str
    reason: str = ""


class OrganisationLists:
    """The folder `<data>/lists`. What changes it takes who, when and why."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = folder / "sources"

    def current(self) -> Generation | None:
        """The generation in force; None where nothing was ever activated. Raises ListError."""
        return read_generation(self.folder / CURRENT)

    def snapshot_path(self, generation: Generation) -> Path:
        """Where its snapshot lies."""
        return self.folder / "snapshots" / f"{Digest.parse(generation.snapshot).hex}.snap"

    def open(self, generation: Generation, only: frozenset[str] | None = None) -> Snapshot:
        """Its snapshot, whole and unchanged. Raises ListError, IntegrityError."""
        snapshot = Snapshot(self.snapshot_path(generation), Digest.parse(generation.snapshot), only)
        snapshot.verify()
        return snapshot

    def versions(self, name: str | None = None) -> list[Version]:
        """Every imported version of the list, or of all lists, oldest first. Raises ListError."""
        pattern = f"{name or '*'}/*/version.json"
        found = [read_version(path.parent) for path in self.sources.glob(pattern) if path.parent.name[0] != "."]
        order = {v.version: (self.sources / v.list / v.version).stat().st_mtime_ns for v in found}
        return sorted(found, key=lambda v: (v.list, v.imported, order[v.version]))

    def version(self, name: str, version: str = "") -> Version:
        """The version, by its name or the beginning of it; the newest where none is named. Raises ListError."""
        found = [one for one in self.versions(name) if one.version.startswith(version)]
        if not found:
            what = f"no version {version!r} of the list {name!r}" if version else f"no list {name!r}"
            raise ListError(what, where=str(self.sources), mend="collector lists status shows what there is")
        return found[-1]

    def previous(self, name: str) -> Previous | None:
        """The version of the list in force, for a candidate to be compared with."""
        generation = self.current()
        in_force = generation.versions.get(name) if generation else None
        if in_force is None:
            return None
        version = self.version(name, in_force)
        return Previous(version.version, self.sources / name / version.version / ROWS, version.entries)

    def activate(self, versions: Mapping[str, str], *, seed: int, at: str, by: str, reason: str) -> Generation:
        """Compile and put in force exactly these versions, and nothing where any step fails.

        A quarantined version needs a reason. Raises ListError, IntegrityError, StorageError.
        """
        with self._writing():
            return self._activate(versions, seed=seed, at=at, by=by, reason=reason)

    def change(
        self, change: Callable[[dict[str, str]], None], *, seed: int, at: str, by: str, reason: str
    ) -> Generation:
        """As `activate`, with the versions in force as `change` leaves them: two people do not undo each other."""
        with self._writing():
            generation = self.current()
            versions = dict(generation.versions) if generation else {}
            change(versions)
            return self._activate(versions, seed=seed, at=at, by=by, reason=reason)

    def rollback(self, *, seed: int, at: str, by: str, reason: str, number: int | None = None) -> Generation:
        """Put the generation before the one in force, or generation `number`, in force again, as a new one.

        Raises ListError where there is none.
        """
        with self._writing():
            wanted = self._last_good() if number is None else read_generation(self._generation_path(number))
            if wanted is None:
                mend = "collector lists status shows what is in force"
                raise ListError("no generation to go back to", where=str(self.folder), mend=mend)
            try:
                self.open(wanted)
            except (ListError, IntegrityError):  # gone or damaged: its versions are still there
                return self._activate(wanted.versions, seed=seed, at=at, by=by, reason=reason or "rollback")
            return self._publish(wanted.model_copy(update={"at": at, "by": by, "reason": reason or "rollback"}))

    def _last_good(self) -> Generation | None:
        """The one before that in force, or the newest where what is in force cannot be read."""
        try:
            now = self.current()
        except ListError:
            now = None
        for number in sorted(self._numbers(), reverse=True):
            earlier = read_generation(self._generation_path(number))
            if earlier is not None and (now is None or (number < now.number and earlier.versions != now.versions)):
                return earlier
        return None

    def _numbers(self) -> list[int]:
        return [int(path.stem) for path in (self.folder / "generations").glob("[0-9]*.json")]

    def _activate(self, versions: Mapping[str, str], *, seed: int, at: str, by: str, reason: str) -> Generation:
        chosen = [self.version(name, version) for name, version in sorted(versions.items())]
        for one in chosen:
            if one.quarantine and not reason:
                mend = f"look at it: collector lists diff {one.list}; then activate it with --reason"
                raise ListError(f"{one.version} is in quarantine: {one.quarantine}", where=one.list, mend=mend)
        terms = combine((one.list, one.licence) for one in chosen)
        meta = {
            "lists": [one.model_dump(mode="json") for one in chosen],
            "licence": terms.licence,
            "notices": list(terms.notices),
            "not_to_be_passed_on": list(terms.reasons),
        }
        folder = self.folder / "snapshots"
        unnamed = folder / f".{os.getpid()}.snap"
        with Compiler(folder, seed) as compiler:
            for one in chosen:
                feed(compiler, self.sources / one.list / one.version, Digest.parse(one.rows))
            digest, size = compiler.write(unnamed, meta)
            entries = compiler.entries
        try:
            unnamed.replace(folder / f"{digest.hex}.snap")
        except OSError as exc:
            raise _storage(exc, folder) from exc
        return self._publish(
            Generation(
                number=1,
                snapshot=str(digest),
                size=size,
                entries=entries,
                versions={one.list: one.version for one in chosen},
                licence=terms.licence,
                may_be_passed_on=terms.may_be_passed_on,
                why_not=terms.reasons,
                at=at,
                by=by,
                reason=reason,
            )
        )

    def _publish(self, generation: Generation) -> Generation:
        self.open(generation)  # what cannot be read is never put in force
        numbered = generation.model_copy(update={"number": max(self._numbers(), default=0) + 1})
        text = numbered.model_dump_json(indent=1) + "\n"
        try:
            _write_durably(self._generation_path(numbered.number), text)
            _write_durably(self.folder / CURRENT, text)
        except OSError as exc:
            raise _storage(exc, self.folder) from exc
        self._forget(numbered)
        return numbered

    def _forget(self, now: Generation) -> None:
        # A crawl that still maps a file that goes keeps it: it is gone from the folder, not from memory.
        kept = {self.snapshot_path(now)}
        for number in range(now.number - 1, 0, -1):
            earlier = read_generation(self._generation_path(number))
            if earlier is not None and len(kept) < KEPT:
                kept.add(self.snapshot_path(earlier))
        for path in (self.folder / "snapshots").glob("*.snap"):
            if path not in kept:
                path.unlink(missing_ok=True)

    def _generation_path(self, number: int) -> Path:
        return self.folder / "generations" / f"{number:06}.json"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            for name in ("snapshots", "generations", "sources"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            lock = (self.folder / ".lock").open("w")
        except OSError as exc:
            raise _storage(exc, self.folder) from exc
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                mend = "wait until it has ended, and try again"
                raise StorageError("somebody else is changing the lists", where=str(self.folder), mend=mend) from exc
            yield


def read_generation(path: Path) -> Generation | None:
    """The generation a file describes; None where there is no such file. Raises ListError."""
    try:
        return Generation.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as exc:
        mend = "go back to the last good one: collector lists rollback"
        raise ListError(f"what is in force cannot be read: {exc}", where=str(path), mend=mend) from exc


def _write_durably(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _storage(exc: OSError, path: Path) -> StorageError:
    mend = "make room on the disk, or mend the rights on the folder; what is in force stays in force"
    return StorageError(f"the lists cannot be changed: {exc.strerror or exc}", where=str(path), mend=mend)
