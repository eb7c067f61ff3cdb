"""Adblock, uBlock and AdGuard DNS lists, as far as they speak of whole hosts and paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, by_line, host_of, lines_of, opened
from collector.lists.match import Action
from collector.model.addresses import parse_address
from collector.model.errors import ListError

# What leaves a rule a rule on the whole host: everything else narrows it to scripts, parties or pages.
_WHOLE = frozenset({"important", "all", "document", "doc"})
_COSMETIC = re.compile(r"#@?[?$%]?#|\$\$|\$@\$")
_REGULAR = re.compile(r"/.+/(?:\$[a-z,=~_.0-9-]*)?\Z")
_MEND = "||example.org^ is what a crawl can use"


def read_adblock(path: Path) -> Iterator[Stated]:
    """Every rule on a host or address; other rules are rejected. Raises ListError where the file cannot be read."""
    switched_off = _badfilters(path)

    def row(text: str, number: int) -> Iterable[Row]:
        return _row(text, number, switched_off)

    return by_line(path, row)


def _badfilters(path: Path) -> frozenset[str]:
    # A rule with $badfilter takes back the same rule without it, wherever that stands.
    with opened(path) as stream:
        lines = (text.strip() for _, text in lines_of(stream) if isinstance(text, str) and "badfilter" in text)
        return frozenset(_without_badfilter(text) for text in lines)


def _without_badfilter(text: str) -> str:
    pattern, _, options = text.rpartition("$")
    kept = [option for option in options.split(",") if option.strip() != "badfilter"]
    return f"{pattern}${','.join(kept)}" if kept else pattern


def _row(text: str, number: int, switched_off: frozenset[str]) -> Iterable[Row]:
    rule = text.strip()
    if not rule or rule[0] == "!" or (rule[0] == "#" and not _COSMETIC.match(rule)) or _is_heading(rule):
        return ()
    if _COSMETIC.search(rule):
        raise ListError("a rule on parts of a page", mend=_MEND)
    if rule in switched_off:
        raise ListError("taken back by a rule with $badfilter further up or down")
    action, pattern = (Action.ALLOW, rule[2:]) if rule.startswith("@@") else (None, rule)
    if _REGULAR.match(pattern):
        raise ListError("a regular expression", mend=_MEND)
    pattern, _, options = pattern.partition("$")
    named = {option.strip() for option in options.split(",")} if options else set()
    if "badfilter" in named:
        raise ListError("takes back another rule", mend="nothing is to be done")
    if named - _WHOLE:
        raise ListError(f"an option that narrows the rule: {min(named - _WHOLE)[:40]}", mend=_MEND)
    return (_target(pattern, number, action, rule),)


def _is_heading(rule: str) -> bool:
    return rule[0] == "[" and rule[-1] == "]"


def _target(pattern: str, number: int, action: Action | None, rule: str) -> Row:
    if pattern.startswith("||"):
        body = pattern[2:].removesuffix("|")
        host, slash, path = body.removesuffix("^").partition("/")
        if not slash:
            return Row(number, Kind.SUBTREE, host_of(host.removeprefix("*.")), action, id=rule)
        return Row(number, Kind.PREFIX, f"{host_of(host)}/{_path(path)}", action, id=rule, subdomains=True)
    if pattern.startswith(("|http://", "|https://")):
        whole = pattern.endswith("|")
        address = pattern[1:].rstrip("|").removesuffix("^").removesuffix("*")
        host, slash, path = address.partition("://")[2].partition("/")
        if not slash:
            return Row(number, Kind.HOST, host_of(host), action, id=rule)
        kind = Kind.URL if whole or "?" in path else Kind.PREFIX
        return Row(number, kind, f"{host_of(host)}/{path if kind is Kind.URL else _path(path)}", action, id=rule)
    raise ListError("a pattern that is no host", mend=_MEND)


def _path(path: str) -> str:
    body = path.removesuffix("*")
    if not body:
        return ""
    if set(body) & set("*^|") or not (body.endswith("/") or path.endswith(body + "/")):
        # `/ab` of an ad blocker also covers `/abc`: an entry here ends where a segment ends.
        raise ListError("a path that may end inside a segment", mend="end it with a /")
    return body


def adblock_line(entry: Entry) -> str | None:
    """The entry as a line; None where the format cannot say it."""
    if entry.force or entry.action not in {Action.DENY, Action.ALLOW} or parse_address(entry.host) is not None:
        return None
    exception = "@@" if entry.action is Action.ALLOW else ""
    if entry.kind is Kind.SUBTREE:
        return f"{exception}||{entry.host}^"
    if entry.kind is Kind.PREFIX and entry.subdomains and not entry.ignore_case:
        return f"{exception}||{entry.host}{entry.path}/"
    return None
