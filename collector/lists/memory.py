"""The Lookup held in memory: every label of the host is walked, every covering entry is returned, winner first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

from collector.lists.entry import Entry, Kind, plain_path
from collector.lists.match import ListMatch
from collector.lists.order import Held, narrowness, ordered
from collector.model.addresses import parse_address
from collector.model.digest import Digest
from collector.model.url import Url


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with its match, made once so that a lookup only collects."""

    entry: Entry
    held: Held


@dataclass(slots=True)
class _Paths:
    """The prefixes and URLs of one host. `deepest` bounds the walk over the segments of a hostile path."""

    prefixes: dict[str, list[_Placed]] = field(default_factory=dict)
    urls: dict[str, list[_Placed]] = field(default_factory=dict)
    deepest: int = 0
    folded: bool = False  # some entry ignores case


class MemoryLookup:
    """An immutable set of entries. A lookup costs one dictionary access per label and per listed path segment."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._hosts: dict[str, list[_Placed]] = {}
        self._subtrees: dict[str, list[_Placed]] = {}
        self._paths: dict[str, _Paths] = {}
        self._networks: dict[tuple[int, int], dict[int, list[_Placed]]] = {}
        self._entries = tuple(entries)
        for entry in self._entries:
            self._place(entry)
        listed = {*self._hosts, *self._subtrees, *self._paths}
        self._tails = frozenset(map(_tail, listed))
        self._everywhere = bool(self._networks) or any("." not in host for host in listed)
        self._digest = _digest_of(self._entries)

    @property
    def digest(self) -> str:
        """`sha256:…` over all entries, in any order, with their lists and versions."""
        return self._digest

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What it was made from."""
        return self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def match(self, url: Url) -> tuple[ListMatch, ...]:
        """Every entry that covers `url` under any of its host forms; the one that wins stands first."""
        found = self.covering(url)
        return ordered(found) if found else ()

    def covering(self, url: Url) -> list[Held]:
        """Every entry that covers `url`, in no order."""
        host = url.host
        tail = host[host.rfind(".", 0, host.rfind(".")) + 1 :]  # as `_tail`: a call would cost as much again
        if tail not in self._tails and not self._everywhere and "xn--" not in host:
            return []  # most: nothing ends as it does
        found = {id(placed): placed for form in url.host_forms for placed in self._covering(form, url)}
        return [placed.held for placed in found.values()]

    def _place(self, entry: Entry) -> None:
        match entry.kind:
            case Kind.HOST:
                self._hosts.setdefault(entry.host, []).append(_place(entry))
            case Kind.SUBTREE:
                self._subtrees.setdefault(entry.host, []).append(_place(entry))
            case Kind.PREFIX:
                paths = self._paths.setdefault(entry.host, _Paths())
                depth = entry.path.count("/")
                paths.deepest = max(paths.deepest, depth)
                paths.folded |= entry.ignore_case
                paths.prefixes.setdefault(_key(entry), []).append(_place(entry))
            case Kind.URL:
                paths = self._paths.setdefault(entry.host, _Paths())
                paths.folded |= entry.ignore_case
                paths.urls.setdefault(_key(entry), []).append(_place(entry))
            case Kind.CIDR:
                network = ip_network(entry.host)
                block = self._networks.setdefault((network.version, network.prefixlen), {})
                block.setdefault(int(network.network_address), []).append(_place(entry, network.prefixlen))

    def _covering(self, host: str, url: Url) -> Iterator[_Placed]:
        yield from self._hosts.get(host, ())
        if self._networks:
            yield from self._in_networks(host)
        label = host
        while True:
            yield from self._subtrees.get(label, ())
            paths = self._paths.get(label)
            if paths is not None:
                exact = label is host
                yield from (placed for placed in _on_path(paths, url) if exact or placed.entry.subdomains)
            _, dot, label = label.partition(".")
            if not dot:
                return

    def _in_networks(self, host: str) -> Iterator[_Placed]:
        address = parse_address(host)
        if address is None:
            return
        for (version, length), block in self._networks.items():
            if version == address.version:
                shift = address.max_prefixlen - length
                yield from block.get(int(address) >> shift << shift, ())


def _tail(host: str) -> str:
    """Its last two labels, or all of it."""
    return host[host.rfind(".", 0, host.rfind(".")) + 1 :]


def _key(entry: Entry) -> str:
    return f"i{entry.path.lower()}" if entry.ignore_case else f"e{entry.path}"


def _on_path(paths: _Paths, url: Url) -> Iterator[_Placed]:
    # A prefix ends where a segment ends: `/r/depression` covers `/r/depression/x`, not `/r/depressionmemes`.
    path = plain_path(url.path)
    target = f"{path}?{plain_path(url.query)}" if url.query else path
    forms = (("e", path, target), ("i", path.lower(), target.lower())) if paths.folded else (("e", path, target),)
    for mark, one_path, one_target in forms:
        yield from paths.urls.get(mark + one_target, ())
        yield from paths.prefixes.get(mark, ())  # the empty path: everything on the host
        end = 0
        for _ in range(paths.deepest):
            end = one_path.find("/", end + 1)
            if end < 0:
                yield from paths.prefixes.get(mark + one_path, ())
                break
            yield from paths.prefixes.get(mark + one_path[:end], ())


def _place(entry: Entry, prefix_length: int = 0) -> _Placed:
    match = ListMatch(
        rule=entry.rule,
        list=entry.list,
        version=entry.version,
        line=entry.line,
        category=entry.category,
        action=entry.action,
        tier=entry.tier,
        kind=entry.kind.value,
        note=entry.note,
    )
    return _Placed(entry, Held(match, narrowness(entry.kind, entry.host, entry.path, prefix_length), entry.force))


def _digest_of(entries: tuple[Entry, ...]) -> str:
    lines = sorted(
        "\x1f".join(
            (
                entry.kind,
                entry.host,
                entry.path,
                entry.action,
                entry.category,
                entry.tier,
                entry.list,
                entry.version,
                f"{entry.subdomains:d}{entry.force:d}{entry.ignore_case:d}",
            )
        )
        for entry in entries
    )
    total = hashlib.sha256()
    for line in lines:
        total.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return str(Digest(total.hexdigest()))
