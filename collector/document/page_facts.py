"""What gate 4 may know of a document, gathered in one walk over the parsed tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from collector.document.facts import Form, Meta, PageFacts
from collector.document.feed import FeedDocument
from collector.document.html import HtmlDocument, text_of
from collector.document.language import detect
from collector.document.marked import MarkedTree
from collector.document.read import Document, ExtractedDocument, TextDocument
from collector.document.text import plain_lines

SAMPLE = 10_000  # characters of visible text in `text_sample`
MAX_TEXT = 200_000  # characters of it in `text`
MAX_SCRIPT = 65_536  # characters of one JSON-LD or RSL body
MAX_NAMES = 5_000  # ids and classes
MAX_OF_A_KIND = 1_000  # metas, scripts, frames, forms, link elements

_TOLD = ("meta", "script", "link", "iframe", "frame", "form", "title")
_NAMING = frozenset(("id", "class", "itemtype"))
_TEXT_INPUTS = frozenset(("text", "email", "search", "tel", "url", "number", ""))


def page_facts(document: Document, *, status: int, with_language: bool) -> PageFacts:
    """The facts of `document`, which was answered with `status`. `language` is None unless asked for. Never raises."""
    if isinstance(document, HtmlDocument):
        return _of_html(document, status, with_language=with_language)
    text = ""
    if isinstance(document, (TextDocument, ExtractedDocument)):
        text = document.text
    elif isinstance(document, FeedDocument):
        text = "\n".join(part for part in document.root.itertext() if isinstance(part, str))
    text = plain_lines(text)
    return PageFacts(
        media_type=document.media_type,
        charset=document.charset,
        status=status,
        text_sample=text[:SAMPLE],
        text=text[:MAX_TEXT],
        text_length=len(text),
        language=detect(text[:SAMPLE]) if with_language else None,
    )


@dataclass(slots=True)
class _Found:
    metas: list[Meta] = field(default_factory=list)
    link_rels: list[tuple[str, str, str]] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    rsl: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    types: list[str] = field(default_factory=list)
    title: str = ""


def _of_html(document: HtmlDocument, status: int, *, with_language: bool) -> PageFacts:
    text = plain_lines(document.visible().text)
    found = _Found()
    _names(document.marked(), found)
    for element in document.root.iter(*_TOLD):
        _visit(element, found)
    loose = [e for e in document.root.iter("input") if _type(e) == "password" and not _inside(e, "form")]
    if loose:
        found.forms.append(Form("", has_password=True, text_inputs=0))
    return PageFacts(
        media_type=document.media_type,
        charset=document.charset,
        status=status,
        title=found.title,
        metas=tuple(found.metas),
        link_rels=tuple(found.link_rels),
        json_ld=tuple(found.json_ld),
        script_sources=tuple(found.scripts),
        iframe_sources=tuple(found.frames),
        element_ids=frozenset(found.names),
        forms=tuple(found.forms),
        inline_rsl=tuple(found.rsl),
        microdata_types=tuple(found.types),
        text_sample=text[:SAMPLE],
        text=text[:MAX_TEXT],
        text_length=len(text),
        language=detect(text[:SAMPLE]) if with_language else None,
        html_lang=(document.root.get("lang") or "").strip().lower()[:35],
    )


def _names(marked: MarkedTree, found: _Found) -> None:
    """Ids, classes and microdata types, each distinct value once: a page repeats them in hundreds of its elements."""
    told = [pair for part in marked.stretches() for pair in part.distinct if pair[0] in _NAMING]
    names = found.names
    for kind, value in told:
        if kind == "itemtype":
            if len(found.types) < MAX_OF_A_KIND:
                found.types.extend(value.split()[:10])
        elif len(names) >= MAX_NAMES:
            continue
        elif kind == "class":
            names.update(name[:200] for name in value.lower().split()[:50])
        elif value:
            names.add(value.lower()[:200])


def _visit(element: etree._Element, found: _Found) -> None:
    get = element.get
    tag = element.tag
    if tag == "meta":
        if len(found.metas) < MAX_OF_A_KIND:
            _meta(element, found)
    elif tag == "script":
        _script(element, found)
    elif tag == "link":
        if get("rel") and len(found.link_rels) < MAX_OF_A_KIND:
            found.link_rels.append(((get("rel") or "").lower(), (get("type") or "").lower(), get("href") or ""))
    elif tag in ("iframe", "frame"):
        if (source := get("src")) and len(found.frames) < MAX_OF_A_KIND:
            found.frames.append(source[:2_000])
    elif tag == "form":
        if len(found.forms) < MAX_OF_A_KIND:
            found.forms.append(_form(element))
    elif tag == "title" and not found.title and not _inside(element, "svg"):
        found.title = " ".join(text_of(element).split())[:1_000]


def _meta(element: etree._Element, found: _Found) -> None:
    """A `<meta>` inside `<template>`, or inside a `<noscript>` of the body, is not part of the page's metadata."""
    in_head = in_noscript = False
    for ancestor in element.iterancestors():
        if ancestor.tag == "template":
            return
        in_head = in_head or ancestor.tag == "head"
        in_noscript = in_noscript or ancestor.tag == "noscript"
    if in_noscript and not in_head:
        return
    get = element.get
    found.metas.append(
        Meta(
            name=(get("name") or "").strip().lower(),
            http_equiv=(get("http-equiv") or "").strip().lower(),
            property=(get("property") or "").strip().lower(),
            content=get("content") or "",
            in_head=in_head,
            itemprop=(get("itemprop") or "").strip().lower(),
        )
    )


def _script(element: etree._Element, found: _Found) -> None:
    media_type = (element.get("type") or "").partition(";")[0].strip().lower()
    if media_type == "application/ld+json":
        if len(found.json_ld) < MAX_OF_A_KIND:
            found.json_ld.append((element.text or "")[:MAX_SCRIPT])
    elif media_type == "application/rsl+xml":
        if len(found.rsl) < MAX_OF_A_KIND:
            found.rsl.append((element.text or "")[:MAX_SCRIPT])
    elif (source := element.get("src")) and len(found.scripts) < MAX_OF_A_KIND:
        found.scripts.append(source[:2_000])


def _form(element: etree._Element) -> Form:
    kinds = [_type(field) for field in element.iter("input")]
    texts = sum(kind in _TEXT_INPUTS for kind in kinds) + sum(1 for _ in element.iter("textarea"))
    return Form((element.get("action") or "")[:2_000], has_password="password" in kinds, text_inputs=texts)


def _type(element: etree._Element) -> str:
    return (element.get("type") or "").strip().lower()


def _inside(element: etree._Element, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None
