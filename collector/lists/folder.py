"""Reads the lists of a folder, and the further files a policy names, into one Lookup."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from collector.lists.entry import Entry, Kind, Origin
from collector.lists.jsonl import read_jsonl
from collector.lists.manifest import Manifest, read_manifest
from collector.lists.match import Action, Tier
from collector.lists.memory import MemoryLookup
from collector.lists.plain import read_plain
from collector.lists.reading import Reading, Rejected
from collector.lists.suffixes import is_public_suffix
from collector.model.digest import Digest
from collector.model.errors import ListError
from collector.model.resources import resource_folder

ENTRY_FILES = ("entries.jsonl", "entries.txt")


@dataclass(frozen=True, slots=True)
class BlockList:
    """One list as read. `manifest` is None for a file that a policy names."""

    id: str
    path: Path
    digest: Digest
    entries: tuple[Entry, ...]
    rejected: tuple[Rejected, ...] = ()
    rejected_count: int = 0
    manifest: Manifest | None = None


@dataclass(frozen=True, slots=True)
class ListSet:
    """Every list of a crawl, and the one Lookup over them."""

    lists: tuple[BlockList, ...]
    lookup: MemoryLookup

    @property
    def rejected_count(self) -> int:
        """Lines that could not be used, over all lists."""
        return sum(one.rejected_count for one in self.lists)


def read_entries(path: Path, origin: Origin) -> tuple[Reading, Digest]:
    """Entries of a `.jsonl` or plain file. Raises ListError where the file cannot be read at all."""
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ListError(
            f"the list cannot be read: {exc.strerror or exc}",
            where=str(path),
            mend="check the path and its permissions",
        ) from exc
    read = read_jsonl if path.suffix == ".jsonl" else read_plain
    return read(data, origin), Digest.of(data)


def read_list(folder: Path, *, public_suffix: Callable[[str], bool] = is_public_suffix) -> BlockList:
    """One list folder: `manifest.toml` beside `entries.jsonl` or `entries.txt`. Raises ListError."""
    manifest = read_manifest(folder / "manifest.toml")
    path = next((folder / name for name in ENTRY_FILES if (folder / name).is_file()), folder / ENTRY_FILES[0])
    reading, digest = read_entries(path, manifest.origin())
    reading = without_public_suffixes(reading, public_suffix)
    return BlockList(manifest.id, path, digest, reading.entries, reading.rejected, reading.rejected_count, manifest)


def read_folder(root: Path) -> tuple[BlockList, ...]:
    """Every list folder below `root`, by name. Folders without an entries file are not lists. Raises ListError."""
    if not root.is_dir():
        raise ListError("no such folder of lists", where=str(root), mend="install the package again, or mend the path")
    folders = sorted({path.parent for name in ENTRY_FILES for path in root.glob(f"*/{name}")})
    return tuple(read_list(folder) for folder in folders)


def read_file(path: Path, *, allow: bool = False) -> BlockList:
    """A list file named by a policy: `[lists] files`, or with `allow` an operator's allow file (tier 1).

    Raises ListError where it cannot be read, or where an operator's file has a line that is no entry.
    """
    action, tier = (Action.ALLOW, Tier.OPERATOR) if allow else (Action.DENY, Tier.LIST)
    # A hole in a wall is made for one host at a time: a bare host in an allow file is that host alone.
    kind = Kind.HOST if allow else Kind.SUBTREE
    name = f"file:{path.name}"
    reading, digest = read_entries(path, Origin(name, "", tier, action, "", kind))
    if not allow:
        reading = without_public_suffixes(reading, is_public_suffix)
    if reading.rejected:
        first = reading.rejected[0]
        raise ListError(
            f"{first.reason}: {first.text!r}" + _and_more(reading.rejected_count),
            where=f"{path}:{first.line}",
            mend=first.mend or "mend or remove the line",
        )
    return BlockList(name, path, digest, reading.entries)


def load_lists(
    root: Path | None = None,
    *,
    files: Iterable[Path] = (),
    allow: Iterable[Path] = (),
    only: Collection[str] | None = None,
) -> ListSet:
    """The lists of `root` (those that travel with the program where None) and the policy's own files.

    `only`: the categories that a policy refuses. Their entries deny, whatever milder action the list itself
    proposes; denials of other categories are left out. None: every entry with the action the list proposes.
    Raises ListError.
    """
    shipped = _shipped() if root is None else read_folder(root)
    kept = shipped
    if only is not None:
        refused = frozenset(only)
        kept = tuple(replace(one, entries=tuple(as_refused(one.entries, refused))) for one in shipped)
    named = [read_file(path) for path in files] + [read_file(path, allow=True) for path in allow]
    lists = (*kept, *named)
    return ListSet(lists, MemoryLookup(entry for one in lists for entry in one.entries))


def as_refused(given: Iterable[Entry], categories: frozenset[str]) -> Iterator[Entry]:
    """The entries as a policy takes them that refuses `categories`, see `load_lists`."""
    for entry in given:
        if entry.category in categories and entry.action in {Action.FLAG, Action.REDACT}:
            yield replace(entry, action=Action.DENY)
        elif entry.category in categories or entry.action is not Action.DENY:
            yield entry


@lru_cache(maxsize=1)
def _shipped() -> tuple[BlockList, ...]:
    return read_folder(resource_folder("blocklists"))


def without_public_suffixes(reading: Reading, public_suffix: Callable[[str], bool]) -> Reading:
    """Quarantine entries that would cover a whole public suffix: `co.uk` in a list is a mistake or an attack."""
    kept, refused = [], []
    for entry in reading.entries:
        if entry.kind is Kind.SUBTREE and entry.action is not Action.ALLOW and public_suffix(entry.host):
            reason = "a public suffix: the entry would cover every site below it"
            refused.append(Rejected(entry.line, ascii(entry.rule)[1:-1], reason, "name the site itself"))
        else:
            kept.append(entry)
    if not refused:
        return reading
    return Reading(tuple(kept), (*reading.rejected, *refused), reading.rejected_count + len(refused))


def _and_more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
