"""The last door before the network: only what the gates admitted goes out, once, in its turn, in our own words.

What arrives is put on the request's ticket, for the gates. Whoever else listens here (a project's own middlewares,
signals of headers and bytes) gets an empty shell: nobody sees a page before it was minimised.
"""

from __future__ import annotations

import time
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import ACCEPTED_ENCODINGS
from scrapy.http import Response
from scrapy.utils._download_handlers import normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.web.client import _StandardEndpointFactory

from collector import __version__
from collector.crawler.compression_middleware import CompressionMiddleware
from collector.crawler.connections import BoundedPool
from collector.crawler.convert import ACCEPT, FREE_HEADERS, form_of
from collector.crawler.crawl import crawl_of
from collector.crawler.sending import Sending
from collector.crawler.ticket import NotAdmittedError, Ticket
from collector.model.page import RequestForm

_CODINGS = b", ".join(ACCEPTED_ENCODINGS)
MAX_FREE_HEADER = 1_000  # bytes of a header field that a spider may word


class GatedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler behind a check that no middleware can get round."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawl = crawl_of(crawler)
        reactor, per_host = self._pool._reactor, self._pool.maxPersistentPerHost  # noqa: SLF001  as Scrapy chose them
        self._pool: BoundedPool = BoundedPool(reactor, per_host=per_host)
        self._endpoints: dict[float, _StandardEndpointFactory] = {}  # by the seconds that connecting may take
        self._decoder = CompressionMiddleware(crawler=crawler)
        self._user_agent = self._crawl.policy.crawler.user_agent(__version__)

    async def download_request(self, request: Request) -> Response:
        """Send an admitted request when its host's turn has come; raise NotAdmittedError for any other."""
        crawl, ticket = self._crawl, self._crawl.tickets.get(request)
        if ticket is None or not self._is_admitted(request, ticket):
            raise self._stopped("a request tried to reach the network without passing the gates")
        await crawl.turns.take(ticket, crawl.resolver.addresses)
        try:
            return await self._send(request, ticket)
        finally:
            crawl.turns.left(ticket)

    async def _send(self, request: Request, ticket: Ticket) -> Response:
        crawl = self._crawl
        if not self._is_admitted(request, ticket):
            raise self._stopped("a request was changed while it waited for its turn")
        crawl.gates.refresh_now_and_then()
        crawl.still_admitted(ticket)
        crawl.resolver.install()
        outgoing = self._outgoing(request, ticket)
        ticket.started_at = time.time()
        crawl.count("requests_sent")
        sending = self._sending(outgoing)
        try:
            with wrap_twisted_exceptions():
                answer = await maybe_deferred_to_future(sending.download_request(outgoing))
        finally:
            ticket.sent_at = sending.sent_at
            ticket.latency = float(outgoing.meta.get("download_latency") or 0.0)
            request.meta["download_latency"] = ticket.latency
        decoded = self._decoder.process_response(outgoing, answer)
        assert isinstance(decoded, Response)
        ticket.arrived = decoded
        return Response(request.url, status=decoded.status)

    def _sending(self, outgoing: Request) -> Sending:
        timeout = float(outgoing.meta["download_timeout"])
        endpoints = self._endpoints.get(timeout)
        if endpoints is None:
            address = normalize_bind_address(self._bind_address)
            reactor = self._pool._reactor  # noqa: SLF001
            endpoints = _StandardEndpointFactory(reactor, self._contextFactory, timeout, address)  # type: ignore[no-untyped-call]
            self._endpoints[timeout] = endpoints
        return Sending(endpoints, self._pool, self._contextFactory, self._default_maxsize)

    def _stopped(self, why: str) -> NotAdmittedError:
        self._crawl.count("not_admitted")
        return NotAdmittedError(why)

    @staticmethod
    def _is_admitted(request: Request, ticket: Ticket) -> bool:
        admitted = (ticket.site_file or ticket.admitted is not None) and not ticket.closed
        once = ticket.started_at is None
        return admitted and once and request.url == ticket.candidate.url.href and form_of(request) == RequestForm()

    def _outgoing(self, request: Request, ticket: Ticket) -> Request:
        """The request as it is sent: the admitted URL, our name, the policy's limits; no word of anybody's meta."""
        headers: dict[str, Any] = {"Accept": ACCEPT, "User-Agent": self._user_agent, "Accept-Encoding": _CODINGS}
        for name in FREE_HEADERS:
            value = request.headers.get(name)
            if value and len(value) <= MAX_FREE_HEADER and value.isascii() and value.decode("ascii").isprintable():
                headers[name.decode("ascii")] = value
        headers |= self._crawl.revisits.condition(ticket)
        meta = {
            "verbatim_url": True,
            "download_timeout": self._crawl.policy.politeness.request_timeout,
            "download_maxsize": self._default_maxsize,
            "download_warnsize": 0,
            "download_fail_on_dataloss": True,
        }
        if ticket.site_file:  # asked for by nobody but ourselves, with limits of its own
            meta |= {name: request.meta[name] for name in meta if name in request.meta}
            headers["Accept-Encoding"] = "identity"  # where the server can: decoders are lenient with what breaks off
        return Request(ticket.candidate.url.href, headers=headers, meta=meta)
