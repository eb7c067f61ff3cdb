"""PDF (ISO 32000): XMP packets, compressed or not, the Info dictionary's keys for TDMRep, and a C2PA store.

Hand-written over the bytes: a PDF library builds the whole object graph of a hostile file to reach one stream. What
an encrypted file encrypts with its texts is not seen.
"""

from __future__ import annotations

import re
import zlib

from collector.signals.embedded import Embedded
from collector.signals.jumbf import store_at
from collector.signals.xmp import MAX_PACKET, MAX_PACKETS, packets_in

_METADATA = re.compile(rb"/Type\s{0,8}/Metadata\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_NEAR = 2_048  # bytes of a dictionary around its type
_INFO = re.compile(
    rb"/(tdm(?:[-_:.]|#3[aA]|#2[dD])?(?:reservation|policy))\s{0,8}(?:\(([^()\\]{0,1024})\)|([01])\b)", re.IGNORECASE
)


def read_pdf(body: bytes) -> Embedded:
    """XMP (ISO 32000-2 §14.3.2), Info entries named like those of TDMRep, C2PA (A.4). Never raises; bounded work."""
    packets = list(packets_in(body))
    for found in _METADATA.finditer(body):
        if len(packets) >= MAX_PACKETS:
            break
        packets += _inflated(body, found.start())
    info = []
    for entry in _INFO.finditer(body):
        name = re.sub(rb"#3a|#2d|[-_.:]", b"", entry[1].lower()).decode("ascii")
        value = entry[2] if entry[2] is not None else entry[3]
        info.append((f"tdm:{name.removeprefix('tdm')}", value.decode("latin-1")))
        if len(info) == MAX_PACKETS:
            break
    store = store_at(body)
    return Embedded(xmp=tuple(packets), manifests=(store,) if store else (), package=tuple(info))


def _inflated(body: bytes, at: int) -> tuple[bytes, ...]:
    """The packet in the compressed metadata stream whose dictionary names its type at `at`."""
    start = _STREAM.search(body, at, at + _NEAR)
    if start is None:
        return ()
    head = body[max(0, at - _NEAR) : start.start()]
    dictionary = head[head.rfind(b" obj") + 1 :]
    if b"/FlateDecode" not in dictionary:
        return ()  # plain: found by its marks
    try:
        return packets_in(zlib.decompressobj().decompress(body[start.end() : start.end() + MAX_PACKET], MAX_PACKET))
    except zlib.error:
        return ()
