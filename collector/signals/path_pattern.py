"""Which rule of one group decides for a path: the longest match, on normalised octets, in linear time.

Hand-written beside Protego because a finding owes the deciding line, which Protego does not tell, and
because Protego errs on some patterns (see `robots_txt`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collector.signals.percent import RESERVED, UNRESERVED, escape_query, normalise

MAX_PATTERN = 2_048  # octets, normalised
MAX_WILDCARDS = 100
_PLAIN = UNRESERVED + RESERVED.translate(None, b"*$")
_DELIM_IN_QUERY = re.compile(rb"[:/?\[\]@]|%(?:2F|3A|3F|40|5B|5D)")
_ESCAPED_DELIM = re.compile(rb"\?.*%(?:2F|3A|3F|40|5B|5D)", re.DOTALL)
_MAX_RAW = 3 * MAX_PATTERN  # an escape is three octets for one


class Rule(NamedTuple):
    """One `allow` or `disallow` line. `pattern` is the value as written, without surrounding blanks."""

    line: int  # 1-based
    allow: bool
    pattern: bytes


class Hit(NamedTuple):
    """The rule that decides, and how specific it is."""

    octets: int
    allow: bool
    line: int
    pattern: bytes  # as written


# (octets, literal before the first `*`, literals after each `*`, anchored, rule); a plain tuple, for speed
_Glob = tuple[int, bytes, list[bytes], bool, Rule]


@dataclass(slots=True)
class PathRules:
    """The rules of one group, or of several merged ones (RFC 9309 §2.2.1). Build it with `compile_rules`."""

    prefixes: dict[bytes, Rule] = field(default_factory=dict)  # no wildcard: looked up by length
    globs: dict[bytes, Rule] = field(default_factory=dict)  # with `*` or `$`
    _lengths: tuple[int, ...] = ()  # of the prefixes, longest first
    _exact: dict[bytes, Rule] = field(default_factory=dict)  # `$` and no `*`: the whole target
    _globs: list[_Glob] = field(default_factory=list)
    _query_globs: list[_Glob] | None = None  # made when first needed

    def best(self, target: bytes) -> Hit | None:
        """RFC 9309 §2.2.2: the match with the most octets; Allow where two are equal; None where none matches.

        `target` comes from `normalise_target`.
        """
        rank = (0, False)
        chosen: Rule | None = None
        size = len(target)
        for length in self._lengths:
            if length <= size:
                rule = self.prefixes.get(target[:length])
                if rule is not None:
                    chosen, rank = rule, (length, rule.allow)
                    break
        rule = self._exact.get(target)
        if rule is not None and (size + 1, rule.allow) > rank:
            chosen, rank = rule, (size + 1, rule.allow)
        rank, chosen = _best_glob(self._globs, target, rank, chosen)
        if b"?" in target:
            escaped = escape_query(target)
            if escaped != target or _ESCAPED_DELIM.search(target):
                rank, chosen = _best_glob(self.query_globs(), escaped, rank, chosen)
        return Hit(rank[0], chosen.allow, chosen.line, chosen.pattern) if chosen is not None else None

    def query_globs(self) -> list[_Glob]:
        """The rules that hold a delimiter in their query, for targets brought to the same escaped spelling."""
        if self._query_globs is None:
            self._query_globs = [
                (len(pattern), *_glob(escape_query(pattern), rule)[1:])
                for shelf in (self.prefixes, self.globs)
                for pattern, rule in shelf.items()
                if b"?" in pattern and _DELIM_IN_QUERY.search(pattern, pattern.index(b"?") + 1)
            ]
        return self._query_globs

    def patterns(self) -> Iterable[tuple[bool, bytes]]:
        """Every (allow, normalised pattern), each once."""
        for shelf in (self.prefixes, self.globs):
            for pattern, rule in shelf.items():
                yield rule.allow, pattern

    def __len__(self) -> int:
        return len(self.prefixes) + len(self.globs)


def compile_rules(groups: Sequence[Sequence[Rule]]) -> PathRules:
    """Normalise and index rules. Linear in their size; equal patterns are kept once, Allow before Disallow.

    What is over the limits is read on the safe side: a Disallow is cut, which makes it cover more, and an
    Allow is dropped. A pattern that starts with neither `/` nor `*` can match no path and is left out.
    """
    prefixes: dict[bytes, Rule] = {}
    globs: dict[bytes, Rule] = {}
    for rules in groups:
        for rule in rules:
            pattern = rule.pattern
            shelf = prefixes
            special = pattern.translate(None, _PLAIN)
            if special or len(pattern) >= MAX_PATTERN:
                bounded = _bounded(pattern, special, widen=not rule.allow)
                if bounded is None:
                    continue
                pattern = bounded
                if b"*" in pattern or b"$" in pattern:
                    shelf = globs
            known = shelf.get(pattern)
            if known is None:
                if pattern.startswith((b"/", b"*")):
                    shelf[pattern] = rule
            elif rule.allow and not known.allow:
                shelf[pattern] = rule
    exact: dict[bytes, Rule] = {}
    compiled: list[_Glob] = []
    for pattern, rule in globs.items():
        if pattern.endswith(b"$") and b"*" not in pattern and b"$" not in pattern[:-1]:
            exact[pattern[:-1]] = rule
        else:
            compiled.append(_glob(pattern, rule))
    lengths = sorted({len(prefix) for prefix in prefixes}, reverse=True)
    return PathRules(prefixes, globs, tuple(lengths), exact, compiled)


def _best_glob(
    globs: Iterable[_Glob], target: bytes, rank: tuple[int, bool], chosen: Rule | None
) -> tuple[tuple[int, bool], Rule | None]:
    """The better of what was chosen and the globs that match. No backtracking: each literal of a glob is
    looked for at its first place after the one before, so a glob costs at most one pass over the target.
    """
    for octets, head, parts, anchored, rule in globs:
        if not target.startswith(head) or (octets, rule.allow) <= rank:
            continue
        position = len(head)
        for part in parts:
            found = target.find(part, position)
            if found < 0:
                break
            position = found + len(part)
        else:
            # `$`: the last literal may also stand at the very end, later than its first place
            tail = parts[-1] if parts else b""
            if anchored and not (target.endswith(tail) if parts else position == len(target)):
                continue
            rank, chosen = (octets, rule.allow), rule
    return rank, chosen


def _bounded(pattern: bytes, special: bytes, *, widen: bool) -> bytes | None:
    """The normalised pattern where it is within the limits; else one that matches more, or None if it may not.

    `special` holds the octets that are not plainly themselves.
    """
    if special.strip(b"*$"):
        pattern = normalise(pattern[:_MAX_RAW])
    if len(pattern) < MAX_PATTERN and len(special) <= MAX_WILDCARDS:
        return pattern
    pieces = pattern.split(b"*", MAX_WILDCARDS)
    if len(pattern) < MAX_PATTERN and len(pieces) <= MAX_WILDCARDS:
        return pattern
    if not widen:
        return None
    if len(pieces) > MAX_WILDCARDS:
        pattern = b"*".join(pieces[:MAX_WILDCARDS]) + b"*"
    if len(pattern) >= MAX_PATTERN:
        pattern = pattern[:MAX_PATTERN]
        escape = pattern.rfind(b"%", MAX_PATTERN - 2)
        pattern = pattern[:escape] if escape >= 0 else pattern
    return pattern


def _glob(pattern: bytes, rule: Rule) -> _Glob:
    anchored = pattern.endswith(b"$")
    body = pattern[:-1] if anchored else pattern
    if b"$" in body:  # only at the end does it anchor (RFC 9309 §2.2.3); elsewhere it is the character
        body = body.replace(b"$", b"%24")
    head, *parts = body.split(b"*")
    return (len(pattern), head, parts, anchored, rule)
