"""TDMRep (W3C Community Group Final Report, 2024-05-10): the well-known file and the values of its carriers.

Hand-written because no complete reader is published; the one there is compares one header field with `1`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from collector.model.uses import Use, Uses
from collector.signals.embedded import Embedded
from collector.signals.path_scope import MAX_LINES, covers, over_limits
from collector.signals.percent import normalise_target

WELL_KNOWN = "/.well-known/tdmrep.json"
FIELD = "tdm-reservation"  # header field, name of the meta element, key of the file
POLICY = "tdm-policy"
MAX_BYTES = 512_000
MAX_VALUES = 64  # of one header field or page

# `1` denies mining, and what mining includes; `0` says it of mining, which the protocol speaks of training as
RESERVED = Uses.denying(Use.TDM, Use.TRAIN, Use.INPUT)
RELEASED = Uses.allowing(Use.TDM, Use.TRAIN)

_LIKE_ONE = re.compile(r"[\s\"']*(?:1(?![0-9])|true(?!\w)|yes(?!\w))", re.IGNORECASE)
_ORIGIN = re.compile(r"(?i)https?://[^/?#]*")
_TRAILING_COMMA = re.compile(r",(\s*[\]}])")


_XMP = frozenset(f"http://www.w3.org/ns/tdmrep{end}" for end in ("/", "#", ""))  # §6.5 has the slash, §6.4 the hash
_PACKAGED = frozenset(("tdm:reservation", "tdm-reservation"))
_PACKAGED_POLICY = frozenset(("tdm:policy", "tdm-policy"))
_OWN_CARRIERS = frozenset(("application/pdf", "application/epub+zip"))


class Reservation(StrEnum):
    """The value of `tdm-reservation`. UNSET resets nothing that another carrier said."""

    RESERVED = "1"
    NOT_RESERVED = "0"
    MEANT_RESERVED = "meant"  # no value of the protocol, but plainly meant as 1
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class TdmRule:
    """One entry of the file."""

    number: int  # 1-based, its place in the array
    location: bytes  # a pattern, as written
    reservation: Reservation
    policy: str = ""  # URL, as written: recorded, it permits nothing


@dataclass(frozen=True, slots=True)
class TdmFile:
    """A read file. Without rules the site does not implement the protocol there."""

    rules: tuple[TdmRule, ...] = ()
    remark: str = ""  # what was wrong with it

    def match(self, target: str, *, after: int = 0) -> TdmRule | None:
        """The first rule in sequence that covers `target`, not the longest; None where none does.

        `after`: only rules behind the one of that number.
        """
        octets = normalise_target(target)
        rules = (rule for rule in self.rules if rule.number > after)
        return next((rule for rule in rules if covers(rule.location, octets) is not None), None)


def read_values(values: Iterable[str]) -> Reservation:
    """The value of all header field lines, or of all meta elements, of one answer. Never raises.

    `1` or `0`; any other value is an error of protocol, and unset. Where several disagree, or the value is not
    exactly `1` but plainly meant so (`1; policy=`, `"1"`, `true`), it is a reservation all the same.
    """
    said = [part.strip(" \t\r\n\f") for value in values for part in value[:4_096].split(",")][:MAX_VALUES]
    if said and all(one == "1" for one in said):
        return Reservation.RESERVED
    if said and all(one == "0" for one in said):
        return Reservation.NOT_RESERVED
    return Reservation.MEANT_RESERVED if any(map(_LIKE_ONE.match, said)) else Reservation.UNSET


@dataclass(frozen=True, slots=True)
class Carried:
    """What an asset's own metadata says."""

    reservation: Reservation = Reservation.UNSET
    policies: tuple[str, ...] = ()  # URLs, as written
    quoted: tuple[tuple[str, str], ...] = ()  # (place, value)


