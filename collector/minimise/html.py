"""An HTML page in, the page that may be kept out: minimised, serialised, and looked over once more as bytes."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from collector.document.html import HtmlDocument, attributes, text_of, tree_of
from collector.document.sniff import XHTML
from collector.minimise.engine.context import NO_CONTEXT, context_of
from collector.minimise.engine.span import Span, resolve
from collector.minimise.minimised import MinimisedDocument
from collector.minimise.replacing.plan import Plan
from collector.minimise.replacing.recognize import RESIDUAL, recognize
from collector.minimise.replacing.redact import LOOKALIKE, Redactor, merged
from collector.minimise.structure.markup import settable
from collector.minimise.tree import CleanTree, minimise_tree, remove
from collector.model.page import Redaction
from collector.model.url import Url

MAX_RESIDUAL = 20  # hits in the serialised page that may be masked in it; more, and the page is withheld
ROUNDS = 3

_PUBLIC_ID = re.compile(r"-//[\w .:/]{1,80}//EN\Z")
_SYSTEM_ID = re.compile(r"https?://www\.w3\.org/[\w./-]{1,80}\Z")
_XML_NAME = re.compile(r"[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?\Z")
_XML_PREFIXES = frozenset(("xml", "xmlns"))


def minimise_html(document: HtmlDocument, url: Url | None, plan: Plan, lang: str | None = None) -> MinimisedDocument:
    """Minimise `document.root` in place and serialise it: UTF-8, says so, parses, holds a doctype if it did."""
    if plan.off:
        text = document.take_visible().text
        document.take_marked()
        declare_utf8(document.root)
        body = serialise(document)
        return _result(document, body, Redactor(plan), CleanTree(text, []))
    context = context_of(url, lang or document.root.get("lang") or document.root.get("xml:lang"))
    redactor = Redactor(plan, context).of(url)
    if document.brackets and LOOKALIKE.search(etree.tostring(document.root, encoding="unicode")):
        rehearsal = Redactor(plan, context).of(url)
        minimise_tree(deepcopy(document.root), rehearsal)
        redactor.escaping = rehearsal.total > 0
    tree = minimise_tree(document.root, redactor, document.take_visible(), document.take_marked())
    declare_utf8(document.root)
    body = serialise(document)
    body, tree.clean = _look_over(document, body, redactor, tree)
    return _result(document, body, redactor, tree)


def _result(document: HtmlDocument, body: str, redactor: Redactor, tree: CleanTree) -> MinimisedDocument:
    redaction = Redaction(redactor.plan.profile, merged(redactor.counts), redactor.models)
    if not tree.clean or redactor.withhold:
        return MinimisedDocument(b"", "utf-8", redaction, withhold=True)
    return MinimisedDocument(
        body=body.encode("utf-8", "replace"),
        charset="utf-8",
        redaction=redaction,
        title=title_of(document.root),
        visible=tree.visible,
        spans=tuple(tree.spans),
        locations=tuple(tree.notes.locations),
    )


def _look_over(document: HtmlDocument, body: str, redactor: Redactor, tree: CleanTree) -> tuple[str, bool]:
    """Scan the page as it will be stored: what is left is masked where it stands; too much, and nothing is kept."""
    left = 0
    for _ in range(ROUNDS):
        spans = residual(body, redactor)
        if not spans:
            return body, tree.clean
        left += len(spans)
        if left > MAX_RESIDUAL:
            return "", False
        # the page that it is now is looked through as any other: a line beside what went may name somebody
        document.root = tree_of(redactor.apply(body, spans))
        again = minimise_tree(document.root, redactor)
        tree.visible, tree.clean = again.visible, tree.clean and again.clean
        body = serialise(document)
    return "", False


def residual(body: str, redactor: Redactor) -> list[Span]:
    """Addresses, account numbers and spelled names that the serialised page still holds."""
    kinds = redactor.kinds & RESIDUAL
    spans = redactor.wanted(recognize(body, NO_CONTEXT, kinds))
    if redactor.names and "person" in redactor.kinds:
        spans = resolve([*spans, *redactor.names.find_spelled(body)])
    return spans


def serialise(document: HtmlDocument) -> str:
    """The page as text. XHTML stays well-formed XML as far as its names allow."""
    root = document.root
    info = root.getroottree().docinfo
    public = info.public_id if info.public_id and _PUBLIC_ID.match(info.public_id) else None
    system = info.system_url if info.system_url and _SYSTEM_ID.match(info.system_url) else None
    if public:
        system_part = f' "{system}"' if system else ' ""' if document.media_type == XHTML else ""
        doctype = f'<!DOCTYPE html PUBLIC "{public}"{system_part}>\n'
    else:
        doctype = "<!DOCTYPE html>\n" if info.doctype else ""
    if document.media_type != XHTML:
        _close_empty_entries(root)
        text = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
        return doctype + settable(text.replace("\r", "\n"))  # as every parser would read it (HTML 13.2.3.5)
    for element in root.iter(etree.Element):
        _only_xml_names(element)
    text = etree.tostring(root, encoding="unicode", method="xml", with_tail=False)
    return doctype + settable(text.replace("&#xFFFD;", " "))  # what libxml2 writes for a control character


def _close_empty_entries(root: etree._Element) -> None:
    """libxml2 writes no end of an empty `li`: read again, what stands behind it would be in it."""
    for entry in root.iter("li"):
        if entry.text is None and not len(entry):
            entry.text = ""


def _only_xml_names(element: etree._Element) -> None:
    declared = {"xlink"} if element.get("xmlns:xlink") else set()
    kept = [(name, value) for name, value in attributes(element) if _is_xml(name, declared)]
    if len(kept) != len(element.attrib):
        element.attrib.clear()
        for name, value in kept:
            element.set(name, value)
    if not _XML_NAME.match(element.tag) or ":" in element.tag:
        element.tag = "span"


def _is_xml(name: str, declared: set[str]) -> bool:
    prefix, colon, _ = name.partition(":")
    return _XML_NAME.match(name) is not None and (not colon or prefix in _XML_PREFIXES or prefix in declared)


def declare_utf8(root: etree._Element) -> None:
    """One declaration of the encoding, first in the head (HTML §4.2.5.4: within the first 1,024 bytes)."""
    for meta in list(root.iter("meta")):
        if meta.get("charset") is not None or (meta.get("http-equiv") or "").strip().lower() == "content-type":
            remove(meta)
    if root.tag != "html":
        return
    head = root.find("head")
    if head is None:
        head = etree.Element("head")
        root.insert(0, head)
    head.insert(0, etree.Element("meta", charset="utf-8"))


def title_of(root: etree._Element) -> str | None:
    """The document's title, white space collapsed; None where there is none."""
    title = root.find("head/title")
    if title is None:
        title = next((t for t in root.iter("title") if next(t.iterancestors("svg"), None) is None), None)
    text = " ".join(text_of(title).split()) if title is not None else ""
    return text[:1_000] or None
