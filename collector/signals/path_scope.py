"""Which of several lines that each carry a path speaks for a request target: the one with the longest match."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from collector.signals.path_pattern import MAX_PATTERN, MAX_WILDCARDS, PathRules, Rule, compile_rules
from collector.signals.percent import normalise

T = TypeVar("T")
MAX_LINES = 1_000  # a file with more of one kind is read on the safe side: see who calls
_MAX_RAW = 3 * MAX_PATTERN  # an escape is three octets for one


def split_path(octets: bytes) -> tuple[bytes, bytes]:
    """`[path 1*WS] rest` (AIPREF attach-05): the path ends at the first blank; `b""` where none stands there."""
    if not octets.startswith(b"/"):
        return b"", octets
    path, *rest = octets.replace(b"\t", b" ").split(b" ", 1)
    return path, rest[0].strip(b" ") if rest else b""


def covers(path: bytes, target: bytes) -> int | None:
    """How many octets of pattern `path` cover `target`, by RFC 9309 §2.2.2 and §2.2.3; None where it does not.

    No path covers everything, with 0 octets. `target` comes from `percent.normalise_target`. A pattern over
    the limits is cut, so that it covers more: of such a line only denials may be taken (`over_limits`).
    """
    if not path:
        return 0
    hit = _compiled(path[:_MAX_RAW]).best(target)
    return hit.octets if hit is not None else None


def over_limits(path: bytes) -> bool:
    """Whether `covers` cuts the pattern."""
    if path.count(b"*") > MAX_WILDCARDS:
        return True
    return 3 * len(path) >= MAX_PATTERN and len(normalise(path[:_MAX_RAW])) >= MAX_PATTERN


def longest(lines: Iterable[tuple[bytes, T]], target: bytes) -> tuple[int, list[T]]:
    """(octets, every line whose path covers `target` with so many); (-1, []) where none does."""
    most = -1
    found: list[T] = []
    for path, line in lines:
        octets = covers(path, target)
        if octets is None or octets < most:
            continue
        if octets > most:
            most, found = octets, []
        found.append(line)
    return most, found


@lru_cache(maxsize=2_048)
def _compiled(path: bytes) -> PathRules:
    return compile_rules([[Rule(0, allow=False, pattern=path)]])
