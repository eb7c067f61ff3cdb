"""RSS 0.9x, 1.0, 2.0 and Atom (RFC 4287): the tree, and where the entries lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from collector.document.xml import local_name, parse_xml

MAX_ENTRIES = 10_000
_ENTRY_NAMES = frozenset(("item", "entry"))
_DATES = frozenset(("updated", "pubdate", "published", "date"))
RSL = "https://rslstandard.org/rsl"
MAX_LICENCE = 65_536  # bytes of one entry's
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Where an entry leads (as written, maybe relative), and when it says it changed."""

    href: str
    lastmod: str | None = None
    licence: bytes = b""  # its RSL elements as a document of their own (RSL §4.7)


@dataclass(slots=True, repr=False)
class FeedDocument:
    """A parsed feed. Raw: memory only."""

    media_type: str
    charset: str
    root: etree._Element
    base: str = ""

    def __repr__(self) -> str:
        return f"FeedDocument({self.media_type})"


def parse_feed(body: bytes, *, media_type: str, charset: str) -> FeedDocument | None:
    """None where the bytes are no XML at all."""
    root = parse_xml(body)
    if root is None:
        return None
    return FeedDocument(media_type, charset, root, root.get(_XML_BASE) or "")


def entries(document: FeedDocument) -> Iterator[FeedEntry]:
    """Each entry's address, at most 10,000: `<link>`, `<link href rel=alternate>`, else a permalink `<guid>`."""
    count = 0
    for element in document.root.iter():
        if local_name(element) not in _ENTRY_NAMES:
            continue
        entry = _entry(element)
        if entry is not None:
            yield entry
        count += 1
        if count >= MAX_ENTRIES:
            return


def next_pages(document: FeedDocument) -> Iterator[str]:
    """RFC 5005 §3: further pages of the same feed (`rel=next`, `prev-archive`)."""
    for child in document.root:
        for element in (child, *child):
            if local_name(element) == "link" and element.get("rel") in ("next", "prev-archive", "next-archive"):
                yield element.get("href") or ""
            if local_name(element) in _ENTRY_NAMES:
                break


def _entry(element: etree._Element) -> FeedEntry | None:
    href = guid = ""
    lastmod: str | None = None
    for child in element:
        name = local_name(child)
        text = (child.text or "").strip()
        if name == "link" and not href and child.get("rel", "alternate") == "alternate":
            href = (child.get("href") or text).strip()
        elif name == "guid" and child.get("isPermaLink", "true").lower() == "true":
            guid = text
        elif name in _DATES and (lastmod is None or name == "updated"):
            lastmod = text[:64] or None
    chosen = href or guid
    return FeedEntry(chosen, lastmod, _licence(element)) if chosen else None


def _licence(element: etree._Element) -> bytes:
    """`rsl:rsl`, or every `rsl:content` under a root; one that is too long is left open, and so not conformant."""
    contents = [child for child in element if child.tag in (f"{{{RSL}}}content", f"{{{RSL}}}rsl")]
    if not contents:
        return b""
    if contents[0].tag == f"{{{RSL}}}rsl":
        return etree.tostring(contents[0], with_tail=False)[:MAX_LICENCE]
    inside = b"".join(etree.tostring(child, with_tail=False) for child in contents)
    return (b'<rsl xmlns="' + RSL.encode() + b'">' + inside + b"</rsl>")[:MAX_LICENCE]
