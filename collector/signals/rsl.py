"""Reads RSL 1.0 licence documents (media type application/rsl+xml), whatever the bytes are.

Hand-written over lxml because no library reads the format. A document that breaks a rule of the specification
is not read in part: RSL §3 calls it non-conformant, and who advertises only such a one licenses nothing.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import cast

from lxml import etree

from collector.model.errors import UrlError
from collector.model.url import DEFAULT_PORTS, Url, parse_url
from collector.signals.excerpt import excerpt
from collector.signals.path_pattern import MAX_PATTERN, MAX_WILDCARDS, PathRules, Rule, compile_rules
from collector.signals.percent import normalise_target

NAMESPACE = "https://rslstandard.org/rsl"
MEDIA_TYPE = "application/rsl+xml"
MAX_BYTES = 1_048_576
MAX_DEPTH = 32
MAX_CONTENTS = 5_000  # and as many licences
MAX_ELEMENTS = 50_000
MIN_LIFETIME, MAX_LIFETIME = timedelta(days=1), timedelta(days=30)  # §3.2: 30 days where the document is silent

_TAG = f"{{{NAMESPACE}}}"
_ELEMENTS = frozenset(
    """rsl content license permits prohibits payment standard custom amount accepts reporting legal
    alternate schema copyright terms""".split()
)
_DECLARED = re.compile(rb"""\A<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset(("utf-8", "ascii", "iso8859-1", "cp1252"))
_ABSOLUTE = re.compile(r"(?:(?:https?|\*):)?//([^/?#]*)([^#]*)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s,]+")  # 1.0 separates by blanks, 0.9 did by commas


@dataclass(frozen=True, slots=True)
class Scope:
    """What `content/@url` covers: §3.3, a path by RFC 9309 on the asset's own server, or a full URL."""

    pattern: str  # as written
    rules: PathRules | None = None  # None: `url=""`, whatever the document is attached to
    host: str = ""  # empty: any server; `*.` in front: the subdomains
    port: int | None = None  # None: the scheme's own

    def octets(self, url: Url) -> int | None:
        """How specific the match with `url` is, in octets of the pattern; None where it does not cover it."""
        if self.rules is None:
            return 0
        if self.host and not self._on_host(url):
            return None
        hit = self.rules.best(normalise_target(url.target))
        return None if hit is None else hit.octets

    def _on_host(self, url: Url) -> bool:
        if self.port is not None and self.port != url.port:
            return False
        if self.port is None and url.port != DEFAULT_PORTS[url.scheme]:
            return False
        return url.host.endswith(self.host[1:]) if self.host.startswith("*.") else url.host == self.host


@dataclass(frozen=True, slots=True)
class Terms:
    """All `permits`, or all `prohibits`, of one licence, by type. None: there is no such list (§3.5, §3.6)."""

    usage: frozenset[str] | None = None  # tokens, lower case
    user: frozenset[str] | None = None
    geo: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """§3.7. `own_terms`: a price above zero, the publisher's own process, or a payment protocol."""

    type: str  # lower case; empty where not given, which the specification reads as free
    standard: str = ""  # the URI of a shared licence
    own_terms: bool = False


@dataclass(frozen=True, slots=True)
class Licence:
    """One set of terms (§3.4)."""

    line: int  # 1-based
    permits: Terms
    prohibits: Terms
    payment: Payment | None = None
    reporting: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """The licences of some assets (§3.3). `token_from`: the licence server that must be asked even where it is free."""

    line: int
    scope: Scope
    licences: tuple[Licence, ...]
    token_from: str = ""
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class RslDocument:
    """What could be read. With a `fault` it is no conformant document, and has no contents."""

    contents: tuple[Content, ...] = ()
    fault: str = ""
    lifetime: timedelta = MAX_LIFETIME  # §3.2, `max-age`, held between one day and thirty


class _FaultError(ValueError):
    """Why a document is not conformant."""


