"""DisallowAITraining and AllowAITraining in robots.txt (draft-canel-robots-ai-control, expired, and in use)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.signals.path_scope import MAX_LINES, longest, over_limits
from collector.signals.percent import normalise_target
from collector.signals.robots_reader import Record

DISALLOW = "disallowaitraining"
ALLOW = "allowaitraining"
FIELDS = frozenset({DISALLOW, ALLOW})
_WHOLE_SITE = frozenset({b"yes", b"true", b"1", b"y", b"all", b"on"})  # where a path belongs


class Answer(StrEnum):
    """What the rules say of one path."""

    DENIED = "denied"
    ALLOWED = "allowed"
    SILENT = "silent"  # no rule matches


@dataclass(frozen=True, slots=True)
class Match:
    """The answer with the rules it rests on, and the lines that are broken but plainly meant as a denial."""

    answer: Answer
    because: tuple[Record, ...] = ()
    meant: tuple[Record, ...] = ()


def for_target(records: Sequence[Record], target: str) -> Match:
    """The rules of one group, matched like Allow and Disallow: the longest path wins; a denial where two are equal.

    The draft lets Allow win a tie; we do not. An empty value is no rule; `yes` where a path belongs is meant
    for all paths. Of more than 1,000 rules the rest is not read, and taken for a no. Never raises; linear time.
    """
    lines = []
    meant = []
    for record in records[:MAX_LINES]:
        path = record.octets
        if path[:1] in (b"/", b"*"):
            if record.field == DISALLOW or not over_limits(path):
                lines.append((path, record))
        elif record.field == DISALLOW and path.lower() in _WHOLE_SITE:
            meant.append(record)
    meant += records[MAX_LINES : MAX_LINES + 1]
    _, found = longest(lines, normalise_target(target))
    against = tuple(record for record in found if record.field == DISALLOW)
    if against:
        return Match(Answer.DENIED, against)
    return Match(Answer.ALLOWED if found else Answer.SILENT, tuple(found), tuple(meant[:8]))
