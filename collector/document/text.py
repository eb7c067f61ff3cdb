"""The text a reader of the page sees, with the way back from every character to its place in the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
_KEEPS_LINES = frozenset(("pre", "listing", "xmp", "plaintext"))


@dataclass(slots=True, repr=False)
class Piece:
    """One text node: characters `start` to `end` of the visible text are `element.text`, or its `.tail`."""

    start: int
    end: int
    element: etree._Element
    tail: bool


@dataclass(slots=True, repr=False)
class VisibleText:
    """`text` in document order. Blocks are separated by a newline, inline elements by nothing.

    Inside a block each white space character became one space, so every piece has the length of its node.
    White space between blocks is left out.
    """

    text: str
    pieces: list[Piece] = field(default_factory=list)
    held: list[etree._Element] = field(default_factory=list)  # all elements: their Python objects are made once


def visible_text(root: etree._Element) -> VisibleText:
    """One walk over the tree; linear, without recursion."""
    # Written out rather than in small functions: half of the time of a page's facts is spent here.
    parts: list[str] = []
    pieces: list[Piece] = []
    length = 0
    ended = True  # the text so far ends with a separator
    plain = True  # no character so far that may be a control
    preformatted = 0
    held = list(root.iter())  # lxml makes an element's Python object anew each time nobody holds it
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tail = event != "start"
        if event == "comment" or event == "pi":  # noqa: PLR1714  a set would cost more than the rest of the line
            text = element.tail
        else:
            tag = element.tag
            if not tail and tag in UNSEEN:
                walker.skip_subtree()
                continue
            if tag in BLOCKS:
                if parts and parts[-1] != "\n":
                    parts.append("\n")
                    length += 1
                ended = True
                if tag in _KEEPS_LINES:
                    preformatted += -1 if tail else 1
            text = element.text if not tail else element.tail if element is not root else None
        if not text:
            continue
        if not preformatted:
            if text.isspace():
                if not ended:
                    parts.append(" ")
                    length += 1
                    ended = True
                continue
            if not text.isprintable():
                text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ").replace("\x0c", " ")
                plain = plain and text.isprintable()
        else:
            plain = False
        parts.append(text)
        end = length + len(text)
        pieces.append(Piece(length, end, element, tail))
        length = end
        ended = text[-1] in " \n"
    joined = "".join(parts)
    return VisibleText(joined if plain else _CONTROL.sub(" ", joined), pieces, held)


def plain_lines(text: str) -> str:
    """`text` with runs of white space collapsed and empty lines gone."""
    lines = [_plain(line) for line in text.splitlines()]
    return "\n".join([line for line in lines if line])


def _plain(line: str) -> str:
    if "  " not in line and line.isprintable():  # nothing to collapse: most lines, for a fifth of the time
        return line.strip()
    return " ".join(line.split())
