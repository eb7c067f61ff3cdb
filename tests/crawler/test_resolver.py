"""Names that resolve to where a crawler has no business (design §5 `public_address`: before and after DNS)."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.python.failure import Failure

from collector.crawler.network import resolver as module
from collector.crawler.network.resolver import GuardedResolver, system_lookup

PUBLIC, PUBLIC6 = "93.184.216.34", "2a02:ec80:300:ed1a::1"


class Reactor:
    """A reactor whose threads answer at once."""

    nameResolver = None
    max = 10  # threads, as Scrapy leaves them

    def getThreadPool(self):
        return self

    def adjustPoolsize(self, maxthreads):
        self.max = maxthreads

    def callInThreadWithCallback(self, done, function, *given):
        try:
            answer = function(*given)
        except Exception:  # noqa: BLE001
            done(False, Failure())
        else:
            done(True, answer)

    def callFromThread(self, function, *given):
        function(*given)

    def installNameResolver(self, resolver):
        self.nameResolver = resolver


class Receiver:
    def __init__(self):
        self.addresses, self.complete = [], 0

    def resolutionBegan(self, resolution):
        self.began = resolution

    def addressResolved(self, address):
        self.addresses.append(address)

    def resolutionComplete(self):
        self.complete += 1


class Dns:
    """Answers in turn; the last one stays. Remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, host):
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def ask(resolver, host="a.example"):
    receiver = Receiver()
    resolver.resolveHostName(receiver, host, 443)
    assert receiver.complete == 1
    return receiver.addresses


def test_public_addresses_of_both_families_are_handed_out_with_the_port():
    resolver = GuardedResolver(Reactor(), (), Dns((PUBLIC, PUBLIC6)))
    assert ask(resolver) == [IPv4Address("TCP", PUBLIC, 443), IPv6Address("TCP", PUBLIC6, 443)]
    assert resolver.refusal("a.example") == ()
    assert resolver.permits(PUBLIC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.3",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1 (RFC 6052 §2.1)
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "not an address",
    ],
)
def test_a_name_with_one_address_that_is_not_public_is_refused_whole(address):
    resolver = GuardedResolver(Reactor(), (), Dns((PUBLIC, address)))
    assert ask(resolver) == []
    assert address in resolver.refusal("a.example")
    assert not resolver.permits(address)


def test_nat64_of_a_public_address_is_public():
    assert len(ask(GuardedResolver(Reactor(), (), Dns(("64:ff9b::5db8:d822",))))) == 1


def test_what_the_policy_opens_is_open_and_nothing_beside_it():
    allow = (ip_network("127.0.0.1/32"),)
    assert len(ask(GuardedResolver(Reactor(), allow, Dns(("127.0.0.1",))))) == 1
    assert ask(GuardedResolver(Reactor(), allow, Dns(("127.0.0.2",)))) == []


def test_a_name_that_is_rebound_between_look_ups_is_judged_each_time(monkeypatch):
    """DNS rebinding: what was judged is what is connected to, and a later answer is judged as a new one."""
    now = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    dns = Dns((PUBLIC,), ("127.0.0.1",), (PUBLIC,))
    resolver = GuardedResolver(Reactor(), (), dns)
    assert len(ask(resolver)) == 1
    assert len(ask(resolver)) == 1
    assert len(dns.asked) == 1, "cached"
    now[0] += module.POSITIVE_SECONDS + 1
    assert ask(resolver) == []
    assert resolver.refusal("a.example") == ("127.0.0.1",)
    assert ask(resolver) == []
    now[0] += module.POSITIVE_SECONDS + 1
    assert len(ask(resolver)) == 1
    assert resolver.refusal("a.example") == ()
    assert len(dns.asked) == 3


def test_a_name_that_does_not_resolve_is_asked_again_soon(monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    dns = Dns(OSError("no such host"), (PUBLIC,))
    resolver = GuardedResolver(Reactor(), (), dns)
    assert ask(resolver) == []
    assert ask(resolver) == []
    assert len(dns.asked) == 1
    assert resolver.refusal("a.example") == (), "unknown is not refused"
    now[0] += module.NEGATIVE_SECONDS + 1
    assert len(ask(resolver)) == 1


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "CACHE_SIZE", 3)
    dns = Dns((PUBLIC,))
    resolver = GuardedResolver(Reactor(), (), dns)
    for host in ("a", "b", "c", "d", "d", "a"):
        ask(resolver, host)
    assert dns.asked == ["a", "b", "c", "d", "a"]


def test_it_takes_its_place_back():
    reactor = Reactor()
    resolver = GuardedResolver(reactor, (), Dns((PUBLIC,)))
    resolver.install()
    reactor.installNameResolver("somebody else's")
    resolver.install()
    assert reactor.nameResolver is resolver


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "a.b.localhost"])
def test_names_under_localhost_are_loopback_without_asking(host):
    """RFC 6761 §6.3."""
    assert system_lookup(host) == ("127.0.0.1",)
