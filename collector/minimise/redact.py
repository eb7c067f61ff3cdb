"""Replaces spans by placeholders whose numbers hold within one document and mean nothing outside it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from collector.minimise.context import NO_CONTEXT, Context
from collector.minimise.persons import Names
from collector.minimise.plan import Plan
from collector.minimise.recognize import recognize
from collector.minimise.span import Span
from collector.policy.policy import Treatment

# A placeholder that stood in the source already is written `[\[EMAIL_1]]`, so that ours cannot be forged.
LOOKALIKE = re.compile(r"\[\[(?=[A-Z][A-Z_]{0,31}_\d{1,9}\]\])")
_ESCAPED = r"[\\["


def escape(text: str) -> str:
    """`text` with look-alikes of placeholders escaped."""
    return LOOKALIKE.sub(_ESCAPED, text) if "[[" in text else text


@dataclass(slots=True, repr=False)
class Redactor:
    """One document's worth of placeholders. Alike values get the same number, by first appearance. Raw: memory only."""

    plan: Plan
    context: Context = NO_CONTEXT
    names: Names = field(default_factory=Names)
    escaping: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    kinds: frozenset[str] = field(init=False)
    _ordinals: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds = self.plan.kinds

    def spans(self, text: str) -> list[Span]:
        """What is to be taken out of `text`."""
        also = self.names.find if self.names and "person" in self.kinds else None
        return recognize(text, self.context, self.kinds, also=also, keep_roles=self.plan.keeps_org_contacts)

    def spans_labelled(self, label: str, text: str) -> list[Span]:
        """As `spans`, where `label` says what the text is (the name of a field: `data-phone`, `telephone`)."""
        if not label or not any(map(str.isdigit, text)):
            return self.spans(text)
        shift = len(label) + 2
        found = self.spans(f"{label}: {text}")
        return [Span(s.start - shift, s.end - shift, s.kind, s.rule, s.value) for s in found if s.start >= shift]

    def replacement(self, kind: str, value: str) -> str:
        """What stands in for `value`, counted."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        treatment = self.plan.treatments[kind]
        if treatment is Treatment.DROP:
            return ""
        if treatment is Treatment.GENERALISE and kind == "ip":
            return _network(value)
        numbers = self._ordinals.setdefault(kind, {})
        return f"[[{kind.upper()}_{numbers.setdefault(value, len(numbers) + 1)}]]"

    def redact(self, text: str) -> tuple[str, list[Span]]:
        """`text` without what `spans` finds, and what that was, in offsets of `text`."""
        spans = self.spans(text)
        return self.apply(text, spans), spans

    def apply(self, text: str, spans: Iterable[Span]) -> str:
        """`text` with sorted, non-overlapping `spans` replaced; by offset, never by value."""
        parts = []
        position = 0
        for span in spans:
            parts.append(self.kept(text[position : span.start]))
            parts.append(self.replacement(span.kind, span.value))
            position = span.end
        parts.append(self.kept(text[position:]))
        return "".join(parts)

    def kept(self, text: str) -> str:
        """Text of the source that stays."""
        return escape(text) if self.escaping else text

    @property
    def total(self) -> int:
        """Spans replaced so far."""
        return sum(self.counts.values())


def merged(*counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by kind, added up, in the order of the kinds' names."""
    total: dict[str, int] = {}
    for each in counts:
        for kind, count in each.items():
            total[kind] = total.get(kind, 0) + count
    return dict(sorted(total.items()))


def _network(value: str) -> str:
    """The /24 or /48 of an address, written so that it is no address any more."""
    address = ipaddress.ip_address(value)
    if address.version == 4:
        return ".".join([*str(address).split(".")[:3], "x"])
    return ":".join([*address.exploded.split(":")[:3], "x"])
