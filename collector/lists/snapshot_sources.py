"""Decodes the interned source sets of a snapshot, each when it is first met, as the policy takes them."""

from __future__ import annotations

import json
import mmap
import struct
from typing import NamedTuple

from collector.lists.entry import Kind
from collector.lists.match import Action, Tier
from collector.lists.snapshot_layout import Section, Source

_COUNT = struct.Struct("=Q")


class Shape(NamedTuple):
    """What a match takes from its source."""

    kind: Kind
    below: bool  # it covers hosts below its own
    list: str
    version: str
    category: str
    action: Action
    tier: Tier
    name: str  # of the kind
    force: bool


Lone = tuple[bool, str, str, str, Action, Tier, str]  # below, list, version, category, action, tier, name
Member = tuple[Shape | None, bool]  # None: nothing that the policy refuses; and whether a text follows


class SourceSets:
    """The sets by number. Raises IndexError, ValueError, TypeError or struct.error where the file is damaged."""

    def __init__(self, data: mmap.mmap, sets: Section, sources: Section, only: frozenset[str] | None) -> None:
        self._data = data
        self._set_section = sets
        self._source_section = sources
        self._only = only
        self._members: dict[int, tuple[Member, ...]] = {}
        self._lone: dict[int, Lone | None] = {}
        self._shapes: dict[int, Shape | None] = {}

    def members(self, number: int) -> tuple[Member, ...]:
        """The sources that share a key, in the order of their line numbers."""
        found = self._members.get(number)
        if found is None:
            found = self._members[number] = self._read_set(number)
        return found

    def lone(self, number: int) -> Lone | None:
        """What a match takes from the one source of a set; None where there are more, or its entries have texts."""
        if number in self._lone:
            return self._lone[number]
        members = self.members(number)
        shape, has_text = members[0]
        if len(members) > 1 or has_text or shape is None:
            found = None
        else:
            found = (shape.below, shape.list, shape.version, shape.category, shape.action, shape.tier, shape.name)
        self._lone[number] = found
        return found

    def _read_set(self, number: int) -> tuple[Member, ...]:
        first, begin, end = self._span(self._set_section, number, "=II", 4)
        packed = struct.unpack_from(f"={end - begin}I", self._data, first + 4 * begin)
        return tuple((self._shape(member >> 1), bool(member & 1)) for member in packed)

    def _shape(self, number: int) -> Shape | None:
        if number not in self._shapes:
            first, begin, end = self._span(self._source_section, number, "=QQ", 8)
            source = Source.of_row(json.loads(self._data[first + begin : first + end]))
            self._shapes[number] = self._as_refused(source)
        return self._shapes[number]

    def _span(self, section: Section, number: int, ends: str, width: int) -> tuple[int, int, int]:
        """Where the rows begin, and where row `number` begins and ends among them."""
        (count,) = _COUNT.unpack_from(self._data, section.begin)
        if number >= count:
            raise IndexError(number)
        base = section.begin + _COUNT.size
        begin, end = struct.unpack_from(ends, self._data, base + width * number)
        return base + width * (count + 1), begin, end

    def _as_refused(self, source: Source) -> Shape | None:
        # As `folder.load_lists`: what the policy refuses is denied, whatever milder action the list proposes, and
        # denials of other categories are left out. The operator's and the registry's entries stand as they are.
        action = source.action
        if self._only is not None and source.tier in {Tier.LIST, Tier.HEURISTIC}:
            if source.category in self._only:
                action = Action.DENY if action in {Action.FLAG, Action.REDACT} else action
            elif action is Action.DENY:
                return None
        return Shape(
            kind=source.kind,
            below=source.kind is Kind.SUBTREE or (source.subdomains and source.kind in {Kind.PREFIX, Kind.URL}),
            list=source.list,
            version=source.version,
            category=source.category,
            action=action,
            tier=source.tier,
            name=source.kind.value,
            force=source.force,
        )
