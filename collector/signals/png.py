"""PNG: the chunks that carry XMP, C2PA and RSL.

Hand-written for the same reason as `jpeg`: no picture is wanted, and a compressed chunk must not grow without bound.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from collector.signals.embedded import Embedded
from collector.signals.rsl import NAMESPACE
from collector.signals.xmp import MAX_PACKET, MAX_PACKETS

_XMP = b"XML:com.adobe.xmp"
_MAX_CHUNKS = 65_536


def read_png(body: bytes) -> Embedded:
    """XMP in `iTXt` (XMP part 3 §1.1.5), C2PA in `caBX` (C2PA A.3.2), RSL in any `iTXt`. Never raises; bounded."""
    packets: list[bytes] = []
    manifests: list[bytes] = []
    licences: list[bytes] = []
    for kind, data in _chunks(body):
        if kind == b"caBX" and len(manifests) < MAX_PACKETS:
            manifests.append(data)
        elif kind == b"iTXt" and len(packets) + len(licences) < MAX_PACKETS:
            keyword, text = _text(data)
            if keyword == _XMP:
                packets.append(text)
            elif NAMESPACE.encode() in text:
                licences.append(text)
    return Embedded(xmp=tuple(packets), manifests=tuple(manifests), rsl=tuple(licences))


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(body):
            return
        length, kind = int.from_bytes(body[at : at + 4], "big"), body[at + 4 : at + 8]
        if kind in (b"iTXt", b"caBX"):
            yield kind, body[at + 8 : at + 8 + length]
        if kind == b"IEND":
            return
        at += 12 + length


def _text(data: bytes) -> tuple[bytes, bytes]:
    """Keyword and text of an `iTXt` chunk (PNG §11.3.3.4), inflated up to 1 MiB."""
    keyword, _, rest = data.partition(b"\0")
    compressed, rest = rest[:1] == b"\1", rest[2:]
    _, _, rest = rest.partition(b"\0")  # language tag
    _, _, text = rest.partition(b"\0")  # translated keyword
    if not compressed:
        return keyword, text[:MAX_PACKET]
    try:
        return keyword, zlib.decompressobj().decompress(text, MAX_PACKET)
    except zlib.error:
        return keyword, b""
