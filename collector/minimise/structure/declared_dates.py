"""Dates that markup gives: births in microdata and cards; and, where a policy asks, when a named person wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from collector.document.text import VisibleText
from collector.minimise.engine.span import PLACEHOLDER, Span, is_placeholder
from collector.minimise.names import person_dates
from collector.minimise.replacing.becoming import is_coarse
from collector.minimise.replacing.location import Notes
from collector.minimise.replacing.redact import Redactor
from collector.minimise.structure.declared import Declared
from collector.minimise.structure.declared_spans import ranges_of
from collector.minimise.structure.markup import settable

BIRTH = "birth_date"
MAX_TIMES = 2_000  # elements of one page that hold a date
_LONGEST = 60  # characters of a date of birth
_TIMES = ("time", "relative-time", "time-ago", "abbr")
_SAYING = ("datetime", "content", "title", "aria-label", "value")
_FIGURES = re.compile(r"\d+")
_OF_PAGE = re.compile(
    r"(?:article:|og:|dc\.|dc:|dcterms\.|dcterms:|citation_|sailthru\.|parsely-|bt:|cxenseparse:recs:)?"
    r"(?:date|(?:pub|publish|published|publication|modified|updated|created|issued|online|upload)(?:[-_]?(?:date|time))?"
    r"|date[.\-_]?(?:published|modified|created|issued|available|submitted|copyrighted|uploaded)|updated_time"
    r"|publication_date|publishtime|pub-date|last-modified|uploaddate|revised)\Z",
    re.IGNORECASE,
)


def birth_spans(visible: VisibleText, declared: Declared, redactor: Redactor) -> Iterator[Span]:
    """What stands in the text where a page gives somebody's date of birth."""
    if not declared.births or BIRTH not in redactor.kinds:
        return
    coarse = redactor.coarsens(BIRTH)
    for start, end in ranges_of(visible, declared.births).values():
        here = visible.text[start:end]
        if len(here) > _LONGEST or PLACEHOLDER.search(here):
            continue  # a story, or what was taken out already
        dates = person_dates.dates_in(here)
        for date in dates:
            yield Span(start + date.start, start + date.end, BIRTH, "birth_date_declared", date.value)
        figures = _FIGURES.findall(here)
        if figures and not dates and not (coarse and (is_coarse(here) or all(len(each) == 4 for each in figures))):
            yield Span(start, start + len(here.rstrip()), BIRTH, "birth_date_declared", here.strip())


def rewrite_dates(
    root: etree._Element,
    visible: VisibleText,
    spans: list[Span],
    declared: Declared,
    redactor: Redactor,
    notes: Notes,
) -> None:
    """Attributes with dates of birth, and those with dates that stand with a person, as the policy says of each."""
    if BIRTH in redactor.kinds:
        for element in declared.births:
            _rewrite(element, BIRTH, redactor, notes)
    if person_dates.KIND not in redactor.kinds:
        return
    births = frozenset(declared.births)
    for element in _dated(root, visible, spans, declared):
        if element not in births:
            _rewrite(element, person_dates.KIND, redactor, notes)


def _dated(
    root: etree._Element, visible: VisibleText, spans: list[Span], declared: Declared
) -> Iterator[etree._Element]:
    """Elements whose date stands with a person; and, where the page names one, those with the dates of the page."""
    times = [element for element, _ in zip(root.iter(*_TIMES), range(MAX_TIMES), strict=False)]
    ranges = ranges_of(visible, times) if times else {}
    together = [span for span in spans if span.kind in ("person", person_dates.KIND)]
    for element in times:
        within = ranges.get(element)
        if (within and _beside(visible.text, within, together)) or (declared.names and _is_of_page(element)):
            yield element
    if declared.names:
        yield from (element for element in declared.watched if element.tag == "meta" and _is_of_page(element))


def _beside(text: str, within: tuple[int, int], spans: list[Span]) -> bool:
    """Whether one of the sorted `spans` is near; only those on both sides can be the nearest."""
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if spans[middle].start < within[0] else (low, middle)
    return any(person_dates.near(text, within, (s.start, s.end)) for s in spans[max(0, low - 1) : low + 1])


def _is_of_page(element: etree._Element) -> bool:
    if element.get("pubdate") is not None:
        return True
    names = " ".join(element.get(each) or "" for each in ("itemprop", "property", "name", "class"))
    return any(_OF_PAGE.match(name.removeprefix("schema:").removeprefix("dt-")) for name in names.split())


def _rewrite(element: etree._Element, kind: str, redactor: Redactor, notes: Notes) -> None:
    for attribute in _SAYING:
        said = element.get(attribute)
        if not said or len(said) > 4 * _LONGEST or is_placeholder(said):
            continue
        spans = [Span(s.start, s.end, kind, f"{kind}_declared", s.value) for s in person_dates.dates_in(said)]
        if spans:
            notes.add(element, attribute, spans)
            left = settable(redactor.apply(said, spans)).strip()
            if left:
                element.set(attribute, left)
            else:
                del element.attrib[attribute]
