"""On which line of a TOML text each key stands.

Written by hand: tomllib does not tell, and a parser that does would be a second reading of the file that could
differ from the first. This one only points; it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Key = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'""")


def lines_of_keys(text: str) -> Mapping[Key, int]:
    """The line, from 1, of each table and key; an index in the key counts the elements of an array of tables."""
    found: dict[Key, int] = {}
    arrays: dict[tuple[str, ...], int] = {}
    table: Key = ()
    inside = ""  # the closing mark of a string that runs over lines
    depth = 0  # open brackets of a value that runs over lines
    for number, line in enumerate(text.splitlines(), start=1):
        if inside or depth:
            inside, depth = _carry(line, inside, depth)
            continue
        header = _HEADER.match(line)
        if header is not None:
            table = _table(_parts(header[2]), arrays, new=bool(header[1]))
            found.setdefault(table, number)
            continue
        assignment = _ASSIGNMENT.match(line)
        if assignment is not None:
            found.setdefault((*table, *_parts(assignment[1])), number)
            inside, depth = _carry(line[assignment.end() :], "", 0)
    return found


def line_of(lines: Mapping[Key, int], key: Sequence[str | int]) -> int:
    """The line of `key`, or of the nearest table or array that would hold it; 0 where not even that is there."""
    for length in range(len(key), 0, -1):
        line = lines.get(tuple(key[:length]))
        if line is not None:
            return line
    return 0


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _table(parts: tuple[str, ...], arrays: dict[tuple[str, ...], int], *, new: bool) -> Key:
    if new:
        arrays[parts] = arrays.get(parts, -1) + 1
    key: list[str | int] = []
    for length in range(1, len(parts) + 1):
        key.append(parts[length - 1])
        if parts[:length] in arrays:
            key.append(arrays[parts[:length]])
    return tuple(key)


def _carry(line: str, inside: str, depth: int) -> tuple[str, int]:
    """Whether a string or an array is still open at the end of the line."""
    at = 0
    while at < len(line):
        if inside:
            end = line.find(inside, at)
            if end < 0:
                return (inside, depth) if len(inside) > 1 else ("", depth)
            escaped = inside.startswith('"') and end > 0 and line[end - 1] == "\\"
            at = end + (1 if escaped else len(inside))
            inside = inside if escaped else ""
            continue
        triple = line[at : at + 3]
        if triple in {'"""', "'''"}:
            inside, at = triple, at + 3
            continue
        character = line[at]
        if character == "#":
            break
        if character in "\"'":
            inside = character
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth = max(0, depth - 1)
        at += 1
    return (inside, depth) if len(inside) > 1 else ("", depth)
