"""The connections to servers: no request sent twice, few and young idle ones.

Over Twisted's pool, which sends a request again at once where a kept-alive connection closed without an answer (the
host's turn is nobody's to repeat), keeps up to one idle connection per host for four minutes (a crawl of a thousand
hosts would run out of descriptors) and every host's name for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.protocol import Factory

from collector.crawler.network.exchange import Exchange
from collector.model.url import Origin

MAX_IDLE = 256  # connections kept open without a request, all hosts
IDLE_SECONDS = 4.0  # shorter than servers keep theirs: who closes first does not race with a request


class _Exchanges(Factory):
    """Builds the protocol of one connection."""

    noisy = False

    def __init__(self, idle: Callable[[Exchange], None]) -> None:
        self._idle = idle

    def buildProtocol(self, _addr: object) -> Exchange:  # noqa: N802  Twisted's name
        """One connection."""
        return Exchange(self._idle)


class Connections:
    """Idle ones: `MAX_IDLE` in all, `per_host` of one origin, the oldest closed first, each for `IDLE_SECONDS`."""

    def __init__(self, reactor: Any, *, per_host: int) -> None:
        self.reactor = reactor
        self._per_host = per_host
        self._idle: dict[Origin, list[Exchange]] = {}  # oldest first
        self._since: dict[Exchange, float] = {}  # in the order in which they became idle: seconds of the reactor
        self._look: Any = None  # the call that closes those that are too old

    def take(self, origin: Origin) -> Exchange | None:
        """An idle connection of this origin, which is its taker's from now on."""
        while (known := self._idle.get(origin)) is not None:
            exchange = known[0]
            self._forget(exchange)
            if exchange.waits:
                return exchange
        return None

    def connect(self, origin: Origin, endpoint: Any) -> Deferred[Exchange]:
        """A new one. `endpoint` is an IStreamClientEndpoint."""

        def idle(exchange: Exchange) -> None:
            self._keep(origin, exchange)

        connection: Deferred[Exchange] = endpoint.connect(_Exchanges(idle))
        return connection

    def close(self) -> Deferred[Any]:
        """Cut all idle ones. Fires when they are gone."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
        idle = list(self._since)
        self._idle.clear()
        self._since.clear()
        return gatherResults([exchange.abort() for exchange in idle])

    def _keep(self, origin: Origin, exchange: Exchange) -> None:
        exchange.place = origin
        known = self._idle.setdefault(origin, [])
        known.append(exchange)
        self._since[exchange] = self.reactor.seconds()
        if len(known) > self._per_host:
            self._close(known[0])
        if len(self._since) > MAX_IDLE:
            self._close(next(iter(self._since)))
        if self._look is None:
            self._look = self.reactor.callLater(IDLE_SECONDS, self._close_old)

    def _close_old(self) -> None:
        """One call for all of them: a timer for each, set and cancelled with each request, would cost more."""
        self._look = None
        now = self.reactor.seconds()
        while self._since:
            oldest, since = next(iter(self._since.items()))
            if since + IDLE_SECONDS > now and oldest.waits:
                self._look = self.reactor.callLater(since + IDLE_SECONDS - now, self._close_old)
                return
            self._close(oldest)

    def _close(self, exchange: Exchange) -> None:
        self._forget(exchange)
        if exchange.open:
            exchange.transport.loseConnection()

    def _forget(self, exchange: Exchange) -> None:
        """A crawl meets a million hosts: none leaves a name behind."""
        del self._since[exchange]
        known = self._idle[exchange.place]
        known.remove(exchange)
        if not known:
            del self._idle[exchange.place]
