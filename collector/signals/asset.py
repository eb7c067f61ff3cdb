"""Which parser lifts the metadata out of an asset: by its sniffed media type, never by what the server called it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from lxml import etree

from collector.signals.embedded import NOTHING, Embedded
from collector.signals.epub import read_epub
from collector.signals.jpeg import read_jpeg
from collector.signals.jumbf import store_at
from collector.signals.pdf_metadata import read_pdf
from collector.signals.png import read_png
from collector.signals.rsl import NAMESPACE
from collector.signals.webp import read_webp
from collector.signals.xmp import Property, nodes_of, packets_in, properties_in, root_of

MAX_LICENCES = 16

_READERS: Mapping[str, Callable[[bytes], Embedded]] = MappingProxyType(
    {
        "image/jpeg": read_jpeg,
        "image/png": read_png,
        "image/webp": read_webp,
        "application/pdf": read_pdf,
        "application/epub+zip": read_epub,
    }
)
_SCANNED = ("image/", "audio/", "video/")  # XMP stands in them in one piece, found by its marks


def embedded_in(body: bytes, media_type: str) -> Embedded:
    """What `body` carries about its own use. Never raises; pages and texts carry nothing here."""
    reader = _READERS.get(media_type) or (_scanned if media_type.startswith(_SCANNED) else None)
    if reader is None:
        return NOTHING
    found = reader(body)
    properties: list[Property] = []
    licences = list(found.rsl)
    for packet in found.xmp:
        root = root_of(packet)
        if root is not None:
            properties += properties_in(root)
            licences += _licences(root)
    return replace(found, properties=tuple(properties), rsl=tuple(licences[:MAX_LICENCES]))


def _scanned(body: bytes) -> Embedded:
    store = store_at(body)
    return Embedded(xmp=packets_in(body), manifests=(store,) if store else ())


def _licences(root: etree._Element) -> Iterator[bytes]:
    """RSL §4.8: `rsl:rsl` in a node that describes the asset; a `rsl:content` alone is taken for a whole document."""
    for node in nodes_of(root):
        for child in node:
            if child.tag == f"{{{NAMESPACE}}}rsl":
                yield etree.tostring(child, with_tail=False)
            elif child.tag == f"{{{NAMESPACE}}}content":
                whole = etree.Element(f"{{{NAMESPACE}}}rsl")
                whole.append(child)
                yield etree.tostring(whole)
