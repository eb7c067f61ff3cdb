"""The Lookup that deciding code sees: which entries cover a URL, winner first."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from collector.model.url import Url


class Action(StrEnum):
    """What an entry asks for."""

    DENY = "deny"
    ALLOW = "allow"
    FLAG = "flag"
    REDACT = "redact"
    INFO = "info"


class Tier(StrEnum):
    """Who speaks. A lower tier is overridden by a higher one as `match` documents."""

    OPT_OUT = "0"
    OPERATOR = "1"
    LIST = "2"
    HEURISTIC = "3"


class ListMatch(NamedTuple):
    """One entry that covers the URL. A tuple: a frozen dataclass of nine fields costs half of a look-up."""

    rule: str  # the entry as written
    list: str  # list id
    version: str
    line: int
    category: str
    action: Action
    tier: Tier
    kind: str  # host | subtree | prefix | url | cidr
    note: str = ""


class Lookup(Protocol):
    """A set of hosts, subtrees, URL prefixes and networks."""

    @property
    def digest(self) -> str:
        """Digest of everything the answers rest on."""
        ...

    def match(self, url: Url) -> tuple[ListMatch, ...]:
        """Every entry that covers `url` under any of its host forms; the one that wins stands first."""
        ...
