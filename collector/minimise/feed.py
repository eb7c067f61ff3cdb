"""Feeds and sitemaps: authors, addresses, and the HTML that entries carry as text."""

from __future__ import annotations

import re
from copy import deepcopy
from html import escape
from itertools import cycle

from lxml import etree

from collector.document.feed import FeedDocument
from collector.document.html import attributes, tree_of
from collector.document.sitemap import SitemapDocument
from collector.document.xml import local_name
from collector.minimise.engine.context import context_of
from collector.minimise.engine.span import PLACEHOLDER, Span, resolve
from collector.minimise.html import residual
from collector.minimise.minimised import MinimisedDocument
from collector.minimise.names import person_dates
from collector.minimise.names.author_field import is_person, split_names
from collector.minimise.replacing.plan import Plan
from collector.minimise.replacing.redact import LOOKALIKE, Redactor, merged
from collector.minimise.structure.attributes import credit, settled_url
from collector.minimise.structure.markup import settable
from collector.minimise.structure.url import url_spans
from collector.minimise.tree import minimise_tree
from collector.model.page import Redaction
from collector.model.url import Url

# RSS 2.0, Atom (RFC 4287 §4.2.1), Dublin Core, iTunes and Media RSS.
_PEOPLE = frozenset(
    ("author", "creator", "managingeditor", "webmaster", "contributor", "credit", "owner", "lastmodifiedby")
)
_DATES = frozenset(("pubdate", "published", "updated", "date", "created", "modified", "issued", "lastbuilddate"))
_PEOPLE_PARTS = frozenset(("name", "email", "uri", "url"))
_ADDRESSES = frozenset(("href", "url", "src", "uri"))  # attributes: of Atom's `link`, RSS's `enclosure`, Media RSS
_NAME = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_MARKUP = re.compile(r"<[a-zA-Z!/][^<>]{0,4000}>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,12});")
_WORD = r"""[^\s<>()\[\]",;]"""
_MAILBOX = re.compile(f"{_WORD}{{1,64}}@{_WORD}{{1,255}}")
# What stands for itself in the field of a person: addresses, and what stands in for one already.
_APART = re.compile(
    f"(https?://{_WORD}{{1,2000}}|{_MAILBOX.pattern}|(?:{_WORD}{{0,64}}@)?{PLACEHOLDER.pattern}{_WORD}{{0,255}})"
)
_BESIDE = ' \t\n\r<>()[]",;&'
_READ_AS_MARKUP = re.compile(r"<(?=[a-zA-Z!/])|&(?=[#a-zA-Z])")
_XML_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def minimise_feed(document: FeedDocument, url: Url | None, plan: Plan) -> MinimisedDocument:
    """Minimise the feed's tree in place and serialise it as UTF-8 XML."""
    root = document.root
    context = context_of(url, root.get("{http://www.w3.org/XML/1998/namespace}lang"))
    redactor = Redactor(plan, context).of(url)
    clean = True
    if not plan.off:
        if LOOKALIKE.search(etree.tostring(root, encoding="unicode")):
            rehearsal = Redactor(plan, context).of(url)
            _rewrite(deepcopy(root), rehearsal)
            redactor.escaping = rehearsal.total > 0
        clean = _rewrite(root, redactor)
    _only_declared_names(root)
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=True, with_tail=False)
    if not plan.off:
        clean = clean and not redactor.withhold and not residual(body.decode("utf-8", "replace"), redactor)
    redaction = Redaction(plan.profile, merged(redactor.counts), redactor.models)
    if not clean:
        return MinimisedDocument(b"", "utf-8", redaction, withhold=True)
    return MinimisedDocument(body, "utf-8", redaction, title=_title(root), visible="\n".join(_texts(root)))


def minimise_sitemap(document: SitemapDocument, plan: Plan) -> MinimisedDocument:
    """The sitemap anew, from its locations and dates alone; personal parts of addresses become placeholders."""
    redactor = Redactor(plan)
    outer, inner = ("sitemapindex", "sitemap") if document.index else ("urlset", "url")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{outer} xmlns="{_XML_SITEMAP}">']
    for place in document.locations:
        href = place.href if plan.off else settled_url(place.href, redactor)
        lastmod = f"<lastmod>{escape(place.lastmod)}</lastmod>" if place.lastmod and len(place.lastmod) <= 32 else ""
        lines.append(f"<{inner}><loc>{escape(href)}</loc>{lastmod}</{inner}>")
    lines.append(f"</{outer}>")
    body = settable("\n".join(lines)).encode()
    return MinimisedDocument(body, "utf-8", Redaction(plan.profile, merged(redactor.counts)))


def _rewrite(root: etree._Element, redactor: Redactor) -> bool:
    """Minimise the tree in place; False where something of it could not be taken out."""
    people = [element for element in root.iter(etree.Element) if _is_person_field(element)]
    for element in people:
        redactor.names.add(name for name in _named(_said(element.text or "")) if is_person(name))
    fields = frozenset(people)
    if person_dates.KIND in redactor.kinds and any((each.text or "").strip() for each in people):
        _coarsen_dates(root, redactor)
    clean = True
    for element in root.iter(etree.Element):
        clean = _element(element, redactor, person=element in fields) and clean
    return clean


