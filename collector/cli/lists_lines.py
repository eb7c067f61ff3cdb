"""`collector lists match --jsonl`: answers JSON Lines as fast as they can be read and written, in order.

The answers are put together from parts that are already JSON: a general encoder costs more than the look-up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any, BinaryIO

from collector.lists.match import Action, ListMatch, Lookup
from collector.model.errors import CollectorError, InputError
from collector.model.url import parse_url

MAX_LINE = 1_000_000  # bytes of one input line
_CHUNK = 1 << 18
_FREE = ',"verdict":"allow","tier":null,"category":null,"matches":[]}'


def answer_stream(source: BinaryIO, out: BinaryIO, lookup: Lookup) -> int:
    """Answer every line of `source`; how many were no question. What was read is answered before more is read."""
    bad = 0
    for lines in batches(source):
        answers = []
        for line in lines:
            answer, fault = answer_line(line, lookup)
            bad += fault
            if answer:
                answers.append(answer)
        out.write("".join([f"{answer}\n" for answer in answers]).encode())
        out.flush()
    return bad


def batches(source: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines, as many as have arrived. Of a line that is too long, MAX_LINE bytes and one are kept."""
    read = getattr(source, "read1", source.read)
    rest = b""
    cutting = False  # inside a line that is too long, whose beginning was handed on
    while chunk := read(_CHUNK):
        *lines, tail = chunk.split(b"\n")
        if lines:
            if cutting:
                lines[0], cutting = b"", False
            else:
                lines[0] = (rest + lines[0])[: MAX_LINE + 1]
            rest = tail
            yield lines
        elif not cutting:
            rest += tail
        if len(rest) > MAX_LINE:
            yield [rest[: MAX_LINE + 1]]
            rest, cutting = b"", True
    if rest and not cutting:
        yield [rest]


def answer_line(line: bytes, lookup: Lookup) -> tuple[str, bool]:
    """The answer to one line, empty for a blank one, and whether it was no question. Never raises."""
    identifier: Any = None
    try:
        if len(line) > MAX_LINE:
            raise InputError(f"a line of more than {MAX_LINE:,} bytes")
        if not line.strip():
            return "", False
        asked = json.loads(line if line.startswith(b"\xef\xbb\xbf") else line.decode("utf-8", "surrogatepass"))
        if not isinstance(asked, dict):
            raise InputError('a line is an object with "id" and "url"')
        identifier = asked.get("id")
        url = asked.get("url")
        if not isinstance(url, str):
            raise InputError('"url" is missing or no text')
        found = lookup.match(parse_url(url))
        return f'{{"id":{_encoded(identifier)}{_FREE if not found else _matches(found)}', False
    except CollectorError as exc:
        return json.dumps({"id": identifier, "error": exc.message}), True
    except (ValueError, RecursionError) as exc:
        return json.dumps({"id": None, "error": f"not JSON: {exc}"}), True


def answer_of(found: tuple[ListMatch, ...]) -> dict[str, Any]:
    """Verdict, tier and category of the winner, and every match: the shape of design §8."""
    return dict(json.loads("{" + (_matches(found) if found else _FREE)[1:]))


def _encoded(identifier: Any) -> str:
    # Most are a number or a short text.
    if type(identifier) is int:
        return str(identifier) if -(10**15) < identifier < 10**15 else json.dumps(identifier)
    return encode_basestring_ascii(identifier) if type(identifier) is str else json.dumps(identifier)


def _matches(found: tuple[ListMatch, ...]) -> str:
    winner = found[0]
    listed = ",".join([_match(one) for one in found])
    verdict = "allow" if winner.action is Action.INFO else winner.action.value
    return f',"verdict":"{verdict}","tier":{winner.tier},"category":{_category(winner.category)},"matches":[{listed}]}}'


def _match(one: ListMatch) -> str:
    before, after = _source(one.list, one.version, one.category)
    return f'{{"rule":{encode_basestring_ascii(one.rule)}{before}{one.line}{after}'


@lru_cache(maxsize=4_096)
def _source(name: str, version: str, category: str) -> tuple[str, str]:
    text = encode_basestring_ascii
    return f',"list":{text(name)},"version":{text(version)},"line":', f',"category":{_category(category)}}}'


@lru_cache(maxsize=4_096)
def _category(category: str) -> str:
    return json.dumps(category or None)
