"""Unbound configurations that refuse zones: local-zone with a type that answers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.hosts import SINKS
from collector.lists.formats.row import Row, Stated, by_line, host_of
from collector.lists.match import Action
from collector.model.addresses import parse_address
from collector.model.errors import ListError

_ZONE = re.compile(r"""local-zone:\s*["']?([^"'\s]+)["']?\s+["']?([a-z_]+)["']?\s*$""")
_DATA = re.compile(
    r"""local-data:\s*["']([^"'\s]+)\s+(?:\d+\s+)?(?:IN\s+)?(?:A|AAAA)\s+([0-9a-fA-F.:]+)["']\s*$""", re.IGNORECASE
)
_REFUSING = frozenset(
    """always_nxdomain always_refuse always_null always_deny always_nodata refuse deny static redirect inform_deny
    inform_redirect""".split()
)
_PASSING = frozenset({"transparent", "always_transparent", "typetransparent", "inform"})
_HEADING = frozenset({"server:", "remote-control:"})
_MEND = 'local-zone: "example.org" always_nxdomain is what a crawl can use'


def read_unbound(path: Path) -> Iterator[Stated]:
    """Every refused zone, and zones let through as exceptions. Raises ListError where the file cannot be read."""
    return by_line(path, _rows)


def _rows(text: str, number: int) -> Iterable[Row]:
    line = text.partition("#")[0].strip()
    if not line or line in _HEADING:
        return ()
    zone = _ZONE.match(line)
    if zone is not None:
        name, kind = host_of(zone[1].rstrip(".")), zone[2]
        if kind in _REFUSING:
            return (Row(number, Kind.SUBTREE, name),)
        if kind in _PASSING:
            return (Row(number, Kind.SUBTREE, name, Action.ALLOW),)
        raise ListError(f"a zone of type {kind[:40]}, which refuses nothing", mend=_MEND)
    data = _DATA.match(line)
    if data is not None and data[2] in SINKS:
        return (Row(number, Kind.HOST, host_of(data[1].rstrip("."))),)
    raise ListError("an option that refuses no zone", mend=_MEND)


def unbound_line(entry: Entry) -> str | None:
    """The entry as a line; None where Unbound cannot say it."""
    if entry.kind is not Kind.SUBTREE or entry.force or parse_address(entry.host) is not None:
        return None
    match entry.action:
        case Action.DENY:
            return f'local-zone: "{entry.host}." always_nxdomain'
        case Action.ALLOW:
            return f'local-zone: "{entry.host}." always_transparent'
        case _:
            return None
