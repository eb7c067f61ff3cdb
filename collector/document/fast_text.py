"""The main text of a page by resiliparse: heuristics in native code, a fraction of trafilatura's time.

An extra of its own, `fast-text`; `[document] extractor` chooses it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from lxml import etree

from collector.document.html import HtmlDocument
from collector.document.text import plain_lines


def installed() -> bool:
    """Whether the extra is there. Imports nothing of it."""
    return find_spec("resiliparse") is not None


@cache
def html2text() -> ModuleType:
    """Imported when first needed. Raises ModuleNotFoundError where the extra is not installed."""
    return import_module("resiliparse.extract.html2text")


def fast_text(document: HtmlDocument) -> str:
    """Paragraphs divided by newlines, without what looks like navigation and boilerplate; empty where nothing is left.

    It is asked for what trafilatura is: tables and lists, no comments, alternative texts or links. Many a list is taken
    for navigation.
    """
    text = html2text().extract_plain_text(
        etree.tostring(document.root, encoding="unicode", method="html"),
        preserve_formatting=True,
        main_content=True,
        list_bullets=True,
        alt_texts=False,
        links=False,
        form_fields=False,
        noscript=False,
        comments=False,
    )
    return plain_lines(text)
