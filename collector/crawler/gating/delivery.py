"""What somebody's own spider sees of an answer: the page as it was archived, never as it was sent."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any
from xml.sax.saxutils import escape

from scrapy import Request
from scrapy.http import Response, TextResponse, XmlResponse
from scrapy.responsetypes import responsetypes

from collector.crawler.network.arrived import Arrived
from collector.minimise.structure.url import personal_kinds
from collector.model.errors import UrlError
from collector.model.headers import Headers
from collector.model.page import Link, Minimised
from collector.model.url import parse_url
from collector.signals.site_file import SiteFile

BEGINNING = 16_384  # bytes of a sitemap in which its root element must begin
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def page(arrived: Arrived, kept: Minimised) -> Response:
    """The minimised page, in the class and charset of its own bytes, not of those that were sent."""
    charset = kept.charset or "utf-8"
    headers = _fields(kept.headers)
    headers["Content-Type"] = [f"{kept.media_type}; charset={charset}"]
    kind = responsetypes.from_mimetype(kept.media_type)
    extra: dict[str, Any] = {"encoding": charset} if issubclass(kind, TextResponse) else {}
    return kind(
        arrived.url,
        status=kept.status,
        headers=headers,
        body=kept.body,
        ip_address=ip_address(arrived.ip_address) if arrived.ip_address else None,
        protocol=arrived.protocol,
        **extra,
    )


def redirect(arrived: Arrived, kept: Minimised) -> Response:
    """A redirect that leads nowhere: its minimised header fields and no body."""
    return Response(arrived.url, status=kept.status, headers=_fields(kept.headers))


def nothing(arrived: Arrived) -> Response:
    """For the feed, which reads the account and not the response."""
    return Response(arrived.url, status=arrived.status)


def site_file(request: Request, file: SiteFile) -> Response:
    """The copy of robots.txt that binds this crawl, for a spider that wants to read it itself."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return TextResponse(request.url, status=file.status or 200, headers=headers, body=file.body, encoding="utf-8")


def sitemap(arrived: Arrived, links: Iterable[Link]) -> Response:
    """A sitemap or feed as a sitemap of its links, which is all that was read of it; personal URLs are left out."""
    listed = [link for link in links if not _is_personal(link.href)]
    index = b"<sitemapindex" in _beginning(arrived.body)
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{inner}><loc>{escape(link.href)}</loc>{_lastmod(link)}</{inner}>" for link in listed)
    text = f'<?xml version="1.0" encoding="UTF-8"?><{outer} xmlns="{_SITEMAPS}">{entries}</{outer}>'
    headers = {"Content-Type": "application/xml; charset=utf-8"}
    return XmlResponse(arrived.url, status=200, headers=headers, body=text.encode(), encoding="utf-8")


def _beginning(body: bytes) -> bytes:
    """The first bytes of a sitemap, which may be a compressed file."""
    if body[:2] != b"\x1f\x8b":
        return body[:BEGINNING]
    try:
        return zlib.decompressobj(wbits=31).decompress(body[:BEGINNING], BEGINNING)
    except zlib.error:
        return b""


def _lastmod(link: Link) -> str:
    return f"<lastmod>{escape(link.lastmod[:40])}</lastmod>" if link.lastmod else ""


def _is_personal(href: str) -> bool:
    try:
        return bool(personal_kinds(parse_url(href)))
    except UrlError:
        return True


def _fields(headers: Headers) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in headers:
        fields.setdefault(name, []).append(value)
    return fields
