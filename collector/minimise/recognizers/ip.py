"""IP addresses that can belong to somebody: global IPv4 and IPv6, not versions, not section numbers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from collector.minimise.context import Context
from collector.minimise.span import Span

KIND = "ip"

_V4 = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w]|\.\d|-\d)")
_V6 = re.compile(r"[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:.]{2,41}")
_ABOUT_IP = re.compile(
    r"\b(?:ip|ipv4|ipv6|address|adresse|dirección|host|server|client|visitor|peer|remote|ping|dns|from|login|proxy|vpn)\b",
    re.IGNORECASE,
)
_ABOUT_VERSION = re.compile(
    r"(?:\b(?:v|ver|vers|version|versie|versión|release|rel|build|firmware|driver|update|patch|section|sect|chapter|clause|"
    r"figure|fig|table|oid|kernel|sdk|runtime|framework|chrome|firefox|safari|opera|edge|webkit|mozilla)\b[.:]?"
    r"|§|[A-Za-z]/|[A-Za-z]-)\s{0,2}\Z",
    re.IGNORECASE,
)
_LOOK_BACK = 40
SMALL = 30  # all four numbers below it: more often a version than a host


def find(text: str, context: Context) -> Iterator[Span]:  # noqa: ARG001
    """Spans of addresses in `text`."""
    if "." in text:
        for match in _V4.finditer(text):
            if _starts(text, match) and _is_host(text, match):
                yield Span(match.start(), match.end(), KIND, "ip_v4", match[0])
    if ":" in text:
        for match in _V6.finditer(text):
            if not _starts(text, match):
                continue
            written = match[0].rstrip(":.")
            try:
                address = ipaddress.IPv6Address(written)
            except ValueError:
                continue
            if address.is_global:
                yield Span(match.start(), match.start() + len(written), KIND, "ip_v6", address.exploded)


def _starts(text: str, match: re.Match[str]) -> bool:
    """Checked here, not by a lookbehind: the pattern then starts with a digit, which `re` finds fast."""
    before = text[match.start() - 1 : match.start()]
    return not (before.isalnum() or (before in ("_", ".", ":") and before)) if match.start() else True


def _is_host(text: str, match: re.Match[str]) -> bool:
    try:
        address = ipaddress.IPv4Address(match[0])  # refuses leading zeros and octets over 255
    except ValueError:
        return False
    if not address.is_global or address.is_multicast:
        return False
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _ABOUT_VERSION.search(before):
        return False
    if all(octet < SMALL for octet in address.packed) or address.packed[1:] == b"\0\0\0":
        return _ABOUT_IP.search(before) is not None
    return True
