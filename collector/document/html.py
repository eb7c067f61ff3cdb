"""One parse of an HTML page, whatever its bytes are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from lxml import etree, html

from collector.document.charset import decode
from collector.document.marked import MarkedTree
from collector.document.text import VisibleText, visible_text

_NO_MEMORY = 2  # libxml2's XML_ERR_NO_MEMORY
_BRACKET_REFERENCE = re.compile(r"&(?:#0*91\b|#[xX]0*5[bB]|lbrack|lsqb|lobrk|lBrack|LeftDoubleBracket)")
_UNREADABLE_NAMES = etree.XPath("//*[@*[starts-with(name(), '{')]]")
# One class for all elements: lxml.html's own look-up asks Python for every element, a third of the time of a walk.
_CLASSES = etree.ElementDefaultClassLookup(
    element=html.HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction
)
_ANY_UNREADABLE = etree.XPath("boolean(/descendant::*/@*[starts-with(name(), '{')])")  # half the time of the list


@dataclass(slots=True, repr=False)
class HtmlDocument:
    """A parsed page. `root` is the one tree that signals, links, minimising and text share. Raw: memory only."""

    media_type: str
    charset: str
    root: html.HtmlElement
    brackets: bool = True  # whether two square brackets in a row may stand in it
    _visible: VisibleText | None = None
    _marked: MarkedTree | None = None

    def visible(self) -> VisibleText:
        """The text a reader sees: one walk, shared by all who ask before somebody takes it to change the tree."""
        if self._visible is None:
            self._visible = visible_text(self.root, None if self._marked is None else self._marked.nodes)
        return self._visible

    def marked(self) -> MarkedTree:
        """The elements with their attributes, likewise."""
        if self._marked is None:
            self._marked = MarkedTree(self.root)
        return self._marked

    def take_visible(self) -> VisibleText:
        """As `visible`, for who is about to change the tree: the next one to ask walks again."""
        visible = self.visible()
        self._visible = None
        return visible

    def take_marked(self) -> MarkedTree:
        """As `take_visible`."""
        marked = self.marked()
        self._marked = None
        return marked

    def __repr__(self) -> str:
        return f"HtmlDocument({self.media_type}, {self.charset})"


def parse_html(body: bytes, *, media_type: str, content_type: str | None) -> HtmlDocument:
    """Parse `body` (charset by `charset.decode`). Bytes without a document make an empty page. Raises MemoryError."""
    text, charset = decode(body, content_type)
    root = _tree_of(text)
    marked = MarkedTree(root)
    if "{" in text and marked.has_name_beginning("{"):
        _drop_unreadable_attributes(root)
        marked = MarkedTree(root)
    return HtmlDocument(media_type, charset, root, _has_brackets(text), _marked=marked)


def _has_brackets(text: str) -> bool:
    return "[[" in text or _BRACKET_REFERENCE.search(text) is not None


def tree_of(text: str) -> html.HtmlElement:
    """The tree of `text`; `<html><body/></html>` where the text holds none."""
    root = _tree_of(text)
    if "{" in text and _ANY_UNREADABLE(root):
        _drop_unreadable_attributes(root)
    return root


def _tree_of(text: str) -> html.HtmlElement:
    root: html.HtmlElement | None
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), _parser())
    except etree.XMLSyntaxError as exc:
        if getattr(exc, "code", 0) == _NO_MEMORY:
            raise MemoryError from exc  # of the machine, not of the page: an empty page would be a lie
        root = None
    except (etree.LxmlError, ValueError):
        root = None
    if root is None or not isinstance(root.tag, str):
        root = etree.fromstring(b"<html><head></head><body></body></html>", _parser())
    return root


def elements(path: etree.XPath, root: etree._Element) -> list[etree._Element]:
    """The elements that `path` selects; it must select nothing else."""
    return cast("list[etree._Element]", path(root))  # noqa: SLF001  lxml has no other name for it


def attributes(element: etree._Element) -> list[tuple[str, str]]:
    """Name and value of each attribute, in order; unlike access by name, this never raises."""
    return cast("list[tuple[str, str]]", element.items())


def text_of(element: etree._Element) -> str:
    """All text below the element."""
    return "".join(map(str, element.itertext()))


def _parser() -> html.HTMLParser:
    # huge_tree lifts libxml2's limits on text size; it still stops at 2,048 levels of nesting
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, recover=True, no_network=True, default_doctype=False)  # type: ignore[call-arg]  # the stub lacks default_doctype
    parser.set_element_class_lookup(_CLASSES)
    return parser


def _drop_unreadable_attributes(root: html.HtmlElement) -> None:
    """Attributes whose name starts with `{` are a namespace to lxml: it raises when they are read by name."""
    for element in elements(_UNREADABLE_NAMES, root):
        kept = [(name, value) for name, value in attributes(element) if not name.startswith("{")]
        element.attrib.clear()
        for name, value in kept:
            try:
                element.set(name, value)
            except ValueError:
                continue
