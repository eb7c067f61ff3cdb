"""Tells the attributes of a page that can hold something from those that cannot: each distinct one is judged once."""

from __future__ import annotations

import re

from lxml import etree

from collector.minimise.markup import URL_ATTRIBUTES, keeps_attribute
from collector.minimise.persons import Names
from collector.minimise.recognizers import email
from collector.minimise.url import is_plain

MAX_QUIET = 100_000  # distinct pairs that are remembered; a page with more has all its elements looked at one by one

# At most four digits in one run: no number that any recognizer knows, and nothing an address needs.
_DULL = re.compile(r"[A-Za-z_\- .,:;#]*(?:\d{1,4}[A-Za-z_\- ,:;#]*)?")
_ON_TYPE = frozenset(("value",))  # what is kept of it depends on the element


class AttributeValues:
    """`loud`: elements with an attribute that is to be looked at. Everything else stays as it is."""

    __slots__ = ("_quiet", "crowded", "loud")

    def __init__(self) -> None:
        self._quiet: set[tuple[str, str]] = set()
        self.loud: list[etree._Element] = []
        self.crowded = False

    def look(self, element: etree._Element, pairs: list[tuple[str, str]]) -> None:
        """See one element's attributes."""
        quiet = self._quiet
        for pair in pairs:
            if pair in quiet:
                continue
            if is_quiet(element, *pair):
                if len(quiet) < MAX_QUIET:
                    quiet.add(pair)
                else:
                    self.crowded = True
            else:
                self.loud.append(element)
                return

    def named(self, root: etree._Element, names: Names) -> list[etree._Element]:
        """Elements that are to be looked at as well because one of their attributes spells a person's name."""
        if self.crowded:
            return list(root.iter(etree.Element))
        if not names:
            return []
        found = {pair for pair in self._quiet if len(pair[1]) >= 3} if names.possible(self._joined()) else set()
        found = {pair for pair in found if names.possible(pair[1])}
        if not found:
            return []
        return [element for element in root.iter(etree.Element) if not found.isdisjoint(element.items())]

    def _joined(self) -> str:
        return "\n".join(value for _, value in self._quiet)


def is_quiet(element: etree._Element, name: str, value: str) -> bool:
    """Whether an attribute stays as it is, whatever it is for: most classes, ids and links."""
    if name in _ON_TYPE or not keeps_attribute(element, name, value):
        return False
    return is_dull(name, value)


def is_dull(name: str, value: str) -> bool:
    """Whether a value cannot hold anything but a name."""
    if name in URL_ATTRIBUTES:
        return is_plain(value)
    return _DULL.fullmatch(value) is not None and not (" " in value and email.has_spoken_dot(value))
