"""A body becomes a document: the media type from the bytes, then the one parse that everything else shares."""

from __future__ import annotations

import json
from dataclasses import dataclass

from collector.document.charset import decode
from collector.document.feed import FeedDocument, parse_feed
from collector.document.html import HtmlDocument, parse_html
from collector.document.office import office_type, text_of_office
from collector.document.pdf import text_of_pdf
from collector.document.sitemap import SitemapDocument, gunzip, parse_sitemap, parse_text_sitemap
from collector.document.sniff import ATOM, GZIP, HTML, RSS, SITEMAP, XHTML, sniff
from collector.model.url import Url

JsonValue = dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None

_PDF = "application/pdf"
_ZIP = "application/zip"
_JSONS = frozenset(("application/json", "text/json"))
_XMLS = frozenset(("application/xml", "text/xml"))
_TEXTS = frozenset(("text/plain", "text/markdown", "text/x-markdown", "text/x-rst"))


@dataclass(slots=True, repr=False)
class TextDocument:
    """Text without markup, and the bytes it was read from. Raw until minimised in place: memory only."""

    media_type: str
    charset: str
    text: str
    body: bytes

    def __repr__(self) -> str:
        return f"TextDocument({self.media_type}, {self.charset})"


@dataclass(slots=True, repr=False)
class ExtractedDocument:
    """Text taken out of a binary format: of such a file nothing but its minimised text is ever kept."""

    media_type: str
    text: str
    charset: str = "utf-8"

    def __repr__(self) -> str:
        return f"ExtractedDocument({self.media_type})"


@dataclass(slots=True, repr=False)
class JsonDocument:
    """A JSON value. Raw until minimised in place: memory only."""

    media_type: str
    value: JsonValue
    charset: str = "utf-8"

    def __repr__(self) -> str:
        return f"JsonDocument({self.media_type})"


@dataclass(frozen=True, slots=True)
class UnsupportedDocument:
    """A media type we cannot minimise: it is never archived."""

    media_type: str
    charset: str | None = None


Document = (
    HtmlDocument
    | TextDocument
    | FeedDocument
    | SitemapDocument
    | ExtractedDocument
    | JsonDocument
    | UnsupportedDocument
)


def read(body: bytes, *, content_type: str | None, url: Url) -> Document:
    """Sniff and parse `body`, as answered for `url` under the header value `content_type`. Never raises."""
    media_type = sniff(body, content_type)
    if media_type in (HTML, XHTML):
        return parse_html(body, media_type=media_type, content_type=content_type)
    if media_type == SITEMAP:
        return _sitemap(body, content_type)
    if media_type in (RSS, ATOM):
        text, charset = decode(body, content_type)
        feed = parse_feed(_without_declaration(text), media_type=media_type, charset=charset)
        return feed if feed is not None else UnsupportedDocument("application/xml")
    if media_type == GZIP:
        inner = gunzip(body)
        if sniff(inner) == SITEMAP:
            return _sitemap(inner, None)
        if _names_sitemap(url):
            return parse_text_sitemap(decode(inner)[0])
        return UnsupportedDocument(media_type)
    if media_type in _TEXTS:
        text, charset = decode(body, content_type)
        if _names_sitemap(url) and text.lstrip().startswith(("http://", "https://")):
            return parse_text_sitemap(text)
        return TextDocument(media_type, charset, text, body)
    return _structured(body, media_type, content_type)


def _structured(body: bytes, media_type: str, content_type: str | None) -> Document:
    """Formats that only a policy which names them lets us keep."""
    if media_type == _PDF:
        text = text_of_pdf(body)
        return UnsupportedDocument(media_type) if text is None else ExtractedDocument(media_type, text)
    if media_type == _ZIP and (office := office_type(body)) is not None:
        text = text_of_office(body, office)
        return UnsupportedDocument(office) if text is None else ExtractedDocument(office, text)
    if media_type in _JSONS or media_type.endswith("+json"):
        try:
            return JsonDocument(media_type, json.loads(decode(body, content_type)[0]))
        except (ValueError, RecursionError):
            return UnsupportedDocument(media_type)
    if media_type in _XMLS or (media_type.endswith("+xml") and media_type != "image/svg+xml"):
        text, charset = decode(body, content_type)
        tree = parse_feed(_without_declaration(text), media_type=media_type, charset=charset)
        return tree if tree is not None else UnsupportedDocument(media_type)
    return UnsupportedDocument(media_type)


def _sitemap(body: bytes, content_type: str | None) -> SitemapDocument:
    text, charset = decode(body, content_type)
    return parse_sitemap(_without_declaration(text), media_type="application/xml", charset=charset)


def _without_declaration(text: str) -> bytes:
    """UTF-8, without the XML declaration that may name another encoding."""
    text = text.lstrip()
    if text[:5].lower() == "<?xml":
        _, closed, rest = text.partition("?>")
        text = rest.lstrip() if closed else ""
    return text.encode("utf-8", "replace")


def _names_sitemap(url: Url) -> bool:
    return "sitemap" in url.path.lower() and url.path.lower().endswith((".txt", ".txt.gz", ".gz"))
