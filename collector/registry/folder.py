"""The opt-out registry as crawls see it: compiled snapshot and lists; what cannot be read stops them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.lists.entry import Entry, Origin
from collector.lists.folder import read_entries
from collector.lists.match import Action, ListMatch, Tier
from collector.lists.memory import MemoryLookup
from collector.model.errors import ListError, RegistryError
from collector.model.url import Url
from collector.registry.in_force import CATEGORY, IN_FORCE_FILE, read_snapshot

SUPPRESSED_FILE = "suppressed.jsonl"  # another question, read by `registry.suppressed`

Stamp = tuple[tuple[str, int, int, int], ...]  # path, inode, modification time in ns, size


@dataclass(frozen=True, slots=True)
class RegistryStatus:
    """What the registry rests on, for status and reports."""

    files: tuple[str, ...]
    entries: int
    digest: str


class RegistryFolder:
    """The organisation's folder and the further sources a policy names, as one Lookup of tier 0.

    Unlike a block list, a registry may not skip a line: it could be somebody's objection. So every fault is a
    RegistryError, and a crawl that cannot read its registry does not fetch. The organisation's folder may not
    be there yet (nobody has objected); a source that the policy names must be, and so must the snapshot where
    a registry is `kept` in a database. With `collection`, only what binds that collection counts.
    """

    def __init__(self, folder: Path, sources: Sequence[Path] = (), *, kept: bool = False, collection: str = "") -> None:
        self._folder = folder
        self._sources = tuple(sources)
        self._collection = collection
        self._kept = kept or (folder / IN_FORCE_FILE).is_file()
        self._seq = 0
        self._was_there = folder.is_dir()
        self._stamp: Stamp = ()
        self._lookup = MemoryLookup()
        self._load()

    @property
    def digest(self) -> str:
        """Digest of all entries in force."""
        return self._lookup.digest

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in force."""
        return self._lookup.entries

    @property
    def status(self) -> RegistryStatus:
        """Files, entries and digest as last read."""
        return RegistryStatus(tuple(path for path, *_ in self._stamp), len(self._lookup), self.digest)

    def match(self, url: Url) -> tuple[ListMatch, ...]:
        """Every entry that covers `url`; the one that wins stands first."""
        return self._lookup.match(url)

    def reload_if_changed(self) -> bool:
        """Read again where a file is new, gone or changed: one `stat` per file, so ask every second or so.

        True where entries changed. Raises RegistryError where the registry cannot be read any more: what was
        in force stays in force, and the caller fetches nothing until it can.
        """
        if self._was_there and not self._folder.is_dir():
            raise RegistryError("the registry folder is gone", where=str(self._folder), mend="put it back")
        if self._stamp_now() == self._stamp:
            return False
        before = self.digest
        self._load()
        return self.digest != before

    def _files(self) -> list[Path]:
        files = _in_folder(self._folder) if self._folder.is_dir() else []
        snapshot = self._folder / IN_FORCE_FILE
        if snapshot.is_file():
            self._kept = True  # from now on it may not be missing
            files.append(snapshot)
        elif self._kept:
            raise RegistryError(
                "there is a registry, and no snapshot of what is in force",
                where=str(snapshot),
                mend="run `collector registry compile`; nothing is fetched without it",
            )
        for source in self._sources:
            if source.is_dir():
                files += _in_folder(source)
            elif source.is_file():
                files.append(source)
            else:
                raise RegistryError(
                    "a registry source that the policy names is not there",
                    where=str(source),
                    mend="put the file back, or take it out of [registry] sources with the reason in [[approvals]]",
                )
        return files

    def _stamp_now(self) -> Stamp:
        try:
            stats = [(str(path), path.stat()) for path in self._files()]
        except OSError as exc:
            raise RegistryError(f"the registry cannot be read: {exc}", where=str(self._folder)) from exc
        return tuple((path, stat.st_ino, stat.st_mtime_ns, stat.st_size) for path, stat in stats)

    def _load(self) -> None:
        # Stamped before reading: a file that changes meanwhile is read once more at the next look.
        stamp = self._stamp_now()
        seq = self._seq
        entries: list[Entry] = []
        for path, *_ in stamp:
            if Path(path) == self._folder / IN_FORCE_FILE:
                seq, compiled = self._snapshot(Path(path))
                entries += compiled
            else:
                entries += read_source(Path(path))
        self._lookup = MemoryLookup(entries)
        self._stamp, self._seq = stamp, seq
        self._was_there = self._was_there or self._folder.is_dir()

    def _snapshot(self, path: Path) -> tuple[int, tuple[Entry, ...]]:
        try:
            data = path.read_bytes()
        except OSError as exc:
            raise RegistryError(f"the registry cannot be read: {exc.strerror or exc}", where=str(path)) from exc
        seq, entries = read_snapshot(data, str(path), self._collection)
        if seq < self._seq:
            raise RegistryError(
                f"an older snapshot (event {seq}) took the place of the one in force (event {self._seq})",
                where=str(path),
                mend="run `collector registry compile`; what was in force stays in force until then",
            )
        return seq, entries


def _in_folder(folder: Path) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix in {".txt", ".jsonl"} and path.is_file())
    except OSError as exc:
        raise RegistryError(f"the registry cannot be read: {exc.strerror or exc}", where=str(folder)) from exc
    return [path for path in found if path.name != SUPPRESSED_FILE]


def read_source(path: Path) -> Iterable[Entry]:
    """The entries of one registry file. Raises RegistryError for every line that is none: nothing is skipped."""
    try:
        reading, _ = read_entries(path, Origin(f"registry:{path.name}", "", Tier.OPT_OUT, Action.DENY, CATEGORY))
    except ListError as error:
        raise RegistryError(error.message, where=error.where, mend=error.mend) from error
    if reading.rejected:
        first = reading.rejected[0]
        more = f" (and {reading.rejected_count - 1} more lines)" if reading.rejected_count > 1 else ""
        raise RegistryError(
            f"a line of the opt-out registry cannot be read: {first.reason}: {first.text!r}{more}",
            where=f"{path}:{first.line}",
            mend=first.mend or "mend the line; nothing is fetched while an objection may be unread",
        )
    return reading.entries
