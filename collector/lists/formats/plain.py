"""Plain lists: one host, `host/path`, URL or network per line; see `lists.plain` for what each means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, by_line
from collector.lists.plain import kind_of, without_comment


def read_plain_list(path: Path) -> Iterator[Stated]:
    """Every entry, and every line that is none. Raises ListError where the file cannot be read."""
    return by_line(path, _row)


def _row(text: str, number: int) -> Iterable[Row]:
    value = without_comment(text)
    if not value:
        return ()
    # A bare host is left open: whether hosts below it are meant is for the list to say.
    kind = None if "/" not in value and "?" not in value and value[0] != "*" else kind_of(value, Kind.SUBTREE)
    if kind is None and any(character.isspace() for character in value):
        kind_of(value, Kind.SUBTREE)  # raises
    return (Row(number, kind, value.removeprefix("*.")),)


def plain_line(entry: Entry) -> str | None:
    """The entry as a line; None where a plain list cannot say it. A subtree is written with `*.`."""
    if entry.subdomains or entry.ignore_case or entry.force:
        return None
    match entry.kind:
        case Kind.SUBTREE:
            return f"*.{entry.host}"
        case Kind.HOST:
            return entry.host
        case Kind.PREFIX:
            return f"{entry.host}{entry.path}/"
        case Kind.CIDR:
            return entry.host
        case Kind.URL:
            return entry.host + entry.path if "?" in entry.path else None
