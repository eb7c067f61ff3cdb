"""The Lookup over a compiled snapshot: a memory-mapped file that all processes share and none can change.

Every label of the host is looked up under both IDNA forms, every covering entry is returned with list, version,
line and category. A hash only finds the place: the key is compared, so that nobody can be refused for a name
that merely collides with a listed one.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Iterator
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from xxhash import xxh3_64_intdigest

from collector.lists import snapshot_layout as layout
from collector.lists.entry import Kind, plain_path
from collector.lists.match import ListMatch
from collector.lists.order import Held, narrowness, ordered
from collector.lists.snapshot_sources import Shape, SourceSets
from collector.model.addresses import parse_address
from collector.model.digest import Digest
from collector.model.errors import IntegrityError, ListError
from collector.model.url import Url, host_forms

_CHUNK = 1 << 22
_made = tuple.__new__  # what a named tuple's own constructor does, one call less
_record = layout.RECORD.unpack_from
_LAST_MARK = layout.LAST_MARK
_Found = tuple[int, bool, bytes, int, int]  # offset of the record, whether it is of the host itself, key, set, line
_DAMAGE = (struct.error, IndexError, ValueError, TypeError, KeyError, OverflowError)


class Snapshot:
    """An open snapshot. Costs no memory of its own but for the sources that were met."""

    def __init__(self, path: Path, digest: Digest, only: frozenset[str] | None = None) -> None:
        """Map the file at `path`, whose content `digest` names, and check how it is built: under a millisecond.

        `only`: the categories that a policy refuses, as in `folder.load_lists`. Raises ListError where the file
        is missing, truncated, damaged in its header, or of another format or byte order. Whether the octets are
        those that `digest` names is another question, which takes a second: `verify`.
        """
        self._where = str(path)
        self._digest = digest
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as exc:  # ValueError: an empty file
            reason = exc.strerror if isinstance(exc, OSError) else "it is empty"
            mend = "compile it again: collector lists compile"
            raise ListError(f"the snapshot cannot be read: {reason}", where=self._where, mend=mend) from exc
        self.header = header = layout.unpack_header(self._map[: layout.HEADER_SIZE], len(self._map), self._where)
        whole = memoryview(self._map)
        table = header.table
        self._table = whole[table.begin : table.begin + table.length].cast("Q")
        self._shift = 64 - header.bits
        self._seed = header.seed
        self._tops = header.tops
        networks = self._map[header.networks.begin : header.networks.begin + header.networks.length]
        self._networks = tuple(zip(networks[::2], networks[1::2], strict=False))
        self._sets = SourceSets(self._map, header.sets, header.sources, only)

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return str(self._digest)

    @property
    def meta(self) -> dict[str, Any]:
        """Lists, versions, licences and counts, as they were compiled. Raises IntegrityError."""
        section = self.header.meta
        try:
            return dict(json.loads(self._map[section.begin : section.begin + section.length]))
        except _DAMAGE as exc:
            raise self._damaged() from exc

    def __len__(self) -> int:
        return self.header.entries

    def verify(self) -> None:
        """Read the whole file and compare its digest. Raises IntegrityError. Other threads go on meanwhile."""
        total, view = sha256(), memoryview(self._map)
        for begin in range(0, len(view), _CHUNK):
            total.update(view[begin : begin + _CHUNK])
        if total.hexdigest() != self._digest.hex:
            raise self._damaged()

    def match(self, url: Url) -> tuple[ListMatch, ...]:
        """Every entry that covers `url` under any of its host forms; the one that wins stands first.

        Raises IntegrityError where the file is damaged.
        """
        found = self._records(url)
        if not found:
            return ()
        try:
            if len(found) == 1:
                # Nearly always: one list names one key, so that nothing is to be put in order or read once more.
                _, exact, key, number, line = found[0]
                lone = self._sets.lone(number)
                if lone is not None:
                    below, name, version, category, action, tier, kind = lone
                    if not (exact or below):
                        return ()
                    rule = key.decode() if key[0] > _LAST_MARK else key[1:].decode()
                    return (_made(ListMatch, (rule, name, version, line, category, action, tier, kind, "")),)
            return ordered([held for one in found for held in self._held(*one)])
        except _DAMAGE as exc:
            raise self._damaged() from exc

    def covering(self, url: Url) -> list[Held]:
        """Every entry that covers `url`, in no order. Raises IntegrityError where the file is damaged."""
        found = self._records(url)
        try:
            return [held for one in found for held in self._held(*one)]
        except _DAMAGE as exc:
            raise self._damaged() from exc

    def _records(self, url: Url) -> list[_Found]:
        host = url.host
        found: list[_Found] = []
        try:
            if "xn--" in host:
                forms = host_forms(host)
                for form in forms:
                    self._walk(form.encode(), url, found)
                if len(forms) > 1:  # both end alike, and an entry that both meet covers the URL once
                    once: dict[int, _Found] = {}
                    for one in found:
                        if one[1] or one[0] not in once:
                            once[one[0]] = one
                    found = list(once.values())
            else:
                self._walk(host.encode(), url, found)
            if self._networks:
                self._in_networks(host, found)
        except _DAMAGE as exc:
            raise self._damaged() from exc
        return found

    def _walk(self, host: bytes, url: Url, found: list[_Found]) -> None:
        # The inner loop of the crawl: names are bound, and the common miss is one read of the table per label.
        table, shift, seed, data = self._table, self._shift, self._seed, self._map
        label = host
        _, dot, above = host.partition(b".")
        while True:
            hashed = xxh3_64_intdigest(label, seed)
            place = hashed >> shift
            while slot := table[place]:
                if (slot ^ hashed) & 0xFFFFFF == 0:
                    offset = slot >> 24
                    length, walk, members, line = _record(data, offset)
                    if data[offset + 12 : offset + 12 + length] == label:
                        if members:
                            found.append((offset, label is host, label, members, line))
                        if walk:
                            self._on_path(label, walk, url, found, exact=label is host)
                        break
                place += 1
            if not dot:
                return
            label = above
            _, dot, above = label.partition(b".")
            if not dot and not self._tops:
                return

    def _on_path(self, host: bytes, walk: int, url: Url, found: list[_Found], *, exact: bool) -> None:
        path = plain_path(url.path)
        target = f"{path}?{plain_path(url.query)}" if url.query else path
        forms = [(layout.URL, layout.PREFIX, path, target)]
        if walk & layout.FOLDED_WALK:
            forms.append((layout.URL_FOLDED, layout.PREFIX_FOLDED, path.lower(), target.lower()))
        for url_mark, prefix_mark, one_path, one_target in forms:
            self._note(url_mark + host + one_target.encode(), found, exact=exact)
            self._note(prefix_mark + host, found, exact=exact)  # the empty path: everything on the host
            end = 0
            for _ in range((walk & layout.DEEPEST_WALK) - 1):
                end = one_path.find("/", end + 1)
                ended = end < 0
                self._note(prefix_mark + host + (one_path if ended else one_path[:end]).encode(), found, exact=exact)
                if ended:
                    break

    def _in_networks(self, host: str, found: list[_Found]) -> None:
        address = parse_address(host)
        if address is None:
            return
        for version, length in self._networks:
            if version == address.version:
                network = ip_network((address, length), strict=False)
                self._note(layout.NETWORK + str(network).encode(), found, exact=True)

    def _note(self, key: bytes, found: list[_Found], *, exact: bool) -> None:
        table, data = self._table, self._map
        hashed = xxh3_64_intdigest(key, self._seed)
        place = hashed >> self._shift
        while slot := table[place]:
            if (slot ^ hashed) & 0xFFFFFF == 0:
                offset = slot >> 24
                length, _, members, line = _record(data, offset)
                if data[offset + 12 : offset + 12 + length] == key:
                    found.append((offset, exact, key, members, line))
                    return
            place += 1

    def _held(self, offset: int, exact: bool, key: bytes, number: int, line: int) -> Iterator[Held]:  # noqa: FBT001
        host, slash, path = _named(key).partition("/")
        for match, shape in self._matches(offset, exact, key, number, line):
            length = int(path) if shape.kind is Kind.CIDR else 0
            yield Held(match, narrowness(shape.kind, host, slash + path, length), shape.force)

    def _matches(
        self,
        offset: int,
        exact: bool,  # noqa: FBT001  inner loop
        key: bytes,
        number: int,
        line: int,
    ) -> list[tuple[ListMatch, Shape]]:
        data = self._map
        members = self._sets.members(number)
        at = offset + layout.RECORD.size + len(key)
        lines = (line, *struct.unpack_from(f"={len(members) - 1}I", data, at))
        text_at = at + 4 * (len(members) - 1)
        found = []
        for (shape, has_text), one in zip(members, lines, strict=True):
            rule, note = "", ""
            if has_text:
                rule_length, note_length = layout.TEXT.unpack_from(data, text_at)
                text_at += 4
                rule = data[text_at : text_at + rule_length].decode()
                text_at += rule_length
                note = data[text_at : text_at + note_length].decode()
                text_at += note_length
            if shape is None or not (exact or shape.below):
                continue
            if not has_text:
                rule = _named(key)
            _, _, name, version, category, action, tier, kind, _ = shape
            found.append((ListMatch(rule, name, version, one, category, action, tier, kind, note), shape))
        return found

    def _damaged(self) -> IntegrityError:
        mend = "go back to the last good one: collector lists rollback; or compile it again: collector lists compile"
        return IntegrityError("the snapshot of the lists is damaged", where=self._where, mend=mend)


def _named(key: bytes) -> str:
    return (key if key[0] > _LAST_MARK else key[1:]).decode()
