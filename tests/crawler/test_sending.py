"""Sending: when a request goes out, and what is not made for it in vain."""

from __future__ import annotations

import time

from collector.crawler.sending import _Agent
from tests.crawler.test_connections import EMPTY, Net


def test_when_a_request_goes_out_is_when_somebody_has_answered():
    """The host's clock starts there, not where the name was looked up."""
    net = Net(kind=_Agent)
    net.ask("192.0.2.1", "/page")
    assert net.agent.sent_at is None
    before = time.time()
    server = net.accept()
    assert server.asked == 1
    assert before <= net.agent.sent_at <= time.time()


def test_the_host_is_named_with_its_port_where_it_is_not_the_schemes_own():
    """RFC 9110 §7.2."""
    for host in ("192.0.2.1", "192.0.2.1:8080"):
        net = Net(kind=_Agent)
        net.ask(host, "/page")
        assert f"\r\nHost: {host}\r\n".encode() in net.accept().transport.value()


def test_an_idle_connection_is_used_again_and_no_second_one_opened():
    net = Net(kind=_Agent)
    net.ask("192.0.2.1", "/one")
    server = net.accept()
    server.say(EMPTY)
    net.ask("192.0.2.1", "/two")
    assert server.asked == 2
    assert net.connections == 1
