"""Only the public web: http(s), usual ports, no credentials, no name or address of a private network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.model.addresses import Network, address_refusal, parse_address, parse_networks
from collector.model.decision import Basis, Evidence, Finding, Verdict, no_objection
from collector.model.url import DEFAULT_PORTS, Url
from collector.model.uses import Use, Uses
from collector.policy.policy import Policy
from collector.rules.facts import UrlFacts

RULE = "public_address"

_LOOPBACK = ("127.0.0.1", "::1")
# Names that never lead to the public web: RFC 6761 and 6762, RFC 7686, RFC 9476, RFC 3172, ICANN's `internal`.
_NEVER = {
    "onion": "an address of the Tor network (RFC 7686)",
    "alt": "a name outside the DNS (RFC 9476)",
    "arpa": "a name of the Internet's own infrastructure (RFC 3172)",
    "invalid": "a name that stands for none (RFC 6761)",
}
_LOCAL = {
    "local": "a name of the local link (RFC 6762)",
    "internal": "a name of a private network",
    "intranet": "a name of a private network",
    "private": "a name of a private network",
    "corp": "a name of a private network",
    "home": "a name of a private network",
    "lan": "a name of a private network",
    "localdomain": "a name of this host",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """[rules.public_address]: nothing to set here; [network] opens the wall."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`[network]` of the policy: the networks and ports it opens."""

    allow: tuple[Network, ...] = ()
    ports: tuple[tuple[int, int], ...] = ()  # first and last, both included


def settings_from(policy: Policy, settings: Settings) -> Bound:
    """What `public_address` asks by this policy. Raises ValueError for what `load_policy` would refuse."""
    del settings  # the floor has none
    return Bound(parse_networks(policy.network.allow_addresses), parse_ports(policy.network.allow_ports))


def parse_ports(texts: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """`8080` or `8000-8999`, as pairs of first and last. Raises ValueError."""
    pairs = [text.partition("-") for text in texts]
    return tuple((int(low), int(high or low)) for low, _, high in pairs)


def public_address(facts: UrlFacts, settings: Bound) -> Finding:
    """Does the URL, and every address its host resolves to, belong to the public web?"""
    refusal = next(_refusals(facts, settings), None)
    if refusal is None:
        return no_objection(RULE, "a public address, as far as the URL and the known addresses tell", Basis.SPEC)
    reason, locator = refusal
    return Finding(
        RULE,
        Verdict.DENY,
        reason,
        uses=Uses.denying(Use.FETCH),
        basis=Basis.POLICY,
        evidence=(Evidence("url", locator=locator[:512]),),
    )


def _refusals(facts: UrlFacts, bound: Bound) -> Iterator[tuple[str, str]]:
    url = facts.candidate.url
    if url.scheme not in DEFAULT_PORTS:
        yield f"{url.scheme} is not http or https", "scheme"
    if url.credentials:
        yield "the URL carries a user name or password", "userinfo"
    if url.port not in DEFAULT_PORTS.values() and not any(low <= url.port <= high for low, high in bound.ports):
        yield f"port {url.port} is neither 80 nor 443, and [network] allow_ports does not open it", f"port {url.port}"
    host = _host_refusal(url, bound.allow)
    if host is not None:
        yield host, f"host {url.host}"
    for address in facts.addresses:
        refusal = address_refusal(address, bound.allow)
        if refusal is not None:
            yield f"the host resolves to {refusal}", f"address {address}"


def _host_refusal(url: Url, allow: tuple[Network, ...]) -> str | None:
    host = url.host
    if parse_address(host) is not None:
        return address_refusal(host, allow)
    labels = host.split(".")
    last = labels[-1]
    if last == "localhost":  # RFC 6761 §6.3: always the loopback, whatever a resolver says
        refused = all(address_refusal(address, allow) for address in _LOOPBACK)
        return f"{host} is this machine itself (RFC 6761)" if refused else None
    if last in _NEVER and host != "home.arpa" and not host.endswith(".home.arpa"):
        return f"{host} is {_NEVER[last]}"
    if "" in labels:
        return f"{host} has an empty label"
    if allow:
        return None  # a policy that opens a network means its names too; every resolved address is still judged
    if last in _LOCAL:
        return f"{host} is {_LOCAL[last]}"
    if last == "arpa":
        return f"{host} is a name of a home network (RFC 8375)"
    if len(labels) == 1:
        return f"{host} is a name without a domain, of a private network"
    return None
