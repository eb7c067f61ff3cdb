"""Reads robots.txt octets into groups by RFC 9309, in one pass, whatever the octets are.

Hand-written because the matcher we use, Protego, ends a group at an unknown line, matches tokens by prefix,
splits lines at characters that are no line ends and takes quadratic time; our reader hands it one group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from collector.signals.excerpt import excerpt
from collector.signals.path_pattern import Rule
from collector.signals.product_token import keys_of

MAX_BYTES = 512_000  # RFC 9309 §2.5: at least 500 KiB. It also bounds the records: no line limit is needed
MAX_KEPT = 524_288  # octets worth keeping: more than are read, so that who reads a kept copy sees that it was cut
MAX_LINE = 16_664  # octets
MAX_VALUE = 4_096  # octets of an other record's value
TOLERANT_BYTES = 65_536  # the tolerant reading looks no further

_DISALLOW, _ALLOW, _AGENT, _USAGE_RULE, _OTHER, _SITEMAP = range(6)

_KINDS = {
    b"user-agent": _AGENT,
    b"allow": _ALLOW,
    b"disallow": _DISALLOW,
    # rules of drafts: like allow and disallow they end the list of user agents (AIPREF attach, robots-ai-control)
    b"content-usage": _USAGE_RULE,
    b"disallowaitraining": _USAGE_RULE,
    b"allowaitraining": _USAGE_RULE,
    # other records, RFC 9309 §2.2.4: they must not interfere with groups
    b"content-signal": _OTHER,
    b"license": _OTHER,
    b"crawl-delay": _OTHER,
    b"request-rate": _OTHER,
    b"visit-time": _OTHER,
    b"host": _OTHER,
    b"sitemap": _SITEMAP,
}
_SPELLED = _KINDS | {key.title(): kind for key, kind in _KINDS.items()} | {b"User-agent": _AGENT}
_FIELDS = {key: key.decode("ascii") for key in _KINDS}
_SHORTEST_KEY = min(len(key) for key in _KINDS)

_SLIPS = {
    b"useragent": b"user-agent",
    b"user agent": b"user-agent",
    b"dissallow": b"disallow",
    b"dissalow": b"disallow",
    b"disalow": b"disallow",
    b"diasllow": b"disallow",
    b"disallaw": b"disallow",
}
_SLIP = re.compile(
    rb"(?im)^[ \t]*(?:(?:user ?agent|dissallow|dissalow|disalow|diasllow|disallaw)[ \t]*:"  # a slip of the pen
    rb"|(?:user-agent|disallow)[ \t]+[^ \t:#\n]"  # the colon left out
    rb"|user-agent[ \t]*:[^\n#,]*,)"  # a comma list (RFC 9309, erratum 8895)
)
_NO_COLON = re.compile(rb"(?i)[ \t]*(user-agent|disallow)[ \t]+(?=[^ \t:])")


_new = tuple.__new__  # makes a named tuple in half the time that its own constructor takes


class Record(NamedTuple):
    """A line that is neither a user agent nor allow or disallow: kept for the signals that read it."""

    line: int  # 1-based
    field: str  # lower case
    octets: bytes  # the value as written, without comment and surrounding blanks

    @property
    def value(self) -> str:
        """Printable: controls and octets that are not UTF-8 are escaped. At most 4,096 characters."""
        return excerpt(self.octets, MAX_VALUE)


class Group(NamedTuple):
    """One or more user-agent lines and what follows them. Stored once, however many names it has."""

    keys: tuple[str, ...]  # see `product_token.keys_of`; a name written twice stands twice
    rules: tuple[Rule, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one pass found."""

    groups: tuple[Group, ...] = ()
    orphans: tuple[Record, ...] = ()  # records before any group: they speak for the whole file
    sitemaps: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # what was odd about the octets


