"""Domain lists of the v2fly community: domain:, full:, include: and attributes, one file per subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, host_of, lines_of, opened, refused
from collector.lists.reading import Rejected
from collector.model.addresses import parse_address
from collector.model.errors import ListError

_NAME = re.compile(r"[A-Za-z0-9_!-]{1,100}\Z")
MAX_FILES = 2_000  # reached from one list


def read_v2fly(path: Path) -> Iterator[Stated]:
    """Every domain of the file and of those it includes from its own folder, each file once.

    Entries of an included file stand under the line that includes it. Raises ListError where the file itself
    cannot be read.
    """
    return _read(path, None, frozenset(), {path.name})


def _read(path: Path, under: int | None, wanted: frozenset[str], seen: set[str]) -> Iterator[Stated]:
    with opened(path) as stream:
        for number, text in lines_of(stream):
            line = number if under is None else under
            if isinstance(text, Rejected):
                yield Rejected(line, text.text, text.reason, text.mend)
                continue
            words = text.partition("#")[0].split()
            if not words:
                continue
            kind, colon, value = words[0].partition(":")
            attributes = frozenset(word[1:] for word in words[1:] if word.startswith("@"))
            try:
                if kind == "include" and colon:
                    yield from _included(path, value, line, attributes | wanted, seen)
                    continue
                row = _row(words[0], line)
            except ListError as error:
                yield refused(line, text, error)
                continue
            if _meant(attributes, wanted):
                yield row


def _meant(attributes: frozenset[str], wanted: frozenset[str]) -> bool:
    # `include:name @cn @-ads`: those with the first attribute and without the second.
    needed = {name for name in wanted if not name.startswith("-")}
    barred = {name[1:] for name in wanted if name.startswith("-")}
    return needed <= attributes and not barred & attributes


def _included(path: Path, name: str, line: int, wanted: frozenset[str], seen: set[str]) -> Iterator[Stated]:
    if not _NAME.match(name):
        raise ListError("the name of no list", mend="include:name-of-a-file-beside-this-one")
    key = name if not wanted else f"{name} {' '.join(sorted(wanted))}"
    if key in seen:
        return  # its entries stand already, and a circle ends
    if len(seen) >= MAX_FILES:
        raise ListError(f"more than {MAX_FILES:,} files included")
    seen.add(key)
    if len(seen) > 1 and not (path.parent / name).is_file():
        raise ListError("the included list is not there", mend=f"put the file {name} beside {path.name}")
    yield from _read(path.parent / name, line, wanted, seen)


def _row(word: str, line: int) -> Row:
    kind, colon, value = word.partition(":")
    if not colon:
        kind, value = "domain", word
    match kind:
        case "domain":
            return Row(line, Kind.SUBTREE, host_of(value))
        case "full":
            return Row(line, Kind.HOST, host_of(value))
        case "keyword" | "regexp":
            raise ListError(f"a {kind} covers hosts that nobody has seen", mend="domain:example.org")
        case _:
            raise ListError("no line of a domain list", mend="domain:example.org or full:www.example.org")


def v2fly_line(entry: Entry) -> str | None:
    """The entry as a line; None where the format cannot say it."""
    if entry.force or parse_address(entry.host) is not None:
        return None
    match entry.kind:
        case Kind.SUBTREE:
            return f"domain:{entry.host}"
        case Kind.HOST:
            return f"full:{entry.host}"
        case _:
            return None
