"""The last door before the network: only what the gates admitted goes out, once, in its turn, in our own words.

What arrives is put on the request's ticket, for the gates. Whoever else listens here (a project's own middlewares,
signals of headers and bytes) gets an empty shell: nobody sees a page before it was minimised.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import ACCEPTED_ENCODINGS
from scrapy.http import Response
from scrapy.utils._download_handlers import normalize_bind_address

from collector import __version__
from collector.crawler.crawl import crawl_of
from collector.crawler.network.arrived import Arrived
from collector.crawler.network.compression_middleware import CompressionMiddleware
from collector.crawler.network.connections import Connections
from collector.crawler.network.convert import ACCEPT, FREE_HEADERS, form_of, headers_of
from collector.crawler.network.quick_import import quick_deprecations
from collector.crawler.network.sending import Sender
from collector.crawler.network.ticket import Limits, NotAdmittedError, Ticket
from collector.model.page import RequestForm

with quick_deprecations():
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

_CODINGS = b", ".join(ACCEPTED_ENCODINGS).decode("ascii")
MAX_FREE_HEADER = 1_000  # bytes of a header field that a spider may word


class GatedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler behind a check that no middleware can get round."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawl = crawl_of(crawler)
        reactor, per_host = self._pool._reactor, self._pool.maxPersistentPerHost  # noqa: SLF001  as Scrapy chose them
        self._connections = Connections(reactor, per_host=per_host)
        address = normalize_bind_address(self._bind_address)
        self._sender = Sender(self._connections, self._contextFactory, address)
        self._decoder = CompressionMiddleware(crawler=crawler)
        # the policy's; no word of anybody's meta
        self._limits = Limits(self._crawl.policy.politeness.request_timeout, self._default_maxsize)
        self._user_agent = self._crawl.policy.crawler.user_agent(__version__)

    async def download_request(self, request: Request) -> Response:
        """Send an admitted request of Scrapy's; raise NotAdmittedError for any other."""
        ticket = self._crawl.tickets.get(request)
        if ticket is None:
            raise self._stopped("a request tried to reach the network without passing the gates")
        try:
            await self.send(ticket, request)
        finally:
            request.meta["download_latency"] = ticket.latency
        assert ticket.arrived is not None
        return Response(request.url, status=ticket.arrived.status)

    async def send(self, ticket: Ticket, request: Request | None = None) -> None:
        """Send for an admitted ticket when its host's turn has come; raise NotAdmittedError for any other.

        The answer is on the ticket then. `request`: Scrapy's, which somebody may have changed meanwhile.
        """
        crawl = self._crawl
        if not _is_admitted(ticket, request):
            raise self._stopped("a request tried to reach the network without passing the gates")
        await crawl.turns.take(ticket, crawl.resolver.addresses)
        try:
            if not _is_admitted(ticket, request):
                raise self._stopped("a request was changed while it waited for its turn")
            crawl.gates.refresh_now_and_then()
            crawl.still_admitted(ticket)
            crawl.resolver.install()
            fields, limits = self._fields(request, ticket), ticket.limits or self._limits
            ticket.started_at = time.time()
            crawl.count("requests_sent")
            arrived = await self._sender.send(ticket, fields, limits)
            ticket.arrived = self._decoded(arrived, limits) if arrived.headers.first("content-encoding") else arrived
        finally:
            crawl.turns.left(ticket)

    def _decoded(self, arrived: Arrived, limits: Limits) -> Arrived:
        """Without its Content-Encoding, or with the flag that says what kept it from being undone."""
        fields: dict[str, list[str]] = {}
        for name, value in arrived.headers:
            fields.setdefault(name, []).append(value)
        coded = Response(arrived.url, arrived.status, fields, arrived.body, flags=list(arrived.flags))
        asked = Request(arrived.url, meta={"download_maxsize": limits.max_body, "download_warnsize": 0})
        decoded = self._decoder.process_response(asked, coded)
        assert isinstance(decoded, Response)
        return replace(arrived, headers=headers_of(decoded), body=decoded.body, flags=tuple(decoded.flags))

    async def close(self) -> None:
        """Cut the connections that wait."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._disconnect_timeout):
                await self._connections.close().asFuture(asyncio.get_running_loop())

    def _stopped(self, why: str) -> NotAdmittedError:
        self._crawl.count("not_admitted")
        return NotAdmittedError(why)

    def _fields(self, request: Request | None, ticket: Ticket) -> dict[str, str]:
        """The header fields as they are sent: our name, and of a spider's words the few that are free."""
        fields = {"Accept": ACCEPT, "User-Agent": self._user_agent, "Accept-Encoding": _CODINGS}
        for name in FREE_HEADERS:
            value = request.headers.get(name) if request is not None else None
            if value and len(value) <= MAX_FREE_HEADER and value.isascii() and value.decode("ascii").isprintable():
                fields[name.decode("ascii")] = value.decode("ascii")
        fields |= self._crawl.revisits.condition(ticket)
        if ticket.site_file:
            fields["Accept-Encoding"] = "identity"  # where the server can: decoders are lenient with what breaks off
        return fields


def _is_admitted(ticket: Ticket, request: Request | None) -> bool:
    if ticket.closed or ticket.started_at is not None or not (ticket.site_file or ticket.admitted is not None):
        return False  # it goes out once
    return request is None or (request.url == ticket.candidate.url.href and form_of(request) == RequestForm())
