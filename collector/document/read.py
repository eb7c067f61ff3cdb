"""A body becomes a document: the media type from the bytes, then the one parse that everything else shares."""

from __future__ import annotations

from dataclasses import dataclass

from collector.document.charset import decode
from collector.document.feed import FeedDocument, parse_feed
from collector.document.html import HtmlDocument, parse_html
from collector.document.sitemap import SitemapDocument, gunzip, parse_sitemap, parse_text_sitemap
from collector.document.sniff import ATOM, GZIP, HTML, RSS, SITEMAP, XHTML, sniff
from collector.model.url import Url

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


@dataclass(frozen=True, slots=True)
class UnsupportedDocument:
    """A media type we cannot minimise: it is never archived."""

    media_type: str
    charset: str | None = None


Document = HtmlDocument | TextDocument | FeedDocument | SitemapDocument | UnsupportedDocument


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
