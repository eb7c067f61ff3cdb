"""JUMBF boxes (ISO 19566-5) of a C2PA manifest store: which assertions stand in which manifest.

Hand-written: `c2pa-python` is a large binary that also verifies, re-reads the whole asset and may fetch remote
manifests; here a labelled box is looked for, in memory, without the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_STORE = 16_777_216
MAX_BOXES = 20_000
MAX_DEPTH = 8
MAX_ASSERTION = 262_144

_SUPERBOX, _DESCRIPTION = b"jumb", b"jumd"
_STORE_LABEL = b"c2pa\0"
_HAS_LABEL = 0x02


@dataclass(frozen=True, slots=True)
class Assertion:
    """One labelled content box."""

    manifest: int  # which of the store's manifests, from 0; the last one is the active (C2PA §11.1.4)
    label: str
    kind: str  # `cbor`, `json`
    payload: bytes


@dataclass(frozen=True, slots=True)
class Store:
    """What a manifest store holds."""

    manifests: int
    assertions: tuple[Assertion, ...]


def read_store(data: bytes) -> Store:
    """Every `cbor` and `json` box with the label of its superbox. Never raises; at most 20,000 boxes, 8 levels."""
    data = data[:MAX_STORE]
    assertions: list[Assertion] = []
    manifests = seen = 0
    # (start, end, depth, manifest, label)
    waiting: list[tuple[int, int, int, int, str]] = [(0, len(data), 0, -1, "")]
    while waiting:
        start, end, depth, manifest, label = waiting.pop()
        inner: list[tuple[int, int, int, int, str]] = []
        for kind, begin, stop in _boxes(data, start, end):
            seen += 1
            if seen > MAX_BOXES:
                return Store(manifests, tuple(assertions))
            if kind == _DESCRIPTION:
                label = _label(data[begin:stop])
            elif kind == _SUPERBOX and depth < MAX_DEPTH:
                number = manifest
                if depth == 1:
                    number, manifests = manifests, manifests + 1
                inner.append((begin, stop, depth + 1, number, ""))
            elif kind in (b"cbor", b"json") and label and stop - begin <= MAX_ASSERTION:
                assertions.append(Assertion(manifest, label, kind.decode("ascii"), data[begin:stop]))
        waiting += reversed(inner)
    return Store(manifests, tuple(assertions))


def store_at(body: bytes) -> bytes:
    """The manifest store in a file of any kind, found by its description box; empty where there is none."""
    at = body.find(_DESCRIPTION)
    for _ in range(64):
        if at < 0:
            return b""
        start = at - 12  # length and type of the superbox, then the length of the description
        is_store = body[at + 4 + 16 + 1 : at + 4 + 16 + 1 + len(_STORE_LABEL)] == _STORE_LABEL
        if start >= 0 and body[start + 4 : start + 8] == _SUPERBOX and is_store:
            size = int.from_bytes(body[start : start + 4], "big")
            return body[start : start + min(size, MAX_STORE)] if size >= 8 else b""
        at = body.find(_DESCRIPTION, at + 4)
    return b""


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start and end of the content) of the boxes one after the other (ISO 14496-12 §4.2)."""
    while at + 8 <= end:
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield kind, min(at + head, end), min(at + size, end)
        at += size


def _label(description: bytes) -> str:
    """ISO 19566-5 §A.3: type 16, toggles 1, then the label where the toggles say so."""
    if len(description) < 18 or not description[16] & _HAS_LABEL:
        return ""
    return description[17:].partition(b"\0")[0][:256].decode("utf-8", "replace")
