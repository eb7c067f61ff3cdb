"""Minimises the attributes of one element, each by what it is for: an address, words, or neither."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from collector.document.html import attributes
from collector.minimise.engine.span import Span, is_placeholder, resolve
from collector.minimise.names.author_field import is_person, normal, split_names
from collector.minimise.replacing.location import Notes
from collector.minimise.replacing.recognize import recognize
from collector.minimise.replacing.redact import ROUNDS, Redactor, labelled
from collector.minimise.structure.attribute_values import is_dull
from collector.minimise.structure.markup import TEXT_ATTRIBUTES, URL_ATTRIBUTES, keeps_attribute, settable
from collector.minimise.structure.url import url_spans
from collector.model.url import TRACKING_PARAMETERS, TRACKING_PREFIXES

_IDENTIFYING = frozenset(("email", "iban", "ip", "phone"))  # what is looked for in attributes that hold no words
_OF_ELEMENT = frozenset(("content", "value"))  # what becomes of them depends on what else their element has
_SHORTEST = 7  # 1.1.1.1
_NUMBERED = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{2}\d\d|\d{1,3}\.\d{1,3}\.\d|[23][0-9A-Fa-f]{3}:)")
_CLOUDFLARE = "/cdn-cgi/l/email-protection"


def rewrite_attributes(
    element: etree._Element,
    redactor: Redactor,
    notes: Notes,
    unchanged: set[tuple[str, str]],
    *,
    persons: frozenset[str] = frozenset(),
    profile: bool,
) -> None:
    """Change the attributes of `element` in place.

    `unchanged`: attributes that this page's elements keep as they are; those of this one are added. `persons` names
    those that hold nothing but a person; `profile`: the element links to a person's page.
    """
    before = attributes(element)
    if not before or not (persons or profile or not unchanged.issuperset(before)):
        return
    after = []
    named = redactor.names
    for pair in before:
        name, value = pair
        if pair in unchanged and name not in persons and not (profile and name in ("href", "src")):
            after.append(pair)
            continue
        if not keeps_attribute(element, name, value) or (profile and name in ("href", "src")):
            continue
        if name not in persons and not (named and named.possible(value)) and is_dull(name, value):
            after.append(pair)
            if name.lower() not in _OF_ELEMENT:
                unchanged.add(pair)
            continue
        minimised = _value(element, name, value, redactor, notes, person=name in persons)
        if minimised is not None:
            after.append((name, minimised))
            if minimised == value and name not in persons and name.lower() not in _OF_ELEMENT:
                unchanged.add(pair)
    if after == before:
        return
    element.attrib.clear()
    for name, value in after:
        element.set(name, settable(value))


def looked_through(element: etree._Element, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The texts in which recognizers will look for something when the attributes of `element` are rewritten.

    `seen`: attributes whose texts were told already; those of this element are added.
    """
    for pair in attributes(element):
        if pair in seen:
            continue
        name, value = pair
        lower = name.lower()
        if lower != "content":  # whose text begins with what its element says it is
            seen.add(pair)
        if lower in TEXT_ATTRIBUTES:
            yield labelled(_label(element) if lower == "content" else "", value)
        elif lower not in URL_ATTRIBUTES:
            yield value
            if lower.startswith("data-"):
                yield labelled(lower, value)


def _value(
    element: etree._Element, name: str, value: str, redactor: Redactor, notes: Notes, *, person: bool
) -> str | None:
    """The value to keep; None for none."""
    lower = name.lower()
    if person and "person" in redactor.kinds:
        notes.add(element, name, [Span(0, len(value), "person", "person_field")])
        return credit(value, redactor)
    if lower in URL_ATTRIBUTES or (lower == "content" and value.startswith(("http://", "https://"))):
        spans = _url_spans(value, redactor)
        if not spans:
            return redactor.kept(_without_tracking(value))
        notes.add(element, name, spans)
        return _without_tracking(_rewritten(value, spans, redactor))
    label = _label(element) if lower == "content" else ""

    def find(text: str) -> list[Span]:
        if lower == "srcset":
            return _wanted(resolve([*url_spans(text), *redactor.names.find_spelled(text)]), redactor)
        if lower in TEXT_ATTRIBUTES:
            return redactor.spans_labelled(label, text)
        if lower.startswith("data-"):
            return resolve([*redactor.spans_labelled(lower, text), *_unworded(text, redactor)])
        return _unworded(text, redactor)

    spans = find(value)
    if not spans:
        return redactor.kept(value)
    notes.add(element, name, spans)
    redacted = redactor.settled(value, spans, find)
    return None if lower.startswith("data-") else redacted


