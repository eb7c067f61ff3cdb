"""The four gates as one downloader middleware: nothing passes it unjudged, in either direction.

It stands nearest to the downloader: what a project's own middlewares make of a request is judged with it, and what
they see of an answer is minimised. It also replaces Scrapy's redirect, retry, robots, cookie and proxy middlewares.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from collector.crawler.crawl import Crawl, crawl_of
from collector.crawler.gating import delivery
from collector.crawler.gating.judge import NOT_FETCHED, REDIRECTS, Delivered, Judge
from collector.crawler.network.arrived import Arrived
from collector.crawler.network.convert import bypasses_of
from collector.crawler.network.ticket import Refusal, Ticket, Trail
from collector.minimise.structure.url import personal_kinds
from collector.model.decision import Verdict
from collector.model.errors import FAULTS, UrlError
from collector.model.event import Outcome, Stop
from collector.model.page import Candidate, RequestForm
from collector.model.url import parse_url
from collector.pipeline import stop
from collector.signals.site_file import Reach


class GateMiddleware:
    """Judges requests before they go out and responses before anybody sees them."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._judge = Judge(crawl)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to build a component."""
        return cls(crawl_of(crawler))

    async def process_request(self, request: Request) -> Request | Response | None:
        """Gates 1 and 2. Raises Refusal when the way ends here."""
        crawl = self._crawl
        request.meta.pop("download_slot", None)  # Scrapy's, from an earlier way; or a spider's, to have one of its own
        ticket = crawl.tickets.get(request)
        if ticket is not None and ticket.site_file and not ticket.closed:
            return None  # our own
        strange = ticket is None or ticket.closed or ticket.admitted is not None  # a Request goes one way, once
        if strange:
            replaced = self._as_candidate(request)
            if replaced is not None:
                return replaced
            ticket = crawl.tickets.get(request)
        assert ticket is not None
        try:
            answer = await self._own_robots_txt(request, ticket) if strange else None
            if answer is not None:
                return answer
            await self._judge.admit(ticket)
        except Refusal as refusal:
            raise self._recorded(request, ticket, refusal) from None
        return None

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Gates 3 and 4, minimising and archiving. Raises Refusal when the response may not be seen."""
        ticket = self._crawl.tickets.get(request)
        if ticket is not None and ticket.site_file:
            return response  # an empty shell, or the copy that is ours already
        try:
            ticket = self._judged(request, ticket)
            arrived = ticket.arrived
            return self._shown(request, ticket, arrived, await self._judge.answer(ticket))
        except FAULTS as exc:
            self._crawl.fault = self._crawl.fault or exc
            raise
        except Refusal as refusal:
            raise self._recorded(request, self._crawl.tickets.get(request), refusal) from None

    def _judged(self, request: Request, ticket: Ticket | None) -> Ticket:
        """The ticket of a request, which may never have been judged: then a new one, with nothing arrived."""
        if ticket is not None and not ticket.closed:
            return ticket
        if self._as_candidate(request) is not None:
            raise Refusal(Stop(Candidate(parse_url(request.url)), Outcome.WITHHELD, NOT_FETCHED))
        ticket = self._crawl.tickets.get(request)
        assert ticket is not None
        return ticket

    def _shown(
        self, request: Request, ticket: Ticket, arrived: Arrived | None, delivered: Delivered
    ) -> Response | Request:
        """For the feed, which reads the account, next to nothing; for somebody's own spider what it may see."""
        assert arrived is not None
        page = delivered.page
        if page is not None and page.status in REDIRECTS:
            response = delivery.redirect(arrived, page)
            return self._after_redirect(ticket, request, response, delivered.target)
        if ticket.from_frontier or (page is None and not delivered.links):
            return delivery.nothing(arrived)
        return delivery.sitemap(arrived, delivered.links) if page is None else delivery.page(arrived, page)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """What the network did instead of answering."""
        ticket = self._crawl.tickets.get(request)
        try:
            await self._judge.failed(ticket, exception)
        except Refusal:
            self._ask_later(request, ticket)
            raise

    def _as_candidate(self, request: Request) -> Request | None:
        """Somebody's own request becomes a candidate; asked again under its canonical URL where that differs."""
        crawl = self._crawl
        try:
            url = parse_url(request.url)
        except UrlError as exc:
            crawl.count("not_a_url")
            raise Refusal(Stop(Candidate(parse_url("http://invalid.invalid/")), Outcome.REFUSED, exc.message)) from None
        if url.href != request.url:
            canonical = request.replace(url=url.href, meta={**request.meta, "verbatim_url": True}, dont_filter=True)
            crawl.strangers.remember(canonical, crawl.strangers.trail(request))
            return canonical
        candidate = crawl.strangers.candidate(request, url, crawl.crawler.spider)
        if candidate is None:
            crawl.count("asked_again")
            raise Refusal(Stop(Candidate(url), Outcome.REFUSED, "this run has asked for it already"))
        for bypass in bypasses_of(candidate.form):
            crawl.count(f"bypass_refused/{bypass}")
        crawl.tickets.put(request, crawl.ticket_for(candidate))
        return None

    async def _own_robots_txt(self, request: Request, ticket: Ticket) -> Response | None:
        """A spider that asks for robots.txt reads the copy that binds it; the site is not asked twice."""
        crawl, candidate = self._crawl, ticket.candidate
        if candidate.url.target != "/robots.txt" or candidate.form != RequestForm():
            return None
        if crawl.gates.consider(candidate, crawl.now()).verdict is not Verdict.ALLOW:
            return None
        robots = await crawl.site_source.robots(ticket)
        if robots.file.reach is Reach.UNAVAILABLE:
            raise self._judge.end(ticket, Stop(candidate, Outcome.FAILED, f"http status {robots.file.status}"))
        if robots.file.reach is not Reach.AVAILABLE:
            return None
        ticket.site_file, ticket.closed = True, True
        return delivery.site_file(request, robots.file)

    def _after_redirect(
        self, ticket: Ticket, request: Request, response: Response, target: Candidate | None
    ) -> Response | Request:
        if ticket.from_frontier or target is None:
            return response
        onward: Request = request.replace(url=target.url.href, meta={**request.meta, "verbatim_url": True})
        crawl = self._crawl
        crawl.strangers.remember(onward, Trail(target.depth, target.hops, target.via))
        if personal_kinds(target.url):  # refused now: not even the spider's errback is told this URL
            candidate = crawl.strangers.candidate(onward, target.url, None)
            considered = crawl.gates.consider(candidate or target, crawl.now())
            ended = stop(candidate or target, (considered,))
            if candidate is not None:
                self._judge.end(crawl.ticket_for(candidate), ended)
            raise Refusal(replace(ended, candidate=ticket.candidate))
        return onward

    def _recorded(self, request: Request, ticket: Ticket | None, refusal: Refusal) -> Refusal:
        """A refusal that the account has."""
        if ticket is not None:
            refusal = self._judge.refused(ticket, refusal)
        self._ask_later(request, ticket)
        return refusal

    def _ask_later(self, request: Request, ticket: Ticket | None) -> None:
        """Somebody's own request is asked again when its time has come; the queue's own come back by themselves."""
        if ticket is None or ticket.again is None or ticket.from_frontier:
            return
        (ended, at), ticket.again = ticket.again, None
        self._crawl.strangers.ask_later(request, ticket, ended, at)
