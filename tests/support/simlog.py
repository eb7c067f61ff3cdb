"""What the simulated web saw: every connection and every request, for tests that judge a crawler from outside."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Connection:
    """One accepted connection. `at` is a monotonic clock in seconds; `port` and `address` the server's own."""

    id: int
    at: float
    port: int
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. `headers` by lower-case name, the last value of a repeated one; `fields` has all."""

    method: str
    target: str
    version: str
    host: str
    fields: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    connection: Connection
    at: float

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @classmethod
    def parse(cls, head: bytes, connection: Connection, at: float) -> Self:
        """Read a request's head (RFC 9112 §3). Raises OSError for what is none, which ends the connection."""
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/"):
            raise OSError("no request line")
        fields = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:] if line))
        headers = {name.lower(): value for name, value in fields}
        target = words[1]
        host = headers.get("host", "")
        if target.startswith(("http://", "https://")):  # absolute form, as proxies are asked
            parts = urlsplit(target)
            host, target = parts.netloc, parts._replace(scheme="", netloc="").geturl() or "/"
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        return cls(words[0], target, words[2], name.lower().rstrip("."), fields, headers, connection, at)


@dataclass(slots=True)
class Exchange:
    """A request, the status it was answered with, and when the answer was through (None: still under way)."""

    request: Request
    status: int
    ended_at: float | None = None
    sent: int = 0  # bytes of the answer


@dataclass(slots=True)
class Log:
    """Everything since the start, or since `clear`. Filled by the server's thread, read by the test's."""

    connections: list[Connection] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def connected(self, connection: Connection) -> Connection:
        """Note a connection."""
        with self._lock:
            self.connections.append(connection)
        return connection

    def asked(self, exchange: Exchange) -> Exchange:
        """Note a request, at the moment it has arrived."""
        with self._lock:
            self.exchanges.append(exchange)
        return exchange

    def clear(self) -> None:
        """Forget the requests; connections stay, because their ids are counted from them."""
        with self._lock:
            self.exchanges.clear()

    def select(self, *, host: str | None = None, path: str | None = None, port: int | None = None) -> list[Exchange]:
        """Exchanges in order of arrival. `path` without a query matches the path alone, with one the whole target."""
        with self._lock:
            exchanges = list(self.exchanges)
        return [
            e
            for e in exchanges
            if (host is None or e.request.host == host)
            and (path is None or path == (e.request.target if "?" in path else e.request.path))
            and (port is None or e.request.connection.port == port)
        ]

    def requests(self, *, host: str | None = None, path: str | None = None, port: int | None = None) -> list[Request]:
        """Like `select`, the requests only."""
        return [exchange.request for exchange in self.select(host=host, path=path, port=port)]

    def hosts(self) -> set[str]:
        """Every host that was asked for anything, its robots.txt included."""
        return {request.host for request in self.requests()}

    def paths(self, host: str) -> list[str]:
        """What `host` was asked for, targets in order."""
        return [request.target for request in self.requests(host=host)]

    def pages(self, host: str) -> list[str]:
        """Like `paths`, without robots.txt and the other site files."""
        return [t for t in self.paths(host) if t != "/robots.txt" and not t.startswith("/.well-known/")]

    def gaps(self, host: str) -> list[float]:
        """Seconds between the arrivals of consecutive requests to `host`, robots.txt included."""
        times = [request.at for request in self.requests(host=host)]
        return [after - before for before, after in itertools.pairwise(times)]

    def most_at_once(self, host: str) -> int:
        """How many requests to `host` were under way at the same time, at most."""
        edges: list[tuple[float, int]] = []
        for exchange in self.select(host=host):
            edges.append((exchange.request.at, 1))
            edges.append((exchange.ended_at if exchange.ended_at is not None else float("inf"), -1))
        under_way = most = 0
        for _, step in sorted(edges):
            under_way += step
            most = max(most, under_way)
        return most

    def silent_connections(self) -> list[Connection]:
        """Connections on which nothing was asked: a contact all the same."""
        with self._lock:
            spoken = {exchange.request.connection.id for exchange in self.exchanges}
            return [connection for connection in self.connections if connection.id not in spoken]
