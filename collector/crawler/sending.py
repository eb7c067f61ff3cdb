"""One request on its way to a server and its answer on the way back: Scrapy's agent, without what nobody asks for.

Over Scrapy's, which for each request makes an agent, an endpoint that mostly is not connected to, three copies of
the header fields, a response class chosen by its content and signals that have no listener, and parses its URL
four times: together as much again as sending and reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from scrapy.http import Headers, Response
from scrapy.utils.python import to_unicode
from twisted.internet.defer import Deferred
from twisted.web._newclient import Request as Sent
from twisted.web.client import URI, Agent, HTTPConnectionPool
from twisted.web.client import Response as Answer
from twisted.web.http_headers import Headers as Fields
from twisted.web.iweb import UNKNOWN_LENGTH, IPolicyForHTTPS


class _Silence:
    """In the place of Scrapy's signals: nobody hears of a page before it was minimised."""

    def send_catch_log(self, **_named: Any) -> list[tuple[Any, Any]]:
        """Nobody answers."""
        return []


class NobodyListens:
    """What Scrapy's agent asks of a crawler while it downloads: a spider, and signals."""

    spider = None
    signals = _Silence()


class _Later:
    """An endpoint that is made when it is connected to: mostly an idle connection is at hand."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def connect(self, factory: Any) -> Deferred[Any]:
        """As IStreamClientEndpoint has it."""
        connection: Deferred[Any] = self._make().connect(factory)
        return connection


class _Agent(Agent):
    """Notes when its request goes out, which is after the name was resolved and somebody answered."""

    sent_at: float | None = None  # epoch seconds

    def _getEndpoint(self, uri: URI) -> _Later:  # noqa: N802  Twisted's name
        return _Later(lambda: self._endpointFactory.endpointForURI(uri))

    def _requestWithEndpoint(  # noqa: N802
        self,
        key: Any,
        endpoint: Any,
        method: bytes,
        parsedURI: URI,  # noqa: N803
        headers: Fields | None,
        bodyProducer: Any,  # noqa: N803
        requestPath: bytes,  # noqa: N803
    ) -> Deferred[Any]:
        assert headers is not None
        host = self._computeHostValue(parsedURI.scheme, parsedURI.host, parsedURI.port)  # type: ignore[no-untyped-call]
        headers.setRawHeaders(b"Host", [host])

        def send(connection: Any) -> Deferred[Any]:
            self.sent_at = time.time()
            made = Sent._construct(method, requestPath, headers, bodyProducer, persistent=True, parsedURI=parsedURI)  # type: ignore[no-untyped-call]  # noqa: SLF001  as Twisted's own agent does
            answer: Deferred[Any] = connection.request(made)
            return answer

        return self._pool.getConnection(key, endpoint).addCallback(send)


class Sending(_ScrapyAgent):
    """One request. `sent_at`: when it was written to a connection that stands, epoch seconds; None if it never was."""

    def __init__(self, endpoints: Any, pool: HTTPConnectionPool, policy: IPolicyForHTTPS, maxsize: int) -> None:
        super().__init__(contextFactory=policy, pool=pool, maxsize=maxsize, crawler=cast("Any", NobodyListens))
        self._agent: _Agent = _Agent.usingEndpointFactory(pool._reactor, endpoints, pool)  # type: ignore[no-untyped-call]  # noqa: SLF001

    @property
    def sent_at(self) -> float | None:
        """See the class."""
        return self._agent.sent_at

    def _get_agent(self, request: Request, timeout: float) -> Agent:  # noqa: ARG002  there is one
        return self._agent

    @staticmethod
    def _headers_from_twisted_response(response: Answer) -> Headers:
        known: Headers | None = vars(response).get("fields")  # asked for twice
        if known is None:
            known = vars(response)["fields"] = Headers(response.headers.getAllRawHeaders())
            if response.length != UNKNOWN_LENGTH:
                known[b"Content-Length"] = str(response.length).encode()
        return known

    def _cb_bodydone(self, result: Any, url: str) -> Response:
        answer: Answer = result["txresponse"]
        name, major, minor = answer.version
        response = Response(
            url,
            status=int(answer.code),
            body=result.get("body", b""),
            flags=result.get("flags"),
            certificate=result.get("certificate"),
            ip_address=result.get("ip_address"),
            protocol=f"{to_unicode(name)}/{major}.{minor}",
        )
        response.headers = self._headers_from_twisted_response(answer)
        return response
