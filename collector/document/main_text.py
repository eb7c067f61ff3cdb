"""The main text of a page, by the extractor that the policy chooses: trafilatura with fixed settings, or a faster one.

trafilatura changes the tree it is given, keeps state between calls when it removes duplicates, and takes
seconds on very large or very deep trees. So it gets a copy, never deduplicates, and neither extractor is asked beyond
the limits below, where the whole visible text stands in.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import assert_never

from lxml import etree

from collector.document import fast_text
from collector.document.feed import FeedDocument
from collector.document.html import HtmlDocument
from collector.document.read import Document, ExtractedDocument, TextDocument
from collector.document.text import plain_lines, visible_text

MAX_ELEMENTS = 20_000  # about five seconds of one core; a real page of 47,000 took fifteen
MAX_DEPTH = 256
_TOO_MANY = etree.XPath("count(//*) > $most")
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


class Extractor(StrEnum):
    """What tells the main text from the rest; each is the name of its distribution."""

    TRAFILATURA = "trafilatura"
    RESILIPARSE = "resiliparse"


@dataclass(frozen=True, slots=True)
class MainText:
    """`text` None: there is none. `by`: name and version of the extractor; empty where the whole text is it."""

    text: str | None
    by: str = ""


@cache
def _trafilatura() -> ModuleType:
    """Imported when first needed: it brings urllib and sockets, and whoever only decides must not load those."""
    return import_module("trafilatura")


@cache
def _name_and_version(extractor: Extractor) -> str:
    # not at the top: it imports sockets, too
    return f"{extractor.value} {import_module('importlib.metadata').version(extractor.value)}"


def available(extractor: Extractor) -> bool:
    """Whether it is installed. Imports nothing of it."""
    return extractor is not Extractor.RESILIPARSE or fast_text.installed()


def load(extractor: Extractor = Extractor.TRAFILATURA) -> None:
    """Import the extractor now, so that the first document's time limit is not spent on it."""
    if extractor is Extractor.TRAFILATURA:
        _trafilatura()
    else:
        fast_text.html2text()
    _name_and_version(extractor)


def main_text(document: Document, extractor: Extractor = Extractor.TRAFILATURA) -> str | None:
    """`extract`, the text alone."""
    return extract(document, extractor).text


def extract(document: Document, extractor: Extractor) -> MainText:
    """Paragraphs divided by newlines, without navigation and boilerplate, and what found them.

    The document is left as it was. Call it on the minimised document: what stands in the tree stands in the
    result. Never raises, where the extractor is installed.
    """
    if isinstance(document, (TextDocument, ExtractedDocument)):
        return MainText(document.text.strip() or None)
    if isinstance(document, FeedDocument):
        lines = plain_lines("\n".join(text for text in document.root.itertext() if isinstance(text, str)))
        return MainText(lines or None)
    if not isinstance(document, HtmlDocument):
        return MainText(None)
    if not _within_limits(document):
        return _whole(document)
    load(extractor)
    try:
        text = _extracted(document, extractor)
    except Exception:  # noqa: BLE001  a page that confuses the extractor still has a visible text
        return _whole(document)
    text = text.strip() if text else ""
    return MainText(text, _name_and_version(extractor)) if text else MainText(None)


def _extracted(document: HtmlDocument, extractor: Extractor) -> str | None:
    match extractor:
        case Extractor.RESILIPARSE:
            return fast_text.fast_text(document)
        case Extractor.TRAFILATURA:
            text: str | None = _trafilatura().extract(
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
            return text
        case _:
            assert_never(extractor)


def _whole(document: HtmlDocument) -> MainText:
    return MainText(plain_lines(visible_text(document.root).text) or None)


def _within_limits(document: HtmlDocument) -> bool:
    return not _TOO_MANY(document.root, most=MAX_ELEMENTS) and not _TOO_DEEP(document.root)
