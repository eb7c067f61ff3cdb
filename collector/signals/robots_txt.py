"""robots.txt by RFC 9309: which group speaks to a crawler, and whether it allows a path, with the line that says so.

Protego is the matcher wherever it matches by the RFC: it is handed one group with normalised rules. Where
version 0.7 errs (`_sound_group`, `_sound_target`; each case is a test) our own `path_pattern` decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from protego import Protego

from collector.model.decision import Verdict
from collector.signals import robots_reader
from collector.signals.excerpt import excerpt
from collector.signals.path_pattern import Hit, PathRules, compile_rules
from collector.signals.percent import normalise_target
from collector.signals.product_token import ANY, key_of
from collector.signals.robots_reader import Group, Record

T = TypeVar("T")

MOST_KEPT = 64  # answers that a file keeps; one policy asks for about ten
MAX_PROTEGO_RULES = 1_000  # it spends about 3 µs and 300 octets on each
_DELAY = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,9})?|[.,][0-9]{1,9})")

# Protego decodes these escapes and so takes `%3F` for `?`; `%2F` and `%25` it leaves alone.
_MERGED_ESCAPE = re.compile(rb"%(?:2[1346789ABC]|3[ABDF]|40|5[BD])")
# It escapes these before it counts octets, so that `?` counts for three.
_COUNTED_AS_THREE = b":?[]@!&'()+,;"


@dataclass(frozen=True, slots=True)
class RobotsMatch:
    """What the file says about one path to one crawler."""

    verdict: Verdict  # ALLOW or DENY
    token: str | None = None  # whose group applied: the token asked for, `*`, or None where no group does
    line: int | None = None  # 1-based, of the deciding rule; None where no rule matches
    text: str = ""  # `Disallow: /private/`, at most 512 characters
    pattern: str = ""
    malformed: bool = False  # only the tolerant reading refuses: slips of the pen, left-out colons, comma lists
    matcher: str = "own"  # protego | own | disagreement

    @property
    def denied(self) -> bool:
        """Whether the path is disallowed."""
        return self.verdict is Verdict.DENY


@dataclass(slots=True)
class _Selected:
    """Merged groups, made ready for matching when first asked."""

    rules: PathRules
    protego: Protego | None


@dataclass(frozen=True, slots=True)
class RobotsTxt:
    """A parsed file. Build it with `parse`; `RobotsTxt()` is a file that says nothing."""

    groups: tuple[Group, ...] = ()
    orphans: tuple[Record, ...] = ()  # records before any group speak for the whole file
    sitemaps: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # what was odd: cut, UTF-16, NUL octets, markup
    tolerant: RobotsTxt | None = None  # the same file read with slips forgiven; may only refuse
    _index: dict[str, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ready: dict[tuple[int, ...], _Selected] = field(default_factory=dict, init=False, repr=False, compare=False)
    _worked_out: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _matched: dict[tuple[str, bool], RobotsMatch] = field(default_factory=dict, init=False, repr=False, compare=False)
    _target: list[str] = field(default_factory=lambda: [""], init=False, repr=False, compare=False)  # of `_matched`

    def __post_init__(self) -> None:
        index = self._index
        for number, group in enumerate(self.groups):
            for key in group.keys:
                known = index.get(key)
                if known is None:
                    index[key] = [number]
                elif known[-1] != number:
                    known.append(number)

    def __reduce__(self) -> tuple[type[RobotsTxt], tuple[object, ...]]:
        return (RobotsTxt, (self.groups, self.orphans, self.sitemaps, self.remarks, self.tolerant))

    def names(self, token: str) -> bool:
        """Whether a group is for exactly this token (compared without case); `*` does not count."""
        if key_of(token) in self._index:
            return True
        return self.tolerant is not None and self.tolerant.names(token)

    def once(self, what: Hashable, work_out: Callable[[], T]) -> T:
        """What `work_out` makes of this file and of `what` alone: the same for each of its pages, and kept with it.

        `what` names the question with all that its answer depends on. Of MOST_KEPT answers the first are forgotten.
        """
        try:
            known: T = self._worked_out[what]
        except KeyError:
            if len(self._worked_out) >= MOST_KEPT:
                del self._worked_out[next(iter(self._worked_out))]
            known = self._worked_out[what] = work_out()
        return known

    def named_of(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `tokens` that the file names."""
        return self.once(("named", tokens), lambda: tuple(token for token in tokens if self.names(token)))

    def match(self, token: str, target: str, *, default_star: bool = True) -> RobotsMatch:
        """RFC 9309 §2.2: the groups for `token`, else those for `*`, and their longest match for `target`.

        `target` is the request target, path and query. Without `default_star` only groups that name the
        token count. No group or no matching rule allows (§2.2.2); so does `/robots.txt` itself.
        """
        if self._target[0] != target:  # of one page it is asked by the door and by the gate, and then of the next
            self._matched.clear()
            self._target[0] = target
        matched = self._matched.get((token, default_star))
        if matched is None:
            matched = self._strictest(token, target, default_star=default_star)
            self._matched[token, default_star] = matched
        return matched

    def _strictest(self, token: str, target: str, *, default_star: bool) -> RobotsMatch:
        strict = self._match(token, target, default_star=default_star)
        if strict.verdict is Verdict.ALLOW and self.tolerant is not None:
            refused = self.tolerant._match(token, target, default_star=default_star)  # noqa: SLF001  same class
            if refused.verdict is Verdict.DENY:
                return RobotsMatch(
                    Verdict.DENY, refused.token, refused.line, refused.text, refused.pattern, malformed=True
                )
        return strict

    def crawl_delay(self, token: str) -> float | None:
        """Seconds: the longest `Crawl-delay` of the groups that apply to `token`; None where they hold none.

        Not in RFC 9309. A unit after the number is ignored, a decimal comma read as one.
        """
        return self.once(("crawl-delay", token), lambda: self._crawl_delay(token))

    def _crawl_delay(self, token: str) -> float | None:
        delays = [
            float(number[0].replace(",", "."))
            for record in self.content_records(token)
            if record.field == "crawl-delay" and (number := _DELAY.match(record.value))
        ]
        return max(delays, default=None)

    def content_records(self, token: str, *, default_star: bool = True) -> tuple[Record, ...]:
        """The other records of the groups that apply to `token`, in order; those of no group are `orphans`."""
        _, numbers = self._applying(token, default_star=default_star)
        return tuple(record for number in numbers for record in self.groups[number].records)

    def _applying(self, token: str, *, default_star: bool) -> tuple[str | None, tuple[int, ...]]:
        numbers = self._index.get(key_of(token))
        if numbers is not None:
            return token, tuple(numbers)
        numbers = self._index.get(ANY) if default_star else None
        return (ANY, tuple(numbers)) if numbers is not None else (None, ())

    def _match(self, token: str, target: str, *, default_star: bool) -> RobotsMatch:
        applied, numbers = self._applying(token, default_star=default_star)
        path = normalise_target(target)
        if not numbers or path == b"/robots.txt":
            return RobotsMatch(Verdict.ALLOW, applied)
        selected = self._ready.get(numbers)
        if selected is None:
            rules = compile_rules([self.groups[number].rules for number in numbers])
            selected = self._ready[numbers] = _Selected(rules, _protego_for(rules))
        hit = selected.rules.best(path)
        allowed = hit is None or hit.allow
        matcher = "own"
        if selected.protego is not None and _sound_target(path):
            allowed_there = selected.protego.can_fetch(f"http://h{path.decode('ascii')}", "h")
            # Inside the sound domain the two agree (differential test); should they ever not, the stricter rules.
            matcher = "protego" if allowed_there == allowed else "disagreement"
            allowed = allowed and allowed_there
        return _told(hit, applied, Verdict.ALLOW if allowed else Verdict.DENY, matcher)