@lru_cache(maxsize=32)
def read_rsl(body: bytes) -> RslDocument:
    """RSL §3 over a document of any media type. Never raises; at most 1 MiB, 32 levels, 5,000 contents.

    Only well-formed XML in the RSL namespace with its own elements counts, elements of other namespaces are
    passed over with all they hold. No DTD, no entities, no network.
    """
    try:
        return _document(_root(body))
    except _FaultError as fault:
        return RslDocument(fault=str(fault))


def lifetime_of(body: bytes) -> timedelta:
    """§3.2, `max-age`: how long a copy of the document holds; a day where it is not conformant."""
    document = read_rsl(body)
    return MIN_LIFETIME if document.fault else document.lifetime


def _root(body: bytes) -> etree._Element:
    if len(body) > MAX_BYTES:
        raise _FaultError(f"larger than {MAX_BYTES:,} bytes")
    text = _text(body)
    if "<!DOCTYPE" in text or "<!doctype" in text or "<!ENTITY" in text:
        raise _FaultError("a document type is declared, as in a page of HTML")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.strip().encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):  # ValueError: what UTF-8 cannot hold
        raise _FaultError("not well-formed XML") from None
    if root.tag != f"{_TAG}rsl":
        raise _FaultError(f"the root is not `rsl` in the namespace {NAMESPACE}")
    return root


def _text(body: bytes) -> str:
    """Decoded here and not by the parser, so that nothing hides from the look for a document type."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        body = body.removeprefix(codecs.BOM_UTF8).lstrip()
        declared = _DECLARED.match(body)
        encoding = declared[1].decode("ascii") if declared else "utf-8"
        try:
            encoding = codecs.lookup(encoding).name
        except LookupError:
            encoding = ""
        if encoding not in _ENCODINGS:
            raise _FaultError("in an encoding that is not read")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        raise _FaultError(f"not {encoding}, as which it is declared") from None


def _document(root: etree._Element) -> RslDocument:
    _check_elements(root)
    elements = _children(root).get("content", [])
    if len(elements) > MAX_CONTENTS:
        raise _FaultError(f"more than {MAX_CONTENTS:,} `content`")
    contents = [_content(element) for element in elements]
    if sum(len(content.licences) for content in contents) > MAX_CONTENTS:
        raise _FaultError(f"more than {MAX_CONTENTS:,} licences")
    days = root.get("max-age", "").strip()
    lifetime = timedelta(days=int(days)) if days.isascii() and days.isdigit() and len(days) < 5 else MAX_LIFETIME
    return RslDocument(tuple(contents), lifetime=min(max(lifetime, MIN_LIFETIME), MAX_LIFETIME))


def _check_elements(root: etree._Element) -> None:
    """§3: an unknown element in the RSL namespace makes the document non-conformant."""
    waiting = [(root, 1)]
    seen = 0
    while waiting:
        element, depth = waiting.pop()
        name = str(element.tag).removeprefix(_TAG)
        if name not in _ELEMENTS:
            raise _FaultError(f"line {_line(element)}: RSL has no element `{excerpt(name, 40)}`")
        if depth > MAX_DEPTH:
            raise _FaultError(f"deeper than {MAX_DEPTH} levels")
        for child in element:
            seen += 1
            if seen > MAX_ELEMENTS:
                raise _FaultError(f"more than {MAX_ELEMENTS:,} elements")
            if isinstance(child.tag, str) and child.tag.startswith(_TAG):
                waiting.append((child, depth + 1))


def _children(element: etree._Element) -> dict[str, list[etree._Element]]:
    """RSL's own children, by name."""
    found: dict[str, list[etree._Element]] = {}
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(_TAG):
            found.setdefault(child.tag[len(_TAG) :], []).append(child)
    return found


