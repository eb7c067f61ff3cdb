"""What a page declares, found in its visible text: names of one word, numbers without a shape, postal addresses."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from collector.document.text import VisibleText
from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.engine.span import KINDS, PLACEHOLDER, Span
from collector.minimise.names.author_field import is_person, normal
from collector.minimise.names.name_shapes import Byline
from collector.minimise.names.persons import Names
from collector.minimise.structure.declared import Declared

ADDRESS = next((kind for kind in ("address", "postal_address") if kind in KINDS), "")
MAX_PIECES = 100_000  # text nodes below declared elements, together
_LONGEST_ADDRESS = 300


def declared_spans(
    visible: VisibleText, declared: Declared, in_text: Iterable[Byline], kinds: frozenset[str]
) -> Iterator[Span]:
    """Masked where the page declares them, and nowhere else: single words, short numbers, addresses."""
    wanted = [place.element for place in declared.places] + declared.numbers + declared.addresses
    ranges = ranges_of(visible, wanted) if wanted else {}
    if "person" in kinds:
        for line in in_text:
            yield Span(line.start, line.end, "person", "person_byline", normal(line.name))
        for place in declared.places:
            if place.element in ranges:
                yield from _names(visible.text, ranges[place.element], place.names)
    if "phone" in kinds:
        for element in declared.numbers:
            if element in ranges:
                yield from _number(visible.text, *ranges[element])
    if ADDRESS and ADDRESS in kinds:
        for element in declared.addresses:
            start, end = ranges.get(element, (0, 0))
            text = visible.text[start:end]
            if 3 <= len(text.strip()) <= _LONGEST_ADDRESS and not PLACEHOLDER.search(text):
                yield Span(start, end, ADDRESS, "address_declared", " ".join(text.split()).casefold())


def glued_spans(visible: VisibleText, names: Names) -> Iterator[Span]:
    """Names in text nodes that touch the next one without a space: `<a>Jane Doe</a><time>12 May</time>`."""
    text = visible.text
    glued: dict[int, int] = {}
    for (start, end, _, _), (following, stop, _, _) in itertools.pairwise(visible.nodes):
        if end == following and text[end - 1].isalnum() and text[end].isalnum():
            glued[start] = end
            glued[following] = stop
    if not glued:
        return
    # searched through as one, with a sign between that no name goes across
    parts = [text[start:end] for start, end in glued.items()]
    begins = list(itertools.accumulate((len(part) + 1 for part in parts), initial=0))
    places = list(glued)
    for span in names.find("\0".join(parts), NO_CONTEXT):
        index = bisect.bisect_right(begins, span.start) - 1
        shift = places[index] - begins[index]
        yield replace(span, start=shift + span.start, end=shift + span.end)


def ranges_of(visible: VisibleText, wanted: list[etree._Element]) -> dict[etree._Element, tuple[int, int]]:
    """From where to where each element's text reaches, for those that have some."""
    places = {(element, tail): (start, end) for start, end, element, tail in visible.nodes}
    ranges: dict[etree._Element, tuple[int, int]] = {}
    looked_at = 0
    for element in wanted:
        if element in ranges or looked_at > MAX_PIECES:
            continue
        nodes = [(element, False)]
        for child in element.iterdescendants():
            nodes += ((child, False), (child, True))
            looked_at += 1
        shown = [places[node] for node in nodes if node in places]
        if shown:
            ranges[element] = (min(start for start, _ in shown), max(end for _, end in shown))
    return ranges


def _names(text: str, within: tuple[int, int], names: tuple[str, ...]) -> Iterator[Span]:
    start, end = within
    here = text[start:end]
    for name in names:
        if not is_person(name) and " " in name:
            continue
        pattern = r"\s+".join(map(re.escape, name.split()))
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", here):
            yield Span(start + match.start(), start + match.end(), "person", "person_declared", normal(name))


def _number(text: str, start: int, end: int) -> Iterator[Span]:
    here = text[start:end]
    digits = "".join(filter(str.isdigit, here))
    if 5 <= len(digits) <= 20 and not PLACEHOLDER.search(here):
        first = start + len(here) - len(here.lstrip())
        yield Span(first, start + len(here.rstrip()), "phone", "phone_declared", digits)
