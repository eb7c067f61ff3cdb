"""A stretch of text that is personal data, and which of several overlapping ones stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

# Which kind wins where two overlap: the more certain pattern first (a card number loses to a telephone).
KINDS = (
    "credential", "secret", "email", "iban", "ip", "mac", "wallet", "national_id", "passport", "driving_licence",
    "bank_account", "phone", "card", "birth_date", "person_date", "coordinates", "address", "plate", "handle", "person",
)  # fmt: skip
OPTIONAL = frozenset(("plate", "person_date"))  # recognised only where a policy names a treatment for them
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


# As ours are written, and as one that stood in the source is kept: `[\[EMAIL_1]]`.
PLACEHOLDER = re.compile(r"\[\\?\[[A-Z][A-Z_]{0,31}_\d{1,9}\]\]")


def is_placeholder(text: str) -> bool:
    """Whether `text` is nothing but what stands in for personal data: taken out already."""
    return PLACEHOLDER.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (half open, code points). `value` is normalised, for counting alike ones."""

    start: int
    end: int
    kind: str
    rule: str
    value: str = field(default="", repr=False, compare=False)


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Sorted, without overlaps and without empty ones.

    Overlapping spans of one kind become their union, so that nothing of either is left; of two kinds the
    one that ranks first stays whole, and of the other only what lies outside it.
    """
    by_kind: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.end > span.start:
            _unite(by_kind.setdefault(span.kind, []), span)
    settled: list[Span] = []
    for kind in sorted(by_kind, key=_RANK.__getitem__):
        outside = _outside(by_kind[kind], settled) if settled else by_kind[kind]
        settled = sorted((*settled, *outside), key=lambda s: s.start)
    return settled


def _unite(spans: list[Span], span: Span) -> None:
    """Append `span`, which starts after all others, or lengthen the last one by it."""
    if not spans or span.start >= spans[-1].end:
        spans.append(span)
    elif span.end > spans[-1].end:
        spans[-1] = replace(spans[-1], end=span.end)


def _outside(spans: list[Span], taken: list[Span]) -> list[Span]:
    """The parts of `spans` that no span of `taken` covers; both are sorted and disjoint."""
    parts = []
    first = 0
    for span in spans:
        while first < len(taken) and taken[first].end <= span.start:
            first += 1
        position = span.start
        for index in range(first, len(taken)):
            if taken[index].start >= span.end:
                break
            if taken[index].start > position:
                parts.append(replace(span, start=position, end=taken[index].start))
            position = max(position, taken[index].end)
        if position < span.end:
            parts.append(replace(span, start=position))
    return parts
