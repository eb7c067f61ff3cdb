"""Sending: when a request goes out, what it says, and what is not made for it in vain."""

from __future__ import annotations

import asyncio
import time

import pytest
from twisted.internet.testing import MemoryReactorClock

from collector.crawler.network.connections import Connections
from collector.crawler.network.sending import Sender, request_bytes
from collector.crawler.network.ticket import Limits, Ticket
from collector.model.page import Candidate
from collector.model.url import parse_url
from tests.crawler.test_connections import EMPTY, Net, Server

LIMITS = Limits(seconds=5.0, max_body=1_000)


class Sent(Net):
    """The same servers, behind a sender. Addresses in place of names: nothing is resolved."""

    def __init__(self) -> None:
        self.reactor = MemoryReactorClock()
        self.pool = Connections(self.reactor, per_host=1)
        self.sender = Sender(self.pool, None, None)

    async def send(self, href: str, limits: Limits = LIMITS) -> tuple[Ticket, asyncio.Task]:
        """A request on its way."""
        url = parse_url(href)
        ticket = Ticket(Candidate(url), b"", url.host, url.host)
        task = asyncio.ensure_future(self.sender.send(ticket, {"Accept": "*/*"}, limits))
        await asyncio.sleep(0)
        return ticket, task

    async def standing(self) -> Server:
        """The newest connection stands, and what waited for it has gone out."""
        server = self.accept()
        for _ in range(3):
            await asyncio.sleep(0)
        return server


def test_when_a_request_goes_out_is_when_somebody_has_answered():
    """The host's clock starts there, not where the name was looked up."""

    async def one() -> None:
        net = Sent()
        ticket, task = await net.send("http://192.0.2.1/page")
        assert ticket.sent_at is None
        before = time.time()
        server = await net.standing()
        assert server.asked == 1
        assert before <= ticket.sent_at <= time.time()
        server.say(EMPTY)
        assert (await task).status == 200

    asyncio.run(one())


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("http://192.0.2.1/page", "192.0.2.1"),
        ("http://192.0.2.1:8080/page", "192.0.2.1:8080"),
        ("https://a.example:443/page", "a.example"),
        ("https://[2001:db8::1]:444/page", "[2001:db8::1]:444"),
    ],
)
def test_the_host_is_named_with_its_port_where_it_is_not_the_schemes_own(href, host):
    """RFC 9110 §7.2."""
    assert request_bytes(parse_url(href), {}) == f"GET /page HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def test_no_value_begins_a_line_of_its_own():
    """RFC 9110 §5.5: an ETag is a server's word, and comes back in the next request to it."""
    sent = request_bytes(parse_url("http://a.example/"), {"If-None-Match": 'x"\r\nX-Forged: 1\r\n\r\nGET /'})
    assert sent.count(b"\r\n") == 4
    assert b"\r\nX-Forged" not in sent


def test_an_idle_connection_is_used_again_and_no_second_one_opened():
    async def two() -> None:
        net = Sent()
        _, task = await net.send("http://192.0.2.1/one")
        server = await net.standing()
        server.say(EMPTY)
        await task
        await net.send("http://192.0.2.1/two")
        assert server.asked == 2
        assert net.connections == 1

    asyncio.run(two())


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_an_answer_that_does_not_end_in_time_is_none_and_its_connection_is_cut(beginning):
    async def slow() -> None:
        net = Sent()
        _, task = await net.send("http://192.0.2.1/", Limits(seconds=0.02, max_body=0))
        server = await net.standing()
        server.say(beginning)
        with pytest.raises(TimeoutError):
            await task
        assert server.cut
        server.hang_up()
        assert net.pool.take(parse_url("http://192.0.2.1/").origin) is None

    asyncio.run(slow())


def test_who_does_not_wait_any_more_leaves_no_connection_behind():
    async def gone() -> None:
        net = Sent()
        _, task = await net.send("http://192.0.2.1/")
        server = await net.standing()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert server.cut

    asyncio.run(gone())
