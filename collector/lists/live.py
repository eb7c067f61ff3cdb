"""The lists of a running crawl: snapshot, people's decisions and the policy's files as one Lookup, swapped meanwhile.

A look-up reads one attribute, so it sees the old lists or the new and never a gap between; the next snapshot is
opened and its digest compared on a thread, and what is not whole is not taken: the last good one stays.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from collector.lists.confirmed import FILE as CONFIRMED
from collector.lists.confirmed import entries_confirmed
from collector.lists.folder import as_refused
from collector.lists.match import ListMatch
from collector.lists.memory import MemoryLookup
from collector.lists.order import ordered
from collector.lists.organisation import CURRENT, Generation, OrganisationLists
from collector.lists.overrides import FILE, read_overrides
from collector.lists.snapshot import Snapshot
from collector.model.digest import Digest
from collector.model.errors import CollectorError, ListError
from collector.model.url import Url

Stamp = tuple[int, int, int] | None  # inode, modification time in ns, size


@dataclass(frozen=True, slots=True)
class LayeredLookup:
    """A snapshot, and over it the entries that are newer or the policy's own."""

    memory: MemoryLookup
    snapshot: Snapshot | None = None

    @property
    def digest(self) -> str:
        """Of the snapshot alone where nothing lies over it; else of both digests."""
        if self.snapshot is None:
            return self.memory.digest
        if not len(self.memory):
            return self.snapshot.digest
        return str(Digest.of(" ".join(digest for _, digest in self.parts).encode()))

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(name, digest) of everything the answers rest on: what each decision names."""
        above = (("memory", self.memory.digest),)
        return above if self.snapshot is None else (("snapshot", self.snapshot.digest), *above)

    def match(self, url: Url) -> tuple[ListMatch, ...]:
        """Every entry that covers `url`, winner first. Raises IntegrityError where the snapshot is damaged."""
        if self.snapshot is None:
            return self.memory.match(url)
        above = self.memory.covering(url)
        if not above:
            return self.snapshot.match(url)
        return ordered([*above, *self.snapshot.covering(url)])


class LiveLists:
    """Opened at the start, where every fault is an error: no crawl without its lists."""

    def __init__(
        self,
        folder: Path,
        base: MemoryLookup,
        only: frozenset[str] | None = None,
        *,
        second_person: bool = False,
    ) -> None:
        """`base`: the entries that travel with the program and those of the policy's files.

        Raises ListError or IntegrityError where what is in force cannot be read.
        """
        self._lists = OrganisationLists(folder)
        self._base = base
        self._only = only
        self._second_person = second_person
        self._overrides_path = folder / FILE
        self._confirmed_path = folder / CONFIRMED
        self._opening: Future[tuple[Snapshot | None, Generation | None]] | None = None
        self._stamps = self._stamps_now()
        self._decided: set[Path] = set()  # files of decisions that were there: none may vanish unseen
        self.generation: Generation | None = None
        self.fault = ""  # why the newest lists were not taken; empty where they were
        self.unapproved: tuple[str, ...] = ()  # decisions that the policy does not let hold
        snapshot, self.generation = self._opened()
        self.lookup = LayeredLookup(self._memory(self.generation), snapshot)

    def poll(self, *, wait: bool = False) -> bool:
        """Three `stat` calls; True where the Lookup is another one than before. `wait`: until a change is taken in.

        Never raises: what cannot be read is told in `fault`, and the lists stay as they are.
        """
        if self._opening is None and self._stamps_now() != self._stamps:
            # Stamped before reading: a file that changes meanwhile is read once more at the next look.
            self._stamps = self._stamps_now()
            pool = ThreadPoolExecutor(1, "lists")
            self._opening = pool.submit(self._opened)
            pool.shutdown(wait=False)
        if self._opening is None or not (wait or self._opening.done()):
            return False
        opening, self._opening = self._opening, None
        try:
            snapshot, generation = opening.result()
            lookup = LayeredLookup(self._memory(generation), snapshot)
        except CollectorError as error:
            self.fault = str(error)
            return False
        self.generation = generation
        changed = lookup.parts != self.lookup.parts
        self.fault = ""
        self.lookup = lookup
        return changed

    def _opened(self) -> tuple[Snapshot | None, Generation | None]:
        generation = self._lists.current()
        if generation is None:
            if self.generation is not None:
                mend = "put it back, or activate a list again: collector lists activate NAME"
                raise ListError("the lists in force are gone", where=str(self._lists.folder / CURRENT), mend=mend)
            return None, None
        return self._lists.open(generation, self._only), generation

    def _memory(self, generation: Generation | None) -> MemoryLookup:
        here = {path for path in (self._overrides_path, self._confirmed_path) if path.is_file()}
        for path in sorted(self._decided - here):
            raise ListError(f"the {path.stem} entries are gone", where=str(path), mend="put the file back")
        overrides = read_overrides(self._overrides_path, second_person=self._second_person)
        confirmed, waiting = entries_confirmed(
            self._confirmed_path,
            self._lists.sources,
            generation.versions if generation is not None else {},
            second_person=self._second_person,
        )
        self._decided = here
        self.unapproved = (*(f"{one.kind} {one.value}" for one in overrides.unapproved), *waiting)
        taken = confirmed if self._only is None else as_refused(confirmed, self._only)
        above = (*overrides.entries, *taken)
        return MemoryLookup((*self._base.entries, *above)) if above else self._base

    def _stamps_now(self) -> tuple[Stamp, ...]:
        return _stamp(self._lists.folder / CURRENT), _stamp(self._overrides_path), _stamp(self._confirmed_path)


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
