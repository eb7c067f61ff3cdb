"""What an asset carries about its own use, lifted out of its container: XMP packets, C2PA stores, package metadata.

One parser per container; which one is for the sniffed media type to say. What the parts mean is read elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.signals.xmp import Property


@dataclass(frozen=True, slots=True)
class Embedded:
    """The parts that were found, raw. Memory only: metadata names people."""

    xmp: tuple[bytes, ...] = field(default=(), repr=False)  # packets, XML
    properties: tuple[Property, ...] = field(default=(), repr=False)  # of all packets
    manifests: tuple[bytes, ...] = field(default=(), repr=False)  # C2PA manifest stores, JUMBF
    package: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (name, value) of EPUB metas, PDF Info
    rsl: tuple[bytes, ...] = field(default=(), repr=False)  # RSL documents
    faults: tuple[str, ...] = ()  # what could not be read, for the finding


NOTHING = Embedded()
