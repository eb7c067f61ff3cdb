"""Tells the attributes of a page that can hold something from those that cannot: each distinct one is judged once."""

from __future__ import annotations

import bisect
import re

from lxml import etree

from collector.minimise.context import NO_CONTEXT
from collector.minimise.markup import URL_ATTRIBUTES, keeps_attribute
from collector.minimise.persons import Names
from collector.minimise.recognizers import email
from collector.minimise.url import is_plain

MAX_QUIET = 100_000  # distinct pairs that are remembered; a page with more has all its elements looked at one by one

# At most four digits in one run: no number that any recognizer knows, and nothing an address needs.
_DULL = re.compile(r"[A-Za-z_\- .,:;#]*(?:\d{1,4}[A-Za-z_\- ,:;#]*)?")
_SHORTEST = 3
_ON_TYPE = frozenset(("value",))  # what is kept of it depends on the element


class AttributeValues:
    """`loud`: elements with an attribute that is to be looked at. Everything else stays as it is."""

    __slots__ = ("crowded", "loud", "quiet")

    def __init__(self) -> None:
        self.quiet: set[tuple[str, str]] = set()
        self.loud: list[etree._Element] = []
        self.crowded = False

    def is_quiet(self, element: etree._Element, pair: tuple[str, str]) -> bool:
        """Whether an attribute stays as it is, whatever it is for, unless it spells a name or an address in words."""
        name, value = pair
        if name in _ON_TYPE or not keeps_attribute(element, name, value) or not _looks_dull(name, value):
            return False
        if len(self.quiet) < MAX_QUIET:
            self.quiet.add(pair)
        else:
            self.crowded = True
        return True

    def speaking(self, root: etree._Element, names: Names) -> list[etree._Element]:
        """Elements that are to be looked at as well: an attribute spells a person's name, or an address in words."""
        if self.crowded:
            return list(root.iter(etree.Element))
        values = [pair for pair in self.quiet if len(pair[1]) >= _SHORTEST]
        joined = "\n".join(value for _, value in values)
        found: set[tuple[str, str]] = set()
        if email.has_spoken_dot(joined):
            found.update(pair for pair in values if " " in pair[1] and email.has_spoken_dot(pair[1]))
        if names and names.possible(joined):
            starts = [0]
            for _, value in values:
                starts.append(starts[-1] + len(value) + 1)
            found.update(values[bisect.bisect_right(starts, span.start) - 1] for span in names.find_spelled(joined))
            found.update(values[bisect.bisect_right(starts, span.start) - 1] for span in names.find(joined, NO_CONTEXT))
        if not found:
            return []
        return [element for element in root.iter(etree.Element) if not found.isdisjoint(element.items())]


def is_dull(name: str, value: str) -> bool:
    """Whether a value cannot hold anything but a name."""
    return _looks_dull(name, value) and not (" " in value and email.has_spoken_dot(value))


def _looks_dull(name: str, value: str) -> bool:
    return is_plain(value) if name in URL_ATTRIBUTES else _DULL.fullmatch(value) is not None
