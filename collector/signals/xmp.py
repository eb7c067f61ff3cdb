"""XMP (ISO 16684-1): packets found by their marks in any file, and the properties that stand in them.

Hand-written: the libraries for it are bindings to a C++ toolkit that reads whole files, or look for one packet only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from collector.document.xml import parse_xml

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_PACKET = 1_048_576
MAX_PACKETS = 16
MAX_PROPERTIES = 5_000
MAX_VALUE = 4_096  # characters

_BEGIN, _END = "<?xpacket begin", "<?xpacket end"
_META, _META_END = b"<x:xmpmeta", b"</x:xmpmeta>"
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")  # ISO 16684-1 §7.3.2; the mark itself stands in the encoding


@dataclass(frozen=True, slots=True)
class Property:
    """One simple value. An array gives one property for each of its members."""

    namespace: str
    name: str
    value: str


def packets_in(body: bytes) -> tuple[bytes, ...]:
    """The packets in `body`, whatever the file is: between their marks, else `x:xmpmeta` alone. At most 16 of 1 MiB.

    Linear: nothing is looked for further than 1 MiB behind its beginning.
    """
    for encoding in _ENCODINGS:
        found = list(_between(body, _BEGIN.encode(encoding), _END.encode(encoding), MAX_PACKETS))
        if found:
            return tuple(found)
    return tuple(_between(body, _META, _META_END, MAX_PACKETS))


def _between(body: bytes, begin: bytes, end: bytes, most: int) -> Iterator[bytes]:
    at = body.find(begin)
    while at >= 0 and most > 0:
        stop = body.find(end, at, at + MAX_PACKET)
        # A packet without its end may still hold a whole `x:xmpmeta`; the parser mends what is open.
        part = body[at : stop + len(end) if stop >= 0 else at + MAX_PACKET]
        yield part
        most -= 1
        at = body.find(begin, at + len(part))


def root_of(packet: bytes) -> etree._Element | None:
    """The XML of a packet without its wrapper, hardened and bounded; None where there is none."""
    for encoding in _ENCODINGS:
        begin = _BEGIN.encode(encoding)
        if encoding != "utf-8" and packet.startswith(begin):
            packet = packet.decode(encoding, "replace").encode("utf-8", "replace")
    packet = packet[:MAX_PACKET].rstrip(b"\0")
    if packet.startswith(_BEGIN.encode()):
        packet = packet.partition(b"?>")[2].lstrip()
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return None  # no packet has one (ISO 16684-1 §7.3.2), and entities in attributes would be expanded
    return parse_xml(packet.partition(_END.encode())[0].strip())


def properties_in(root: etree._Element) -> tuple[Property, ...]:
    """ISO 16684-1 §7: the properties of the asset itself, as attributes or as elements. Never raises.

    Only nodes directly under `rdf:RDF`: what is said of ingredients and of earlier versions stands deeper.
    """
    found: list[Property] = []
    for node in nodes_of(root):
        for value in _of_node(node):
            found.append(value)
            if len(found) == MAX_PROPERTIES:
                return tuple(found)
    return tuple(found)


def nodes_of(root: etree._Element) -> Iterator[etree._Element]:
    """The nodes that describe the asset."""
    for rdf in root.iter(f"{{{RDF}}}RDF"):
        yield from (node for node in rdf if isinstance(node.tag, str))


def _of_node(node: etree._Element) -> Iterator[Property]:
    for key, value in node.items():
        yield from _property(str(key), str(value))
    for child in node:
        if callable(child.tag):  # an entity that stays unexpanded
            continue
        yield from _property(str(child.tag), child.get(f"{{{RDF}}}resource") or child.text or "")
        for member in child.iter(f"{{{RDF}}}li"):
            yield from _property(str(child.tag), member.get(f"{{{RDF}}}resource") or member.text or "")


def _property(tag: str, value: str) -> Iterator[Property]:
    namespace, brace, name = tag.rpartition("}")
    text = value[:MAX_VALUE].strip()
    if brace and text and namespace != f"{{{RDF}":
        yield Property(namespace[1:], name, text)
