"""Minimises one parsed HTML tree in place: visible text across inline elements, attributes, JSON-LD, hidden state."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from collector.document.marked import MarkedTree, Pair
from collector.document.text import Node, VisibleText, visible_text
from collector.minimise import rescan
from collector.minimise.engine.span import Span, resolve
from collector.minimise.names import attributions
from collector.minimise.replacing.location import Notes
from collector.minimise.replacing.plan import ALL, OFF
from collector.minimise.replacing.recognize import silent
from collector.minimise.replacing.redact import ROUNDS, Redactor
from collector.minimise.structure import json_ld
from collector.minimise.structure.attribute_values import AttributeValues
from collector.minimise.structure.attributes import decode_cloudflare, looked_through, rewrite_attributes
from collector.minimise.structure.declared import Declared, declared_persons
from collector.minimise.structure.declared_contacts import take_contacts
from collector.minimise.structure.declared_dates import birth_spans, rewrite_dates
from collector.minimise.structure.declared_degrees import degree_spans, rewrite_degrees
from collector.minimise.structure.declared_spans import declared_spans, glued_spans
from collector.minimise.structure.markup import (
    AS_WRITTEN,
    EMPTIED,
    has_name,
    is_dropped,
    settable,
    without_css_comments,
)
from collector.minimise.text import named_spans, with_dates


@dataclass(slots=True, repr=False)
class CleanTree:
    """`visible` after minimising, `spans` in offsets of it before; `clean`: a second scan found nothing."""

    visible: str
    spans: list[Span]
    notes: Notes = field(default_factory=Notes)
    clean: bool = True


def minimise_tree(
    root: etree._Element, redactor: Redactor, visible: VisibleText | None = None, marked: MarkedTree | None = None
) -> CleanTree:
    """Take everything personal out of `root`, in place.

    `visible` is its text and `marked` its elements, where somebody has them already.
    """
    values = AttributeValues()
    marked = marked or MarkedTree(root)
    declared = declared_persons(marked, values, redactor.foreseen)
    visible = visible or visible_text(root)
    in_text = list(attributions.find(visible.text)) if redactor.plan.names != OFF else []
    names = redactor.names
    names.everywhere = redactor.plan.names == ALL
    names.add(declared.names)
    names.take(in_text)
    modelled = redactor.by_models(visible.text)
    names.settle(visible.text)
    take_contacts(declared, redactor)
    spans = redactor.spans(visible.text)
    spans = [*spans, *modelled, *declared_spans(visible, declared, in_text, redactor.kinds)]
    if names and "person" in redactor.kinds:
        spans += glued_spans(visible, names)
    spans += birth_spans(visible, declared, redactor)
    if "coordinates" in redactor.kinds:
        spans += degree_spans(visible, declared)
    spans = with_dates(visible.text, redactor.wanted(resolve(spans)), redactor)
    result = CleanTree("", spans)
    written = rewrite_pieces(visible, spans, redactor)
    harmless: set[tuple[str, str]] = set()
    redactor.silent = silent(text for _, value in declared.scripts for text in json_ld.looked_through(value))
    for script, value in declared.scripts:
        state = json_ld.Rewriting(redactor, dated=bool(declared.names), harmless=harmless)
        script.text = settable(json_ld.dump(json_ld.rewrite(value, state)))
        for pointer, found in state.found:
            result.notes.add(script, pointer, found)
    rewrite_dates(root, visible, spans, declared, redactor, result.notes)
    rewrite_degrees(declared, redactor, result.notes)
    dropped, unnamed = _rewrite_elements(marked, visible, redactor, declared, values, result.notes)
    for element in unnamed:
        _rename(element, redactor)
    for element in dropped:
        remove(element)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    if redactor.escaping or unnamed or any(at.attr == "data-cfemail" for at in result.notes.locations):
        redactor.escaping = False
        result.visible, result.clean = _settle(root, redactor)
    elif spans:
        text, clean = rescan.after(visible.text, spans, written, redactor)
        result.visible, result.clean = (text, True) if clean else _settle(root, redactor)
    else:
        result.visible = visible.text  # not a character of it has changed, so a second scan finds nothing either
    return result


def rewrite_pieces(visible: VisibleText, spans: list[Span], redactor: Redactor) -> dict[int, str]:
    """Write the text nodes anew. A span over several nodes is replaced in the first and cut from the others.

    Returns what was written for each span, by its index.
    """
    replacements: dict[int, str] = {}
    if redactor.escaping:
        touched = visible.nodes
    else:
        touched = list(dict.fromkeys(node for span in spans for node in visible.between(span.start, span.end)))
    first = 0
    for node in touched:
        start, end, _, _ = node
        while first < len(spans) and spans[first].end <= start:
            first += 1
        here = []
        for index in range(first, len(spans)):
            if spans[index].start >= end:
                break
            here.append(index)
        if here:
            _write(node, _edited(node, spans, here, replacements, redactor))
        elif redactor.escaping:
            text = _read(node)
            kept = redactor.kept(text)
            if kept != text:
                _write(node, kept)
    return replacements


def _edited(node: Node, spans: list[Span], here: list[int], done: dict[int, str], redactor: Redactor) -> str:
    text = _read(node)
    begin = node[0]
    parts = []
    position = 0
    for index in here:
        span = spans[index]
        start = max(span.start - begin, 0)
        parts.append(redactor.kept(text[position:start]))
        if index not in done:
            done[index] = redactor.replacement(span.kind, span.value)
            parts.append(done[index])
        position = min(span.end - begin, len(text))
    parts.append(redactor.kept(text[position:]))
    return "".join(parts)


def _read(node: Node) -> str:
    _, _, element, tail = node
    return (element.tail if tail else element.text) or ""


def _write(node: Node, text: str) -> None:
    _, _, element, tail = node
    if tail:
        element.tail = settable(text)
    else:
        element.text = settable(text)


def _rewrite_elements(
    marked: MarkedTree,
    visible: VisibleText,
    redactor: Redactor,
    declared: Declared,
    values: AttributeValues,
    notes: Notes,
) -> tuple[list[etree._Element], list[etree._Element]]:
    """Attributes of everything that stays. Returns what goes, and elements whose tag is no name."""
    dropped: list[etree._Element] = list(declared.broken)
    silenced: list[etree._Element] = []  # each `noscript`
    for element in declared.watched:
        if element.tag == "noscript":
            silenced.append(element)
        elif is_dropped(element):
            dropped.append(element)
        elif element.tag in EMPTIED:
            element.text = None
        elif element.tag in AS_WRITTEN:
            element.tag = "pre"
        elif element.tag == "style":
            element.text = settable(_style(element.text or "", redactor))
    if silenced:
        dropped += _empty(silenced, visible, frozenset(dropped))
    gone = frozenset(dropped)
    profiles = dict.fromkeys(declared.profiles)  # in their order: places and numbers follow it
    fields: dict[etree._Element, set[str]] = {}
    for element, attribute in declared.fields:
        fields.setdefault(element, set()).add(attribute)
    looked_at = dict.fromkeys([*values.loud, *fields, *profiles, *values.speaking(marked, redactor.names)])
    for element in gone:
        looked_at.pop(element, None)
    seen: set[Pair] = set()
    unchanged: set[Pair] = set()
    redactor.silent = silent(text for element in looked_at for text in looked_through(element, seen))
    for element in looked_at:
        if hidden := element.get("data-cfemail"):
            _uncover(element, hidden, redactor, notes)
        rewrite_attributes(
            element, redactor, notes, unchanged, persons=frozenset(fields.get(element, ())), profile=element in profiles
        )
    strange = {tag for tag in declared.tags if not has_name(tag)}
    unnamed = [element for element in marked.elements[0].iter("*") if element.tag in strange] if strange else []
    return dropped, unnamed


def _empty(asked: list[etree._Element], visible: VisibleText, gone: frozenset[etree._Element]) -> list[etree._Element]:
    """Those that show nothing once what is `gone` has gone (around tracking pixels); of nested ones the outermost."""
    known: dict[etree._Element, bool] = {}  # whether text in it is shown; False: it goes, with all its text
    for node in visible.nodes:
        if _read(node).isspace() or not _read(node):
            continue
        _, _, element, tail = node
        around = element.getparent() if tail else element
        path = []
        while around is not None and around not in known:
            path.append(around)
            if around in gone:
                break
            around = around.getparent()
        shown = around is None or (around not in gone and known[around])
        known.update(dict.fromkeys(path, shown))
    empty: dict[etree._Element, None] = {}
    outermost = []
    for element in asked:
        if not known.get(element):
            if next(element.iterancestors("noscript"), None) not in empty:
                outermost.append(element)
            empty[element] = None
    return outermost


def _style(text: str, redactor: Redactor) -> str:
    text = without_css_comments(text)
    return redactor.apply(text, [s for s in redactor.spans(text) if s.kind == "email"]) if "@" in text else text


def _uncover(element: etree._Element, hidden: str, redactor: Redactor, notes: Notes) -> None:
    """Cloudflare's obfuscation: the address becomes its placeholder, in the place of `[email protected]`."""
    address = decode_cloudflare(hidden)
    if address is None or "email" not in redactor.kinds:
        return
    notes.add(element, "data-cfemail", [Span(0, len(hidden), "email", "email_cloudflare")])
    for child in list(element):
        element.remove(child)
    element.text = redactor.replacement("email", address)


def _rename(element: etree._Element, redactor: Redactor) -> None:
    """`<bob@example.org>` was text to whoever wrote it."""
    spans = redactor.spans(str(element.tag))
    masked = "".join(redactor.replacement(span.kind, span.value) for span in spans)
    element.tag = "span"
    element.text = settable(masked + (element.text or ""))


def remove(element: etree._Element) -> None:
    """Take the element out; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = settable((previous.tail or "") + tail)
        else:
            parent.text = settable((parent.text or "") + tail)
    parent.remove(element)


def _settle(root: etree._Element, redactor: Redactor) -> tuple[str, bool]:
    """Scan the visible text again until nothing is found: what was cut may have brought other text together."""
    for _ in range(ROUNDS):
        visible = visible_text(root)
        spans = named_spans(visible.text, redactor)
        if not spans:
            return visible.text, True
        rewrite_pieces(visible, spans, redactor)
    visible = visible_text(root)
    return visible.text, not named_spans(visible.text, redactor)
