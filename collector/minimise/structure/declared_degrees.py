"""Latitude and longitude that markup gives in fields of their own (microdata, RDFa, geo of hCard and h-geo)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.document.text import VisibleText
from collector.minimise.engine.span import Span
from collector.minimise.replacing.location import Notes
from collector.minimise.replacing.redact import Redactor
from collector.minimise.structure.declared import Declared
from collector.minimise.structure.declared_spans import ranges_of
from collector.minimise.structure.markup import settable

KIND = "coordinates"
_RULE = "coordinates_declared"
_DEGREES = re.compile(r"(?<![\d.])[+-]?\d{1,3}\.\d{2,20}(?![\d]|\.\d)")
_SAYING = ("content", "title", "value", "data-value")


def degree_spans(visible: VisibleText, declared: Declared) -> Iterator[Span]:
    """The numbers in the visible text of such fields."""
    if declared.degrees:
        for start, end in ranges_of(visible, declared.degrees).values():
            for found in _DEGREES.finditer(visible.text, start, end):
                yield Span(found.start(), found.end(), KIND, _RULE, found[0])


def rewrite_degrees(declared: Declared, redactor: Redactor, notes: Notes) -> None:
    """The numbers in attributes of such fields, as the policy says of coordinates."""
    if KIND not in redactor.kinds:
        return
    for element in declared.degrees:
        for attribute in _SAYING:
            said = element.get(attribute) or ""
            spans = [
                Span(found.start(), found.end(), KIND, _RULE, found[0])
                for found in _DEGREES.finditer(said)
                if not redactor.keeps(KIND, found[0])
            ]
            if spans:
                notes.add(element, attribute, spans)
                element.set(attribute, settable(redactor.apply(said, spans)))
