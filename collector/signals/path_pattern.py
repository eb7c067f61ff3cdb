"""Which rule of one group decides for a path: the longest match, on normalised octets, in linear time.

Hand-written beside Protego because a finding owes the deciding line, which Protego does not tell, and
because Protego errs on some patterns (see `robots_txt`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from collector.signals.percent import normalise_lines, plain_queries, plain_query

MAX_PATTERN = 2_048  # octets, normalised
MAX_WILDCARDS = 100
_DELIMITED = re.compile(rb"\?.*?(?:[:/?\[\]@]|%(?:2F|3A|3F|40|5B|5D))", re.DOTALL)
_STARTS = tuple(b"/*")
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


@dataclass(frozen=True, slots=True)
class _QueryRules:
    """What a target with a query is asked besides, once it and the rules are spelt with plain delimiters there."""

    found: dict[bytes, tuple[int, bool, Rule]]  # looked up: rules that were not spelt so, as (octets, allow, rule)
    lengths: tuple[int, ...]
    globs: list[_Glob]  # every rule with a wildcard and a delimiter in its query


@dataclass(slots=True)
class PathRules:
    """The rules of one group, or of several merged ones (RFC 9309 §2.2.1). Build it with `compile_rules`."""

    prefixes: dict[bytes, Rule] = field(default_factory=dict)  # no wildcard: looked up by length
    globs: dict[bytes, Rule] = field(default_factory=dict)  # with `*` or `$`
    _lengths: tuple[int, ...] = ()  # of the prefixes, longest first
    _globs: list[_Glob] = field(default_factory=list)  # those that a look-up does not find
    _in_query: _QueryRules | None = None  # made when first needed

    def best(self, target: bytes) -> Hit | None:
        """RFC 9309 §2.2.2: the match with the most octets; Allow where two are equal; None where none matches.

        `target` comes from `normalise_target`.
        """
        rank, chosen = self._best_literal(target, (0, False), None)
        rank, chosen = _best_glob(self._globs, target, rank, chosen)
        if b"?" in target:
            plain = plain_query(target)
            if plain != target:
                rank, chosen = self._best_literal(plain, rank, chosen)
            rank, chosen = self._best_in_query(plain, rank, chosen)
        return Hit(rank[0], chosen.allow, chosen.line, chosen.pattern) if chosen is not None else None

    def _best_literal(
        self, target: bytes, rank: tuple[int, bool], chosen: Rule | None
    ) -> tuple[tuple[int, bool], Rule | None]:
        """The better of what was chosen and the rules without wildcards: the longest that `target` begins with,
        and, since a target holds no `$` itself, the one that is all of it.
        """
        size = len(target)
        for length in self._lengths:
            if length <= size:
                rule = self.prefixes.get(target[:length])
                if rule is not None:
                    if (length, rule.allow) > rank:
                        rank, chosen = (length, rule.allow), rule
                    break
        rule = self.globs.get(target + b"$")
        if rule is not None and (size + 1, rule.allow) > rank:
            rank, chosen = (size + 1, rule.allow), rule
        return rank, chosen

    def _best_in_query(
        self, target: bytes, rank: tuple[int, bool], chosen: Rule | None
    ) -> tuple[tuple[int, bool], Rule | None]:
        """The same of the rules whose query is compared in its plain spelling, which `target` has."""
        if self._in_query is None:
            self._in_query = _query_rules(self)
        whole = target + b"$"
        for length in self._in_query.lengths:
            found = self._in_query.found.get(whole[:length])
            if found is not None and found[:2] > rank:
                rank, chosen = found[:2], found[2]
        return _best_glob(self._in_query.globs, target, rank, chosen)

    def delimit_queries(self) -> bool:
        """Whether a rule holds a delimiter in its query."""
        return any(_DELIMITED.search(pattern, pattern.index(b"?")) for _, pattern in self.patterns() if b"?" in pattern)

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
    every = [rule for rules in groups for rule in rules]
    written = [rule.pattern for rule in every]
    if max(map(len, written), default=0) > _MAX_RAW:
        written = [pattern[:_MAX_RAW] for pattern in written]
    joined = b"\n".join(written)
    patterns = normalise_lines(joined).split(b"\n")
    if len(patterns) != len(every):  # a line feed in a pattern, which no file can hold
        patterns = [normalise_lines(pattern).replace(b"\n", b"%0A") for pattern in written]
    limited = max(map(len, patterns), default=0) > MAX_WILDCARDS  # whether any can be over a limit at all
    for rule, normalised in zip(every, patterns, strict=True):
        pattern = normalised
        shelf = globs if b"*" in pattern or b"$" in pattern else prefixes
        if limited and (len(pattern) >= MAX_PATTERN or (shelf is globs and pattern.count(b"*") > MAX_WILDCARDS)):
            if rule.allow:
                continue
            pattern = _widened(pattern)
            shelf = globs if b"*" in pattern or b"$" in pattern else prefixes
        known = shelf.get(pattern)
        if known is None:
            if pattern and pattern[0] in _STARTS:
                shelf[pattern] = rule
        elif rule.allow and not known.allow:
            shelf[pattern] = rule
    compiled = [
        _glob(pattern, rule)
        for pattern, rule in globs.items()
        if b"*" in pattern or pattern.index(b"$") < len(pattern) - 1
    ]
    lengths = sorted({len(prefix) for prefix in prefixes}, reverse=True)
    return PathRules(prefixes, globs, tuple(lengths), compiled)


def _query_rules(rules: PathRules) -> _QueryRules:
    literal = [(pattern, rule) for pattern, rule in rules.prefixes.items() if b"%" in pattern and b"?" in pattern]
    special = [(pattern, rule) for pattern, rule in rules.globs.items() if b"?" in pattern]
    plain = plain_queries([pattern for pattern, _ in (*literal, *special)])
    found: dict[bytes, tuple[int, bool, Rule]] = {}
    globs: list[_Glob] = []
    for (pattern, rule), spelt in zip((*literal, *special), plain, strict=True):
        if b"*" in spelt or b"$" in spelt[:-1]:
            if _DELIMITED.search(spelt, spelt.index(b"?")):
                globs.append((len(pattern), *_glob(spelt, rule)[1:]))
        elif spelt != pattern:
            entry = (len(pattern), rule.allow, rule)
            if found.setdefault(spelt, entry)[:2] < entry[:2]:
                found[spelt] = entry
    return _QueryRules(found, tuple({len(spelt) for spelt in found}), globs)


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


def _widened(pattern: bytes) -> bytes:
    """A pattern over the limits, cut where it still covers all that it covered."""
    if pattern.count(b"*") > MAX_WILDCARDS:
        pattern = b"*".join(pattern.split(b"*", MAX_WILDCARDS)[:MAX_WILDCARDS]) + b"*"
    if len(pattern) >= MAX_PATTERN:
        pattern = pattern[:MAX_PATTERN]
        escape = pattern.rfind(b"%", MAX_PATTERN - 2)
        pattern = pattern[:escape] if escape >= 0 else pattern
    return pattern


def _glob(pattern: bytes, rule: Rule) -> _Glob:
    body, anchored = pattern, False
    if b"$" in pattern:  # only at the end does it anchor (RFC 9309 §2.2.3); elsewhere it is the character
        anchored = pattern.endswith(b"$")
        body = (pattern[:-1] if anchored else pattern).replace(b"$", b"%24")
    parts = body.split(b"*")
    return (len(pattern), parts.pop(0), parts, anchored, rule)
