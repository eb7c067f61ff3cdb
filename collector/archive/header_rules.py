"""The rules for the named fields of a WARC record, as a table (WARC 1.1 §5 and §6)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date as calendar_date

from collector.archive.digests import is_labelled_digest
from collector.archive.problem import Contract, Fault, Severity
from collector.model.headers import Headers

TYPES = frozenset({"warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"})
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\x00-\x20\x7f]+\Z")
_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\x00-\x20\x7f]+>\Z")
_NUMBER = re.compile(r"[0-9]{1,18}\Z")
_W3CDTF = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?Z)?)?)?\Z"
)
_MEDIA_TYPE = re.compile(
    r"[-!#$%&'*+.^_`|~0-9A-Za-z]+/[-!#$%&'*+.^_`|~0-9A-Za-z]+"
    r"(?:[ \t]*;[ \t]*[-!#$%&'*+.^_`|~0-9A-Za-z]+=(?:[-!#$%&'*+.^_`|~0-9A-Za-z]+|\"(?:[^\"\\]|\\.)*\"))*[ \t]*;?\Z"
)
_TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+\Z")
_PROFILES = ("identical-payload-digest", "server-not-modified")


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.match(value) is not None


def is_date(value: str) -> bool:
    """§5.4: W3CDTF in UTC, down to nanoseconds, and a day that exists."""
    found = _W3CDTF.match(value)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    try:
        calendar_date(year or 0, month or 1, day or 1)
    except ValueError:
        return False
    return (hour or 0) < 24 and (minute or 0) < 60 and (second or 0) <= 60


def is_ip_address(value: str) -> bool:
    """§5.10: a numeric IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def is_target_uri(value: str) -> bool:
    """§5.14: a URI. WARC 1.0 writers put it in angle brackets, which readers still have to take."""
    return _URI.match(value.removeprefix("<").removesuffix(">")) is not None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What holds for one field: its syntax, the record types that must or must not have it, and how often."""

    name: str
    section: str
    syntax: Callable[[str], bool]
    expects: str
    required_on: frozenset[str] = frozenset()
    forbidden_on: frozenset[str] = frozenset()
    repeatable: bool = False


def _only(*types: str) -> frozenset[str]:
    return TYPES - frozenset(types)


_AN_ID, _A_URI = "<urn:uuid:…>", "a URI without spaces"
FIELD_RULES: tuple[FieldRule, ...] = (
    FieldRule("WARC-Record-ID", "5.2", _matches(_ID), _AN_ID, required_on=TYPES),
    FieldRule("Content-Length", "5.3", _matches(_NUMBER), "a number of octets", required_on=TYPES),
    FieldRule("WARC-Date", "5.4", is_date, "a UTC date such as 2026-11-22T07:41:22Z", required_on=TYPES),
    FieldRule("WARC-Type", "5.5", _matches(_TOKEN), "a record type", required_on=TYPES),
    FieldRule("Content-Type", "5.6", _matches(_MEDIA_TYPE), "a media type"),
    FieldRule(
        "WARC-Concurrent-To",
        "5.7",
        _matches(_ID),
        _AN_ID,
        forbidden_on=frozenset({"warcinfo", "conversion", "continuation"}),
        repeatable=True,
    ),
    FieldRule("WARC-Block-Digest", "5.8", is_labelled_digest, "algorithm:value"),
    FieldRule(
        "WARC-Payload-Digest",
        "5.9",
        is_labelled_digest,
        "algorithm:value",
        forbidden_on=frozenset({"warcinfo", "metadata"}),  # they have no payload (§6.2, §6.6)
    ),
    FieldRule(
        "WARC-IP-Address",
        "5.10",
        is_ip_address,
        "an IPv4 or IPv6 address",
        forbidden_on=frozenset({"warcinfo", "conversion", "continuation"}),
    ),
    FieldRule("WARC-Refers-To", "5.11", _matches(_ID), _AN_ID, forbidden_on=_only("metadata", "revisit", "conversion")),
    FieldRule("WARC-Refers-To-Target-URI", "5.12", is_target_uri, _A_URI, forbidden_on=_only("revisit")),
    FieldRule("WARC-Refers-To-Date", "5.13", is_date, "a UTC date", forbidden_on=_only("revisit")),
    FieldRule(
        "WARC-Target-URI",
        "5.14",
        is_target_uri,
        _A_URI,
        required_on=frozenset({"response", "resource", "request", "revisit", "conversion", "continuation"}),
        forbidden_on=frozenset({"warcinfo"}),
    ),
    FieldRule("WARC-Truncated", "5.15", _matches(_TOKEN), "length, time, disconnect or unspecified"),
    FieldRule("WARC-Warcinfo-ID", "5.16", _matches(_ID), _AN_ID, forbidden_on=frozenset({"warcinfo"})),
    FieldRule("WARC-Filename", "5.17", bool, "a file name", forbidden_on=_only("warcinfo")),
    FieldRule(
        "WARC-Profile", "5.18", is_target_uri, _A_URI, required_on=frozenset({"revisit"}), forbidden_on=_only("revisit")
    ),
    FieldRule("WARC-Identified-Payload-Type", "5.19", _matches(_MEDIA_TYPE), "a media type"),
    FieldRule("WARC-Segment-Number", "5.20", _matches(_NUMBER), "a number", required_on=frozenset({"continuation"})),
    FieldRule(
        "WARC-Segment-Origin-ID",
        "5.21",
        _matches(_ID),
        _AN_ID,
        required_on=frozenset({"continuation"}),
        forbidden_on=_only("continuation"),
    ),
    FieldRule("WARC-Segment-Total-Length", "5.22", _matches(_NUMBER), "a number", forbidden_on=_only("continuation")),
)
_BY_NAME = {rule.name.lower(): rule for rule in FIELD_RULES}


def check_fields(version: str, fields: Headers, contract: Contract = Contract.STANDARD) -> Iterator[Fault]:
    """Everything the table has against these fields. `version` is `WARC/1.1` …; linear, never raises."""
    kind = fields.first("WARC-Type") or ""
    counts: dict[str, int] = {}
    for name, value in fields:
        rule = _BY_NAME.get(name.lower())
        if rule is None:
            continue  # §4: unknown fields are ignored
        counts[rule.name] = counts.get(rule.name, 0) + 1
        if counts[rule.name] == 2 and not rule.repeatable:
            yield Fault("repeated_field", f"{rule.name} stands more than once (§{rule.section})")
        if kind in rule.forbidden_on:
            yield Fault("forbidden_field", f"{rule.name} is not allowed on a {kind} record (§{rule.section})")
        if not rule.syntax(value):
            yield Fault("field_syntax", f"{rule.name}: {value[:120]!r} is not {rule.expects} (§{rule.section})")
    for rule in FIELD_RULES:
        if rule.name not in counts and (kind in rule.required_on or rule.required_on == TYPES):
            yield Fault("mandatory_field", f"{kind or 'record'} without {rule.name} (§{rule.section})")
    yield from _across_fields(version, kind, fields)
    if contract is Contract.OURS:
        yield from _ours(version, kind, fields)


def _across_fields(version: str, kind: str, fields: Headers) -> Iterator[Fault]:
    if kind and kind not in TYPES:
        yield Fault("unknown_type", f"record type {kind[:60]!r} is not one of the standard's (§5.5)", Severity.NOTE)
    if fields.first("Content-Length") not in (None, "0") and fields.first("Content-Type") is None:
        yield Fault("content_type", "a block without Content-Type (§5.6)", Severity.NOTE)
    profile = fields.first("WARC-Profile") or ""
    if kind == "revisit" and profile.endswith(_PROFILES[0]) and fields.first("WARC-Payload-Digest") is None:
        yield Fault("mandatory_field", "revisit of an identical payload without WARC-Payload-Digest (§6.7.2)")
    if kind == "revisit" and profile and not profile.endswith(_PROFILES):
        yield Fault("unknown_profile", f"revisit profile {profile[:120]!r} is not one of the standard's", Severity.NOTE)
    if version == "WARC/1.1" and (fields.first("WARC-Target-URI") or "").startswith("<"):
        yield Fault("field_syntax", "WARC-Target-URI in angle brackets, as WARC 1.0 wrote it (§5.14)", Severity.NOTE)


def _ours(version: str, kind: str, fields: Headers) -> Iterator[Fault]:
    """What this program writes beyond the standard."""
    if version != "WARC/1.1":
        yield Fault("contract", f"written as {version}, not WARC/1.1")
    if kind != "warcinfo" and fields.first("WARC-Warcinfo-ID") is None:
        yield Fault("contract", f"{kind} without WARC-Warcinfo-ID")
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        value = fields.first(name)
        if value is not None and re.fullmatch(r"sha256:[0-9a-f]{64}", value) is None:
            yield Fault("contract", f"{name} is not sha256 in lower-case hex")
    if fields.first("WARC-Block-Digest") is None:
        yield Fault("contract", f"{kind} without WARC-Block-Digest")
    if kind == "response" and fields.first("WARC-Payload-Digest") is None:
        yield Fault("contract", "response without WARC-Payload-Digest")
    if kind == "metadata" and fields.first("Content-Type") != "application/warc-fields":
        yield Fault("contract", "metadata that is not application/warc-fields: replay would show it as the page")
