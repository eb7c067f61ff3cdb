"""JPEG (ITU-T T.81): the application segments that carry XMP and C2PA.

Hand-written: image libraries decode pictures; only the segments before the scan are wanted, without the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.signals.embedded import Embedded
from collector.signals.xmp import MAX_PACKET, MAX_PACKETS

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"  # XMP part 3 §1.1.3.1: digest 32, length 4, offset 4
_START_OF_SCAN, _END = 0xDA, 0xD9
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
_MAX_SEGMENTS = 4_096


def read_jpeg(body: bytes) -> Embedded:
    """Every XMP packet, and the C2PA store put together from its segments (C2PA A.3.1). Never raises; linear."""
    packets: list[bytes] = []
    extended: dict[bytes, list[tuple[int, bytes]]] = {}
    boxes: dict[bytes, list[tuple[int, bytes]]] = {}
    for marker, segment in _segments(body):
        if marker == 0xE1 and segment.startswith(_XMP):
            packets.append(segment[len(_XMP) :])
        elif marker == 0xE1 and segment.startswith(_EXTENDED):
            part = segment[len(_EXTENDED) :]
            extended.setdefault(part[:32], []).append((int.from_bytes(part[36:40], "big"), part[40:]))
        elif marker == 0xEB and segment.startswith(b"JP") and len(segment) > 16:
            boxes.setdefault(segment[2:4], []).append((int.from_bytes(segment[4:8], "big"), segment[8:]))
    packets += [b"".join(part for _, part in sorted(parts))[:MAX_PACKET] for parts in extended.values()]
    return Embedded(xmp=tuple(packets[:MAX_PACKETS]), manifests=tuple(_whole(parts) for parts in boxes.values()))


def _segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        while at + 1 < len(body) and body[at] == 0xFF and body[at + 1] == 0xFF:
            at += 1  # fill bytes
        if at + 4 > len(body) or body[at] != 0xFF:
            return
        marker = body[at + 1]
        if marker in (_START_OF_SCAN, _END):
            return
        if marker in _ALONE:
            at += 2
            continue
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        if length < 2:
            return
        yield marker, body[at + 4 : at + 2 + length]
        at += 2 + length


def _whole(parts: list[tuple[int, bytes]]) -> bytes:
    """JPEG XT (ISO 18477-3): each further segment repeats the head of the box that it continues."""
    parts.sort()
    first = parts[0][1]
    head = 16 if first[:4] == b"\0\0\0\1" else 8
    return first + b"".join(part[head:] for _, part in parts[1:])
