"""trust.txt (JournalList, 2024-04-04): the one variable of it that speaks of training."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from collector.model.uses import Permission
from collector.signals import robots_reader
from collector.signals.excerpt import excerpt

PATHS = ("/trust.txt", "/.well-known/trust.txt")
MAX_BYTES = 64_000
MAX_STATEMENTS = 100

_LINE = re.compile(rb"[ \t]*data[-_]?training[-_]?allowed[ \t]*([=:])[ \t]*([^#]*)", re.IGNORECASE)
_NO = re.compile(rb"[\"']?(?:no|n|none|never|not|false|0|deny|denied|disallow(?:ed)?)(?![A-Za-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TrustStatement:
    """One `datatrainingallowed` line. UNKNOWN: a value that the format does not have, and that is no plain no."""

    line: int  # 1-based
    permission: Permission
    text: str
    malformed: bool = False  # not `datatrainingallowed=yes|no`, but plainly meant as a no


@lru_cache(maxsize=64)
def read_trust_txt(body: bytes) -> tuple[TrustStatement, ...]:
    """Every statement on training, in order. Never raises, whatever the octets; linear time; 64 KB are read.

    `variable=value` lines with `#` comments, compared without case. Of other spellings only a refusal counts.
    """
    text, _ = robots_reader.octets_of(body[:MAX_BYTES])
    found: list[TrustStatement] = []
    for number, line in enumerate(text.split(b"\n"), 1):
        match = _LINE.match(line)
        if match is None:
            continue
        value = match[2].strip().lower()
        exact = match[1] == b"=" and not set(b"-_") & set(line.partition(b"=")[0])
        shown = excerpt(line.strip(), 200)
        if value == b"yes" and exact:
            found.append(TrustStatement(number, Permission.ALLOW, shown))
        elif _NO.match(value):
            found.append(TrustStatement(number, Permission.DENY, shown, malformed=not (exact and value == b"no")))
        else:
            found.append(TrustStatement(number, Permission.UNKNOWN, shown))
        if len(found) == MAX_STATEMENTS:
            break
    return tuple(found)
