"""The values of X-Robots-Tag and `<meta name="robots">`: how they are read, and what each means for a use.

Hand-written: the one library there is (datadiligence) compares with case, ignores whose name stands before a
value, and sees the last of several header fields only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from collector.model.decision import NoArchive, NoFollow, Obligation
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.signals.dates import read_date
from collector.signals.excerpt import excerpt
from collector.signals.product_token import ANY, key_of

MAX_FIELD = 16_384  # characters of one field line or content attribute (draft-illyes-repext: at least 8 KiB)
MAX_FIELDS = 64
MAX_TOTAL = 65_536  # characters of all of them
_REPEATED = 512  # characters of a field that is remembered


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one value asks for."""

    denies: tuple[Use, ...] = ()
    obliges: tuple[Obligation, ...] = ()


_NOT_INDEXED = (Use.TRAIN, Use.INPUT, Use.INDEX)
_SILENT = Meaning()  # known, and no statement about a use of text: recorded, no permission

# specs: opt-out signals §4, the table
MEANINGS: Mapping[str, Meaning] = MappingProxyType(
    {
        "noai": Meaning((Use.TRAIN, Use.INPUT)),
        "no-ai": Meaning((Use.TRAIN, Use.INPUT)),
        "noml": Meaning((Use.TRAIN,)),
        "notrain": Meaning((Use.TRAIN,)),
        "notraining": Meaning((Use.TRAIN,)),
        "disallowaitraining": Meaning((Use.TRAIN,)),
        "noindex": Meaning(_NOT_INDEXED),
        "none": Meaning(_NOT_INDEXED, (NoFollow(),)),
        "noarchive": Meaning((Use.TRAIN, Use.INDEX), (NoArchive(),)),
        "nocache": Meaning((Use.TRAIN,)),
        "nosnippet": Meaning((Use.INPUT,)),
        "max-snippet": Meaning((Use.INPUT,)),  # only with the argument 0
        "unavailable_after": Meaning(_NOT_INDEXED),  # only once the date has passed
        "nofollow": Meaning((), (NoFollow(),)),
        "noimageai": _SILENT,  # images only
        "noimageindex": _SILENT,
        "max-image-preview": _SILENT,
        "max-video-preview": _SILENT,
        "notranslate": _SILENT,
        "indexifembedded": _SILENT,
        "noodp": _SILENT,
        "noydir": _SILENT,
        "all": _SILENT,
        "index": _SILENT,
        "follow": _SILENT,
        "archive": _SILENT,
        "allowaitraining": _SILENT,
    }
)
_WITH_ARGUMENT = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_WORD = re.compile(r"[^\s,;:]+|[,;:]")


class Address(StrEnum):
    """Whom a value speaks to."""

    US = "us"  # everybody, or our token, or one of its aliases
    TRAINER = "trainer"  # a known crawler for AI training: a proxy for what the site wants of such crawlers
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Directive:
    """One value, with the agent it was addressed to."""

    name: str  # lower case
    argument: str = ""
    agent: str = ""  # lower case; empty: everybody
    malformed: bool = False  # set off by a semicolon, blanks or quotes where a comma belongs

    @property
    def shown(self) -> str:
        """`agent: name: argument`, as far as each is there."""
        return excerpt(": ".join(part for part in (self.agent, self.name, self.argument) if part), 120)


@dataclass(frozen=True, slots=True)
class Statement:
    """What all values together say to us."""

    uses: Uses = UNSTATED
    obligations: tuple[Obligation, ...] = ()
    because: tuple[Directive, ...] = ()  # those that deny a use or oblige
    malformed: bool = False  # every denial rests on a malformed value
    silent: tuple[str, ...] = ()  # values for us that say nothing about a use, or that nobody knows

    @property
    def because_set(self) -> frozenset[Directive]:
        """For finding the field or element that a restriction stood in."""
        return frozenset(self.because)

    def reason(self, carrier: str) -> str:
        """One sentence in plain words."""
        if not self.because:
            values = ", ".join(dict.fromkeys(excerpt(name, 40) for name in self.silent[:8]))
            return f"{carrier} reserves nothing for us" + (f" ({values})" if values else "")
        values = ", ".join(dict.fromkeys(directive.shown for directive in self.because[:8]))
        denied = [use.value for use, permission in self.uses if permission is Permission.DENY]
        denial = f"denies {', '.join(denied)}" if denied else "asks for care with links or copies"
        return f"{carrier} {denial}: {values}" + (" (malformed, but plainly meant)" if self.malformed else "")