def octets_of(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The part of the body that is read, line ends made LF, and remarks.

    At most 512,000 octets, cut at the last line end; a byte order mark goes; UTF-16 with one becomes UTF-8.
    """
    remarks = []
    text = body[:MAX_BYTES]
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.decode("utf-16", "replace").encode("utf-8", "replace")
        remarks.append("UTF-16")
    else:
        # also where only a part of the mark arrived, as Google's parser does: the first group must not be lost
        for mark in (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"):
            if text.startswith(mark):
                text = text[len(mark) :]
                break
    if len(body) > MAX_BYTES:
        remarks.append(f"only the first {MAX_BYTES:,} octets were read")
        text = text[: max(text.rfind(b"\n"), text.rfind(b"\r")) + 1]
    if b"\0" in text:
        remarks.append("NUL octets")
    if text.lstrip()[:1] == b"<":
        remarks.append("looks like markup")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text, tuple(remarks)


def kept_part(body: bytes) -> bytes:
    """What is kept of a file of any size: enough for `octets_of` to read, and to see, the same as of the whole."""
    if len(body) <= MAX_KEPT:
        return body
    part = body[:MAX_KEPT]
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return part
    return part[: max(part.rfind(b"\n"), part.rfind(b"\r"), MAX_BYTES) + 1]


def read(text: bytes, remarks: tuple[str, ...] = (), *, tolerant: bool = False) -> Reading:  # noqa: PLR0915  one pass
    """RFC 9309 §2.1 and §2.2 over the octets that `octets_of` gave. Never raises; linear time.

    `tolerant` also reads slips of the pen, left-out colons and comma lists of user agents: no permission may
    rest on that reading, only a refusal.
    """
    groups: list[Group] = []
    orphans: list[Record] = []
    sitemaps: list[str] = []
    keys: list[str] = []
    rules: list[Rule] = []
    records: list[Record] = orphans
    in_group = in_rules = False
    repeated: set[bytes] = set()  # the rules of the group at hand, as lines: a second time they say nothing new
    lines = text.split(b"\n")
    if len(text) > MAX_LINE:
        lines = [line[:MAX_LINE] for line in lines]
    # Most hostile files of short lines hold neither: two steps fewer for each line
    comments, blanks = b"#" in text, b" " in text or b"\t" in text
    for number, line in enumerate(lines, 1):
        if not line or line in repeated:
            continue
        if tolerant and _NO_COLON.match(line):
            line = _NO_COLON.sub(rb"\1:", line, count=1)  # noqa: PLW2901  the same line, mended
        key, colon, value = line.partition(b":")
        if not colon:
            continue
        kind = _SPELLED.get(key)
        if kind is None:
            if len(key) < _SHORTEST_KEY:
                continue
            key = key.strip().lower()
            kind = _KINDS.get(_SLIPS.get(key, key) if tolerant else key)
            if kind is None:
                continue
        if comments and b"#" in value:
            value = value[: value.index(b"#")]
        if blanks:
            value = value.strip(b" \t")
        if kind <= _ALLOW:
            in_rules = True
            if value and in_group:  # an empty value is no rule; a rule before any group is ignored (§2.2.2, §2.1)
                rules.append(_new(Rule, (number, kind == _ALLOW, value)))
                repeated.add(line)
        elif kind == _AGENT:
            if in_rules or not in_group:
                if in_group:
                    groups.append(_new(Group, (tuple(keys), tuple(rules), tuple(records))))
                    keys, rules = [], []
                    repeated.clear()
                records, in_group, in_rules = [], True, False
            if tolerant and b"," in value:
                keys += [key for name in value.split(b",") for key in keys_of(name.strip())]
            else:
                keys += keys_of(value)
        elif kind == _SITEMAP:
            sitemaps.append(value[:MAX_VALUE].decode("utf-8", "replace"))
        else:
            in_rules = in_rules or kind == _USAGE_RULE
            records.append(_new(Record, (number, _FIELDS[key.strip().lower()], value)))
    if in_group:
        groups.append(Group(tuple(keys), tuple(rules), tuple(records)))
    return Reading(tuple(groups), tuple(orphans), tuple(sitemaps), remarks)


def has_slips(text: bytes) -> bool:
    """Whether the tolerant reading could find more than the strict one."""
    return _SLIP.search(text, 0, TOLERANT_BYTES) is not None