def carried_by(embedded: Embedded, media_type: str) -> Carried:
    """TDMRep §6.4, EPUB: the package document; §6.5, PDF: XMP. Never raises.

    Other places than these (the Info dictionary of a PDF, the XMP of an image) may reserve, and not release.
    """
    said: dict[bool, list[tuple[str, str]]] = {True: [], False: []}  # by whether TDMRep names the place
    policies: list[str] = []
    for name, value in embedded.package:
        if name.lower() in _PACKAGED:
            said[media_type == "application/epub+zip"].append((name, value))
        elif name.lower() in _PACKAGED_POLICY:
            policies.append(value)
    for one in embedded.properties:
        if one.namespace in _XMP and one.name == "reservation":
            said[media_type in _OWN_CARRIERS].append(("XMP tdm:reservation", one.value))
        elif one.namespace in _XMP and one.name == "policy":
            policies.append(one.value)
    reservation = read_values(value for _, value in said[True])
    if reservation is not Reservation.RESERVED:
        more = read_values(value for _, value in said[False])
        if more in (Reservation.RESERVED, Reservation.MEANT_RESERVED):
            reservation = Reservation.MEANT_RESERVED
    return Carried(reservation, tuple(policies[:4]), (*said[True], *said[False]))


@lru_cache(maxsize=32)
def read_file(body: bytes) -> TdmFile:
    """An array of rules with `location` and `tdm-reservation`; entries without either are ignored. Never raises.

    A page instead of JSON, and JSON that cannot be read, count as no file. Taken as reservations that are
    malformed but meant: an object instead of the array, `"1"`, `true`, a location without its first `/` or
    with the origin before it, and trailing commas.
    """
    if len(body) > MAX_BYTES:
        return TdmFile(remark=f"longer than {MAX_BYTES:,} octets")
    wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = body.decode("utf-16", "replace") if wide else body.decode("utf-8-sig", "surrogateescape")
    start = text.lstrip()[:1]
    if start == "<":
        return TdmFile(remark="a page, not JSON")
    given, mended = _json(text), False
    if given is None and start in ("[", "{"):
        given, mended = _json(_TRAILING_COMMA.sub(r"\1", text)), True
    if isinstance(given, dict):
        rule = _rule(1, given if "location" in given else {**given, "location": "/"}, sound=False)
        return TdmFile((rule,) if rule is not None else (), "an object where an array belongs")
    if not isinstance(given, list):
        return TdmFile(remark="not the JSON it should be")
    rules = tuple(_rules(given, sound=not mended))
    return TdmFile(rules, "trailing commas" if mended else "")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _rules(given: list[object], *, sound: bool) -> Iterator[TdmRule]:
    for number, entry in enumerate(given, 1):
        rule = _rule(number, entry, sound=sound)
        if rule is None:
            continue
        if number <= MAX_LINES:
            yield rule
        elif rule.reservation is not Reservation.NOT_RESERVED:
            # behind so many rules one that reserves counts for whatever the rules before it left open
            yield TdmRule(number, b"/", Reservation.MEANT_RESERVED, rule.policy)
            return


def _rule(number: int, entry: object, *, sound: bool) -> TdmRule | None:
    """The entry as a rule; None where it states nothing. What is not `sound` may reserve and never release."""
    if not isinstance(entry, dict) or not isinstance(entry.get("location"), str):
        return None
    written: str = entry["location"].strip()
    location = _ORIGIN.sub("", written, count=1) or "/"
    if location[0] not in "/*":
        location = "/" + location
    pattern = location.encode("utf-8", "surrogateescape" if _from_octets(location) else "replace")
    reservation = _value(entry.get(FIELD))
    if location != written or not sound or over_limits(pattern):
        reservation = {
            Reservation.RESERVED: Reservation.MEANT_RESERVED,
            Reservation.NOT_RESERVED: Reservation.UNSET,
        }.get(reservation, reservation)
    if reservation is Reservation.UNSET:
        return None
    policy = entry.get(POLICY)
    return TdmRule(number, pattern, reservation, policy[:1_024] if isinstance(policy, str) else "")


def _from_octets(text: str) -> bool:
    """Whether every surrogate in it stands for an octet that was no UTF-8; JSON can also escape others."""
    return not any("\ud800" <= char <= "\udfff" and not "\udc80" <= char <= "\udcff" for char in text)


def _value(value: object) -> Reservation:
    """Only the integers 1 and 0 are values of the protocol."""
    if type(value) is int:
        return {1: Reservation.RESERVED, 0: Reservation.NOT_RESERVED}.get(value, Reservation.UNSET)
    if value is True or value == 1.0:
        return Reservation.MEANT_RESERVED
    if isinstance(value, str) and _LIKE_ONE.match(value):
        return Reservation.MEANT_RESERVED
    return Reservation.UNSET
