"""The opt-out registry as crawls see it: compiled snapshot and lists; what cannot be read stops them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.lists.entry import Entry, Origin
from collector.lists.folder import read_entries
from collector.lists.match import Action, ListMatch, Tier
from collector.lists.memory import MemoryLookup
from collector.lists.order import ordered
from collector.model.digest import Digest
from collector.model.errors import ListError, RegistryError
from collector.model.url import Url
from collector.registry.compiled_places import CompiledPlaces, read_upper
from collector.registry.in_force import CATEGORY, IN_FORCE_FILE
from collector.registry.layered import check_base

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
        self._was_there = folder.is_dir()
        self._stamp: Stamp = ()
        self._compiled = CompiledPlaces(folder / IN_FORCE_FILE, collection)
        self._written = MemoryLookup()
        self._load()

    @property
    def digest(self) -> str:
        """Digest of all entries in force."""
        return _digest(self._compiled.digest, self._written)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in force."""
        return (*self._compiled.entries, *self._written.entries)

    @property
    def status(self) -> RegistryStatus:
        """Files, entries and digest as last read."""
        return RegistryStatus(tuple(path for path, *_ in self._stamp), len(self.entries), self.digest)

    def match(self, url: Url) -> tuple[ListMatch, ...]:
        """Every entry that covers `url`; the one that wins stands first."""
        found = [*self._compiled.covering(url), *self._written.covering(url)]
        return ordered(found) if found else ()

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
        return (*_stamp(self._files(), self._folder), *self._base_stamp())

    def _base_stamp(self) -> Stamp:
        base = self._compiled.base_path
        return () if base is None else _stamp([base], self._folder)

    def _load(self) -> None:
        # Stamped before reading: a file that changes meanwhile is read once more at the next look.
        files = self._files()
        stamp = _stamp(files, self._folder)
        compiled, written = self._compiled, list[Entry]()
        for path in files:
            if path == self._folder / IN_FORCE_FILE:
                compiled = compiled.renewed()
            else:
                written += read_source(path)
        self._compiled, self._written = compiled, MemoryLookup(written)
        self._stamp = (*stamp, *self._base_stamp())
        self._was_there = self._was_there or self._folder.is_dir()


def standing(folder: Path) -> RegistryStatus:
    """What stands in the organisation's folder, without reading the lower layer: as `RegistryFolder(folder).status`.

    Raises RegistryError where crawls could not read it, as far as that is seen without reading all.
    """
    files = _in_folder(folder) if folder.is_dir() else []
    written = MemoryLookup([entry for path in files for entry in read_source(path)])
    snapshot = folder / IN_FORCE_FILE
    if not snapshot.is_file():
        return RegistryStatus(tuple(map(str, files)), len(written), written.digest)
    layers = read_upper(snapshot)
    check_base(layers)
    base = [] if layers.base_path is None else [layers.base_path]
    found = (*map(str, files), str(snapshot), *map(str, base))
    return RegistryStatus(found, layers.held + len(written), _digest(layers.digest, written))


def _digest(compiled: str, written: MemoryLookup) -> str:
    if not compiled:
        return written.digest
    return str(Digest(compiled) if not len(written) else Digest.of(f"{compiled} {written.digest}".encode()))


def _stamp(files: Sequence[Path], folder: Path) -> Stamp:
    try:
        stats = [(str(path), path.stat()) for path in files]
    except OSError as exc:
        raise RegistryError(f"the registry cannot be read: {exc}", where=str(folder)) from exc
    return tuple((path, stat.st_ino, stat.st_mtime_ns, stat.st_size) for path, stat in stats)


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
