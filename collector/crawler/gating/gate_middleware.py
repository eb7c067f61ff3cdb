"""The four gates as one downloader middleware: nothing passes it unjudged, in either direction.

It stands nearest to the downloader: what a project's own middlewares make of a request is judged with it, and what
they see of an answer is minimised. It also replaces Scrapy's redirect, retry, robots, cookie and proxy middlewares.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response

from collector.crawler.crawl import Crawl, crawl_of
from collector.crawler.documents.pool import DocumentLostError
from collector.crawler.gating import delivery
from collector.crawler.network.arrived import Arrived
from collector.crawler.network.convert import TOO_LARGE, UNDECODED, bypasses_of, capture_of, undecoded
from collector.crawler.network.network_errors import error_class
from collector.crawler.network.ticket import NotAdmittedError, PutOff, Refusal, Ticket, Trail
from collector.crawler.politeness.retry_after import retry_after
from collector.crawler.queue.revisits import freshened
from collector.crawler.sites.site_source import RobotsAnswer
from collector.frontier.frontier import Visited
from collector.minimise.structure.url import personal_kinds
from collector.model.decision import CrawlDelay, Decision, Verdict
from collector.model.errors import FAULTS, UrlError
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, Hop, RequestForm
from collector.model.url import parse_url
from collector.pipeline import DISCOVERY_HOPS, stop
from collector.rules.facts import ResponseFacts, SiteFacts
from collector.signals.site_file import Reach

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
MAX_REDIRECTS = 10  # in a row
NOT_FETCHED = "answered by something else than its own server"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class GateMiddleware:
    """Judges requests before they go out and responses before anybody sees them."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl

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
            blocked = crawl.blocked(ticket)
            if blocked is not None:
                raise self._try_again(ticket, blocked, spends=False)
            await self._admit(ticket)
        except Refusal as refusal:
            raise self._recorded(request, ticket, refusal) from None
        return None

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Gates 3 and 4, minimising and archiving. Raises Refusal when the response may not be seen."""
        ticket = self._crawl.tickets.get(request)
        if ticket is not None and ticket.site_file:
            return response  # an empty shell, or the copy that is ours already
        try:
            return await self._judge(request, *self._arrived(request, ticket))
        except FAULTS as exc:
            self._crawl.fault = self._crawl.fault or exc
            raise
        except Refusal as refusal:
            raise self._recorded(request, self._crawl.tickets.get(request), refusal) from None

    def _arrived(self, request: Request, ticket: Ticket | None) -> tuple[Ticket, Admitted, Arrived]:
        """What the server itself sent. A response that somebody else made up has nothing to be judged by."""
        crawl = self._crawl
        if ticket is None or ticket.closed:
            if self._as_candidate(request) is not None:
                raise Refusal(Stop(Candidate(parse_url(request.url)), Outcome.WITHHELD, NOT_FETCHED))
            ticket = crawl.tickets.get(request)
            assert ticket is not None
        response, ticket.arrived = ticket.arrived, None
        if response is None or ticket.admitted is None:
            crawl.count("not_admitted")
            decisions = ticket.admitted_decisions
            raise self._end(ticket, Stop(ticket.candidate, Outcome.WITHHELD, NOT_FETCHED, decisions))
        return ticket, ticket.admitted, response

    async def _judge(
        self, request: Request, ticket: Ticket, admitted: Admitted, response: Arrived
    ) -> Response | Request:
        crawl = self._crawl
        headers = response.headers
        crawl.turns.ended(
            ticket,
            ticket.latency,
            ok=response.status < 500 and response.status != 429,
            crawl_delay=_crawl_delay(admitted),
            retry_after=retry_after(headers.first("retry-after"), crawl.now()),
        )
        own_headers = headers
        if response.status == HTTPStatus.NOT_MODIFIED:
            held = crawl.revisits.held(ticket)
            if held is None:
                unasked = Stop(ticket.candidate, Outcome.FAILED, "http status 304", ticket.admitted_decisions)
                raise self._try_again(ticket, unasked)
            response = replace(response, status=held.http_status or HTTPStatus.OK, body=held.body)
            headers = freshened(held.http_headers or Headers(), headers)
        decisions = await self._receive(ticket, response, headers)
        fetched_at = crawl.at(ticket.started_at)
        verify = crawl.policy.network.verify_tls
        capture = capture_of(admitted, decisions, response, headers, fetched_at, ticket.latency, verify_tls=verify)
        if response.status in REDIRECTS:
            redirected = crawl.pipeline.redirect(capture)
            target = self._target(ticket, redirected.target)
            crawl.recorder.redirected(ticket, redirected.capture, target)
            return self._after_redirect(ticket, request, delivery.redirect(response, redirected.capture), target)
        try:
            unknown = crawl.recorder.unknown_to(ticket)
            ingested = await crawl.pool.ingest(capture, crawl.now(), crawl.site_files.documents, unknown)
        except DocumentLostError as exc:
            lost = Stop(ticket.candidate, Outcome.WITHHELD, f"the document {exc.reason}", decisions)
            raise self._end(ticket, lost) from None
        links = await crawl.recorder.links_ahead(ticket, ingested.links)
        if isinstance(ingested.result, Stop):
            if ingested.links and ticket.candidate.hops.endswith(DISCOVERY_HOPS):
                ticket.visited = Visited(fetched_at.timestamp(), listing=True)
            crawl.recorder.links(ticket, links)
            refusal = self._end(ticket, ingested.result)
            if ingested.links and not ticket.from_frontier and ticket.candidate.hops.endswith(DISCOVERY_HOPS):
                return delivery.sitemap(response, ingested.links)
            raise refusal
        ticket.visited = crawl.revisits.validators(fetched_at, own_headers)
        if own_headers is not headers:
            kept = crawl.revisits.unchanged(ticket, ingested.result, own_headers)
            if isinstance(kept, Stop):
                raise self._try_again(ticket, kept)
            crawl.recorder.keep(ticket, kept, links, not_modified=crawl.revisits.copy_of(ticket))
            return delivery.nothing(response)
        crawl.recorder.keep(ticket, ingested.result, links)
        return delivery.nothing(response) if ticket.from_frontier else delivery.page(response, ingested.result)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """What the network did instead of answering."""
        ticket = self._crawl.tickets.get(request)
        try:
            await self._failed(ticket, exception)
        except Refusal:
            self._ask_later(request, ticket)
            raise

    async def _failed(self, ticket: Ticket | None, exception: Exception) -> None:
        crawl = self._crawl
        if isinstance(exception, FAULTS):
            crawl.fault = crawl.fault or exception
            return
        if ticket is None or ticket.site_file or ticket.closed:
            return
        if isinstance(exception, PutOff):
            return  # the feed gives it back to the queue
        if isinstance(exception, Refusal):  # at the last door: it was admitted and no longer is
            raise self._try_again(ticket, exception.stop, spends=crawl.blocked(ticket) is None)
        decisions = ticket.admitted_decisions
        if isinstance(exception, NotAdmittedError):
            raise self._end(ticket, Stop(ticket.candidate, Outcome.FAILED, "not sent: changed after it was judged"))
        if isinstance(exception, IgnoreRequest):
            said = "set aside by a middleware of the project"
            raise self._end(ticket, Stop(ticket.candidate, Outcome.FAILED, said, decisions))
        addresses = crawl.resolver.refusal(ticket.candidate.url.host)
        if addresses:
            considered = crawl.gates.consider(ticket.candidate, crawl.now(), addresses)
            if considered.verdict is not Verdict.ALLOW:
                raise self._end(ticket, stop(ticket.candidate, (considered,)))
        if isinstance(exception, DownloadCancelledError):
            await self._too_large(ticket, 200, Headers())
        crawl.turns.ended(ticket, 0.0, ok=False)
        raise self._try_again(ticket, Stop(ticket.candidate, Outcome.FAILED, error_class(exception), decisions))

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
            raise self._end(ticket, Stop(candidate, Outcome.FAILED, f"http status {robots.file.status}"))
        if robots.file.reach is not Reach.AVAILABLE:
            return None
        ticket.site_file, ticket.closed = True, True
        return delivery.site_file(request, robots.file)

    async def _admit(self, ticket: Ticket) -> None:
        crawl, candidate = self._crawl, ticket.candidate
        judged = crawl.gates.changes, crawl.now().timestamp()
        considered = crawl.gates.consider(candidate, crawl.now())
        if considered.verdict is not Verdict.ALLOW:
            raise self._end(ticket, stop(candidate, (considered,)))
        ticket.judged = judged
        await crawl.turns.addresses.learn(ticket, crawl.resolver.addresses)
        crawl.turns.addresses.check_room(ticket)
        robots = await crawl.site_source.robots(ticket)
        addresses = crawl.resolver.refusal(candidate.url.host)
        if addresses and robots.file.reach is Reach.UNREACHABLE:
            considered = crawl.gates.consider(candidate, crawl.now(), addresses)
            if considered.verdict is not Verdict.ALLOW:
                raise self._end(ticket, stop(candidate, (considered,)))
        facts = SiteFacts(
            url=candidate.url,
            product_token=crawl.policy.crawler.product_token,
            robots=robots.file,
            robots_txt=robots.rules,
            now=crawl.now(),
            training_tokens=crawl.pipeline.training_tokens,
        )
        files = await crawl.site_files.read(facts)
        if files:
            facts = replace(facts, files=files)
        admitted = crawl.pipeline.admit(candidate, considered, facts, crawl.now())
        if isinstance(admitted, Stop):
            if admitted.outcome is Outcome.DEFERRED and robots.file.reach is Reach.UNREACHABLE:
                raise self._host_unreachable(ticket, admitted, robots)
            raise self._try_again(ticket, admitted)
        if ticket.reserved is not None and ticket.reserved.delay < (_crawl_delay(admitted) or 0.0):
            ticket.reserved = None  # its turn was taken before the Crawl-delay was known: the next one is further off
        crawl.recorder.sitemaps(ticket, robots.rules)
        ticket.admitted = admitted

    async def _receive(self, ticket: Ticket, response: Arrived, headers: Headers) -> tuple[Decision, ...]:
        crawl = self._crawl
        assert ticket.admitted is not None
        if response.ip_address is not None and not crawl.resolver.permits(response.ip_address):
            considered = crawl.gates.consider(ticket.candidate, crawl.now(), (response.ip_address,))
            raise self._end(ticket, stop(ticket.candidate, (considered,)))
        if TOO_LARGE in response.flags:
            await self._too_large(ticket, response.status, headers)
        facts = ResponseFacts(
            url=ticket.candidate.url,
            product_token=crawl.policy.crawler.product_token,
            status=response.status,
            headers=headers,
            now=crawl.now(),
            body_size=len(response.body),
            discovery=ticket.candidate.hops.endswith(DISCOVERY_HOPS),
            training_tokens=crawl.pipeline.training_tokens,
        )
        files = await crawl.site_files.named_in(facts)
        if files:
            facts = replace(facts, files=files)
        decisions = crawl.pipeline.receive(ticket.admitted, facts, crawl.now())
        if isinstance(decisions, Stop):
            if decisions.outcome is Outcome.FAILED and response.status in RETRIED_STATUSES:
                raise self._try_again(ticket, decisions)
            raise self._end(ticket, decisions)
        if UNDECODED in response.flags:
            raise self._end(ticket, Stop(ticket.candidate, Outcome.FAILED, undecoded(headers), decisions))
        return decisions

    async def _too_large(self, ticket: Ticket, status: int, headers: Headers) -> None:
        """The body was cut off at the limit: gate 3 says so in its own words."""
        crawl = self._crawl
        assert ticket.admitted is not None
        facts = ResponseFacts(
            url=ticket.candidate.url,
            product_token=crawl.policy.crawler.product_token,
            status=status,
            headers=headers,
            now=crawl.now(),
            body_size=crawl.policy.scope.max_body_bytes + 1,
        )
        decisions = crawl.pipeline.receive(ticket.admitted, facts, crawl.now())
        if isinstance(decisions, Stop):
            raise self._end(ticket, decisions)
        raise self._end(ticket, Stop(ticket.candidate, Outcome.FAILED, "body larger than the limit", decisions))

    def _target(self, ticket: Ticket, location: str | None) -> Candidate | None:
        """The redirect's target as a candidate of its own."""
        if not location:
            return None
        try:
            url = parse_url(location, ticket.candidate.url)
        except UrlError:
            return None
        via = ticket.candidate
        in_a_row = len(via.hops) - len(via.hops.rstrip(Hop.REDIRECT.value))
        if in_a_row >= MAX_REDIRECTS:
            self._crawl.count("redirects_not_followed")
            return None
        return Candidate(url, depth=via.depth, hops=via.hops + Hop.REDIRECT.value, via=self._crawl.scrub(via.url.href))

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
                self._end(crawl.ticket_for(candidate), ended)
            raise Refusal(replace(ended, candidate=ticket.candidate))
        return onward

    def _end(self, ticket: Ticket, ended: Stop) -> Refusal:
        ticket.closed = True
        self._crawl.recorder.stop(ticket, ended)
        return Refusal(ended)

    def _host_unreachable(self, ticket: Ticket, deferred: Stop, robots: RobotsAnswer) -> Refusal:
        """Nothing of the origin is fetched before its robots.txt was asked for again, nor for ever."""
        crawl, origin = self._crawl, ticket.candidate.url.origin
        if robots.attempts >= crawl.policy.politeness.retry_budget:
            if ticket.from_frontier:
                crawl.recorder.give_up(origin, deferred)
            return self._end(ticket, deferred)
        until = (robots.file.valid_until or crawl.now()).timestamp()
        if ticket.from_frontier and not crawl.site_source.reads_another(origin):
            crawl.recorder.hold(ticket.host_key, until)
        return self._try_again(ticket, deferred, until, spends=False)

    def _try_again(self, ticket: Ticket, ended: Stop, until: float | None = None, *, spends: bool = True) -> Refusal:
        """DEFER, and what a network or server did for now: back to the queue until the retry budget is spent."""
        crawl = self._crawl
        if ended.outcome not in (Outcome.DEFERRED, Outcome.FAILED):
            return self._end(ticket, ended)
        if spends and ticket.candidate.attempt >= crawl.policy.politeness.retry_budget:
            return self._end(ticket, ended)
        pause = timedelta(seconds=crawl.policy.politeness.retry_backoff) * 2 ** (ticket.candidate.attempt - 1)
        at = max(until or 0.0, crawl.now().timestamp() + min(pause.total_seconds(), 86_400.0))
        ticket.closed = True
        ticket.again = (ended, at)
        crawl.recorder.again(ticket, ended, at)
        return Refusal(ended)

    def _recorded(self, request: Request, ticket: Ticket | None, refusal: Refusal) -> Refusal:
        """A refusal that the account has. A site's file may be refused at the last door, and its page with it."""
        if ticket is not None and not ticket.closed:
            spends = self._crawl.blocked(ticket) is None
            refusal = self._try_again(ticket, replace(refusal.stop, candidate=ticket.candidate), spends=spends)
        self._ask_later(request, ticket)
        return refusal

    def _ask_later(self, request: Request, ticket: Ticket | None) -> None:
        """Somebody's own request is asked again when its time has come; the queue's own come back by themselves."""
        if ticket is None or ticket.again is None or ticket.from_frontier:
            return
        (ended, at), ticket.again = ticket.again, None
        self._crawl.strangers.ask_later(request, ticket, ended, at)


def _crawl_delay(admitted: Admitted) -> float | None:
    delays = [o.seconds for o in admitted.decisions[-1].obligations if isinstance(o, CrawlDelay)]
    return max(delays, default=None)
