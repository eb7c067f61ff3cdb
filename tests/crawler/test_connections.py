"""Connections, without a network: bounded heads, no request twice, few and young idle ones."""

from __future__ import annotations

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.web.client import Agent
from twisted.web.http_headers import Headers

from collector.crawler.connections import (
    IDLE_SECONDS,
    JUDGED_FROM,
    MAX_HEAD_BYTES,
    MAX_HEAD_LINES,
    MAX_IDLE,
    MAX_LINE,
    BoundedPool,
    ChunksTooSmallError,
    HeadTooLargeError,
)

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = OK + b"Content-Length: 0\r\n\r\n"


class Net:
    """A pool between an agent and servers that the test plays: it reads what was sent and says what comes back."""

    def __init__(self, per_host: int = 1, kind: type[Agent] = Agent) -> None:
        self.reactor = MemoryReactorClock()
        self.pool = BoundedPool(self.reactor, per_host=per_host)
        self.agent = kind(self.reactor, pool=self.pool)
        self.told: list[object] = []  # of every request, in order: its response or what became of it

    def ask(self, host: str = "192.0.2.1", path: str = "/") -> int:
        """Ask for something. Returns the place of the answer in `told`."""
        number = len(self.told)
        self.told.append(None)
        asked = self.agent.request(b"GET", f"http://{host}{path}".encode(), Headers())
        asked.addBoth(lambda answer: self.told.__setitem__(number, answer))
        return number

    @property
    def connections(self) -> int:
        """How many were ever opened."""
        return len(self.reactor.tcpClients)

    def accept(self) -> Server:
        """The newest connection stands."""
        factory = self.reactor.tcpClients[-1][2]
        protocol = factory.buildProtocol(None)
        transport = StringTransport()
        transport.abortConnection = transport.loseConnection
        protocol.makeConnection(transport)
        return Server(protocol, transport)

    def fetched(self, host: str, path: str = "/") -> Server:
        """One request, answered; its connection is idle afterwards."""
        self.ask(host, path)
        server = self.accept()
        server.say(EMPTY)
        return server

    def why(self, number: int) -> type[BaseException]:
        """What ended a request."""
        failed = self.told[number]
        assert isinstance(failed, Failure), failed
        reasons = getattr(failed.value, "reasons", None)
        return reasons[0].type if reasons else failed.type


class Server:
    """The other end of one connection."""

    def __init__(self, protocol, transport: StringTransport) -> None:
        self.protocol, self.transport = protocol, transport

    def say(self, data: bytes) -> None:
        self.protocol.dataReceived(data)

    def hang_up(self) -> None:
        self.protocol.connectionLost(Failure(ConnectionDone()))

    @property
    def asked(self) -> int:
        return self.transport.value().count(b"GET ")

    @property
    def cut(self) -> bool:
        return self.transport.disconnecting


class Body(Protocol):
    """Reads what follows the head."""

    def __init__(self, response) -> None:
        self.pieces: list[bytes] = []
        self.ended: Failure | None = None
        response.deliverBody(self)

    def dataReceived(self, data: bytes) -> None:
        self.pieces.append(data)

    def connectionLost(self, reason: Failure) -> None:
        self.ended = reason


@pytest.mark.parametrize(
    "sent",
    [
        OK + b"X: y\r\n" * (MAX_HEAD_LINES + 1),
        OK + (b"X: " + b"y" * 60_000 + b"\r\n") * (MAX_HEAD_BYTES // 60_000 + 1),
        OK + b"X: " + b"y" * (MAX_LINE + 10),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * (MAX_HEAD_LINES // 3 + 1),
    ],
    ids=["many fields", "large fields", "one endless field", "interim answers"],
)
def test_a_head_without_an_end_ends_the_connection(sent):
    """RFC 9110 §15.2: interim answers are counted in: a server may send as many as it likes."""
    net = Net()
    number = net.ask()
    server = net.accept()
    for start in range(0, len(sent), 16_384):
        if server.cut:
            break
        server.say(sent[start : start + 16_384])
    assert server.cut
    server.hang_up()
    assert net.why(number) is HeadTooLargeError


def test_a_body_of_chunk_sizes_ends_the_connection():
    """RFC 9112 §7.1.1."""
    net = Net()
    number = net.ask()
    server = net.accept()
    server.say(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    body = Body(net.told[number])
    pieces = 0
    while not server.cut:
        server.say(b"1\r\na\r\n" * 3_000)
        pieces += 1
        assert pieces * 18_000 < JUDGED_FROM * 2
    server.hang_up()
    assert body.ended.value.reasons[0].type is ChunksTooSmallError


def test_chunks_of_a_read_arrive_together():
    """A megabyte in chunks of a byte must not be a million calls."""
    net = Net()
    number = net.ask()
    server = net.accept()
    server.say(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    body = Body(net.told[number])
    server.say(b"1\r\na\r\n" * 100 + b"0\r\n\r\n")
    assert body.pieces == [b"a" * 100]


def test_what_comes_unasked_cuts_the_connection():
    """RFC 9112 §9.2: it must not become the answer of the next request."""
    net = Net()
    server = net.fetched("192.0.2.1")
    server.say(OK + b"Content-Length: 6\r\n\r\nforged")
    assert server.cut
    server.hang_up()
    net.ask("192.0.2.1")
    assert net.connections == 2


def test_a_connection_is_used_again():
    net = Net()
    server = net.fetched("192.0.2.1")
    number = net.ask("192.0.2.1", "/second")
    assert net.connections == 1
    assert server.asked == 2
    server.say(EMPTY)
    assert net.told[number].code == 200


def test_a_request_that_a_closing_connection_swallowed_is_not_sent_again():
    """Twisted's own pool would send it at once on a new connection, behind the host's clock."""
    net = Net()
    server = net.fetched("192.0.2.1")
    number = net.ask("192.0.2.1", "/second")
    server.hang_up()
    assert isinstance(net.told[number], Failure)
    assert net.connections == 1
    net.reactor.advance(600)
    assert net.connections == 1


def test_no_more_than_so_many_of_one_host_stay_open():
    net = Net(per_host=2)
    servers = []
    for number in range(3):
        net.ask("192.0.2.1", f"/{number}")
        servers.append(net.accept())
    for server in servers:
        server.say(EMPTY)
    assert net.connections == 3
    assert [server.cut for server in servers] == [True, False, False]


def test_the_oldest_of_all_idle_connections_is_closed_first():
    net = Net()
    servers = [net.fetched(f"192.0.2.{n % 250}:{1_000 + n}") for n in range(MAX_IDLE + 20)]
    assert [server.cut for server in servers] == [True] * 20 + [False] * MAX_IDLE
    assert len(net.pool._connections) == MAX_IDLE


def test_idle_connections_are_young_and_nothing_is_remembered_of_their_hosts():
    """A crawl meets a million hosts: none leaves a name behind."""
    net = Net()
    server = net.fetched("192.0.2.1")
    net.reactor.advance(IDLE_SECONDS - 0.1)
    assert not server.cut
    net.reactor.advance(0.2)
    assert server.cut
    server.hang_up()
    assert net.pool._connections == {}
    assert net.pool._timeouts == {}


def test_a_host_in_use_is_not_remembered_either():
    net = Net()
    net.fetched("192.0.2.1")
    net.ask("192.0.2.1")
    assert net.pool._connections == {}
