"""The bytes of a snapshot file: header, hash table, records, source sets and sources, in one spelling for both sides.

Written by hand: key-value files of libraries (LMDB, marisa, cdb) either keep a private copy per process, build
several times slower at six million hosts, or promise no stable file format.

```
header    56 + 8 x 12 + 8 octets, the last its checksum; numbers in the byte order of the machine that wrote it
table     64-bit slots: 0, or offset of a record << 24 | low 24 bits of the key's XXH3; place = hash >> (64 - bits)
records   key length, walk, set, first line, key, a line per further source of the set, then texts where one has any
sets      which sources share a key, interned: count, 32-bit ends, then 32-bit members (source << 1 | has text)
sources   what the entries of one list, version, kind and action have in common: count, 64-bit ends, then JSON
networks  (IP version, prefix length) of every network among the keys
meta      JSON: lists, versions, licences, counts
```
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from xxhash import xxh3_64_intdigest

from collector.lists.entry import Kind
from collector.lists.match import Action, Tier
from collector.model.errors import ListError

MAGIC = b"CLSNAP\r\n"  # a transfer that changes line ends breaks it
FORMAT = 2
ORDER_MARK = 0x0102030405060708
HEADER_SIZE = 160

RECORD = struct.Struct("=HHII")  # key length, walk, set, line of the set's first source
LINE = struct.Struct("=I")
TEXT = struct.Struct("=HH")  # octets of the rule as written, octets of the note

MAX_TEXT = 60_000  # octets of a rule or note
MAX_KEY = 60_000
MAX_LINE_NUMBER = 0xFFFF_FFFF

# First octet of keys that are no host name.
PREFIX, PREFIX_FOLDED, URL, URL_FOLDED, NETWORK = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
LAST_MARK = 5

# `walk` of a host's record: 0 no paths; else segments of its deepest prefix plus one; top bit: some ignore case.
FOLDED_WALK = 0x8000
DEEPEST_WALK = 0x7FFF

FINGERPRINT = 0xFFFFFF
OFFSET_SHIFT = 24

_HEADER = struct.Struct("=8sQIHHQQQQ")  # magic, order, format, bits, tops, seed, keys, entries, file length
_SECTIONS = struct.Struct("=12Q")  # begin and length of table, records, sets, sources, networks, meta
_CHECK = struct.Struct("=Q")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the file, in octets."""

    begin: int
    length: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a reader needs to answer."""

    bits: int  # the table has 2**bits places, and a few beyond the last
    tops: bool  # a name of one label is among the keys: nearly never, and nobody need look for one
    seed: int  # of the hash: drawn at random, so that nobody can aim at one place of the table
    keys: int
    entries: int
    length: int  # of the file, in octets
    table: Section
    records: Section
    sets: Section
    sources: Section
    networks: Section
    meta: Section


@dataclass(frozen=True, slots=True)
class Source:
    """What the entries of one list that are alike have in common."""

    list: str
    version: str
    tier: Tier
    action: Action
    category: str
    kind: Kind
    subdomains: bool = False
    force: bool = False
    ignore_case: bool = False

    def as_row(self) -> tuple[Any, ...]:
        """Its fields in order, for JSON."""
        return astuple(self)

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Source:
        """The inverse of `as_row`. Raises ValueError or TypeError."""
        name, version, tier, action, category, kind, subdomains, force, ignore_case = row
        flags = (bool(subdomains), bool(force), bool(ignore_case))
        return cls(str(name), str(version), Tier(tier), Action(action), str(category), Kind(kind), *flags)


def pack_header(header: Header) -> bytes:
    """The first HEADER_SIZE octets of the file."""
    front = _HEADER.pack(
        MAGIC, ORDER_MARK, FORMAT, header.bits, header.tops, header.seed, header.keys, header.entries, header.length
    )
    sections = (header.table, header.records, header.sets, header.sources, header.networks, header.meta)
    body = front + _SECTIONS.pack(*(number for s in sections for number in (s.begin, s.length)))
    return body + _CHECK.pack(xxh3_64_intdigest(body))


def unpack_header(data: bytes, size: int, where: str) -> Header:
    """The header of a file of `size` octets that begins with `data`. Raises ListError for what cannot be used."""
    again = "compile it again: collector lists compile"
    if len(data) < HEADER_SIZE or not data.startswith(MAGIC):
        raise ListError("no snapshot of lists, or only the beginning of one", where=where, mend=again)
    magic, order, format_, bits, tops, seed, keys, entries, length = _HEADER.unpack_from(data)
    del magic
    if order != ORDER_MARK:
        swapped = int.from_bytes(ORDER_MARK.to_bytes(8, "big"), "little")
        what = "written on a machine of the other byte order" if order == swapped else "damaged in its header"
        raise ListError(f"the snapshot was {what}", where=where, mend=again)
    if format_ != FORMAT:
        age = "older" if format_ < FORMAT else "newer"
        raise ListError(
            f"the snapshot has the {age} format {format_}; this program reads {FORMAT}", where=where, mend=again
        )
    body = _HEADER.size + _SECTIONS.size
    if _CHECK.unpack_from(data, body)[0] != xxh3_64_intdigest(data[:body]):
        raise ListError("the snapshot's header is damaged", where=where, mend=again)
    if size != length:
        raise ListError(f"the snapshot has {size:,} octets instead of {length:,}", where=where, mend=again)
    numbers = _SECTIONS.unpack_from(data, _HEADER.size)
    sections = [Section(numbers[i], numbers[i + 1]) for i in range(0, 12, 2)]
    header = Header(bits, bool(tops), seed, keys, entries, length, *sections)
    within = all(s.begin >= HEADER_SIZE and s.begin + s.length <= size and s.begin % 8 == 0 for s in sections)
    places, left = divmod(header.table.length, 8)
    if not within or not 1 <= bits <= 40 or left or places <= 1 << bits:
        raise ListError("the snapshot's sections do not fit together", where=where, mend=again)
    return header
