"""Content-Signal (contentsignals.org): yes and no for three uses, in robots.txt, with or without a path.

Hand-written: the one reader there is (in fast-robotstxt) lets the first of several lines win, reads no path,
and takes silence for a yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.path_scope import MAX_LINES, covers, longest, over_limits
from collector.signals.percent import normalise_target
from collector.signals.robots_reader import Record

FIELD = "content-signal"
MAX_STATEMENT = 8_192  # octets; what follows is looked through for a plain no

KEYS: Mapping[str, Use] = MappingProxyType({"search": Use.INDEX, "ai-input": Use.INPUT, "ai-train": Use.TRAIN})
USE = "use"  # a later key: how much may be used at all
_LIMITED = frozenset({"immediate", "reference"})
# keys of Content-Usage, which is often mixed up with this: only a no is taken from them
_MIXED_UP: Mapping[str, str] = {"train-ai": "ai-train", "ai-use": "ai-input", "ai-training": "ai-train"}
_NO_WORDS = frozenset({"n", "false", "0", "disallow", "disallowed", "deny", "denied", "none", "off"})
_PAIR = re.compile(r"[ \t]*([A-Za-z-]{1,32})[ \t]*=[ \t]*([A-Za-z0-9]{1,32})[ \t]*")
_PLAIN_NO = re.compile(
    r"(?i)(?:^|[,;\s])(search|ai-input|ai-train(?:ing)?|train-ai|ai-use)\s*[=:]\s*[\"']?"
    r"(?:no|n|false|0|\?0|disallow(?:ed)?|den(?:y|ied)|none|off)(?![\w-])"
)


class Said(StrEnum):
    """What stands behind a key, as far as it counts."""

    YES = "yes"
    NO = "no"
    MEANT_NO = "meant no"  # `n`, `false`, `disallow` …: broken, but plainly meant
    LIMITED = "limited"  # `use=immediate`, `use=reference`


@dataclass(frozen=True, slots=True)
class Statement:
    """One line: the path it speaks for (`b""`: every path) and what it says."""

    path: bytes = b""
    said: tuple[tuple[str, Said], ...] = ()  # (key, what): keys of KEYS, and USE


@dataclass(frozen=True, slots=True)
class Preference:
    """What all lines together say of one target. `spec` is what the site's own words say, the rest only denies."""

    spec: Uses = UNSTATED
    contested: Uses = UNSTATED  # some say yes and some say no, with equally long paths
    limited: Uses = UNSTATED  # `use=immediate|reference`, and no `ai-train=yes`
    meant: Uses = UNSTATED  # a plain no that is not spelt `no`
    because: tuple[Record, ...] = ()


def read_content_signal(octets: bytes) -> Statement:
    """`[path] key=value *("," key=value)`, keys and values compared without case. Never raises; linear time.

    A pair that is not separated by commas alone, or not written as a pair, is looked through for a plain no.
    """
    return _read(octets[:MAX_STATEMENT], octets[MAX_STATEMENT:])


def for_target(records: Sequence[Record], target: str) -> Preference:
    """What the Content-Signal lines of one group say of `target`: for each key the longest path decides.

    Among equally long ones any no wins; a no that is only meant counts where its path is not shorter. Of more
    than 1,000 lines the rest is not read, and taken for a no.
    """
    octets = normalise_target(target)
    written: dict[str, list[tuple[bytes, tuple[Record, Said]]]] = {}
    meant_lines: list[tuple[int, str, Record]] = []
    for record in records[:MAX_LINES]:
        statement = read_content_signal(record.octets)
        wary = over_limits(statement.path)
        for key, said in statement.said:
            if said is Said.MEANT_NO:
                matched = covers(statement.path, octets)
                meant_lines += [] if matched is None else [(matched, key, record)]
            elif not (wary and said is Said.YES):
                written.setdefault(key, []).append((statement.path, (record, said)))
    found = {key: longest(lines, octets) for key, lines in written.items()}
    because = {record.line: record for _, lines in found.values() for record, _ in lines}
    meant: set[Use] = set()
    for matched, key, record in meant_lines:
        if matched >= found.get(key, (-1, ()))[0]:
            meant.add(KEYS[key])
            because[record.line] = record
    if len(records) > MAX_LINES:
        meant.update(KEYS.values())
        because[records[MAX_LINES].line] = records[MAX_LINES]
    return _preference({key: {said for _, said in lines} for key, (_, lines) in found.items()}, meant, because)


def _preference(found: Mapping[str, set[Said]], meant: set[Use], because: Mapping[int, Record]) -> Preference:
    spec: dict[str, Permission] = {}
    contested: set[Use] = set()
    for key, use in KEYS.items():
        what = found.get(key, set())
        if what == {Said.NO, Said.YES}:
            contested.add(use)
        elif what:
            spec[use.value] = Permission.DENY if Said.NO in what else Permission.ALLOW
    limited = bool(found.get(USE)) and spec.get(Use.TRAIN.value) is not Permission.ALLOW
    return Preference(
        Uses(**spec),
        Uses.denying(*contested),
        Uses.denying(Use.TRAIN) if limited else UNSTATED,
        Uses.denying(*meant),
        tuple(because[line] for line in sorted(because)),
    )


def denied_in_header(lines: Iterable[str]) -> tuple[Uses, Uses]:
    """(plain denials, denials that are broken but meant) of the response field, which no text defines.

    A yes there permits nothing: the software that sends it sets it by default.
    """
    said = [pair for line in lines for pair in read_content_signal(line.encode("utf-8", "surrogatepass")).said]
    no = {KEYS[key] for key, what in said if what is Said.NO}
    meant = {KEYS[key] for key, what in said if what is Said.MEANT_NO}
    return Uses.denying(*no), Uses.denying(*meant)


@lru_cache(maxsize=2_048)
def _read(octets: bytes, rest: bytes) -> Statement:
    path = b""
    if octets[:1] in (b"/", b"*"):
        path, _, octets = octets.replace(b"\t", b" ").partition(b" ")
    text = octets.decode("utf-8", "replace")
    said: list[tuple[str, Said]] = []
    for piece in text.split(","):
        pair = _PAIR.fullmatch(piece)
        if pair is None:
            said += [(_KEY_OF[use], Said.MEANT_NO) for use in _denied(piece)]
            continue
        key, value = pair[1].lower(), pair[2].lower()
        if key in KEYS and value in ("yes", "no"):
            said.append((key, Said(value)))
        elif key == USE and value in _LIMITED:
            said.append((key, Said.LIMITED))
        elif _MIXED_UP.get(key, key) in KEYS and (value in _NO_WORDS or value == "no"):
            said.append((_MIXED_UP.get(key, key), Said.MEANT_NO))
    said += [(_KEY_OF[use], Said.MEANT_NO) for use in _denied(rest.decode("utf-8", "replace"))]
    return Statement(path, tuple(dict.fromkeys(said)))


_KEY_OF = {use: key for key, use in KEYS.items()}


def _denied(text: str) -> list[Use]:
    """Uses that a text denies plainly, whatever its grammar."""
    keys = {found[1].lower() for found in _PLAIN_NO.finditer(text)}
    return [KEYS[key] for key in sorted({_MIXED_UP.get(key, key) for key in keys})]
