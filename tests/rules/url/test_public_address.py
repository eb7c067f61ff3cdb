"""public_address: RFC 6761, 6762, 7686, 9476; the IANA special-purpose registries; odd notations of WHATWG URLs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.addresses import parse_networks
from collector.model.decision import Finding, Verdict
from collector.model.errors import UrlError
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.policy.policy import Network
from collector.rules.facts import UrlFacts
from collector.rules.url.public_address import Bound, Settings, public_address, settings_from

CLOSED = Bound()
OPEN = Bound(parse_networks(["127.0.0.0/8", "::1/128"]), ((1024, 65535),))


def ask(url: str, addresses: tuple[str, ...] = (), bound: Bound = CLOSED) -> Finding:
    return public_address(UrlFacts(Candidate(parse_url(url)), addresses=addresses), bound)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/", "http://example.org:443/", "https://example.org:80/", "https://publisher.example/",
     "https://site.test/", "http://1.1.1.1/", "http://[2606:4700::1111]/", "https://local.example.org/"],
)  # fmt: skip
def test_the_public_web(url: str) -> None:
    assert ask(url).verdict is Verdict.ALLOW


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://0x7f.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://0/",
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00:ec2::254]/", "http://192.0.2.1/",
        "http://localhost/", "http://LOCALHOST./", "http://a.b.localhost/", "http://printer.local/",
        "http://metadata.google.internal/", "http://wiki.corp/", "http://router.lan/", "http://nas.home/",
        "http://x.home.arpa/", "http://1.0.0.127.in-addr.arpa/", "http://expyuzz4wqqyqhjn.onion/", "http://x.alt/",
        "http://x.invalid/", "http://intranet/", "http://a..b.test/", "http://user@example.org/", "http://u:p@example.org/",
        "http://example.org:8080/", "http://example.org:22/", "https://example.org:0/",
        "http://\uff11\uff12\uff17.0.0.1/", "http://127。0。0。1/",
    ],
)  # fmt: skip
def test_refused_with_a_reason(url: str) -> None:
    finding = ask(url)
    assert finding.verdict is Verdict.DENY
    assert finding.reason
    assert finding.evidence


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "fe80::1%eth0", "rubbish"])
def test_every_resolved_address_is_judged(address: str) -> None:
    # DNS rebinding: one private address among public ones is enough.
    finding = ask("https://example.org/", ("1.1.1.1", address))
    assert finding.verdict is Verdict.DENY
    assert "resolves" in finding.reason
    assert ask("https://example.org/", ("1.1.1.1", "2606:4700::1111")).verdict is Verdict.ALLOW


def test_a_policy_opens_the_loopback_for_tests() -> None:
    assert ask("http://village.localhost:8123/", ("127.0.0.1", "::1"), OPEN).verdict is Verdict.ALLOW
    assert ask("http://127.0.0.1:8123/", (), OPEN).verdict is Verdict.ALLOW
    for url in ("http://10.0.0.1/", "http://user@village.localhost/", "http://x.onion/", "http://example.org:1023/"):
        assert ask(url, (), OPEN).verdict is Verdict.DENY
    assert ask("http://wiki.corp/", ("10.0.0.1",), OPEN).verdict is Verdict.DENY


def test_an_intranet_is_its_names_and_its_addresses() -> None:
    intranet = Bound(parse_networks(["10.0.0.0/8"]))
    for host in ("wiki", "wiki.corp", "nas.home.arpa"):
        assert ask(f"http://{host}/", ("10.1.1.1",), intranet).verdict is Verdict.ALLOW
    assert ask("http://localhost/", (), intranet).verdict is Verdict.DENY


def test_settings_come_from_the_network_table() -> None:
    @dataclass
    class OnlyNetwork:
        network: Network

    bound = settings_from(OnlyNetwork(Network(("127.0.0.0/8",), ("8080", "9000-9001"))), Settings())  # type: ignore[arg-type]
    assert bound == Bound(parse_networks(["127.0.0.0/8"]), ((8080, 8080), (9000, 9001)))


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_never_raises_whatever_the_url_and_the_resolver_say(host: str, addresses: list[str]) -> None:
    try:
        url = parse_url(f"http://{host}/")
    except UrlError:
        return
    public_address(UrlFacts(Candidate(url), addresses=tuple(addresses)), OPEN)


@given(st.ip_addresses())
def test_opening_a_network_never_opens_another(address: object) -> None:
    text = f"[{address}]" if ":" in str(address) else str(address)
    inside = str(address).startswith("127.") or str(address) == "::1"
    if ask(f"http://{text}/").verdict is Verdict.DENY and not inside:
        opened = ask(f"http://{text}/", (), OPEN).verdict
        assert opened is Verdict.DENY or "127" in str(
            getattr(address, "ipv4_mapped", "") or getattr(address, "sixtofour", "")
        )
