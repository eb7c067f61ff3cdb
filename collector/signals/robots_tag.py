"""The Robots-Tag header field (draft-illyes-repext): the values of X-Robots-Tag as a structured list, by crawler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from http_sf import Token, parse

from collector.model.headers import Headers
from collector.signals.product_token import ANY
from collector.signals.robots_values import MAX_FIELDS, MAX_TOTAL, MEANINGS, Directive

FIELD = "robots-tag"
MAX_DIRECTIVES = 2_000


@dataclass(frozen=True, slots=True)
class RobotsTag:
    """All lines of the field, read as one list."""

    value: str  # as sent, lines joined
    directives: tuple[Directive, ...] = ()


def read_robots_tag(headers: Headers) -> RobotsTag | None:
    """`*;nosnippet, ExampleBot;noindex` (RFC 9651 §3.1); None where the field is absent. Never raises; linear time.

    What is no structured list is read at its commas and semicolons all the same, and so is a value without a
    crawler before it: as malformed, so that it may restrict.
    """
    lines = headers.all(FIELD)[:MAX_FIELDS]
    if not lines:
        return None
    value = ", ".join(line.strip(" \t") for line in lines)[:MAX_TOTAL]
    try:
        members = parse(value.encode("utf-8", "surrogatepass"), tltype="list")
    except Exception:  # noqa: BLE001  whatever the parser does with hostile octets, it is no list
        members = None
    found = _of_list(members) if isinstance(members, list) else _of_text(value)
    return RobotsTag(value, tuple(one for one, _ in zip(found, range(MAX_DIRECTIVES), strict=False)))


def _of_list(members: Sequence[object]) -> Iterator[Directive]:
    for member in members:
        if not (isinstance(member, tuple) and len(member) == 2):
            continue
        item, parameters = member
        name = str(item.data) if isinstance(item, Token) else str(item)
        if name.lower() in MEANINGS and not parameters:
            yield Directive(name.lower(), malformed=True)
        elif isinstance(parameters, Mapping):
            agent, sound = "" if name == ANY else name.lower(), isinstance(item, Token)
            for key, value in parameters.items():
                yield Directive(str(key), _argument(value), agent, not sound)


def _argument(value: object) -> str:
    if value is True:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)[:200]


def _of_text(value: str) -> Iterator[Directive]:
    for part in value.split(","):
        agent, *rules = part.split(";")
        agent = agent.strip(" \t\"'").lower()
        if not rules:
            rules, agent = [agent], ""
        for rule in rules:
            name, _, argument = rule.partition("=")
            name = name.strip(" \t\"'").lower()
            if name:
                yield Directive(name, argument.strip(" \t\"'")[:200], "" if agent == ANY else agent, malformed=True)
