"""Response policy zones: owner names under a zone, each with a CNAME that says what becomes of it.

Read line by line and not with dnspython's zone reader, which ends at the first record it dislikes: here the
other million must stand, and the one must be named. The tests compare the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv6Address
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, host_of, lines_of, opened, refused
from collector.lists.match import Action
from collector.lists.reading import Rejected
from collector.model.addresses import parse_address
from collector.model.errors import ListError

_RECORD = re.compile(r"(\S+)?\s+(?:\d+[smhdwSMHDW]?\s+)?(?:IN\s+)?(?:\d+\s+)?([A-Za-z]+)\s+(.*)", re.IGNORECASE)
_OWN = frozenset({"SOA", "NS", "DNSKEY", "RRSIG", "NSEC", "NSEC3"})  # the zone's own affairs
_REFUSING = frozenset({".", "*.", "rpz-drop."})
_TRIGGERS = ("rpz-client-ip", "rpz-nsdname", "rpz-nsip")
_MEND = "example.org CNAME . is what a crawl can use"


class _Zone:
    """Where names end, as far as the file has said."""

    def __init__(self) -> None:
        self.apex = ""
        self.origin = ""

    def policy_name(self, owner: str) -> str:
        """The owner without the zone's own name."""
        name = owner.lower()
        if not name.endswith("."):
            name = f"{name}.{self.origin}" if self.origin else f"{name}."
        if self.apex and name.endswith(f".{self.apex}"):
            return name[: -len(self.apex) - 1]
        return name.rstrip(".")


def read_rpz(path: Path) -> Iterator[Stated]:
    """Every refused or excepted name and network. Raises ListError where the file cannot be read."""
    zone, opening, skipped = _Zone(), 0, 0
    with opened(path) as stream:
        for number, text in lines_of(stream):
            if isinstance(text, Rejected):
                yield text
                continue
            line = text.partition(";")[0].rstrip()
            if opening:  # inside the brackets of a SOA record
                skipped += 1
                opening = 0 if ")" in line else opening
                continue
            if not line:
                continue
            try:
                row = _row(line, number, zone)
            except ListError as error:
                yield refused(number, text, error)
                continue
            if row is not None:
                yield row
            if "(" in line and ")" not in line:
                opening, skipped = number, 0
    if opening:
        why = f"a bracket that never closes: {skipped:,} lines after it were not read"
        yield Rejected(opening, "(", why, "close it with )")


def _row(line: str, number: int, zone: _Zone) -> Row | None:
    word, _, rest = line.partition(" ")
    if word.upper() == "$ORIGIN":
        zone.origin = rest.strip().lower()
        zone.apex = zone.apex or zone.origin
        return None
    if word.upper().startswith("$TTL"):
        return None
    found = _RECORD.match(line)
    if found is None:
        raise ListError("no record of a zone", mend=_MEND)
    owner, kind, data = found[1], found[2].upper(), found[3].strip()
    if kind in _OWN:
        if kind == "SOA" and owner and owner.endswith("."):
            zone.apex = zone.apex or owner.lower()
            zone.origin = zone.origin or owner.lower()
        return None
    if owner is None:
        raise ListError("a record without its name", mend=_MEND)
    if kind != "CNAME":
        raise ListError(f"a {kind[:10]} record: other data, not a refusal", mend=_MEND)
    target = data.lower()
    if target not in _REFUSING and target != "rpz-passthru.":
        raise ListError("a diversion, not a refusal", mend=_MEND)
    action = Action.ALLOW if target == "rpz-passthru." else None
    return _named(zone.policy_name(owner), number, action)


def _named(name: str, number: int, action: Action | None) -> Row:
    if name.endswith(".rpz-ip"):
        return Row(number, Kind.CIDR, _network(name.removesuffix(".rpz-ip")), action)
    if name.endswith(_TRIGGERS):
        raise ListError("a rule on name servers or clients", mend=_MEND)
    if not name.startswith("*."):
        return Row(number, Kind.HOST, host_of(name), action)
    if action is Action.ALLOW:
        # An entry holds a host with those below it: the exception would let through more than it says.
        raise ListError("an exception for the hosts below a name and not for itself", mend="name them one by one")
    return Row(number, Kind.SUBTREE, host_of(name[2:]), action)


def _network(name: str) -> str:
    """`24.0.2.0.192` is 192.0.2.0/24, `32.zz.db8.2001` is 2001:db8::/32."""
    length, *parts = name.split(".")
    parts.reverse()
    if len(parts) == 4 and all(part.isdigit() for part in parts):
        return f"{'.'.join(parts)}/{length}"
    text = ":".join("" if part == "zz" else part for part in parts)
    text = f":{text}" if text.startswith(":") else text
    text = f"{text}:" if text.endswith(":") else text
    if parse_address(text) is None:
        raise ListError("no network", mend="24.0.2.0.192.rpz-ip is 192.0.2.0/24")
    return f"{text}/{length}"


def rpz_lines(entry: Entry) -> tuple[str, ...]:
    """The entry as records of a zone; none where a zone cannot say it."""
    if entry.action not in {Action.DENY, Action.ALLOW} or entry.force:
        return ()
    target = "." if entry.action is Action.DENY else "rpz-passthru."
    if entry.kind is Kind.CIDR:
        address, _, length = entry.host.partition("/")
        parsed = parse_address(address)
        words = parsed.exploded.split(":") if isinstance(parsed, IPv6Address) else address.split(".")
        return (f"{length}.{'.'.join(w.lstrip('0') or '0' for w in reversed(words))}.rpz-ip CNAME {target}",)
    if parse_address(entry.host) is not None:
        return ()
    if entry.kind is Kind.HOST:
        return (f"{entry.host} CNAME {target}",)
    if entry.kind is Kind.SUBTREE and entry.action is Action.DENY:
        return (f"*.{entry.host} CNAME {target}",)
    return ()
