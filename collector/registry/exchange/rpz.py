"""Response policy zones: what name servers read. A subtree is two records, a host one, a network an rpz-ip name."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from collector.model.errors import RegistryError
from collector.registry.entry import Effect, ScopeKind
from collector.registry.exchange.line import Exchanged
from collector.registry.scope import read_scope

_HEAD = (
    "$TTL 300",
    "@ IN SOA localhost. root.localhost. 1 3600 600 86400 300",
    "@ IN NS localhost.",
)
_MEANS = {".": Effect.DENY_FETCH, "rpz-passthru.": Effect.ALLOW}
_WRITTEN = {effect: target for target, effect in _MEANS.items()}


def rpz_lines(entries: Iterable[Exchanged]) -> tuple[list[str], int]:
    """The zone, and how many entries it holds; paths, uses and collections are no business of name servers.

    A name has one answer in a zone: `entries` are `uncontradicted`.
    """
    lines, held = list(_HEAD), 0
    wanted = list(entries)
    whole = {one.host for one in wanted if one.kind is ScopeKind.SUBTREE}  # their own name says it already
    for one in wanted:
        target = _WRITTEN.get(one.effect)
        if target is None or Exchanged(one.kind, one.host, one.path, one.effect) != one:
            continue
        match one.kind:
            case ScopeKind.SUBTREE if _is_name(one.host):
                lines += [f"{one.host} CNAME {target}", f"*.{one.host} CNAME {target}"]
            case ScopeKind.HOST if _is_name(one.host) and one.host not in whole:
                lines.append(f"{one.host} CNAME {target}")
            case ScopeKind.CIDR:
                lines.append(f"{_ip_name(one.host)} CNAME {target}")
            case _:
                continue
        held += 1
    return lines, held


def _is_name(host: str) -> bool:
    return not host.startswith("[") and not host.replace(".", "").isdigit()


def read_rpz(text: str) -> tuple[list[Exchanged], list[tuple[int, str]]]:
    """Entries, and (line, reason) of every record that is none."""
    exact: dict[str, Effect] = {}
    below: dict[str, tuple[Effect, int]] = {}
    found: list[Exchanged] = []
    rejected: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        words = raw.partition(";")[0].split()
        if not words or words[0].startswith(("$", "@")):
            continue
        try:
            name, effect = _record(words)
            if name.endswith(".rpz-ip"):
                found.append(Exchanged.of(read_scope(_network(name), ScopeKind.CIDR), effect))
            elif name.startswith("*."):
                below[read_scope(name[2:], ScopeKind.HOST).host] = (effect, number)
            else:
                exact[read_scope(name, ScopeKind.HOST).host] = effect
        except RegistryError as error:
            rejected.append((number, error.message))
    for host, (effect, number) in below.items():
        if exact.pop(host, None) is effect:
            found.append(Exchanged(ScopeKind.SUBTREE, host, effect=effect))
        else:
            rejected.append((number, "a wildcard without its own name beside it"))
    found += [Exchanged(ScopeKind.HOST, host, effect=effect) for host, effect in exact.items()]
    return found, rejected


def _record(words: list[str]) -> tuple[str, Effect]:
    rest = [word for word in words[1:] if word.upper() != "IN" and not word.isdigit()]
    if len(rest) != 2 or rest[0].upper() != "CNAME" or rest[1] not in _MEANS:
        raise RegistryError("not a record that blocks (CNAME .) or passes (CNAME rpz-passthru.)")
    return words[0].rstrip(".").lower(), _MEANS[rest[1]]


def _ip_name(network: str) -> str:
    """`24.0.2.0.192.rpz-ip`: prefix length, then the address from its last part to its first."""
    parsed = ip_network(network)
    address = parsed.network_address
    parts = str(address).split(".") if parsed.version == 4 else _groups(address.exploded)
    return ".".join((str(parsed.prefixlen), *reversed(parts), "rpz-ip"))


def _groups(exploded: str) -> list[str]:
    return [f"{int(group, 16):x}" for group in exploded.split(":")]


def _network(name: str) -> str:
    length, *parts = name.removesuffix(".rpz-ip").split(".")
    forward = list(reversed(parts))
    text = ".".join(forward) if len(forward) == 4 else ":".join(forward).replace("zz", "")
    try:
        parsed: IPv4Network | IPv6Network = ip_network(f"{text}/{length}")
    except ValueError as exc:
        raise RegistryError("not an rpz-ip name") from exc
    return str(parsed)
