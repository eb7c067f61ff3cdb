"""Content-Usage, the usage preferences of IETF AIPREF (vocab-08, attach-05), in header fields and robots.txt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from http_sf import Token, parse

from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.path_scope import MAX_LINES, covers, longest, over_limits, split_path
from collector.signals.percent import normalise_target
from collector.signals.robots_reader import Record

FIELD = "content-usage"
MAX_STATEMENT = 8_192  # octets

# vocab-08: flat, no label implies another
LABELS: Mapping[str, Use] = MappingProxyType({"train-ai": Use.TRAIN, "ai-use": Use.INPUT, "search": Use.INDEX})
_EVERYTHING = (Use.TRAIN, Use.INPUT, Use.INDEX, Use.TDM)
# vocab-01 to -04; still written by sites, so a `n` counts, and a `y` for a use that is no longer defined does not
OLDER: Mapping[str, tuple[Use, ...]] = MappingProxyType(
    {
        "tdm": (Use.TDM,),
        "ai": (Use.TRAIN,),
        "genai": (Use.TRAIN,),
        "train-genai": (Use.TRAIN,),
        "ai-output": (Use.INPUT,),
        "inference": (Use.INPUT,),
        "all": _EVERYTHING,
        "bots": _EVERYTHING,
    }
)
_DENIED: Mapping[str, tuple[Use, ...]] = {**{label: (use,) for label, use in LABELS.items()}, **OLDER}
_PLAIN_NO = re.compile(
    rb"(?i)(?:^|[,;\s])(train-ai|train-genai|ai-use|ai-output|inference|search|genai|ai|tdm|all|bots)"
    rb"\s*=\s*\"?(?:no|n|\?0|false|0)(?![\w-])"
)
# values of one label that are no `n`, and plainly meant as one
_NO_VALUES = frozenset({"n", "no", "false", "0"})


class Malformed(StrEnum):
    """How far a no counts that the standard does not read as one."""

    OFF = "off"
    UNREADABLE = "unreadable"  # in a statement that is no dictionary: `Train-AI=N`, `train-ai = n`
    ANY = "any"  # also a wrong value in one that is: `train-ai=no`, `train-ai=?0`


@dataclass(frozen=True, slots=True)
class Statement:
    """What one dictionary says. Only `uses` is the standard's; the others hold denials alone."""

    uses: Uses = UNSTATED
    older: Uses = UNSTATED  # a `n` for a label of an earlier draft
    meant: Uses = UNSTATED  # a plain no in what is no dictionary, and by the standard says nothing
    misvalued: Uses = UNSTATED  # a plain no that is not the token `n`: `train-ai=no`, `train-ai=?0`
    broken: str = ""  # why it is no dictionary


_UNREAD = Statement(meant=Uses.denying(*LABELS.values()), broken=f"behind {MAX_LINES:,} other rules")


def read_content_usage(octets: bytes) -> Statement:
    """RFC 9651 §3.2, a Dictionary; vocab-08: a label counts with the Token `y` or `n`, anything else is unknown.

    The last of equal keys wins; parameters and unknown labels are ignored; what is no dictionary says nothing
    at all, and is looked through for a plain no. Never raises; linear time.
    """
    return _read(octets) if len(octets) <= MAX_STATEMENT else _no_dictionary(octets, f"over {MAX_STATEMENT:,} octets")


def read_header(lines: Iterable[str]) -> Statement:
    """RFC 9651 §4.2: all field lines make one dictionary, so a later line overrides and a bad one voids them all."""
    octets = (line.encode("utf-8", "surrogatepass").strip(b" \t") for line in lines)
    return read_content_usage(b", ".join(octets))


def meaning(statement: Statement, *, older_labels: bool, malformed: Malformed) -> tuple[Uses, Uses, Uses]:
    """(what the standard reads, what older labels deny, what is plainly meant as a denial)."""
    meant = statement.meant if malformed is not Malformed.OFF else UNSTATED
    if malformed is Malformed.ANY:
        meant = meant.and_(statement.misvalued)
    return statement.uses, statement.older if older_labels else UNSTATED, meant


def for_target(records: Sequence[Record], target: str) -> tuple[tuple[Record, Statement], ...]:
    """attach-05: the Content-Usage rules of one group that apply to `target`: those with the longest path.

    More than one where paths are identical, or equally long; their statements combine, any `n` wins. A rule
    without a path has length 0. What is no dictionary shadows nothing: it comes beside the others where its
    path is not shorter. Of more than 1,000 rules the rest is not read, and taken for a no.
    """
    sound: list[tuple[bytes, tuple[Record, Statement]]] = []
    broken: list[tuple[bytes, tuple[Record, Statement]]] = []
    for record in records[:MAX_LINES]:
        path, rest = split_path(record.octets)
        statement = read_content_usage(rest)
        if statement.broken:
            if statement.meant != UNSTATED:
                broken.append((path or _no_path(rest), (record, statement)))
        else:
            sound.append((path, (record, _only_denials(statement) if over_limits(path) else statement)))
    octets = normalise_target(target)
    most, found = longest(sound, octets)
    found += [line for path, line in broken if (matched := covers(path, octets)) is not None and matched >= most]
    if len(records) > MAX_LINES:
        found.append((records[MAX_LINES], _UNREAD))
    return tuple(found)


def _no_path(rest: bytes) -> bytes:
    """`*.pdf train-ai=n`: no path, since one begins with `/`; a no that is meant there is meant for those files."""
    word = rest.split(maxsplit=1)[0] if rest[:1] == b"*" else b""
    return b"" if b"=" in word else word


@lru_cache(maxsize=2_048)
def _read(octets: bytes) -> Statement:
    try:
        members = parse(octets, tltype="dictionary")
    except Exception as exc:  # noqa: BLE001  whatever the parser does with hostile octets, it is no dictionary
        return _no_dictionary(octets, str(exc) if isinstance(exc, ValueError) else type(exc).__name__)
    if not isinstance(members, dict):
        return Statement()
    said: dict[str, Permission] = {}
    older: set[Use] = set()
    misvalued: set[Use] = set()
    for label, member in members.items():
        value = member[0] if isinstance(member, tuple) else member
        written = value.data if isinstance(value, Token) else None
        if written == "n" and label in OLDER:
            older.update(OLDER[label])
        elif written in ("y", "n") and label in LABELS:
            said[LABELS[label].value] = Permission.ALLOW if written == "y" else Permission.DENY
        elif label in _DENIED and (value is False or str(value).lower() in _NO_VALUES):
            misvalued.update(_DENIED[label])
    return Statement(Uses(**said), Uses.denying(*older), misvalued=Uses.denying(*misvalued))


def _no_dictionary(octets: bytes, why: str) -> Statement:
    return Statement(meant=_plain_no(octets), broken=why[:120])


def _plain_no(octets: bytes) -> Uses:
    labels = {found[1].lower().decode("ascii") for found in _PLAIN_NO.finditer(octets)}
    return Uses.denying(*(use for label in labels for use in _DENIED[label]))


def _only_denials(statement: Statement) -> Statement:
    denied = (use for use, permission in statement.uses if permission is Permission.DENY)
    return Statement(Uses.denying(*denied), statement.older, statement.meant, statement.misvalued, statement.broken)
