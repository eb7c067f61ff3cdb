"""Hits to be read by a person: drawn with a fixed seed, written with their surroundings, labelled, counted."""

from __future__ import annotations

import hashlib
import itertools
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.minimise.engine.span import Span

_AROUND = 60
_RIGHT, _WRONG = "+", "-"


@dataclass(frozen=True, slots=True)
class Hit:
    """A value that was found, in which package and page, and what stands around it."""

    value: str
    package: str
    where: str
    context: str

    @property
    def name(self) -> str:
        """Names the hit between runs."""
        return hashlib.sha256(f"{self.value}\n{self.context}".encode()).hexdigest()[:12]


def hit_of(text: str, span: Span, package: str, where: str) -> Hit:
    """The hit with 60 characters before and after it, on one line."""
    before, after = text[max(0, span.start - _AROUND) : span.start], text[span.end : span.end + _AROUND]
    written = text[span.start : span.end]
    return Hit(span.value or written, package, where, " ".join(f"{before}⟦{written}⟧{after}".split()))


def drawn(hits: Iterable[Hit], most: int) -> list[Hit]:
    """At most `most` distinct values, each in the first of its places: all, or as many of each package as of any other.

    A package's own are drawn with a fixed seed; packages take turns, so that a table of one does not speak for all.
    """
    distinct: dict[str, Hit] = {}
    for hit in hits:
        distinct.setdefault(hit.value, hit)
    queues: dict[str, list[Hit]] = {}
    for value in sorted(distinct):
        queues.setdefault(distinct[value].package, []).append(distinct[value])
    chance = random.Random(7)
    for queue in queues.values():
        chance.shuffle(queue)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*(queues[name] for name in sorted(queues))))
    return list(itertools.islice((hit for hit in turns if hit is not None), most))


def write(path: Path, hits: Iterable[Hit]) -> None:
    """One line a hit: `+` (right), `-` (wrong) or `?`, its name, place and surroundings. Labels given are kept."""
    known = labels(path)
    lines = [f"{known.get(hit.name, '?')}\t{hit.name}\t{hit.package}/{hit.where}\t{hit.context}" for hit in hits]
    path.write_text("\n".join([*lines, ""]), "utf-8")


def labels(path: Path) -> dict[str, str]:
    """Name of a hit → its label."""
    return {row[1]: row[0] for row in _rows(path)}


def counted(path: Path) -> tuple[int, int]:
    """(right, labelled)."""
    given = [row[0] for row in _rows(path)]
    return given.count(_RIGHT), len(given)


def wrong_characters(path: Path, masked: Mapping[str, int]) -> float:
    """Of the characters `masked` in each package those that should not have been, estimated from the labels.

    A package is judged by its own hits that were read, and by all that were read where none of them is its own; with
    no labels at all everything counts as wrong.
    """
    read: dict[str, list[bool]] = {}
    for label, _, place, *_ in _rows(path):
        read.setdefault("/".join(place.split("/")[:2]), []).append(label == _WRONG)
    every = [wrong for package in read.values() for wrong in package] or [True]
    shares = {package: sum(read.get(package, every)) / len(read.get(package, every)) for package in masked}
    return sum(shares[package] * characters for package, characters in masked.items())


def _rows(path: Path) -> list[list[str]]:
    """The labelled lines of a file of hits."""
    if not path.is_file():
        return []
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [row for row in rows if len(row) == 4 and row[0] in (_RIGHT, _WRONG)]


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    z = 1.959964
    middle = (right + z * z / 2) / (of + z * z)
    half = z * math.sqrt(right * (of - right) / of + z * z / 4) / (of + z * z)
    return max(0.0, middle - half), min(1.0, middle + half)