def _element(element: etree._Element, redactor: Redactor, *, person: bool) -> bool:
    clean = True
    text = element.text
    if text and not text.isspace():
        if text.strip().startswith(("http://", "https://")) and " " not in text.strip():
            element.text = settable(_address(text, redactor))
        elif person and "person" in redactor.kinds:
            element.text = settable(_credits(_said(text), redactor)) or None
        elif _MARKUP.search(text):
            minimised, clean = _fragment(text, redactor)
            element.text = settable(minimised)
        else:
            element.text = settable(redactor.redact(text)[0])
    if element.tail and not element.tail.isspace():
        element.tail = settable(redactor.redact(element.tail)[0])
    for name, value in attributes(element):
        if name in _ADDRESSES or value.startswith("http"):
            minimised = settled_url(value, redactor)
        else:
            minimised = redactor.redact(value)[0]
        if minimised != value:
            element.set(name, settable(minimised))
    return clean


def _said(text: str) -> str:
    """The field of a person as it is read: a name is text without markup (RFC 4287 §3.2.1), whatever is written."""
    if not _READ_AS_MARKUP.search(text):
        return text
    shown = _MAILBOX.sub(lambda mailbox: f" {mailbox[0]} ", text).replace("< ", " ").replace(" >", " ")
    if _MARKUP.search(shown):
        shown = "".join(tree_of(f"<html><body>{shown}</body></html>").itertext())
    return " ".join(_READ_AS_MARKUP.sub(" ", shown).split())


def _named(text: str) -> list[str]:
    """Who is named there: RSS 2.0 writes `address (Name)`, mail `Name <address>` (RFC 5322 §3.4)."""
    pieces = (piece.strip(_BESIDE) for piece in _APART.split(text[:2_000])[::2])
    return [name for piece in pieces if piece for name in split_names(piece)]


def _credits(text: str, redactor: Redactor) -> str:
    """Each person a placeholder, addresses as what they are, and what stands around them where it stood."""
    written = "".join(
        piece if apart else _credit(piece, redactor)
        for piece, apart in zip(_APART.split(redactor.redact(text)[0]), cycle((False, True)), strict=False)
    )
    return _READ_AS_MARKUP.sub(" ", written)


def _credit(piece: str, redactor: Redactor) -> str:
    core = piece.strip(_BESIDE)
    if not core or not any(map(is_person, split_names(core))):
        return piece
    start = piece.index(core)
    return f"{piece[:start]}{credit(core, redactor)}{piece[start + len(core) :]}"


def _coarsen_dates(root: etree._Element, redactor: Redactor) -> None:
    """The dates of a feed that names who writes in it (an entry inherits the feed's author: RFC 4287 §4.1.2)."""
    for element in root.iter(etree.Element):
        if local_name(element) in _DATES and len(element) == 0:
            dates = person_dates.dates_in((element.text or "")[:100])
            if dates:
                element.text = settable(redactor.replacement(person_dates.KIND, dates[0].value))


def _fragment(text: str, redactor: Redactor) -> tuple[str, bool]:
    """HTML inside a text node (RSS `description`, Atom `type=html`)."""
    root = tree_of(f"<html><body>{text}</body></html>")
    escaping = redactor.escaping
    result = minimise_tree(root, redactor)
    redactor.escaping = escaping
    body = root.find("body")
    if body is None:
        return "", True
    inner = escape(body.text or "") + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in body
    )
    return inner, result.clean


def _address(text: str, redactor: Redactor) -> str:
    def find(address: str) -> list[Span]:
        spans = url_spans(address) or resolve(redactor.names.find_spelled(address))
        return [span for span in spans if span.kind in redactor.kinds]

    return redactor.settled(text, find(text), find)


def _only_declared_names(root: etree._Element) -> None:
    """Prefixes that no namespace was declared for go (`dc:creator`), so that every parser takes the feed again."""
    for element in root.iter(etree.Element):
        if ":" in element.tag.rpartition("}")[2]:
            namespace, brace, _ = element.tag.rpartition("}")
            local = element.tag.rpartition(":")[2]
            element.tag = namespace + brace + (local if _NAME.match(local) else "element")
        for name in [name for name in element.attrib if ":" in str(name).rpartition("}")[2]]:
            value, local = element.attrib.pop(name), str(name).rpartition(":")[2]
            if _NAME.match(local) and local not in element.attrib:
                element.set(local, settable(str(value)))


def _is_person_field(element: etree._Element) -> bool:
    name = local_name(element)
    parent = element.getparent()
    if name in _PEOPLE:
        return len(element) == 0
    return name in _PEOPLE_PARTS and parent is not None and local_name(parent) in _PEOPLE


def _texts(root: etree._Element) -> list[str]:
    return [text for text in root.itertext() if isinstance(text, str) and not text.isspace()]


def _title(root: etree._Element) -> str | None:
    title = next((e for e in root.iter(etree.Element) if local_name(e) == "title"), None)
    return (" ".join((title.text or "").split())[:1_000] or None) if title is not None else None
