"""Connections, without a network: whole answers, bounded heads, no request twice, few and young idle ones."""

from __future__ import annotations

import pytest
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure

from collector.crawler.network.arrived import Arrived
from collector.crawler.network.connections import IDLE_SECONDS, MAX_IDLE, Connections
from collector.crawler.network.exchange import (
    JUDGED_FROM,
    MAX_HEAD_BYTES,
    MAX_HEAD_LINES,
    MAX_LINE,
    Asked,
    ChunksTooSmallError,
    HeadTooLargeError,
)
from collector.model.url import parse_url

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = OK + b"Content-Length: 0\r\n\r\n"


class Net:
    """Connections to servers that the test plays: it reads what was sent and says what comes back."""

    def __init__(self, per_host: int = 1) -> None:
        self.reactor = MemoryReactorClock()
        self.pool = Connections(self.reactor, per_host=per_host)
        self.told: list[object] = []  # of every request, in order: its answer or what became of it

    def ask(self, host: str = "192.0.2.1", path: str = "/", *, max_body: int = 0, whole: bool = True) -> int:
        """Ask for something. Returns the place of the answer in `told`."""
        number = len(self.told)
        self.told.append(None)
        url = parse_url(f"http://{host}{path}")

        def told(answer: object) -> None:
            assert self.told[number] is None
            self.told[number] = answer

        asked = Asked(url.href, f"GET {path} HTTP/1.1\r\n\r\n".encode(), max_body, whole, told)
        idle = self.pool.take(url.origin)
        if idle is not None:
            idle.ask(asked)
        else:
            endpoint = TCP4ClientEndpoint(self.reactor, url.host, url.port)
            self.pool.connect(url.origin, endpoint).addCallback(lambda exchange: exchange.ask(asked))
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
        assert isinstance(failed, Exception), failed
        return type(failed.__cause__ or failed)

    def answer(self, number: int) -> Arrived:
        """What a request came to."""
        arrived = self.told[number]
        assert isinstance(arrived, Arrived), arrived
        return arrived


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


def said(data: bytes, *, size: int = 0, ends: bool = False, **limits) -> tuple[Net, Server, int]:
    """A request to which a server says `data`, `size` bytes at a time, and hangs up where it `ends` so."""
    net = Net()
    number = net.ask(**limits)
    server = net.accept()
    for start in range(0, len(data), size or len(data)):
        server.say(data[start : start + (size or len(data))])
    if ends:
        server.hang_up()
    return net, server, number


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
    net, server, number = said(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    pieces = 0
    while not server.cut:
        server.say(b"1\r\na\r\n" * 3_000)
        pieces += 1
        assert pieces * 18_000 < JUDGED_FROM * 2
    server.hang_up()
    assert net.why(number) is ChunksTooSmallError


BODIES = {
    "length": (OK + b"Content-Length: 5\r\nETag: x\r\n\r\nhello", b"hello", ()),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello", ()),
    "end": (OK + b"Connection: close\r\n\r\nhello", b"hello", ("partial",)),
    "lines of LF": (OK.replace(b"\r", b"") + b"Content-Length: 5\n\nhello", b"hello", ()),
    "after interim answers": (b"HTTP/1.1 103 Early\r\nLink: <a>\r\n\r\n" * 2 + EMPTY, b"", ()),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", b"", ()),
}


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize(("data", "body", "flags"), BODIES.values(), ids=BODIES)
def test_an_answer_is_the_same_however_it_is_cut_on_its_way(data, body, flags, size):
    """RFC 9112 §6.3: where a body ends is said by its length, by its last chunk, or by the connection."""
    net, _, number = said(data, size=size, ends="partial" in flags)
    answer = net.answer(number)
    assert (answer.body, answer.flags) == (body, flags)
    assert answer.protocol == "HTTP/1.1"
    assert answer.ip_address == "192.168.1.1"  # whom the transport names


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 9\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
    ],
    ids=["short", "no last chunk", "no chunk"],
)
def test_half_a_body_is_an_answer_only_to_who_wants_it(data):
    """RFC 9112 §8."""
    net, _, number = said(data, ends=True)
    assert isinstance(net.told[number], ResponseDataLossError)
    net, _, number = said(data, ends=True, whole=False)
    assert (net.answer(number).body, net.answer(number).flags) == (b"hello", ("dataloss",))


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 6\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n6\r\nhellos\r\n",
        OK + b"\r\nhellos",
    ],
)
def test_a_body_over_the_limit_cuts_the_connection(data):
    net, server, number = said(data, max_body=5)
    assert server.cut
    server.hang_up()
    assert net.why(number) is DownloadCancelledError


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        OK + b" folded: before any field\r\n\r\n",
        OK + b"Na me: x\r\n\r\n",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\nhello",
    ],
)
def test_what_is_no_answer_is_none(data):
    """RFC 9112 §2.2, §4, §5.1, §6: read by nobody but ourselves, so nothing is guessed."""
    net, server, number = said(data)
    assert server.cut
    server.hang_up()
    assert isinstance(net.told[number], DownloadFailedError)


def test_fields_that_are_repeated_folded_or_none():
    """RFC 9110 §5.2, RFC 9112 §5.2; a line without a colon is passed over, as browsers do."""
    fields = b"x-robots-tag: all\r\nno colon here\r\nX-Robots-Tag: noai,\r\n\tnoimageai\r\nKeep-Alive: 5\r\n"
    net, _, number = said(OK + fields + b"Content-Length: 0\r\n\r\n", size=3)
    assert net.answer(number).headers.pairs == (
        ("X-Robots-Tag", "all"),
        ("X-Robots-Tag", "noai,\tnoimageai"),
        ("Content-Length", "0"),
    )


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: te, close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
    ],
)
def test_a_connection_lasts_as_long_as_its_server_says(head, kept):
    """RFC 9112 §9.3."""
    net, server, number = said(head + b"Content-Length: 0\r\n\r\n")
    assert net.answer(number).status == 200
    assert server.cut is not kept
    net.ask()
    assert net.connections == (1 if kept else 2)


def test_what_follows_an_answer_is_nobodys():
    """RFC 9112 §9.2: it must not begin the next one."""
    net, server, number = said(EMPTY + b"HTTP/1.1 200 OK\r\n")
    assert net.answer(number).body == b""
    assert server.cut


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
    assert net.answer(number).status == 200


def test_a_request_that_a_closing_connection_swallowed_is_not_sent_again():
    """Twisted's own pool would send it at once on a new connection, behind the host's clock."""
    net = Net()
    server = net.fetched("192.0.2.1")
    number = net.ask("192.0.2.1", "/second")
    server.hang_up()
    assert isinstance(net.told[number], DownloadFailedError)
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
    assert len(net.pool._idle) == MAX_IDLE


def test_idle_connections_are_young_and_nothing_is_remembered_of_their_hosts():
    """A crawl meets a million hosts: none leaves a name behind."""
    net = Net()
    server = net.fetched("192.0.2.1")
    net.reactor.advance(IDLE_SECONDS - 0.1)
    assert not server.cut
    net.reactor.advance(0.2)
    assert server.cut
    server.hang_up()
    assert net.pool._idle == {}
    assert net.pool._since == {}
    assert net.pool._look is None


def test_a_host_in_use_is_not_remembered_either():
    net = Net()
    net.fetched("192.0.2.1")
    net.ask("192.0.2.1")
    assert net.pool._idle == {}
    assert net.pool._since == {}
