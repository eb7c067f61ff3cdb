"""The Link header field (RFC 8288 §3): targets with their relations.

Hand-written: the parsers in the libraries we use split at commas inside quotes or take only the first field line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

FIELD = "link"
MAX_FIELDS = 64
MAX_TOTAL = 65_536  # characters of all of them
MAX_LINKS = 256

_NAME = re.compile(r"[\s;]*([^\s=;,\"<>]*)\s*(=?)\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)  # without its closing quote it runs to the end
_BARE = re.compile(r"[^\s;,]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WebLink:
    """One link value."""

    target: str  # as written, surrounding blanks off
    relations: frozenset[str] = frozenset()  # lower case
    media_type: str = ""  # lower case, no parameters
    anchor: str | None = None  # another context than the page itself
    field: str = ""  # the field line that it stood in


def read_links(fields: Iterable[str]) -> tuple[WebLink, ...]:
    """RFC 8288 §3 and Appendix B.2 over all field lines. Never raises; linear time.

    At most 64 field lines, 64 KiB of them, and 256 links are read. Of a parameter given twice the first counts.
    """
    found: list[WebLink] = []
    left = MAX_TOTAL
    for number, field in enumerate(fields):
        if number == MAX_FIELDS or left <= 0:
            break
        text = field[:left]
        left -= len(text)
        at = text.find("<")
        while at >= 0 and len(found) < MAX_LINKS:
            end = text.find(">", at)
            if end < 0:
                break
            parameters, after = _parameters(text, end + 1)
            found.append(
                WebLink(
                    text[at + 1 : end].strip(),
                    frozenset(parameters.get("rel", "").lower().split()),
                    parameters.get("type", "").partition(";")[0].strip().lower(),
                    parameters.get("anchor"),
                    field,
                )
            )
            at = text.find("<", after)
    return tuple(found)


def _parameters(text: str, at: int) -> tuple[dict[str, str], int]:
    """The parameters of the link whose target ends before `at`, and where the next link may begin."""
    parameters: dict[str, str] = {}
    while at < len(text):
        name = _NAME.match(text, at)
        assert name is not None  # every part of the pattern may be empty
        at = name.end()
        value = ""
        if name[2]:
            quoted = _QUOTED.match(text, at)
            if quoted is not None:
                value, at = _ESCAPE.sub(r"\1", quoted[1]), quoted.end()
            else:
                bare = _BARE.match(text, at)
                assert bare is not None
                value, at = bare[0], bare.end()
        if name[1]:
            parameters.setdefault(name[1].lower(), value)
        # on to the next parameter of this link, or out of it
        while at < len(text) and text[at] not in ";,":
            if text[at] == "<":
                return parameters, at
            at += 1
        if at >= len(text) or text[at] == ",":
            return parameters, at
    return parameters, at
