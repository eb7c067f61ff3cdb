"""Why two readers of robots.txt disagree: by what one must rewrite in a case, without changing its meaning, to end it.

A cure takes one construct out of a case and leaves everything that RFC 9309 says of it as it was. Where a peer
disagrees, cures are tried until it agrees; our own answer must be the same before and after. So an explanation
is not that a file holds something odd, but that this, and nothing else, made the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from jwm.robotstxt.googlebot import RobotsMatcher
from protego import Protego

from collector.signals.robots_txt import parse


@dataclass(frozen=True, slots=True)
class Case:
    """One question: may `token` fetch `path` under a file of these lines?"""

    lines: tuple[str, ...]
    token: str
    path: str  # and query

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def with_values(self, change: Callable[[str], str]) -> Case:
        """The same with the path of every Allow and Disallow changed, and the path that is asked for."""
        return Case(tuple(_with_value(line, change) for line in self.lines), self.token, change(self.path))


Peer = Callable[[Case], bool]
Cure = Callable[[Case], Case]


def ours(case: Case) -> bool:
    return not parse(case.text.encode()).match(case.token, case.path).denied


def google(case: Case) -> bool:
    """Google's own parser in C++."""
    return RobotsMatcher().OneAgentAllowedByRobots(case.text, case.token, f"https://www.example.org{case.path}")


def protego(case: Case) -> bool:
    return Protego.parse(case.text).can_fetch(f"https://www.example.org{case.path}", case.token)


_FIELD = re.compile(r"[ \t]*([A-Za-z-]+(?: [A-Za-z]+)?)[ \t]*:[ \t]*(.*)", re.DOTALL)
_RULES = ("allow", "disallow")
_DRAFT_RULES = ("content-usage", "disallowaitraining", "allowaitraining")
_SLIPS = {"useragent": "User-agent", "user agent": "User-agent", "dissallow": "Disallow", "disalow": "Disallow"}
_NO_COLON = re.compile(r"[ \t]*(user-agent|disallow|allow)(?:[ \t]+([^ \t:].*)|[ \t]*)", re.IGNORECASE | re.DOTALL)


def _split(line: str) -> tuple[str, str] | None:
    """(field in lower case, value without comment and blanks); None where the line is no record."""
    found = _FIELD.fullmatch(line.partition("#")[0])
    return (found[1].lower(), found[2].strip(" \t")) if found else None


def _with_value(line: str, change: Callable[[str], str]) -> str:
    record = _split(line)
    if record is None or record[0] not in _RULES or not record[1]:
        return line
    return f"{record[0]}: {change(record[1])}"


def _kept(case: Case, keep: Callable[[str, str], str | None]) -> Case:
    """Every record through `keep` (field, value) → the line to stand there, or None for none; other lines stay."""
    lines: list[str] = []
    for line in case.lines:
        record = _split(line)
        written = keep(*record) if record else line
        lines += [] if written is None else [written]
    return replace(case, lines=tuple(lines))


