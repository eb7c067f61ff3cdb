"""IP addresses that can belong to somebody: global IPv4 and IPv6, not versions, not section numbers."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span

KIND = "ip"

_V4 = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w]|\.\d|-\d)")
_V6 = re.compile(r"(?<![\w.:])[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:.]{2,41}")
_MAPPED = re.compile(r"::[Ff]{4}:\Z")  # RFC 4291 §2.5.5.2
_ABOUT_IP = frozenset(
    """ip ips ipv4 ipv6 address adresse dirección indirizzo adres host server client visitor peer remote ping dns from
    login logged proxy vpn gateway router nslookup traceroute whois blocked banned""".split()
)
_WORD = re.compile(r"\w+")
_VERSION_WORDS = frozenset(
    """v ver vers version versie versión versione wersja release rel build firmware driver update patch section sect
    sec chapter clause abschnitt kapitel article artikel art paragraph para figure fig table tab oid kernel sdk
    runtime framework chrome firefox safari opera edge webkit mozilla appendix annex step item rule example ex
    listing upgrade upgraded java jdk oracle""".split()
)
# also the numbers of enzymes (EC) and of folds of proteins (CATH)
_VERSION_SIGNS = re.compile(
    r"\b(?:EC|EC_number|G3DSA|Gene3D|CATH(?: record)?)[ =:;/'\"]{1,4}\Z|§\s{0,2}\Z|[A-Za-z][/-]\Z"
)
_DATED = re.compile(r"-[A-Z][a-z]{2}-\Z")  # `11-Aug-2005::15:31:55`
_HEADING = re.compile(r"(?:\A|\n)\s{0,8}\Z")  # 34.1.1.1 Some Title
_TITLE = re.compile(r"\.?[ \t]{1,4}[^\W\d_]{2}")
# RFC 1035 §3.5, RFC 5782 §2.1: in front of a zone the octets stand the other way round.
_ZONE = re.compile(r"\.[a-z][a-z0-9-]{0,62}(?:\.[a-z][a-z0-9-]{0,62}){1,4}", re.IGNORECASE)
_LOOK_BACK = 40
SMALL = 40  # all but the first number below it: more often a section or a version than a host


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of addresses in `text`."""
    for match in _V4.finditer(text, start, end):
        if _starts(text, match.start()) and _is_host(text, match):
            yield Span(match.start(), match.end(), KIND, "ip_v4", match[0])
    for match in _V6.finditer(text, start, end):
        written = match[0].rstrip(":.")
        if text[match.end() - 1] == ":" and match[0].endswith("::") and _is_v6(text, match, written + "::"):
            written += "::"
        elif not _is_v6(text, match, written):
            continue
        value = ipaddress.IPv6Address(written).exploded
        yield Span(match.start(), match.start() + len(written), KIND, "ip_v6", value)


def _starts(text: str, start: int) -> bool:
    """Checked here, not by a lookbehind: the pattern then starts with a digit, which `re` finds fast."""
    before = text[start - 1 : start]
    if before == ":" and _MAPPED.search(text, max(0, start - 7), start):
        return True
    if before == ":" and text[start - 2 : start - 1] in tuple(":0123456789"):
        return False
    return not (before.isalnum() or (before in ("_", ".") and before))


def _is_v6(text: str, match: re.Match[str], written: str) -> bool:
    if _DATED.search(text, max(0, match.start() - 5), match.start()):
        return False
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError:
        return False
    if not address.is_global or address.is_multicast or text[match.start() + len(written) :][:1].isalnum():
        return False
    if "::" not in written:
        # eight pairs of digits are a fingerprint or an EUI-64
        return any(len(group) > 2 for group in written.split(":"))
    if written[:1] in "23" and written.find(":") == 4:
        return True
    return len(written.replace(":", "")) >= 8 and _is_about_ip(text[max(0, match.start() - _LOOK_BACK) : match.start()])


def _is_about_ip(before: str) -> bool:
    """Whether one of the words stands there: a third of the time of an expression without regard to case."""
    return not _ABOUT_IP.isdisjoint(_WORD.findall(before.replace("\u0130", "i").lower()))


def _is_host(text: str, match: re.Match[str]) -> bool:
    octets = _global_octets(match[0])
    if not octets or (_ZONE.match(text, match.end()) and not _global_octets(".".join(match[0].split(".")[::-1]))):
        return False
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _last_word(before) in _VERSION_WORDS or _VERSION_SIGNS.search(before):
        return False
    if max(octets[1:]) >= SMALL:
        return True
    if _HEADING.search(before) and _TITLE.match(text, match.end()):
        return False
    return (octets[0] >= SMALL and max(octets[1:]) > 9) or _is_about_ip(before)


def _last_word(before: str) -> str:
    """The word before the address, in lower case; written out, because it is asked of every four numbers."""
    last = len(before.rstrip(" ").rstrip(".:").rstrip(" "))
    first = last
    while first and before[first - 1].isalpha():
        first -= 1
    return before[first:last].lower()


@functools.lru_cache(maxsize=4_096)
def _global_octets(written: str) -> bytes:
    """The four octets of a global unicast address, else nothing."""
    try:
        address = ipaddress.IPv4Address(written)  # refuses leading zeros and octets over 255
    except ValueError:
        return b""
    return address.packed if address.is_global and not address.is_multicast else b""


RECOGNIZER = Recognizer(
    KIND,
    "IPv4 and IPv6 addresses of the public internet",
    "global unicast (IANA registries); no version, section or heading number",
    (
        Trigger(r"\d\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:[^.0-9]|\.[^0-9]|\.?$)", 64, 24),
        Trigger(r"[0-9A-Fa-f]::", 60, 60),
        Trigger(r":(?:[0-9A-Fa-f]{1,4}:){3}", 70, 60),
    ),
    find,
)
