"""The elements of a tree with their attributes, asked of libxml2's binding once for all who read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import cast

from lxml import etree

MOST = 20_000  # elements whose attributes are held at a time; of a larger tree they are read anew by whoever asks

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Marked:
    """Some elements in document order, tag and attributes of each, and the distinct attributes as they first appear."""

    elements: list[etree._Element]
    tags: list[str]
    pairs_of: list[list[Pair]]
    distinct: dict[Pair, None]


class MarkedTree:
    """All of a tree's elements, in stretches of at most `MOST`. Holds as long as nobody changes the tree."""

    __slots__ = ("_only", "elements", "nodes")

    def __init__(self, root: etree._Element) -> None:
        """Walk over the tree below `root`, once."""
        # comments and instructions, too; held, for lxml makes an object anew when nobody holds it
        self.nodes: list[etree._Element] = list(root.iter())
        # "*" takes half the time of `etree.Element`
        self.elements: list[etree._Element] = list(root.iter("*"))
        self._only = _marked(self.elements) if len(self.elements) <= MOST else None

    def stretches(self) -> Iterator[Marked]:
        """In document order; linear."""
        if self._only is not None:
            yield self._only
            return
        for first in range(0, len(self.elements), MOST):
            yield _marked(self.elements[first : first + MOST])

    def has_name_beginning(self, start: str) -> bool:
        """Whether the name of some attribute begins so."""
        return any(name.startswith(start) for part in self.stretches() for name, _ in part.distinct)


def _marked(elements: list[etree._Element]) -> Marked:
    pairs_of = [cast("list[Pair]", element.items()) for element in elements]
    distinct = dict.fromkeys(chain.from_iterable(pairs_of))
    return Marked(elements, [element.tag for element in elements], pairs_of, distinct)
