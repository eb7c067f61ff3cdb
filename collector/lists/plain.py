"""Plain lists: one host, `host/path`, URL or network per line, `#` `;` `!` comments.

A bare host means what the list's manifest says (`match`, normally the host and everything below it); a line
with a path covers the path and everything below it; a line with a query is that one URL.
"""

from __future__ import annotations

from ipaddress import ip_network

from collector.lists.entry import Entry, Kind, Origin, canonical
from collector.lists.reading import Reading, read_lines
from collector.model.errors import ListError


def read_plain(data: bytes, origin: Origin) -> Reading:
    """Every entry of a plain list, and every line that is none. Never raises."""

    def read_line(text: str, number: int) -> Entry | None:
        value = without_comment(text)
        return plain_entry(value, origin, number) if value else None

    return read_lines(data, read_line)


def plain_entry(value: str, origin: Origin, line: int = 0, note: str = "") -> Entry:
    """The entry that `value` means on a line of its own. Raises ListError."""
    kind = kind_of(value, origin.default_kind)
    host, path = canonical(kind, value.removeprefix("*.") if kind is not Kind.CIDR else value)
    return Entry(
        kind,
        host,
        path,
        action=origin.action,
        category=origin.category,
        tier=origin.tier,
        list=origin.list,
        version=origin.version,
        line=line,
        rule=value,
        note=note,
    )


def kind_of(value: str, default: Kind) -> Kind:
    """Which kind of entry a bare value is."""
    if any(character.isspace() for character in value):
        raise ListError("more than one word on the line", mend="one entry per line; a remark starts with #")
    if value.startswith("*."):
        return Kind.SUBTREE
    rest = value.partition("://")[2] or value
    if "/" not in rest:
        return default if "?" not in rest else Kind.URL
    if rest is value and _is_network(value):
        return Kind.CIDR
    path = rest.partition("/")[2]
    if not path:
        return default
    return Kind.URL if "?" in path else Kind.PREFIX


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def without_comment(text: str) -> str:
    """The line without its remark and blanks around it."""
    line = text.strip()
    if line[:1] in {"#", ";", "!"}:
        return ""
    for mark in (" #", "\t#"):
        line = line.partition(mark)[0]
    return line.strip()
