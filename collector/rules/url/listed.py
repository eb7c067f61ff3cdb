"""What list matches mean for a rule: the first entry in force that refuses, in plain words with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.lists.match import Action, ListMatch
from collector.model.decision import Evidence
from collector.model.digest import Digest


def in_force(matches: Iterable[ListMatch]) -> Iterator[ListMatch]:
    """The matches, winner first, up to the first that allows: it lifts those that stand after it."""
    for match in matches:
        if match.action is Action.ALLOW:
            return
        yield match


def refusing(matches: Iterable[ListMatch]) -> tuple[ListMatch, ...]:
    """Every match in force that asks to be denied."""
    return tuple(match for match in in_force(matches) if match.action is Action.DENY)


def allowing(matches: Iterable[ListMatch]) -> ListMatch | None:
    """The entry that lifts the others, where there is one."""
    return next((match for match in matches if match.action is Action.ALLOW), None)


def evidence_of(match: ListMatch) -> Evidence:
    """List, version, line and entry: enough to find it again."""
    version = f"@{match.version}" if match.version else ""
    line = f" line {match.line}" if match.line else ""
    return Evidence(f"list:{match.list}{version}", locator=f"{match.kind} {match.rule[:1_000]}{line}")


def lists_evidence(parts: Iterable[tuple[str, str]]) -> tuple[Evidence, ...]:
    """The (name, digest) of everything that was looked up in, as evidence: whatever the answer was."""
    return tuple(Evidence(f"lists:{name}", Digest.parse(digest)) for name, digest in parts)


def described(match: ListMatch) -> str:
    """`subtree example.org`, as a person would look for it."""
    return f"{match.kind} {match.rule[:200]}"
