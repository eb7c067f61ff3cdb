"""WebP (RFC 9649): the RIFF chunks that carry XMP and C2PA."""

from __future__ import annotations

from collector.signals.embedded import Embedded
from collector.signals.xmp import MAX_PACKET, MAX_PACKETS

_MAX_CHUNKS = 65_536


def read_webp(body: bytes) -> Embedded:
    """The chunks `XMP ` (RFC 9649 §2.7.1.5) and `C2PA` (C2PA A.3.4). Never raises; linear."""
    packets: list[bytes] = []
    manifests: list[bytes] = []
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(body):
            break
        kind, length = body[at : at + 4], int.from_bytes(body[at + 4 : at + 8], "little")
        if kind == b"XMP " and len(packets) < MAX_PACKETS:
            packets.append(body[at + 8 : at + 8 + min(length, MAX_PACKET)])
        elif kind == b"C2PA" and len(manifests) < MAX_PACKETS:
            manifests.append(body[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    return Embedded(xmp=tuple(packets), manifests=tuple(manifests))
