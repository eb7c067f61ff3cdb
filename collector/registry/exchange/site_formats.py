"""What one host's entries look like as its own robots.txt group or tdmrep.json, and back.

Both match by the beginning of a path; our prefixes end where a segment ends. `/a/` and `/a$` together say the one
in the words of the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from collector.model.errors import RegistryError
from collector.registry.entry import Effect, ScopeKind
from collector.registry.exchange.line import Exchanged
from collector.registry.scope import read_scope
from collector.registry.vocabulary import UseLabel, forbids
from collector.signals import tdmrep
from collector.signals.product_token import ANY, key_of
from collector.signals.robots_txt import parse

_SPECIAL = "*$#\\"  # of both formats' patterns, and what could end a line's value early


def render(format_name: str, entries: Iterable[Exchanged], host: str, token: str) -> tuple[str, int]:
    """The file, and how many entries it says in full. Raises RegistryError without a host."""
    _needs_host(format_name, host)
    uses = (UseLabel.ALL,) if format_name == "robots" else (UseLabel.TDM,)
    patterns: list[str] = []
    held = 0
    for one in entries:
        if one.host != host or one.effect is not Effect.DENY_FETCH or not forbids(one.uses, uses[0]):
            continue
        found = _patterns(one)
        patterns += found
        held += bool(found) and one.uses == uses and one.collections == ("*",)
    if format_name == "robots":
        lines = [f"User-agent: {token or ANY}", *(f"Disallow: {pattern}" for pattern in patterns)]
        return "\n".join(lines) + "\n" if patterns else "", held
    rules = [{"location": pattern, "tdm-reservation": 1} for pattern in patterns]
    return json.dumps(rules, indent=1) + "\n", held


def read(format_name: str, data: bytes, host: str, token: str) -> tuple[list[Exchanged], list[tuple[int, str]]]:
    """Entries, and (line or number, reason) of every rule that is none."""
    _needs_host(format_name, host)
    if format_name == "tdmrep":
        wanted, rejected = _reservations(data)
        uses = (UseLabel.TDM,)
    else:
        wanted, rejected = _disallowed(data, token)
        uses = (UseLabel.ALL,)
    found: dict[Exchanged, None] = {}
    for number, pattern in wanted:
        try:
            found[_entry(host, pattern, uses)] = None
        except RegistryError as error:
            rejected.append((number, error.message))
    prefixes = {one.path for one in found if one.kind is ScopeKind.PREFIX}
    return [one for one in found if one.kind is not ScopeKind.URL or one.path not in prefixes], rejected


def _disallowed(data: bytes, token: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    robots = parse(data)
    key = key_of(token) if token else ANY
    groups = [group for group in robots.groups if key in group.keys]
    wanted, rejected = [], []
    for group in groups:
        for rule in group.rules:
            pattern = rule.pattern.decode("ascii", "replace")
            if rule.allow:
                rejected.append((rule.line, "an Allow is no objection"))
            elif pattern:
                wanted.append((rule.line, pattern))
    return wanted, rejected


def _reservations(data: bytes) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    wanted, rejected = [], []
    for rule in tdmrep.read_file(data).rules:
        if rule.reservation in {tdmrep.Reservation.RESERVED, tdmrep.Reservation.MEANT_RESERVED}:
            wanted.append((rule.number, rule.location.decode("ascii", "replace")))
        else:
            rejected.append((rule.number, "reserves nothing"))
    return wanted, rejected


def _patterns(one: Exchanged) -> list[str]:
    """The patterns that cover exactly this; none where there are no such."""
    if any(character in one.path for character in _SPECIAL):
        return []
    match one.kind:
        case ScopeKind.HOST:
            return ["/"]
        case ScopeKind.PREFIX if one.path:
            return [f"{one.path}/", f"{one.path}$"]
        case ScopeKind.URL if one.path != "/":
            return [f"{one.path}$"]
        case _:
            return []


def _entry(host: str, pattern: str, uses: tuple[UseLabel, ...]) -> Exchanged:
    if pattern in {"/", "/*"}:
        return Exchanged.of(read_scope(host, ScopeKind.HOST), uses=uses)
    body = pattern.removesuffix("*")
    if body.endswith("/") and not set(_SPECIAL) & set(body) and "?" not in body:
        return Exchanged.of(read_scope(f"{host}{body}", ScopeKind.PREFIX), uses=uses)
    if pattern.endswith("$") and not set(_SPECIAL) & set(pattern[:-1]):
        return Exchanged.of(read_scope(f"{host}{pattern[:-1]}", ScopeKind.URL), uses=uses)
    raise RegistryError("the pattern is neither a folder (/a/), nor one address (/a$), nor the whole host (/)")


def _needs_host(format_name: str, host: str) -> None:
    if not host:
        raise RegistryError(f"a {format_name} file is about one host", mend="name it: --host example.org")
