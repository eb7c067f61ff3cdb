"""`collector lists match --jsonl`: answers JSON Lines as fast as they can be read and written, in order.

The answers are put together from parts that are already JSON: a general encoder costs more than the look-up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _text
from typing import Any, BinaryIO

from collector.lists.match import Action, ListMatch, Lookup
from collector.model.errors import CollectorError, InputError, IntegrityError
from collector.model.url import parse_url

MAX_LINE = 1_000_000  # bytes of one input line
_CHUNK = 1 << 18
_LONG = 10**15  # shorter numbers are written as Python writes them
_INFO = Action.INFO
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # its stub leaves it out
_FREE = ',"verdict":"allow","tier":null,"category":null,"matches":[]}'


def answer_stream(source: BinaryIO, out: BinaryIO, lookup: Lookup) -> int:
    """Answer every line of `source`; how many were no question. What was read is answered before more is read."""
    bad = 0
    for lines in batches(source):
        answers = []
        for line in lines:
            answer = _answer_at_once(line, lookup)
            if answer is None:
                answer, fault = answer_line(line, lookup)
                bad += fault
            if answer:
                answers.append(answer)
        if answers:
            answers.append("")
            out.write("\n".join(answers).encode())
            out.flush()
    return bad


def _answer_at_once(line: bytes, lookup: Lookup) -> str | None:
    """As `answer_line` for a line as it should be, None for any other: json's scanner without what is around it."""
    try:
        text = line.decode()
        asked, end = _scan(text, 0)
        if end != len(text) and (text[end:].strip(" \t\r") or len(line) > MAX_LINE):
            return None  # and a line that was cut is whole only where blanks were
        identifier = asked["id"]
        found = lookup.match(parse_url(asked["url"]))
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError, CollectorError):
        return None
    shown = identifier if type(identifier) is int and -_LONG < identifier < _LONG else _encoded(identifier)
    return f'{{"id":{shown}{_FREE if not found else _matches(found)}'


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
    """The answer to one line, empty for a blank one, and whether it was no question. Raises IntegrityError alone."""
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
    except IntegrityError:
        raise  # no fault of the line: nothing that the lists say can be believed
    except CollectorError as exc:
        return json.dumps({"id": identifier, "error": exc.message}), True
    except (ValueError, RecursionError) as exc:
        return json.dumps({"id": None, "error": f"not JSON: {exc}"}), True


def answer_of(found: tuple[ListMatch, ...]) -> dict[str, Any]:
    """Verdict, tier and category of the winner, and every match: the shape of design §8."""
    return dict(json.loads("{" + (_matches(found) if found else _FREE)[1:]))


def _encoded(identifier: Any) -> str:
    return _text(identifier) if type(identifier) is str else json.dumps(identifier)


def _matches(found: tuple[ListMatch, ...]) -> str:
    rule, name, version, line, category, action, tier, _, _ = found[0]
    before, after, category = _source(name, version, category)
    matches = f'{{"rule":{_text(rule)}{before}{line}{after}'
    if len(found) > 1:
        matches = ",".join([matches, *[_match(one) for one in found[1:]]])
    verdict = "allow" if action is _INFO else action
    return f',"verdict":"{verdict}","tier":{tier},"category":{category},"matches":[{matches}]}}'


def _match(one: ListMatch) -> str:
    before, after, _ = _source(one.list, one.version, one.category)
    return f'{{"rule":{_text(one.rule)}{before}{one.line}{after}'


@lru_cache(maxsize=4_096)
def _source(name: str, version: str, category: str) -> tuple[str, str, str]:
    shown = json.dumps(category or None)
    return f',"list":{_text(name)},"version":{_text(version)},"line":', f',"category":{shown}}}', shown
