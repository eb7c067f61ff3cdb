"""The main text of a page, by trafilatura with fixed settings.

trafilatura changes the tree it is given, keeps state between calls when it removes duplicates, and takes
seconds on very large or very deep trees. So it gets a copy, never deduplicates, and is not asked beyond the
limits below, where the whole visible text stands in.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib import import_module
from types import ModuleType

from lxml import etree

from collector.document.feed import FeedDocument
from collector.document.html import HtmlDocument
from collector.document.read import Document, ExtractedDocument, TextDocument
from collector.document.text import plain_lines, visible_text

MAX_ELEMENTS = 20_000  # about five seconds of one core; a real page of 47,000 took fifteen
MAX_DEPTH = 256
_TOO_DEEP = etree.XPath(f"boolean(//*[count(ancestor::*) = {MAX_DEPTH}])")


@cache
def _trafilatura() -> ModuleType:
    """Imported when first needed: it brings urllib and sockets, and whoever only decides must not load those."""
    return import_module("trafilatura")


def load() -> None:
    """Import the extractor now, so that the first document's time limit is not spent on it."""
    _trafilatura()


def main_text(document: Document) -> str | None:
    """Paragraphs divided by newlines, without navigation and boilerplate; None where there is no text.

    The document is left as it was. Call it on the minimised document: what stands in the tree stands in the
    result. Never raises.
    """
    if isinstance(document, (TextDocument, ExtractedDocument)):
        return document.text.strip() or None
    if isinstance(document, FeedDocument):
        return plain_lines("\n".join(text for text in document.root.itertext() if isinstance(text, str))) or None
    if not isinstance(document, HtmlDocument):
        return None
    if not _within_limits(document):
        return plain_lines(visible_text(document.root).text) or None
    try:
        text = _trafilatura().extract(
            deepcopy(document.root),
            output_format="txt",
            fast=False,
            include_comments=False,
            include_tables=True,
            include_images=False,
            include_links=False,
            include_formatting=False,
            deduplicate=False,
            with_metadata=False,
        )
    except Exception:  # noqa: BLE001  a page that confuses the extractor still has a visible text
        return plain_lines(visible_text(document.root).text) or None
    return text.strip() or None if text else None


def _within_limits(document: HtmlDocument) -> bool:
    count = sum(1 for _ in document.root.iter())
    return count <= MAX_ELEMENTS and not _TOO_DEEP(document.root)
