"""Tells the attributes of a page that can hold something from those that cannot: all distinct ones in one pass."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable
from itertools import accumulate

from lxml import etree

from collector.document.marked import MarkedTree
from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.engine.matching import Matcher
from collector.minimise.names.persons import Names
from collector.minimise.recognizers import email
from collector.minimise.structure import person_classes, profile_links, url
from collector.minimise.structure.markup import URL_ATTRIBUTES, keeps_name, keeps_value

Pair = tuple[str, str]

MAX_QUIET = 100_000  # distinct pairs that are remembered; a page with more has all its elements looked at one by one

# At most four digits in one run: no number that any recognizer knows, and nothing an address needs.
_DULL = re.compile(r"[A-Za-z_\- .,:;#]*(?:\d{1,4}[A-Za-z_\- ,:;#]*)?")
_SHORTEST = 3

# Wherever a value is not dull, or a URL not plain, one of these matches; values are lines, none before the first one.
_ODD_WORDS = (r"[^A-Za-z_\- .,:;#0-9\n]", r"[0-9]{5}", r"[0-9][^0-9\n]+[0-9]", r"[0-9][^0-9\n]*\.")
_ODD_URLS = (
    r"[^A-Za-z0-9/._#\-:\n]",
    r":(?:$|[^/\n]|/$|/[^/\n])",
    r"(?:[^ps]|[^t]p|[^t]tp|[^h]ttp|[^p]s|[^t]ps|[^t]tps|[^h]ttps):",
    r"[^\n]https?:",
    rf"(?i)(?:{url.HINT})",
)
_SPOKEN_DOT = r"(?i) (?:dot|punkt|punto|point|ponto|punt|kropka) "
_WORDS = Matcher((*_ODD_WORDS, _SPOKEN_DOT, *person_classes.HINTS))
_URLS = Matcher((*_ODD_URLS, rf"(?i)(?:{profile_links.HINT})"))
_HINTED_NAMES = frozenset(("class", "id"))  # whose values say by a word that they are about a person


class AttributeValues:
    """`loud`: elements with an attribute that is to be looked at. Everything else stays as it is."""

    __slots__ = ("_hinted", "_loud", "_spoken", "crowded", "loud", "quiet")

    def __init__(self) -> None:
        self.quiet: set[Pair] = set()
        self.loud: list[etree._Element] = []
        self.crowded = False
        self._loud: set[Pair] = set()
        self._hinted: set[Pair] = set()  # worth a look for what they say of persons
        self._spoken: set[Pair] = set()

    def telling(self, pairs: set[Pair]) -> set[Pair]:
        """Those of `pairs` that are to be looked at, or may say something of a person."""
        fresh = pairs.difference(self.quiet, self._loud)
        urls: list[Pair] = []
        words: list[Pair] = []
        self._loud = set() if self.crowded else self._loud
        for pair in fresh:
            kind = _KINDS.get(pair[0]) or _kind_of(pair[0])
            if kind == "url":
                urls.append(pair)
            elif kind == "words":
                words.append(pair)
            else:
                self._loud.add(pair)
        self._judge(urls, _URLS, len(_ODD_URLS))
        self._judge(words, _WORDS, len(_ODD_WORDS))
        return self._loud | self._hinted

    def is_loud(self, pairs: Iterable[Pair]) -> bool:
        """Whether one of `pairs`, which `telling` has seen, is to be looked at whatever it is for."""
        return not self._loud.isdisjoint(pairs)

    def is_hinted(self, pair: Pair) -> bool:
        """Whether a URL, which `telling` has seen, may lead to a person's page or mailbox."""
        return pair in self._hinted

    def _judge(self, pairs: list[Pair], matcher: Matcher, odd: int) -> None:
        """Sort `pairs` into loud and quiet; patterns before number `odd` say that a value deserves a closer look."""
        values = [value for _, value in pairs]
        joined = "\n" + "\n".join(values)
        ends = matcher.ends(joined) if joined.count("\n") == len(values) else None
        closer: Iterable[int] = range(len(pairs))
        if ends is None:  # nobody can tell in one pass
            self._hinted.update(pairs)
            self._spoken.update(pair for pair in pairs if " " in pair[1])
        else:
            starts = list(accumulate((len(value) + 1 for value in values), initial=1))
            closer = {bisect.bisect_right(starts, end - 1) - 1 for end, number in ends if number < odd}
            for index, number in {(bisect.bisect_right(starts, end - 1) - 1, n) for end, n in ends if n >= odd}:
                pair = pairs[index]
                if matcher is _WORDS and number == odd:
                    self._spoken.add(pair)
                elif matcher is _URLS or pair[0] in _HINTED_NAMES:
                    self._hinted.add(pair)
        loud = [pair for pair in map(pairs.__getitem__, closer) if not _is_quiet(pair)]
        self._loud.update(loud)
        if len(self.quiet) + len(pairs) < MAX_QUIET:
            self.quiet.update(pairs)
            self.quiet.difference_update(loud)
        else:
            self.crowded = True

    def speaking(self, marked: MarkedTree, names: Names) -> list[etree._Element]:
        """Elements that are to be looked at as well: an attribute spells a person's name, or an address in words."""
        if self.crowded:
            return marked.elements
        found = {pair for pair in self._spoken if email.has_spoken_dot(pair[1])}
        if names:
            values = [pair for pair in self.quiet if len(pair[1]) >= _SHORTEST]
            joined = "\n".join(value for _, value in values)
            if names.possible(joined):
                starts = list(accumulate((len(value) + 1 for _, value in values), initial=0))
                for span in (*names.find_spelled(joined), *names.find(joined, NO_CONTEXT)):
                    found.add(values[bisect.bisect_right(starts, span.start) - 1])
        if not found:
            return []
        return [
            element
            for part in marked.stretches()
            for element, pairs in zip(part.elements, part.pairs_of, strict=True)
            if not found.isdisjoint(pairs)
        ]


def is_dull(name: str, value: str) -> bool:
    """Whether a value cannot hold anything but a name."""
    return _looks_dull(name, value) and not (" " in value and email.has_spoken_dot(value))


def _is_quiet(pair: Pair) -> bool:
    name, value = pair
    return keeps_value(name.lower(), value) and _looks_dull(name, value)


def _looks_dull(name: str, value: str) -> bool:
    return url.is_plain(value) if name in URL_ATTRIBUTES else _DULL.fullmatch(value) is not None


@functools.lru_cache(maxsize=2_048)
def _kind_of(name: str) -> str:
    """How an attribute is judged: as a URL, as words, or always by itself (what is kept of it is another question)."""
    if not keeps_name(name) or name.lower() == "value":
        return "itself"
    return "url" if name in URL_ATTRIBUTES else "words"


_KINDS = {name: _kind_of(name) for name in ("class", "id", "href", "src", "title", "rel", "alt", "style", "name")}
