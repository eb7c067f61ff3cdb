"""Replaces spans by placeholders whose numbers hold within one document and mean nothing outside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from collector.lists.suffixes import registrable_domain
from collector.minimise.engine.context import NO_CONTEXT, Context
from collector.minimise.engine.span import Span
from collector.minimise.names import name_models
from collector.minimise.names.asked import IDENTIFIERS, Asked
from collector.minimise.names.organisations import TOKENS, Organisations
from collector.minimise.names.persons import Names
from collector.minimise.replacing import becoming
from collector.minimise.replacing.plan import ORG_CONTACT, Plan
from collector.minimise.replacing.recognize import recognize
from collector.model.url import Url
from collector.policy.policy import Treatment

ROUNDS = 4  # what a replacement brings together is found by the next round
COARSE = frozenset((Treatment.GENERALISE, Treatment.RANDOMISE))

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
    organisations: Organisations = field(default_factory=Organisations)
    escaping: bool = False
    models: tuple[str, ...] = ()  # that were asked for names in this document
    counts: dict[str, int] = field(default_factory=dict)
    kinds: frozenset[str] = field(init=False)
    source: str = ""
    record: str = ""
    asked: Asked | None = field(init=False)
    silent: set[str] = field(default_factory=set)  # texts that hold nothing but, maybe, names
    _key: bytes = b""
    _insisted: set[tuple[str, str]] = field(default_factory=set)  # what somebody asked the registry not to keep
    _coarse: set[str] = field(default_factory=set)
    _ordinals: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds = self.plan.kinds
        persons = self.plan.persons
        self.asked = Asked(persons) if persons is not None and len(persons) else None

    def spans(self, text: str) -> list[Span]:
        """What is to be taken out of `text`."""
        found = self.found(text)
        if found:
            self.organisations.take_accounts(text, found)
        return self.wanted(found)

    def by_models(self, text: str) -> list[Span]:
        """Names that the policy's models find in `text` as it came; the full ones count all over the document."""
        if not self.plan.ner or "person" not in self.kinds:
            return []
        spans, asked = name_models.find(text, self.plan.ner)
        self.models = tuple(dict.fromkeys((*self.models, *asked)))
        self.names.add(text[span.start : span.end] for span in spans if " " in span.value)
        return spans

    def wanted(self, spans: list[Span]) -> list[Span]:
        """`spans` without the contacts of organisations, where a policy keeps them."""
        if not spans or not self.plan.keeps_org_contacts:
            return spans
        return [span for span in spans if not self.keeps(span.kind, span.value)]

    def coarsens(self, kind: str) -> bool:
        """Whether a value of the kind becomes a coarser one, not a placeholder."""
        return self.plan.treatments[kind] in COARSE

    def keeps(self, kind: str, value: str) -> bool:
        """Whether this is a contact of an organisation that may stay."""
        if not self.plan.keeps_org_contacts or kind not in TOKENS or not self.organisations.hold(kind, value):
            return False
        return (kind, value) not in self._insisted

    def found(self, text: str) -> list[Span]:
        """What is recognised in `text`, whether or not an organisation's contacts are kept."""
        if self.asked is not None:
            return self._asked_spans(text, self.asked)
        also = self.names.find if self.names and "person" in self.kinds else None
        if text in self.silent and (also is None or not (self.names.everywhere or self.names.possible(text))):
            return []
        found = recognize(text, self.context, self.kinds, also=also)
        return [span for span in found if not self._is_coarse(span, text)] if self._coarse else found

    def _asked_spans(self, text: str, asked: Asked) -> list[Span]:
        """As `spans`, with what the registry's persons asked for, whatever the policy keeps."""
        named = self.names.find if self.names and "person" in self.kinds else None

        def also(view: str, context: Context) -> Iterator[Span]:
            yield from asked.find(view, context)
            if named is not None:
                yield from named(view, context)

        kept = []
        for span in recognize(text, self.context, self.kinds | IDENTIFIERS, also=also):
            named_here = span.kind in IDENTIFIERS and asked.names(span.kind, text[span.start : span.end])
            wanted = span.kind in self.kinds or span.kind == "person"
            if named_here:
                self._insisted.add((span.kind, span.value))
            if (wanted and not self._is_coarse(span, text)) or named_here:
                kept.append(span)
        return kept

    def foreseen(self, text: str) -> str:
        """`text` with placeholders for what has a shape of its own (not names), which count and number nothing."""
        if "".join(text.split()).isalpha():
            return text
        parts: list[str] = []
        position = 0
        for span in self.wanted(recognize(text, self.context, self.kinds)):
            gone = self.plan.treatments[span.kind] is Treatment.DROP
            parts += (text[position : span.start], "" if gone else f"[[{span.kind.upper()}_0]]")
            position = span.end
        return "".join([*parts, text[position:]])

    def spans_labelled(self, label: str, text: str) -> list[Span]:
        """As `spans`, where `label` says what the text is (the name of a field: `data-phone`, `telephone`)."""
        whole = labelled(label, text)
        shift = len(whole) - len(text)
        found = self.spans(whole)
        if not shift:
            return found
        return [Span(s.start - shift, s.end - shift, s.kind, s.rule, s.value) for s in found if s.start >= shift]

    def replacement(self, kind: str, value: str) -> str:
        """What stands in for `value`, counted."""
        token = kind
        if kind in TOKENS and self.organisations.hold(kind, value):
            kind, token = ORG_CONTACT, TOKENS[kind]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        treatment = self.plan.treatments[kind]
        match treatment:
            case Treatment.DROP:
                return ""
            case Treatment.GENERALISE:
                coarse = becoming.generalised(kind, value, decades=self.plan.decades)
            case Treatment.RANDOMISE:
                coarse = becoming.randomised(kind, value, self.plan.key, self.record)
            case Treatment.PSEUDONYM:
                return becoming.pseudonym(self._source_key(), token, value)
            case Treatment.PLACEHOLDER | Treatment.KEEP:
                coarse = None
            case _:
                assert_never(treatment)
        if coarse is not None:
            self._coarse.add(coarse)
            return coarse
        numbers = self._ordinals.setdefault(token, {})
        return f"[[{token.upper()}_{numbers.setdefault(value, len(numbers) + 1)}]]"

    def _is_coarse(self, span: Span, text: str) -> bool:
        """Whether a span is a year or an area that stands there in the place of something finer."""
        written = text[span.start : span.end]
        return self.plan.treatments[span.kind] in COARSE and any(written in coarse for coarse in self._coarse)

    def of(self, url: Url | None) -> Redactor:
        """The same, told whose page this is: pseudonyms hold within a registrable domain, noise within a URL."""
        if url is not None and self.plan.key:
            self.source = registrable_domain(url.host) or url.host
            self.record = url.href
        return self

    def _source_key(self) -> bytes:
        if not self._key:
            self._key = becoming.source_key(self.plan.key, self.source)
        return self._key

    def redact(self, text: str) -> tuple[str, list[Span]]:
        """`text` without what `spans` finds until a scan finds nothing; and what that was, in offsets of `text`."""
        spans = self.spans(text)
        return self.settled(text, spans, self.spans), spans

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

    def settled(self, text: str, spans: list[Span], find: Callable[[str], list[Span]]) -> str:
        """As `apply`, until `find` finds nothing in the result; nothing where that does not come to an end.

        What stands beside a replacement may be what it was not before: the second of two numbers without a space.
        """
        text = self.apply(text, spans)
        escaping, self.escaping = self.escaping, False
        for _ in range(ROUNDS):
            spans = find(text) if spans else spans
            if not spans:
                break
            text = self.apply(text, spans)
        self.escaping = escaping
        return "" if spans and find(text) else text

    def kept(self, text: str) -> str:
        """Text of the source that stays."""
        return escape(text) if self.escaping else text

    @property
    def withhold(self) -> bool:
        """Whether a person who asked stands in the document by more than a name."""
        return self.asked is not None and self.asked.withhold

    @property
    def total(self) -> int:
        """Spans replaced so far."""
        return sum(self.counts.values())


def labelled(label: str, text: str) -> str:
    """`text` as it is looked through where `label` says what it is: before numbers it stands as a word would."""
    return f"{label}: {text}" if label and any(map(str.isdigit, text)) else text


def merged(*counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by kind, added up, in the order of the kinds' names."""
    total: dict[str, int] = {}
    for each in counts:
        for kind, count in each.items():
            total[kind] = total.get(kind, 0) + count
    return dict(sorted(total.items()))