def _line_ends(case: Case) -> Case:
    return case.with_values(lambda value: re.sub(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", _escaped, value))


def _other_records(case: Case) -> Case:
    known = (*_RULES, *_DRAFT_RULES, "user-agent", *_SLIPS)
    return _kept(case, lambda field, value: f"{field}: {value}" if field in known else None)


def _draft_rules(case: Case) -> Case:
    return _kept(case, lambda field, value: "Disallow:" if field in _DRAFT_RULES else f"{field}: {value}")


def _slips_removed(case: Case) -> Case:
    case = replace(case, lines=tuple(line for line in case.lines if _split(line) or not _NO_COLON.fullmatch(line)))
    return _kept(
        case,
        lambda field, value: (
            None if field in _SLIPS else f"{field}: {value.partition(',')[0] if field == 'user-agent' else value}"
        ),
    )


def _slips_mended(case: Case) -> Case:
    lines: list[str] = []
    for written in case.lines:
        line = written.partition("#")[0]
        bare = None if _split(line) else _NO_COLON.fullmatch(line)
        if bare is not None:
            if not bare[2] or bare[1].lower() == "allow":  # nobody may be let in by a slip
                continue
            line = f"{bare[1]}: {bare[2]}"
        record = _split(line)
        if record is None:
            lines.append(written)
            continue
        field, value = _SLIPS.get(record[0], record[0]), record[1]
        values = value.split(",") if field.lower() == "user-agent" else [value]
        lines += [f"{field}: {one.strip()}" for one in values]
    return replace(case, lines=tuple(lines))


def _tokens(case: Case) -> Case:
    """Names of the same length, none within another, one for each product token; `*` stays."""
    names: dict[str, str] = {}

    def name(token: str) -> str:
        return names.setdefault(token, f"q{chr(ord('a') + len(names))}q")

    asked = name(case.token.lower())

    def renamed(field: str, value: str) -> str:
        if field != "user-agent":
            return f"{field}: {value}"
        if re.match(r"\*(?:[ \t]|$)", value):
            return f"{field}: *"
        word = re.match(r"[A-Za-z0-9_-]*", value)[0].lower()
        if word == case.token.lower() or (letters := re.match(r"[a-z_-]*", word)[0]) == case.token.lower():
            return f"{field}: {asked}"
        return f"{field}: {name(letters or 'nobody')}"

    return replace(_kept(case, renamed), token=asked)


def _index_page(case: Case) -> Case:
    return case.with_values(lambda value: value.replace("index.html", "indez.html"))


def _robots_page(case: Case) -> Case:
    if case.path == "/robots.txt":
        return _kept(case, lambda field, value: "Disallow:" if field == "disallow" else f"{field}: {value}")
    return case.with_values(lambda value: value.replace("robots.txt", "robotz.txt"))


_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_RESERVED = frozenset(":/?#[]@!$&'()*+,;=")


def _escaped(found: re.Match[str] | str) -> str:
    return "".join(f"%{octet:02X}" for octet in (found if isinstance(found, str) else found[0]).encode())


def _spelt(value: str) -> str:
    """RFC 9309 §2.2.2: what is unreserved plain, what is reserved as it was, everything else escaped."""

    def one(found: re.Match[str]) -> str:
        text = found[0]
        if len(text) == 3 and text[0] == "%":
            plain = chr(int(text[1:], 16))
            return plain if plain in _UNRESERVED else text.upper()
        return text if text in _UNRESERVED | _RESERVED else _escaped(text)

    return re.sub(r"%[0-9A-Fa-f]{2}|.", one, value, flags=re.DOTALL)


def _spelling(case: Case) -> Case:
    plain = case.with_values(_spelt)
    rules = tuple(_with_value(line, lambda value: value[:-1].replace("$", "%24") + value[-1:]) for line in plain.lines)
    return replace(plain, lines=rules, path=plain.path.replace("*", "%2A").replace("$", "%24"))


def _query(case: Case) -> Case:
    def escaped(value: str) -> str:
        path, mark, query = value.partition("?")
        return path + mark + re.sub(r"[:/?\[\]@]", _escaped, query)

    return _spelling(case).with_values(escaped)


def _octets(case: Case) -> Case:
    """Every octet that a reader may treat as special, one for one, as a letter that stands nowhere else."""
    letters = str.maketrans("%?&=:+(),;@!'[]", "QVWXYZGHIJKLMNO")
    return _query(case).with_values(lambda value: value.translate(letters))


# Name of the class → the cure. Finer ones first; `docs/robots-peers.md` has the paragraph for each.
CURES: dict[str, Cure] = {
    "line ends": _line_ends,
    "other records": _other_records,
    "draft rules": _draft_rules,
    "slips refuse": _slips_mended,
    "slips permit nothing": _slips_removed,
    "whole tokens": _tokens,
    "index page": _index_page,
    "robots.txt itself": _robots_page,
    "one spelling": _spelling,
    "delimiters in queries": _query,
    "octets are counted and kept apart": _octets,
}
_EITHER = ("slips refuse", "slips permit nothing")


def explain(case: Case, peer: Peer) -> tuple[str, ...] | None:
    """The classes that together end the disagreement, as few as can be found; None where none do."""
    answer = ours(case)

    def cured(names: Iterable[str]) -> bool:
        rewritten = case
        for name in names:
            rewritten = CURES[name](rewritten)
        return rewritten != case and ours(rewritten) is answer and peer(rewritten) is answer

    for name in CURES:
        if cured((name,)):
            return (name,)
    for left_out in _EITHER:
        names = [name for name in CURES if name != left_out]
        if not cured(names):
            continue
        for name in tuple(names):
            fewer = [other for other in names if other != name]
            if cured(fewer):
                names = fewer
        return tuple(names)
    return None
