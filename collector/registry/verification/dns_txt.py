"""The TXT record at `_corpus-optout.<domain>`: asked of every resolver named, and all that matter must agree."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from collector.registry.scope import authorised_by
from collector.registry.verification.challenge import NAME, Evidence, Seen, same

SECONDS = 5.0
MAX_RECORDS = 32
MAX_CHARACTERS = 2_048
_ABSENT = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


@dataclass(frozen=True, slots=True)
class TxtRecord:
    """`v=co1; t=<token>; uses=…` or `v=co1; k=ed25519; p=<key>`: tags in order of first appearance."""

    name: str
    text: str
    tags: tuple[tuple[str, str], ...]

    def tag(self, key: str) -> str:
        """The tag's value; empty where it is not there."""
        return next((value for name, value in self.tags if name == key), "")


def resolvers(servers: Sequence[tuple[str, int]] = ()) -> tuple[dns.resolver.Resolver, ...]:
    """One resolver per server (address, port); those of this machine, each alone, where none is named."""
    made = []
    pairs = list(servers) or [(str(server), 53) for server in dns.resolver.Resolver().nameservers[:3]]
    for server, port in pairs:
        one = dns.resolver.Resolver(configure=False)
        one.nameservers = [server]
        one.port = port
        one.timeout = one.lifetime = SECONDS
        made.append(one)
    return tuple(made)


def addresses(host: str, asked: Sequence[dns.resolver.Resolver]) -> tuple[str, ...]:
    """The addresses of a host, from the first resolver that answers. Raises OSError."""
    last: Exception | None = None
    for one in asked:
        try:
            return tuple(str(address) for address in one.resolve_name(host, lifetime=SECONDS).addresses())
        except dns.exception.DNSException as exc:
            last = exc
    raise OSError(f"no address: {type(last).__name__}")


def check_token(host: str, token: str, asked: Sequence[dns.resolver.Resolver]) -> Seen:
    """Whether every resolver that answers sees the token at the host or a parent up to the registrable domain.

    A single poisoned or lagging resolver proves nothing: with several named, at least two must see it.
    """
    seen: list[tuple[TxtRecord, str]] = []
    silent: list[str] = []
    for one in asked:
        server = f"{one.nameservers[0]}"
        try:
            found = next((record for record in _records(host, one) if same(record.tag("t"), token)), None)
        except dns.exception.DNSException as exc:
            silent.append(f"{server}: {type(exc).__name__}")
            continue
        if found is None:
            return Seen(ok=False, detail=f"{server} sees no record with the token at or above _{NAME}.{host}")
        seen.append((found, server))
    needed = min(2, len(asked))
    if len(seen) < needed or not seen:
        return Seen(ok=False, detail=f"too few resolvers answered: {'; '.join(silent) or 'none named'}", unknown=True)
    record, _ = seen[0]
    where = ", ".join(server for _, server in seen)
    return Seen(ok=True, detail=f"{record.name} as seen by {where}", evidence=_evidence(record, where))


def published_key(host: str, asked: Sequence[dns.resolver.Resolver]) -> tuple[str, Evidence | None]:
    """The Ed25519 key (base64) that the domain publishes, if every resolver that answers sees the same."""
    keys: dict[str, TxtRecord] = {}
    answered = 0
    for one in asked:
        try:
            found = [record for record in _records(host, one) if record.tag("k") == "ed25519" and record.tag("p")]
        except dns.exception.DNSException:
            continue
        answered += 1
        keys |= {record.tag("p"): record for record in found[:1]}
        if not found:
            return "", None
    if len(keys) != 1 or answered < min(2, len(asked)):
        return "", None
    ((key, record),) = keys.items()
    return key, _evidence(record, "resolvers")


def read_record(name: str, text: str) -> TxtRecord | None:
    """The record, where its first tag is `v=co1`; None for any other text. Tags as in DKIM (RFC 6376 §3.2)."""
    tags: dict[str, str] = {}
    for part in text[:MAX_CHARACTERS].split(";"):
        key, equals, value = part.partition("=")
        if equals:
            tags.setdefault(key.strip().lower(), value.strip())
    if next(iter(tags.items()), None) != ("v", "co1"):
        return None
    return TxtRecord(name, text[:MAX_CHARACTERS], tuple(tags.items()))


def _records(host: str, resolver: dns.resolver.Resolver) -> list[TxtRecord]:
    found: list[TxtRecord] = []
    for name in authorised_by(host):
        asked = f"_{NAME}.{name}"
        try:
            # search=False: `example.org` is not tried below this machine's own domain
            answer = resolver.resolve(asked, dns.rdatatype.TXT, search=False, lifetime=SECONDS)
        except _ABSENT:
            continue
        except dns.name.NameTooLong:
            continue
        for data in list(answer)[:MAX_RECORDS]:
            text = b"".join(data.strings).decode("utf-8", "replace")  # RFC 1035 §3.3.14: strings of one record are one
            record = read_record(asked, text)
            if record is not None:
                found.append(record)
    return found


def _evidence(record: TxtRecord, where: str) -> Evidence:
    octets = record.text.encode()
    return Evidence(
        "dns", f"dns:{record.name}?type=TXT", hashlib.sha256(octets).hexdigest(), where, octets[:4_096], len(octets)
    )
