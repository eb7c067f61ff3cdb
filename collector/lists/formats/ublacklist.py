"""uBlacklist rules: match patterns of browser extensions, as far as they name hosts and paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, by_line, host_of
from collector.lists.match import Action
from collector.model.addresses import parse_address
from collector.model.errors import ListError

_PATTERN = re.compile(r"(@?)(?:\*|https?|http\*)://(\*\.)?([^/*\s]+)(/\S*)\Z")
_MEND = "*://*.example.org/* is what a crawl can use"


def read_ublacklist(path: Path) -> Iterator[Stated]:
    """Every pattern on a host or path. Raises ListError where the file cannot be read."""
    return by_line(path, _row)


def _row(text: str, number: int) -> Iterable[Row]:
    rule = text.strip() if text.lstrip()[:1] == "#" else text.partition(" #")[0].strip()
    if not rule or rule[0] == "#" or rule == "---":
        return ()
    found = _PATTERN.match(rule)
    if found is None:
        raise ListError("an expression or a pattern that names no host", mend=_MEND)
    exception, below, host, path = found.groups()
    action = Action.ALLOW if exception else None
    host = host_of(host)
    if path == "/*":
        return (Row(number, Kind.SUBTREE if below else Kind.HOST, host, action, id=rule),)
    body = path.removesuffix("*")
    if "*" in body:
        raise ListError("a star within the path", mend=_MEND)
    if body == path:
        return (Row(number, Kind.URL, host + body, action, id=rule, subdomains=bool(below)),)
    if not body.endswith("/"):
        raise ListError("a path that may end inside a segment", mend="end it with /*")
    return (Row(number, Kind.PREFIX, host + body, action, id=rule, subdomains=bool(below)),)


def ublacklist_line(entry: Entry) -> str | None:
    """The entry as a line; None where the format cannot say it."""
    if entry.force or entry.ignore_case or entry.action not in {Action.DENY, Action.ALLOW}:
        return None
    if parse_address(entry.host) is not None:
        return None
    exception = "@" if entry.action is Action.ALLOW else ""
    below = "*." if entry.subdomains or entry.kind is Kind.SUBTREE else ""
    match entry.kind:
        case Kind.HOST | Kind.SUBTREE:
            return f"{exception}*://{below}{entry.host}/*"
        case Kind.PREFIX:
            return f"{exception}*://{below}{entry.host}{entry.path}/*" if entry.path else None
        case _:
            return None
