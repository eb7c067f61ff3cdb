"""Latitude and longitude that markup gives in fields of their own (microdata, RDFa, geo of hCard and h-geo)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from collector.document.text import VisibleText
from collector.minimise.engine.span import Span
from collector.minimise.replacing.location import Notes
from collector.minimise.replacing.redact import Redactor
from collector.minimise.structure.declared import Declared
from collector.minimise.structure.declared_spans import ranges_of
from collector.minimise.structure.markup import settable

KIND = "coordinates"
_RULE = "coordinates_declared"
_DEGREES = re.compile(r"[+-]?\d{1,3}\.\d{2,20}(?!\d)")
_SAYING = ("content", "title", "value", "data-value")


def degree_spans(visible: VisibleText, declared: Declared) -> Iterator[Span]:
    """The numbers in the visible text of such fields."""
    if declared.degrees:
        for start, end in ranges_of(visible, declared.degrees).values():
            if found := _DEGREES.search(visible.text, start, end):
                yield Span(found.start(), found.end(), KIND, _RULE, found[0])


def rewrite_degrees(declared: Declared, redactor: Redactor, notes: Notes) -> None:
    """The numbers in attributes of such fields, as the policy says of coordinates."""
    if KIND not in redactor.kinds:
        return
    for element in declared.degrees:
        for attribute in _SAYING:
            found = _DEGREES.search(element.get(attribute) or "")
            if found is not None and not redactor.keeps(KIND, found[0]):
                _rewrite(element, attribute, Span(found.start(), found.end(), KIND, _RULE, found[0]), redactor, notes)


def _rewrite(element: etree._Element, attribute: str, span: Span, redactor: Redactor, notes: Notes) -> None:
    notes.add(element, attribute, [span])
    element.set(attribute, settable(redactor.apply(element.get(attribute) or "", [span])))
