"""The text a reader of the page sees, with the way back from every character to its place in the tree."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter

from lxml import etree

# Not shown, or a form's own value. `<title>` is shown (in the tab) and makes the first line.
UNSEEN = frozenset(("script", "style", "template", "textarea", "datalist", "iframe", "noembed", "noframes"))
BLOCKS = frozenset(
    """address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li listing main menu nav
    noscript object ol optgroup option p plaintext pre section select summary table tbody td tfoot th thead title tr
    ul video audio xmp""".split()
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")  # from character references; shown as nothing

# What an element is to the text. Nothing: it stands in a line. `_LINES`: a block that keeps its own lines.
_BLOCK, _LINES, _UNSEEN = 1, 2, 3
_MEANING = {**dict.fromkeys(BLOCKS, _BLOCK), **dict.fromkeys(UNSEEN, _UNSEEN), "pre": _LINES}

Node = tuple[int, int, etree._Element, bool]  # noqa: SLF001  lxml has no other name for it
_START, _END = itemgetter(0), itemgetter(1)


Owner = etree._Element | tuple[etree._Element] | None  # noqa: SLF001  whose text, whose tail; of a separator nobody's


@dataclass(slots=True, repr=False)
class VisibleText:
    """`text` in document order. Blocks are separated by a newline, inline elements by nothing.

    Inside a block each white space character became one space, so every text node keeps its length.
    White space between blocks is left out.
    """

    text: str
    _parts: list[str] = field(default_factory=list)  # what the text was joined from
    _owners: list[Owner] = field(default_factory=list)  # likewise
    _nodes: list[Node] | None = None
    held: list[etree._Element] = field(default_factory=list)  # all elements: their Python objects are made once

    @property
    def nodes(self) -> list[Node]:
        """Text nodes in order: characters `start` to `end` are the element's `text`, or where so marked its `tail`.

        Counted out by the first who asks: nobody does of a page on which nothing is found.
        """
        if self._nodes is None:
            ends = list(accumulate(map(len, self._parts)))
            self._nodes = [
                (end - len(part), end, owner[0], True)
                if isinstance(owner, tuple)
                else (end - len(part), end, owner, False)
                for part, end, owner in zip(self._parts, ends, self._owners, strict=True)
                if owner is not None
            ]
        return self._nodes

    def between(self, start: int, end: int) -> list[Node]:
        """The text nodes of which a character stands in the half-open range, which is not empty."""
        nodes = self.nodes
        first = bisect.bisect_right(nodes, start, key=_END)
        return nodes[first : bisect.bisect_left(nodes, end, lo=first, key=_START)]


def visible_text(  # noqa: PLR0915  see below
    root: etree._Element, held: list[etree._Element] | None = None
) -> VisibleText:
    """One walk over the tree; linear, without recursion. `held`: all nodes below `root`, where somebody has them."""
    # Written out, and what is done with a text twice, rather than in small functions: of the time of a page's facts
    # half is spent here. lxml's own walk takes as long again, for it makes a pair of each element's start and end.
    parts: list[str] = []
    owners: list[Owner] = []
    plain = True  # no character so far that may be a control
    preformatted = 0
    held = held or list(root.iter())  # lxml makes an element's Python object anew each time nobody holds it
    hidden: etree._Element | None = None
    outside = root.getparent()
    top, meaning = outside, 0  # the last element that began and has not ended; those around it:
    around: list[tuple[etree._Element | None, int]] = []
    for element in (*held, None):
        parent = outside if element is None else element.getparent()
        while top is not parent:
            assert top is not None
            if hidden is None or top is hidden:
                hidden = None
                if meaning and meaning != _UNSEEN:
                    if parts and parts[-1] != "\n":
                        parts.append("\n")
                        owners.append(None)
                    if meaning == _LINES:
                        preformatted -= 1
                text = top.tail
                if text and top is not root:
                    if preformatted:
                        plain = False
                    elif text.isspace():
                        if parts and parts[-1][-1] not in " \n":  # the text so far does not end with a separator
                            parts.append(" ")
                            owners.append(None)
                        text = ""
                    elif not text.isprintable():
                        text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ").replace("\x0c", " ")
                        plain = plain and text.isprintable()
                    if text:
                        parts.append(text)
                        owners.append((top,))
            top, meaning = around.pop()
        if element is None:
            break
        around.append((top, meaning))
        top = element
        tag = element.tag
        meaning = _MEANING.get(tag, 0)
        if hidden is not None:
            continue
        if meaning:
            if meaning == _UNSEEN:
                hidden = element
                continue
            if parts and parts[-1] != "\n":
                parts.append("\n")
                owners.append(None)
            if meaning == _LINES:
                preformatted += 1
        elif tag.__class__ is not str:  # a comment
            continue
        text = element.text
        if not text:
            continue
        if preformatted:
            plain = False
        elif text.isspace():
            if parts and parts[-1][-1] not in " \n":
                parts.append(" ")
                owners.append(None)
            continue
        elif not text.isprintable():
            text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ").replace("\x0c", " ")
            plain = plain and text.isprintable()
        parts.append(text)
        owners.append(element)
    joined = "".join(parts)
    return VisibleText(joined if plain else _CONTROL.sub(" ", joined), parts, owners, held=held)


def plain_lines(text: str) -> str:
    """`text` with runs of white space collapsed and empty lines gone."""
    lines = [
        # nothing to collapse: most lines, for a fifth of the time
        line.strip() if "  " not in line and line.isprintable() else " ".join(line.split())
        for line in text.splitlines()
    ]
    return "\n".join(filter(None, lines))