def _label(element: etree._Element) -> str:
    """What a meta element says its content is: `itemprop=telephone`, `name=contact-phone`."""
    label = element.get("itemprop") or element.get("name") or element.get("property") or ""
    return label[:60]


def credit(value: str, redactor: Redactor) -> str:
    """An author field: each person a placeholder, organisations as they were."""
    names = split_names(value)
    persons = [redactor.replacement("person", normal(name)) for name in names if is_person(name)]
    others = [name for name in names if not is_person(name)]
    if is_placeholder(value):
        return value
    if not persons or value.strip().startswith(("http", "@", "/")):
        return redactor.replacement("person", normal(value)) if not persons else persons[0]
    return ", ".join([*persons, *(redactor.redact(name)[0] for name in others)])


def decode_cloudflare(text: str) -> str | None:
    """The address that Cloudflare's e-mail obfuscation hides: hexadecimal, the first byte the key of the others."""
    try:
        data = bytes.fromhex(text.strip())
    except ValueError:
        return None
    if not 3 < len(data) <= 400:
        return None
    plain = bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace")
    return plain.partition("?")[0].casefold() if "@" in plain else None


def settled_url(value: str, redactor: Redactor) -> str:
    """A URL that stands for itself (a header, a sitemap), without what is personal in it."""

    def find(text: str) -> list[Span]:
        return [span for span in url_spans(text) if span.kind in redactor.kinds]

    return redactor.settled(value, find(value), find)


def _url_spans(value: str, redactor: Redactor) -> list[Span]:
    if _CLOUDFLARE in value:
        address = decode_cloudflare(value.partition("#")[2])
        if address is not None:
            return _wanted([Span(0, len(value), "email", "email_cloudflare", address)], redactor)
    spans = url_spans(value)
    if redactor.names:
        spans = resolve([*spans, *redactor.names.find_spelled(value)])
    return _wanted(spans, redactor)


def _wanted(spans: list[Span], redactor: Redactor) -> list[Span]:
    return redactor.wanted([span for span in spans if span.kind in redactor.kinds])


def _rewritten(value: str, spans: list[Span], redactor: Redactor) -> str:
    if spans[0].rule == "email_cloudflare":
        return "mailto:" + redactor.apply(value, spans)

    def find(text: str) -> list[Span]:
        return _url_spans(text, redactor)

    for _ in range(ROUNDS):
        user = next((span for span in spans if span.rule == "url_userinfo"), None)
        if user is None:
            return redactor.settled(value, spans, find)
        redactor.replacement(user.kind, user.value)  # counted; nothing stands in for it
        value = value[: user.start] + value[user.end :]
        spans = find(value)
    return ""


def _unworded(value: str, redactor: Redactor) -> list[Span]:
    """Identifiers, styles, settings: addresses, account numbers, numbers with a country code, spelled names."""
    spans: list[Span] = []
    if value not in redactor.silent and _may_identify(value):
        spans = [
            span
            for span in redactor.wanted(recognize(value, redactor.context, redactor.kinds & _IDENTIFYING))
            if span.kind != "phone" or span.rule == "phone_international"
        ]
    if redactor.names and "person" in redactor.kinds:
        spans = resolve([*spans, *redactor.names.find_spelled(value)])
    return spans


def _may_identify(value: str) -> bool:
    return "@" in value or "%40" in value or "+" in value or (len(value) >= _SHORTEST and bool(_NUMBERED.search(value)))


def _without_tracking(value: str) -> str:
    """A link without the parameters that name a visitor or a campaign."""
    head, question, query = value.partition("?")
    if not question:
        return value
    query, hash_sign, fragment = query.partition("#")
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _tracks(pair.partition("=")[0].lower().removeprefix("amp;"))]
    if len(kept) == len(pairs):
        return value
    return f"{head}{'?' if kept else ''}{'&'.join(kept)}{hash_sign}{fragment}"


def _tracks(name: str) -> bool:
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
