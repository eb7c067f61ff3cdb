"""The links of a document: absolute, canonical, without repeats, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from collector.document.feed import FeedDocument, entries, next_pages
from collector.document.html import HtmlDocument
from collector.document.read import Document
from collector.document.sitemap import SitemapDocument
from collector.model.errors import UrlError
from collector.model.page import Hop, Link
from collector.model.url import Url, absolute, parse_url

MAX_LINKS = 10_000  # of one page

_NO_TOKENS: frozenset[str] = frozenset()
# HTML §4.6.8, and the two that search engines added in 2019: the author does not vouch for the target.
_UNFOLLOWED = frozenset(("nofollow", "ugc", "sponsored"))
_FOLLOWED_RELS = frozenset(("canonical", "next", "prev", "previous"))
_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"))
# What depends on nothing of its base but the site (in a group) or the folder.
_STEADY = re.compile(r"(/|https?://)|(?!https?:)[A-Za-z0-9_.~%-]", re.IGNORECASE)
MAX_REMEMBERED = 300  # characters of a link that is remembered: menus repeat on all pages of a site
_OTHER_SCHEME = re.compile(r"[\s\x00-\x20]*(?!https?:)[A-Za-z][A-Za-z0-9+.-]{0,30}:", re.IGNORECASE)


def links(document: Document, url: Url) -> tuple[Link, ...]:
    """Every http(s) address that `document`, fetched from `url`, leads to, in order of appearance.

    At most 10,000, or 50,000 of a sitemap. An address that is linked twice is `nofollow` only where both
    links are. Never raises.
    """
    if isinstance(document, HtmlDocument):
        return _collect(_of_html(document.root), _base(_base_of(document.root), url), MAX_LINKS)
    if isinstance(document, FeedDocument):
        return _collect(_of_feed(document), _base(document.base, url), MAX_LINKS)
    if isinstance(document, SitemapDocument):
        found = ((place.href, Hop.SITEMAP, False, place.lastmod, b"") for place in document.locations)
        return _collect(found, url, len(document.locations))
    return ()


_Raw = tuple[str, Hop, bool, str | None, bytes]


def _collect(found: Iterator[_Raw], base: Url, limit: int) -> tuple[Link, ...]:
    kept: dict[str, Link] = {}
    written: dict[tuple[str, bool], None] = {}
    origin, folder = _roots(base)
    for href, hop, nofollow, lastmod, licence in found:
        if not href or href[0] == "#" or (href, nofollow) in written or _OTHER_SCHEME.match(href):
            continue
        written[href, nofollow] = None
        try:
            steady = _STEADY.match(href) if len(href) <= MAX_REMEMBERED else None
            target = _target(href, origin if steady[1] else folder) if steady else absolute(href, base)
        except (UrlError, ValueError):
            continue
        known = kept.get(target)
        if known is None:
            if len(kept) >= limit:
                continue
            kept[target] = Link(target, hop, nofollow, lastmod, licence)
        elif known.nofollow and not nofollow:
            kept[target] = Link(target, hop, nofollow, lastmod, licence)
        if len(written) > limit * 4:
            break
    return tuple(kept.values())


def _roots(base: Url) -> tuple[str, str]:
    """The root of the base's site, and the folder that it lies in: links without more depend on nothing else of it."""
    path = base.href.partition("?")[0]
    return path[: path.index("/", path.index("//") + 2) + 1], path[: path.rindex("/") + 1]


@lru_cache(maxsize=8_192)
def _target(href: str, root: str) -> str:
    """URL Standard §4.4: relative to `root`, which ends in a slash. Raises as `absolute` does."""
    return absolute(href, _root(root))


@lru_cache(maxsize=16)
def _root(href: str) -> Url:
    return parse_url(href)


def _of_html(root: etree._Element) -> Iterator[_Raw]:
    for element in root.iter("a", "area", "link", "frame", "iframe"):
        tag = element.tag
        if tag in ("frame", "iframe"):
            yield element.get("src") or "", Hop.LINK, False, None, b""
            continue
        href = element.get("href")
        if not href or href[0] == "#":
            continue
        rel = element.get("rel")
        tokens = frozenset(rel.lower().split()) if rel else _NO_TOKENS
        if tag != "link":
            yield href, Hop.LINK, bool(tokens & _UNFOLLOWED), None, b""
        elif tokens:
            hop = _hop_of_link(tokens, (element.get("type") or "").partition(";")[0].strip().lower(), element)
            if hop is not None:
                yield href, hop, bool(tokens & _UNFOLLOWED), None, b""


def _hop_of_link(tokens: frozenset[str], media_type: str, element: etree._Element) -> Hop | None:
    if "alternate" in tokens:
        if media_type in _FEED_TYPES:
            return Hop.FEED
        return Hop.LINK if element.get("hreflang") and "stylesheet" not in tokens else None
    if "sitemap" in tokens:
        return Hop.SITEMAP
    return Hop.LINK if tokens & _FOLLOWED_RELS else None


def _of_feed(document: FeedDocument) -> Iterator[_Raw]:
    for entry in entries(document):
        yield entry.href, Hop.FEED, False, entry.lastmod, entry.licence
    for href in next_pages(document):
        yield href, Hop.FEED, False, None, b""


def _base_of(root: etree._Element) -> str:
    """HTML §4.2.3: of the first `<base>` that has an `href`."""
    return next((href for element in root.iter("base") if (href := element.get("href")) is not None), "")


def _base(href: str, url: Url) -> Url:
    """HTML §4.2.3: the first `<base href>` against the document's own URL; a base that is no URL is none."""
    if not href.strip():
        return url
    try:
        return parse_url(href, url)
    except (UrlError, ValueError):
        return url