def parse(body: bytes) -> RobotsTxt:
    """Read a robots.txt body (RFC 9309 §2.1, §2.2, §2.5). Never raises, whatever the octets; linear time."""
    text, remarks = robots_reader.octets_of(body)
    strict = robots_reader.read(text, remarks)
    tolerant = None
    if robots_reader.has_slips(text):
        start = text[: robots_reader.TOLERANT_BYTES]
        forgiving = robots_reader.read(start, tolerant=True)
        tolerant = RobotsTxt(forgiving.groups)
    return RobotsTxt(strict.groups, strict.orphans, strict.sitemaps, strict.remarks, tolerant)


def _told(hit: Hit | None, applied: str | None, verdict: Verdict, matcher: str) -> RobotsMatch:
    if hit is None:
        return RobotsMatch(verdict, applied, matcher=matcher)
    pattern = excerpt(hit.pattern, 500)
    text = f"{'Allow' if hit.allow else 'Disallow'}: {pattern}"
    return RobotsMatch(verdict, applied, hit.line, text, pattern, matcher=matcher)


def _protego_for(rules: PathRules) -> Protego | None:
    """The group as Protego's own input; None where Protego cannot be trusted with it."""
    if not 0 < len(rules) <= MAX_PROTEGO_RULES or rules.delimit_queries():
        return None
    patterns = sorted(rules.patterns(), key=lambda rule: (len(rule[1]), rule[0]))
    if not _sound_group(patterns):
        return None
    lines = [f"{'Allow' if allow else 'Disallow'}: {pattern.decode('ascii')}" for allow, pattern in patterns]
    return Protego.parse("User-agent: *\n" + "\n".join(lines) + "\n")


def _sound_group(patterns: list[tuple[bool, bytes]]) -> bool:
    """Whether Protego 0.7 reads every pattern, and their order of precedence, as RFC 9309 §2.2.2 does.

    It does not where an escaped reserved character stands (merged with the plain one), where octets are no
    UTF-8 (all read as one replacement character), after an Allow that ends in `/index.html` (it allows the
    folder too), and where counting escaped octets turns round which of an Allow and a Disallow is longer.
    """
    longest_allow = longest_disallow = 0  # by Protego's count, among the patterns that are shorter by ours
    for allow, pattern in patterns:
        if _MERGED_ESCAPE.search(pattern) or not _is_utf8(pattern):
            return False
        if allow and pattern.endswith(b"/index.html"):
            return False
        counted = len(pattern) + 2 * (len(pattern) - len(pattern.translate(None, _COUNTED_AS_THREE)))
        if allow:
            if counted < longest_disallow:
                return False
            longest_allow = max(longest_allow, counted)
        else:
            if counted <= longest_allow:
                return False
            longest_disallow = max(longest_disallow, counted)
    return True


def _sound_target(path: bytes) -> bool:
    """Whether Protego 0.7 reads this target as we do: escapes as above, and `/robots.txt` nowhere in it.

    It allows everything whose path is `/robots.txt`, also with a query or parameters.
    """
    if b"%" in path and (_MERGED_ESCAPE.search(path) is not None or not _is_utf8(path)):
        return False
    return b"/robots.txt" not in path


def _is_utf8(octets: bytes) -> bool:
    if b"%" not in octets:
        return True
    try:
        unquote_to_bytes(octets).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
