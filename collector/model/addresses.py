"""Which addresses a crawler on the public web may connect to; asked of the URL and again of every resolved address.

Written by hand because `ipaddress.is_global` differs between Python versions and does not look inside IPv6
addresses that carry an IPv4 one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), multicast and reserved space; first match names it.
_SPECIAL_V4 = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "an address of this host or network (RFC 791)"),
        ("10.0.0.0/8", "a private address (RFC 1918)"),
        ("100.64.0.0/10", "a carrier's shared address (RFC 6598)"),
        ("127.0.0.0/8", "a loopback address (RFC 1122)"),
        ("168.63.129.16/32", "a cloud platform's internal address"),
        ("169.254.0.0/16", "a link-local address, where cloud metadata is served (RFC 3927)"),
        ("172.16.0.0/12", "a private address (RFC 1918)"),
        ("192.0.0.0/24", "an address for protocol assignments (RFC 6890)"),
        ("192.0.2.0/24", "a documentation address (RFC 5737)"),
        ("192.88.99.0/24", "a 6to4 relay address (RFC 7526)"),
        ("192.168.0.0/16", "a private address (RFC 1918)"),
        ("198.18.0.0/15", "a benchmarking address (RFC 2544)"),
        ("198.51.100.0/24", "a documentation address (RFC 5737)"),
        ("203.0.113.0/24", "a documentation address (RFC 5737)"),
        ("224.0.0.0/4", "a multicast address (RFC 5771)"),
        ("255.255.255.255/32", "the broadcast address (RFC 919)"),
        ("240.0.0.0/4", "a reserved address (RFC 1112)"),
    )
)
_SPECIAL_V6 = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::1/128", "the loopback address (RFC 4291)"),
        ("::/128", "the unspecified address (RFC 4291)"),
        ("64:ff9b:1::/48", "a local translation address (RFC 8215)"),
        ("100::/64", "a discard address (RFC 6666)"),
        ("2001::/32", "a Teredo tunnel address (RFC 4380)"),
        ("2001::/23", "an address for protocol assignments (RFC 2928)"),
        ("2001:db8::/32", "a documentation address (RFC 3849)"),
        ("3fff::/20", "a documentation address (RFC 9637)"),
        ("5f00::/16", "a segment-routing address (RFC 9602)"),
        ("fc00::/7", "a private address (RFC 4193)"),
        ("fe80::/10", "a link-local address (RFC 4291)"),
        ("fec0::/10", "a site-local address (RFC 3879)"),
        ("ff00::/8", "a multicast address (RFC 4291)"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4, the only block that IANA has allocated from
_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291 §2.5.5.2
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291 §2.5.5.1, deprecated
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 3056 §2
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214 §6.1: upper half of the interface identifier


@lru_cache(maxsize=4_096)
def parse_address(text: str) -> Address | None:
    """The address in `text` (`192.0.2.1`, `[::1]`, `fe80::1%eth0`), or None where it is none."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return ip_address(bare.partition("%")[0])
    except ValueError:
        return None


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks in CIDR notation. Raises ValueError for anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def embedded_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that packets to `address` would reach: mapped, compatible, NAT64, 6to4 or ISATAP."""
    value = int(address)
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(value & 0xFFFFFFFF)
    if address in _COMPATIBLE and value > 1:
        return IPv4Address(value & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((value >> 80) & 0xFFFFFFFF)
    if (value >> 32) & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(value & 0xFFFFFFFF)
    return None


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    # `in` answers False, without an error, where the versions differ.
    return any(address in network for network in networks)


def address_refusal(address: str, allow: tuple[Network, ...] = ()) -> str | None:
    """Why a crawler must not connect to `address`, in plain words; None where it may.

    `allow` is `[network] allow_addresses` of the policy. An IPv6 address that carries an IPv4 one is judged
    as both. Text that is no address is refused. Never raises.
    """
    parsed = parse_address(address)
    if parsed is None:
        return f"{address[:64]!r} is no IP address"
    if _within(parsed, allow):
        return None
    if isinstance(parsed, IPv4Address):
        return _special(parsed, _SPECIAL_V4)
    inner = embedded_v4(parsed)
    if inner is not None:
        if _within(inner, allow):
            return None
        refusal = _special(inner, _SPECIAL_V4)
        if refusal is not None:
            return f"{parsed} carries {refusal}"
        if parsed in _MAPPED or parsed in _NAT64:
            return None  # the public IPv4 address itself, as dual-stack sockets and NAT64 networks write it
    special = _special(parsed, _SPECIAL_V6)
    if special is not None:
        return special
    return None if parsed in _GLOBAL_UNICAST else f"{parsed} is outside the global unicast addresses (RFC 4291 §2.4)"


def _special(address: Address, table: Iterable[tuple[Network, str]]) -> str | None:
    for network, name in table:
        if address in network:
            return f"{address} is {name}"
    return None
