"""Where, outside the visible text, something was taken out."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from collector.minimise.engine.span import Span

MAX_LOCATIONS = 1_000  # of one document; the counts stay complete


@dataclass(frozen=True, slots=True)
class Location:
    """Characters `start` to `end` of an attribute's value, or of a JSON-LD string (`attr` is its JSON pointer).

    `xpath` is the element's place in the document as it was parsed.
    """

    xpath: str
    attr: str
    start: int
    end: int
    kind: str
    rule: str


@dataclass(slots=True)
class Notes:
    """Collects locations until there are too many to be read by anybody."""

    locations: list[Location] = field(default_factory=list)

    def add(self, element: etree._Element, attr: str, spans: list[Span]) -> None:
        """Note the spans of one value. Call it before the tree is changed."""
        if not spans or len(self.locations) >= MAX_LOCATIONS:
            return
        xpath = element.getroottree().getpath(element)
        self.locations.extend(Location(xpath, attr, s.start, s.end, s.kind, s.rule) for s in spans)
