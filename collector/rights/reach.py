"""How far an objection reaches: what of it waits, what is stored and what was released, in hosts and pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from collector.ledger.schema import capture, closing
from collector.ledger.schema import url as queue
from collector.ledger.store import Store
from collector.lists.entry import Entry, Kind
from collector.lists.match import Action, Tier
from collector.lists.memory import MemoryLookup
from collector.model.errors import CollectorError, UrlError
from collector.model.layout import CollectionLayout
from collector.model.url import parse_url
from collector.registry.entry import PERSONS, PLACES, Effect, RegistryEntry
from collector.registry.propagation import TargetKind
from collector.registry.scope import scope_of
from collector.rights.releases import Release, pages, releases

_DONE = 2  # state of a queued URL


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that holds pages. `addresses` may be a superset of what matches, narrowed by the store itself."""

    kind: TargetKind
    name: str
    addresses: Iterable[str]


@dataclass(frozen=True, slots=True)
class Reached:
    """How much of one holding the entries cover."""

    kind: TargetKind
    name: str
    pages: int
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Impact:
    """The whole, for the keeper's eyes. `unread`: what could not be asked, with the reason."""

    reached: tuple[Reached, ...]
    unread: tuple[str, ...] = ()

    @property
    def hosts(self) -> int:
        """Different hosts in all holdings."""
        return len(frozenset().union(*(one.hosts for one in self.reached)))

    def pages(self, kind: TargetKind) -> int:
        """Pages in all holdings of a kind."""
        return sum(one.pages for one in self.reached if one.kind is kind)

    @property
    def releases(self) -> int:
        """Releases that hold at least one."""
        return sum(one.kind is TargetKind.RELEASE and one.pages > 0 for one in self.reached)

    def __str__(self) -> str:
        """`matches 14 hosts, 3,201 captures, 2 releases; 17 URLs wait`."""
        stored, waiting = self.pages(TargetKind.STORE), self.pages(TargetKind.FRONTIER)
        text = f"matches {self.hosts:,} hosts, {stored:,} captures, {self.releases:,} releases; {waiting:,} URLs wait"
        return f"{text}; not asked: {', '.join(self.unread)}" if self.unread else text


def lookup_of(entries: Iterable[RegistryEntry]) -> MemoryLookup:
    """What the refusing entries about places cover."""
    held = []
    for entry in entries:
        if entry.scope_kind in PLACES and entry.effect is not Effect.ALLOW:
            scope = scope_of(entry)
            kind = Kind(scope.kind.value)
            held.append(Entry(kind, scope.host, scope.path, action=Action.DENY, tier=Tier.OPT_OUT, rule=entry.id))
    return MemoryLookup(held)


def count(lookup: MemoryLookup, holding: Holding) -> Reached:
    """Match every address; time grows with the addresses, memory with the hosts that match."""
    pages, hosts = 0, set()
    for href in holding.addresses:
        try:
            url = parse_url(href)
        except UrlError:
            continue
        if lookup.match(url):
            pages += 1
            hosts.add(url.host)
    return Reached(holding.kind, holding.name, pages, frozenset(hosts))


def collections(data: Path) -> list[CollectionLayout]:
    """Every collection of the organisation, by name."""
    return [CollectionLayout(path.parent) for path in sorted(data.glob("*/collection.db"))]


def impact(entries: Sequence[RegistryEntry], data: Path) -> Impact:
    """Over all collections below `data` that the entries bind, with their releases."""
    reached: list[Reached] = []
    unread = []
    if any(entry.scope_kind in PERSONS for entry in entries):
        unread.append("persons are found in what is fetched from now on, by their keyed hash; not in addresses")
    for layout in collections(data):
        lookup = lookup_of(entry for entry in entries if binds(entry, layout))
        if not len(lookup):
            continue
        try:
            reached += in_collection(lookup, layout)
        except CollectorError as exc:  # one broken collection is no reason to leave an objection unrecorded
            unread.append(f"{layout.root.name} ({exc.message})")
        released, faults = in_releases(lookup, layout)
        reached += [one for _, one in released]
        unread += faults
    return Impact(tuple(reached), tuple(unread))


def binds(entry: RegistryEntry, layout: CollectionLayout) -> bool:
    """Whether the entry is about this collection too."""
    return "*" in entry.collections or layout.root.name in entry.collections


def in_collection(lookup: MemoryLookup, layout: CollectionLayout) -> list[Reached]:
    """What of one collection waits, and what is stored. Raises StorageError, IntegrityError."""
    store = Store.open(layout.database, write=False)
    try:
        with store.snapshot() as tx:
            return [count(lookup, holding) for holding in _holdings(tx, layout.root.name, lookup.entries)]
    finally:
        store.close()


def in_releases(lookup: MemoryLookup, layout: CollectionLayout) -> tuple[list[tuple[Release, Reached]], list[str]]:
    """What of each release the entries cover; and which releases could not be asked, with the reason."""
    reached, unread = [], []
    try:
        found = releases(layout)
    except CollectorError as exc:
        return [], [f"releases of {layout.root.name} ({exc.message})"]
    for release in found:
        try:
            reached.append((release, count(lookup, Holding(TargetKind.RELEASE, release.name, pages(release)))))
        except CollectorError as exc:
            unread.append(f"release {release.name} ({exc.message})")
    return reached, unread


def refused_by(tx: Connection, entries: Sequence[RegistryEntry]) -> int:
    """How many URLs this collection closed because of these entries."""
    lookup = lookup_of(entries)
    where = closing.c.rule == "opted_out"
    addresses = _addresses(tx, select(closing.c.url).where(where), closing.c.url, lookup.entries)
    return count(lookup, Holding(TargetKind.FRONTIER, "", addresses)).pages


def _holdings(tx: Connection, name: str, entries: Sequence[Entry]) -> Iterator[Holding]:
    waiting = select(queue.c.href).where(queue.c.state != _DONE)
    yield Holding(TargetKind.FRONTIER, name, _addresses(tx, waiting, queue.c.href, entries))
    joined = closing.join(capture, (capture.c.url_key == closing.c.url_key) & (capture.c.visit == closing.c.visit))
    stored = select(closing.c.url).select_from(joined)
    yield Holding(TargetKind.STORE, name, _addresses(tx, stored, closing.c.url, entries))


def _addresses(tx: Connection, query: object, column: object, entries: Sequence[Entry]) -> Iterator[str]:
    """Addresses that hold the host's name somewhere; the database looks for it, matching stays here."""
    hosts = {entry.host for entry in entries}
    for part in [""] if any(entry.kind is Kind.CIDR for entry in entries) or len(hosts) > 1 else hosts:
        narrowed = query.where(column.is_not(None))  # type: ignore[attr-defined]
        if part:
            narrowed = narrowed.where(func.instr(column, part) > 0)
        for (href,) in tx.execute(narrowed.execution_options(yield_per=10_000)):
            yield str(href)
