"""Every way in which running text says that a name is somebody's, one module each."""

from __future__ import annotations

from collections.abc import Iterator

from collector.minimise.names import bylines, letters, name_lists, placed
from collector.minimise.names.name_shapes import Byline


def find(text: str) -> Iterator[Byline]:
    """Half-open offsets of names in `text`, overlaps included; linear in the text."""
    yield from bylines.find(text)
    yield from letters.find(text)
    yield from name_lists.find(text)
    yield from placed.find(text)
