"""Patterns of URLs in a policy: `*` stands for any run of characters, everything else for itself.

Written by hand: fnmatch gives `?` and `[` a meaning that URLs do not share, and a regular expression with many
stars can be made to run for hours; this runs in linear time, and a star in the host cannot swallow the path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.model.errors import UrlError
from collector.model.url import DEFAULT_PORTS, Url, parse_url

Pieces = tuple[str, ...]
_BLANK = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class UrlGlob:
    """`https://example.org/blog/*`, `example.org/*` (either scheme), `*.example.org/*.html`, `*`. By `parse_glob`."""

    text: str
    scheme: str  # empty: either
    host: Pieces
    target: Pieces

    def matches(self, url: Url) -> bool:
        """Whether the whole canonical URL fits the pattern."""
        if self.scheme and self.scheme != url.scheme:
            return False
        host = url.host if DEFAULT_PORTS[url.scheme] == url.port else f"{url.host}:{url.port}"
        return _fits(self.host, host) and _fits(self.target, url.target)


def parse_glob(text: str) -> UrlGlob:
    """Read a pattern. Raises ValueError, saying what to write instead."""
    if not text or _BLANK.search(text):
        raise ValueError("a URL pattern is empty or holds a blank: write example.org/*")
    if "#" in text:
        raise ValueError("a URL pattern holds a #: fragments are never asked for; leave out everything from # on")
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "", text
    elif scheme.lower() not in {"http", "https", "*"}:
        raise ValueError(f"a URL pattern for {scheme!r}: only http and https are crawled")
    if rest == "*":
        rest = "*/*"
    host, slash, path = rest.partition("/")
    if not slash:
        raise ValueError(f"the URL pattern {text!r} has no path and fits nothing: write {text.rstrip('*')}/*")
    if not host:
        raise ValueError(f"the URL pattern {text!r} has no host: write */{path}")
    target = "/" + _path(path)
    return UrlGlob(text, scheme.lower().removeprefix("*"), tuple(_host(host).split("*")), tuple(target.split("*")))


def _fits(pieces: Pieces, subject: str) -> bool:
    first, *rest = pieces
    if not rest:
        return subject == first
    last = rest.pop()
    if len(subject) < len(first) + len(last) or not subject.startswith(first) or not subject.endswith(last):
        return False
    at, end = len(first), len(subject) - len(last)
    for piece in rest:
        at = subject.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _host(host: str) -> str:
    if host.isascii():
        return host.lower()
    if "*" in host:
        raise ValueError(f"write the host of {host!r} in ASCII (xn--…): a pattern with * cannot be converted")
    try:
        return parse_url(f"http://{host}/").host
    except UrlError as exc:
        raise ValueError(f"{host!r} is no host name") from exc


def _path(path: str) -> str:
    if path.isascii():
        return path
    # As WHATWG escapes it in a URL, piece by piece so that stars stay stars.
    return "*".join(parse_url(f"http://h.test/{piece}").target[1:] if piece else "" for piece in path.split("*"))
