"""Sitemaps and sitemap indexes (sitemaps.org 0.9), XML, plain text or gzipped: only what leads somewhere."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from collector.document.xml import local_name, without_surrogates

MAX_LOCATIONS = 50_000  # sitemaps.org: "no more than 50,000 URLs"
MAX_BYTES = 52_428_800  # sitemaps.org: "no larger than 50 MB (52,428,800 bytes)", uncompressed
_MAX_LOC = 8_192


@dataclass(frozen=True, slots=True)
class Location:
    """One `<loc>`, as written, with its `<lastmod>`."""

    href: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SitemapDocument:
    """What a sitemap names. `index`: the locations are sitemaps themselves. Raw: memory only."""

    media_type: str
    charset: str
    locations: tuple[Location, ...]
    index: bool = False
    truncated: bool = False  # more locations or bytes than the protocol permits

    def __repr__(self) -> str:
        return f"SitemapDocument({len(self.locations)} locations)"


def gunzip(body: bytes) -> bytes:
    """At most 52,428,800 bytes of the decompressed body; what came before a fault, where there is one."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        return inflater.decompress(body, MAX_BYTES)
    except zlib.error:
        return b""


def parse_sitemap(body: bytes, *, media_type: str, charset: str) -> SitemapDocument:
    """Read element by element, so that a large file costs no tree. Never raises; keeps what it could read."""
    locations: list[Location] = []
    index = truncated = False
    try:
        for _, element in etree.iterparse(
            BytesIO(without_surrogates(body[:MAX_BYTES])),
            events=("end",),
            tag=("{*}url", "{*}sitemap"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            recover=True,
            remove_comments=True,
            remove_pis=True,
        ):
            index = index or local_name(element) == "sitemap"
            location = _location(element)
            element.clear()
            while element.getprevious() is not None and (parent := element.getparent()) is not None:
                del parent[0]
            if location is None:
                continue
            if len(locations) >= MAX_LOCATIONS:
                truncated = True
                break
            locations.append(location)
    except (etree.LxmlError, ValueError):
        truncated = True
    if not body[:MAX_BYTES].rstrip().endswith(b">"):
        # cut in the middle: the last address may be the beginning of another, on another host even
        locations = locations[:-1]
        truncated = True
    return SitemapDocument(media_type, charset, tuple(locations), index, truncated or len(body) > MAX_BYTES)


def parse_text_sitemap(text: str) -> SitemapDocument:
    """sitemaps.org, "Text file": one URL a line, nothing else."""
    lines = [line.strip() for line in text[:MAX_BYTES].splitlines()]
    found = [line for line in lines if line.startswith(("http://", "https://"))]
    kept = tuple(Location(line[:_MAX_LOC]) for line in found[:MAX_LOCATIONS])
    return SitemapDocument("text/plain", "utf-8", kept, truncated=len(found) > MAX_LOCATIONS)


def _location(element: etree._Element) -> Location | None:
    href = ""
    lastmod: str | None = None
    for child in element:
        name = local_name(child)
        if name == "loc":
            href = (child.text or "").strip()
        elif name == "lastmod":
            lastmod = (child.text or "").strip()[:64] or None
    return Location(href, lastmod) if href and len(href) <= _MAX_LOC else None
