"""One request on its way to a server and its answer on the way back, over a connection that stands or a new one.

Over Scrapy's and Twisted's agents, which for each request make an agent, an endpoint that mostly is not connected to,
three copies of the header fields and signals that have no listener, and parse its URL four times: together as much
again as sending and reading. Endpoints, TLS and the resolver stay theirs.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any

from scrapy.utils._download_handlers import wrap_twisted_exceptions
from twisted.web.client import URI, _StandardEndpointFactory
from twisted.web.iweb import IPolicyForHTTPS

from collector.crawler.network.arrived import Arrived
from collector.crawler.network.connections import Connections
from collector.crawler.network.exchange import Asked, Exchange
from collector.crawler.network.ticket import Limits, Ticket
from collector.model.url import DEFAULT_PORTS, Url

_TARGET = re.compile(r"[\x21-\x7e]+\Z")  # RFC 9112 §3.2: no white space, which would end it
_UNSAID = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110 §5.5: what no value of a field may hold


def request_bytes(url: Url, fields: Mapping[str, str]) -> bytes:
    """A GET of `url` (RFC 9112 §3). A value that would end its line is sent without what ends it.

    Raises ValueError for a URL that would not be one line.
    """
    if not _TARGET.match(url.target):
        raise ValueError("a target that is none")
    host = url.host if DEFAULT_PORTS[url.scheme] == url.port else f"{url.host}:{url.port}"
    lines = [f"GET {url.target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {_UNSAID.sub(' ', value).strip()}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


class Sender:
    """Sends requests of one worker."""

    def __init__(self, connections: Connections, policy: IPolicyForHTTPS, bind_address: Any) -> None:
        self._connections = connections
        self._policy = policy
        self._bind_address = bind_address
        self._endpoints: dict[float, _StandardEndpointFactory] = {}  # by the seconds that connecting may take

    async def send(self, ticket: Ticket, fields: Mapping[str, str], limits: Limits) -> Arrived:
        """The answer. Raises what the network does instead, in Scrapy's and Twisted's exceptions, or TimeoutError.

        Notes on the ticket when the request went out on a connection that stands, and how long until its answer's head.
        """
        url = ticket.candidate.url
        request = request_bytes(url, fields)
        began = time.monotonic()
        exchange: Exchange | None = None
        answer: asyncio.Future[Arrived] = asyncio.get_running_loop().create_future()

        def told(said: Arrived | Exception) -> None:
            if answer.done():
                return  # nobody waits for it any more
            if isinstance(said, Arrived):
                answer.set_result(said)
            else:
                answer.set_exception(said)

        try:
            async with asyncio.timeout(limits.seconds):
                exchange = self._connections.take(url.origin) or await self._connect(url, limits.seconds)
                ticket.sent_at = time.time()
                exchange.ask(Asked(url.href, request, limits.max_body, limits.whole, told))
                arrived = await answer
        except BaseException:
            if exchange is not None:
                exchange.abort()
            raise
        ticket.latency = max(0.0, arrived.heard_at - began)
        return arrived

    async def _connect(self, url: Url, seconds: float) -> Exchange:
        uri = URI.fromBytes(url.href.encode("ascii"))  # type: ignore[no-untyped-call]
        with wrap_twisted_exceptions():
            endpoint = self._endpoints_for(seconds).endpointForURI(uri)
            standing = self._connections.connect(url.origin, endpoint)
            made: list[Exchange] = []

            def stands(exchange: Exchange) -> Exchange:
                made.append(exchange)
                return exchange

            try:
                return await standing.addCallback(stands).asFuture(asyncio.get_running_loop())
            except BaseException:
                for exchange in made:  # in the very moment in which nobody waited for it any more
                    exchange.abort()
                raise

    def _endpoints_for(self, seconds: float) -> _StandardEndpointFactory:
        known = self._endpoints.get(seconds)
        if known is None:
            reactor = self._connections.reactor
            known = _StandardEndpointFactory(reactor, self._policy, seconds, self._bind_address)  # type: ignore[no-untyped-call]
            self._endpoints[seconds] = known
        return known