def read_values(text: str, agent: str = "") -> tuple[Directive, ...]:
    """`[agent ":"] value *("," value)`, one field line or content attribute. Never raises; linear time.

    An agent speaks for every value after it, up to the next agent. The value of `unavailable_after` runs to
    the next known value or agent, because dates hold commas, blanks and colons.
    """
    return _known_values(text, agent) if len(text) <= _REPEATED else _read_values(text, agent)


@lru_cache(maxsize=1_024)
def _known_values(text: str, agent: str) -> tuple[Directive, ...]:
    return _read_values(text, agent)  # the pages of a site say the same


def _read_values(text: str, agent: str) -> tuple[Directive, ...]:
    words = list(_WORD.finditer(text, 0, MAX_FIELD))
    directives: list[Directive] = []
    separator = ","  # what stood before the word: a comma, an agent's colon, a semicolon, or only blanks
    at = 0
    while at < len(words):
        written = words[at][0]
        at += 1
        if written in ",;:":
            separator = written if separator in ("", ",") else separator
            continue
        name = written.strip("\"'").lower()
        clean = separator in (",", ":") and name == written.lower()
        separator = ""
        colon = at < len(words) and words[at][0] == ":"
        if colon and name not in MEANINGS:
            agent = "" if name == ANY else name
            separator = ":"
            at += 1
            continue
        argument = ""
        if colon and name in _WITH_ARGUMENT:
            stop = _end_of_date(words, at + 1) if name == "unavailable_after" else min(at + 2, len(words))
            argument = text[words[at].end() : words[stop - 1].end()].strip(" \t\r\n,;\"'")
            at = stop
            separator = words[stop - 1][0] if words[stop - 1][0] in ",;" else ""
        elif colon:
            clean = False
        directives.append(Directive(name, argument, agent, not clean))
    return tuple(directives)


def _end_of_date(words: list[re.Match[str]], start: int) -> int:
    """The index after the last word of a date that starts at `start`."""
    for at in range(start, len(words)):
        word = words[at][0].strip("\"'").lower()
        if word in MEANINGS:
            return at
        after_separator = at > start and words[at - 1][0] in ",;"
        if after_separator and word[:1].isalpha() and at + 1 < len(words) and words[at + 1][0] == ":":
            return at
    return len(words)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose names count. Build it with `audience_of`."""

    ours: frozenset[str]
    trainers: frozenset[str]

    def address(self, agent: str) -> Address:
        """Whom `agent` names; tokens are compared as in robots.txt."""
        if not agent:
            return Address.US
        key = key_of(agent)
        if key in self.ours:
            return Address.US
        return Address.TRAINER if key in self.trainers else Address.OTHER


@lru_cache(maxsize=64)
def audience_of(product_token: str, aliases: tuple[str, ...], training_tokens: tuple[str, ...]) -> Audience:
    """Our token with its aliases, and the known crawlers for AI training."""
    ours = frozenset(key_of(token) for token in (product_token, *aliases))
    return Audience(ours - {""}, frozenset(key_of(token) for token in training_tokens) - ours - {""})


def interpret(
    directives: Iterable[Directive],
    audience: Audience,
    *,
    now: datetime,
    respect_noindex: bool = True,
    image: bool = False,
) -> Statement:
    """The union of all restrictions (draft-illyes-repext): no value takes back another, `all` permits nothing.

    What a known training crawler is told binds us in training only. Without `respect_noindex`, `noindex` and
    `none` leave training alone. `image`: what was answered is one, so that `noimageai` speaks of it.
    """
    denials: set[Use] = set()
    obligations: dict[Obligation, None] = {}
    because: list[Directive] = []
    silent: list[str] = []
    for directive in directives:
        address = audience.address(directive.agent)
        if address is Address.OTHER:
            continue
        meaning = _meaning(directive, now)
        denied = set(meaning.denies)
        if directive.name in ("noindex", "none") and not respect_noindex:
            denied -= {Use.TRAIN, Use.INPUT}
        if image and directive.name == "noimageai":
            denied |= {Use.TRAIN, Use.INPUT}
        obliged = meaning.obliges
        if address is Address.TRAINER:
            denied &= {Use.TRAIN}
            obliged = ()
        denials |= denied
        obligations.update(dict.fromkeys(obliged))
        if denied or obliged:
            because.append(directive)
        else:
            silent.append(directive.name)
    return Statement(
        Uses.denying(*denials),
        tuple(obligations),
        tuple(because),
        bool(because) and all(directive.malformed for directive in because),
        tuple(silent),
    )


def _meaning(directive: Directive, now: datetime) -> Meaning:
    meaning = MEANINGS.get(directive.name, _SILENT)
    if directive.name == "max-snippet" and directive.argument != "0":
        return _SILENT
    if directive.name == "unavailable_after":
        moment = read_date(directive.argument)
        if moment is None or moment >= now:
            return _SILENT
    return meaning