def _at_most_one(children: dict[str, list[etree._Element]], name: str) -> etree._Element | None:
    found = children.get(name, [])
    if len(found) > 1:
        raise _FaultError(f"line {_line(found[1])}: a second `{name}`")
    return found[0] if found else None


def _content(element: etree._Element) -> Content:
    url = element.get("url")
    if url is None:
        raise _FaultError(f"line {_line(element)}: `content` has no `url`")
    elements = _children(element).get("license", [])
    if not elements:
        raise _FaultError(f"line {_line(element)}: `content` has no `license`")
    if len(elements) > MAX_CONTENTS:
        raise _FaultError(f"more than {MAX_CONTENTS:,} licences")
    return Content(
        line=_line(element),
        scope=_scope(url.strip(), _line(element)),
        licences=tuple(_licence(child) for child in elements),
        token_from=excerpt((element.get("server") or "").strip(), 200),
        encrypted=(element.get("encrypted") or "").strip().lower() not in ("", "false"),
    )


def _scope(url: str, line: int) -> Scope:
    if not url:
        return Scope("")
    shown = excerpt(url, 200)
    host, port, path = "", None, url.partition("#")[0]
    absolute = _ABSOLUTE.match(url)
    if absolute is not None:
        subdomains = "*" if absolute[1].startswith("*.") else ""
        try:
            # Not under http: there the port 80 would vanish, which on an https page is another server.
            server = parse_url(f"https://{absolute[1].removeprefix('*.')}/")
        except UrlError:
            raise _FaultError(f"line {line}: `content` has an unreadable `url`: {shown}") from None
        host = f"*.{server.host}" if subdomains else server.host
        port = server.port if re.search(r":[0-9]+\Z", absolute[1]) else None
        path = absolute[2] if absolute[2].startswith(("/", "*")) else f"/{absolute[2]}"
    elif not url.startswith(("/", "*")):
        raise _FaultError(f"line {line}: the `url` of `content` is neither a URL nor a path: {shown}")
    pattern = path.encode("utf-8", "replace")
    if 3 * len(pattern) >= MAX_PATTERN or pattern.count(b"*") > MAX_WILDCARDS:
        raise _FaultError(f"line {line}: the `url` of `content` is too long")
    return Scope(shown, compile_rules([[Rule(line, allow=True, pattern=pattern)]]), host, port)


def _licence(element: etree._Element) -> Licence:
    children = _children(element)
    payment = _at_most_one(children, "payment")
    return Licence(
        line=_line(element),
        permits=_terms(children, "permits"),
        prohibits=_terms(children, "prohibits"),
        payment=_payment(payment) if payment is not None else None,
        reporting="reporting" in children,
    )


def _terms(children: dict[str, list[etree._Element]], name: str) -> Terms:
    """§3.5, §3.6: at most one element of each type."""
    found: dict[str, frozenset[str]] = {}
    for element in children.get(name, []):
        kind = (element.get("type") or "").strip().lower()
        if kind not in ("usage", "user", "geo"):
            raise _FaultError(f"line {_line(element)}: `{name}` of no known type")
        if kind in found:
            raise _FaultError(f"line {_line(element)}: a second `{name}` of type {kind}")
        found[kind] = frozenset(token for token in _SEPARATOR.split(_said(element).lower()) if token)
    return Terms(found.get("usage"), found.get("user"), found.get("geo"))


def _payment(element: etree._Element) -> Payment:
    children = _children(element)
    standard, amount = _at_most_one(children, "standard"), _at_most_one(children, "amount")
    price = _said(amount) if amount is not None else "0"
    return Payment(
        type=excerpt((element.get("type") or "").strip().lower(), 40),
        standard=excerpt(_said(standard), 200) if standard is not None else "",
        own_terms=not price or bool(price.strip("0.")) or "custom" in children or "accepts" in children,
    )


def _said(element: etree._Element) -> str:
    text = (element.text or "") if len(element) == 0 else "".join(map(str, element.itertext()))
    return text.strip()


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0
