"""One line of a list, canonical: what it covers, what it asks for, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network

from collector.lists.match import Action, Tier
from collector.model.addresses import parse_address
from collector.model.errors import ListError, UrlError
from collector.model.url import Url, parse_url

MAX_VALUE = 8_192  # characters of one entry


class Kind(StrEnum):
    """What an entry covers."""

    HOST = "host"  # this host alone
    SUBTREE = "subtree"  # the host and every host below it
    PREFIX = "prefix"  # a path of the host and everything below it, on a segment boundary
    URL = "url"  # this one URL, query included
    CIDR = "cidr"  # hosts written as addresses within the network


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is looked up. Scheme, port, user and fragment play no part."""

    kind: Kind
    host: str  # ASCII, lower case; the network for CIDR
    path: str = ""  # prefix: `/a/b`, no trailing slash; url: path and query
    action: Action = Action.DENY
    category: str = ""
    tier: Tier = Tier.LIST
    list: str = ""
    version: str = ""
    line: int = 0
    rule: str = ""  # as written, or its id where it has one
    note: str = ""
    subdomains: bool = False  # prefix and url: of every host below as well
    force: bool = False  # tier 1 allow: beats a more specific tier 2 deny
    ignore_case: bool = False  # prefix and url: the site does not tell upper case from lower


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a list's entries come from, and what they mean where a line does not say."""

    list: str
    version: str = ""
    tier: Tier = Tier.LIST
    action: Action = Action.DENY
    category: str = ""
    default_kind: Kind = Kind.SUBTREE


_BLANK = re.compile(r"[\x00-\x20\x7f]")
_UNRESERVED = re.compile(r"%(2[dDeE]|3\d|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])")


def plain_path(path: str) -> str:
    """The path with needlessly escaped characters unescaped (RFC 3986 §6.2.2.2): `/%66orum` is `/forum`."""
    if "%" not in path:
        return path
    return _UNRESERVED.sub(lambda escape: chr(int(escape[1], 16)), path)


def canonical(kind: Kind, value: str) -> tuple[str, str]:
    """(host, path) by which an entry of `kind` is looked up.

    `value` is a host, `host/path`, a URL or a network; the host may be written in any form that WHATWG
    URLs allow. Raises ListError, with the mend, for anything else.
    """
    text = value.strip()
    if not text or len(text) > MAX_VALUE:
        raise ListError("an entry is empty" if not text else f"an entry of {len(text):,} characters")
    if _BLANK.search(text):
        raise ListError("an entry holds a blank or a control character", mend="one host, prefix or URL per entry")
    match kind:
        case Kind.CIDR:
            return _network(text), ""
        case Kind.HOST | Kind.SUBTREE:
            url = _as_url(text)
            if url.path != "/" or url.query:
                raise ListError(f"{_shown(text)} has a path", mend='an entry with a path is of kind "prefix" or "url"')
            return url.host, ""
        case Kind.PREFIX:
            url = _as_url(text)
            if url.query:
                raise ListError(f"{_shown(text)} has a query", mend='an entry with a query is of kind "url"')
            return url.host, plain_path(url.path).rstrip("/")
        case Kind.URL:
            url = _as_url(text)
            return url.host, plain_path(url.target)


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip("[]"), strict=False))
    except ValueError as exc:
        raise ListError(f"{_shown(text)} is no network", mend="write it as 192.0.2.0/24 or 2001:db8::/32") from exc


def _as_url(text: str) -> Url:
    if "*" in text:
        raise ListError(f"{_shown(text)} holds a *", mend="leave it out: a subtree covers every host below")
    bare = text if "://" in text else f"http://{_bracketed(text).lstrip('.')}"
    try:
        url = parse_url(bare)
    except UrlError as exc:
        raise ListError(f"{_shown(text)} is no host or URL", mend="write it as host or host/path") from exc
    if url.credentials:
        raise ListError(f"{_shown(text)} carries a user name", mend="leave out everything before the @")
    if not url.host or ".." in url.host or "_" in url.host[:1]:
        raise ListError(f"{_shown(text)} is no host name", mend="write it as host or host/path")
    return url


def _bracketed(text: str) -> str:
    return f"[{text}]" if text.count(":") > 1 and parse_address(text) is not None and text[0] != "[" else text


def _shown(text: str) -> str:
    return ascii(text[:80])
