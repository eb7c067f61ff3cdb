"""collector.model.addresses: IANA special-purpose registries (RFC 6890), RFC 4291, 6052, 3056, 5214."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.addresses import address_refusal, embedded_v4, parse_networks

LOOPBACK = parse_networks(["127.0.0.0/8", "::1/128"])


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "[::1]", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "2001:470::5efe:10.0.0.1", "4000::1", "not an address", "", "1.2.3", "1.2.3.4.5",
    ],
)  # fmt: skip
def test_special_addresses_are_refused_with_a_reason(address: str) -> None:
    refusal = address_refusal(address)
    assert refusal is not None
    assert " is " in refusal or " carries " in refusal


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1", "[2606:4700::1111]",
    ],
)  # fmt: skip
def test_public_addresses_are_not(address: str) -> None:
    assert address_refusal(address) is None


def test_a_policy_opens_exactly_what_it_names() -> None:
    assert address_refusal("127.0.0.1", LOOPBACK) is None
    assert address_refusal("::1", LOOPBACK) is None
    assert address_refusal("::ffff:127.0.0.1", LOOPBACK) is None  # the same host, as dual-stack sockets write it
    assert address_refusal("10.0.0.1", LOOPBACK) is not None
    assert address_refusal("169.254.169.254", LOOPBACK) is not None


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_judged_like_the_address_itself(inner: IPv4Address) -> None:
    for outer in (f"::ffff:{inner}", f"64:ff9b::{inner}"):
        assert (address_refusal(outer) is None) == (address_refusal(str(inner)) is None)
    if address_refusal(str(inner)) is not None:
        value = int(inner)
        assert address_refusal(f"2002:{value >> 16:x}:{value & 0xFFFF:x}::1") is not None


@given(st.ip_addresses(v=6))
def test_only_global_unicast_ipv6_is_ever_public(address: IPv6Address) -> None:
    if address_refusal(str(address)) is None:
        assert address.is_global or embedded_v4(address) is not None


@given(st.text(max_size=60))
def test_never_raises_and_text_is_no_address(text: str) -> None:
    address_refusal(text)
