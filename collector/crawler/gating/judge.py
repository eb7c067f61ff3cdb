"""The four gates of one ticket: what they ask before it goes out and of its answer, and what they leave of that.

It sees no Scrapy request: the queue's own have none, and those of somebody's own spider are `gate_middleware`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest

from collector.crawler.crawl import Crawl
from collector.crawler.documents.pool import DocumentLostError
from collector.crawler.network.arrived import Arrived
from collector.crawler.network.convert import TOO_LARGE, UNDECODED, capture_of, undecoded
from collector.crawler.network.network_errors import error_class
from collector.crawler.network.ticket import NotAdmittedError, PutOff, Refusal, Ticket
from collector.crawler.politeness.retry_after import retry_after
from collector.crawler.queue.revisits import freshened
from collector.crawler.sites.site_source import RobotsAnswer
from collector.frontier.frontier import Visited
from collector.model.decision import CrawlDelay, Decision, Verdict
from collector.model.errors import FAULTS, UrlError
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, Hop, Link, Minimised
from collector.model.url import parse_url
from collector.pipeline import DISCOVERY_HOPS, stop
from collector.rules.facts import ResponseFacts
from collector.signals.site_file import Reach

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
MAX_REDIRECTS = 10  # in a row
NOT_FETCHED = "answered by something else than its own server"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Delivered:
    """What of an answer somebody may see: the page as it is kept, or a listing's links; the redirect's target."""

    page: Minimised | None
    target: Candidate | None = None
    links: tuple[Link, ...] = ()


class Judge:
    """Asks the gates and records what ends at them. Both ways of a request, Scrapy's and ours, lead through it."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl

    async def admit(self, ticket: Ticket) -> None:
        """Gates 1 and 2, where nobody has blocked its host. Raises Refusal when the way ends here."""
        crawl, candidate = self._crawl, ticket.candidate
        blocked = crawl.blocked(ticket)
        if blocked is not None:
            raise self.try_again(ticket, blocked, spends=False)
        judged = crawl.gates.changes, crawl.now().timestamp()
        considered = crawl.gates.consider(candidate, crawl.now())
        if considered.verdict is not Verdict.ALLOW:
            raise self.end(ticket, stop(candidate, (considered,)))
        ticket.judged = judged
        await crawl.turns.addresses.learn(ticket, crawl.resolver.addresses)
        crawl.turns.addresses.check_room(ticket)
        robots = await crawl.site_source.robots(ticket)
        addresses = crawl.resolver.refusal(candidate.url.host)
        if addresses and robots.file.reach is Reach.UNREACHABLE:
            considered = crawl.gates.consider(candidate, crawl.now(), addresses)
            if considered.verdict is not Verdict.ALLOW:
                raise self.end(ticket, stop(candidate, (considered,)))
        facts = robots.facts(crawl.pipeline.asking, candidate.url, crawl.now())
        files = await crawl.site_files.read(facts)
        if files:
            facts = facts.with_files(files)
        admitted = crawl.pipeline.admit(candidate, considered, facts, crawl.now())
        if isinstance(admitted, Stop):
            if admitted.outcome is Outcome.DEFERRED and robots.file.reach is Reach.UNREACHABLE:
                raise self._host_unreachable(ticket, admitted, robots)
            raise self.try_again(ticket, admitted)
        if ticket.reserved is not None and ticket.reserved.delay < (_crawl_delay(admitted) or 0.0):
            ticket.reserved = None  # its turn was taken before the Crawl-delay was known: the next one is further off
        crawl.recorder.sitemaps(ticket, robots.rules)
        ticket.admitted = admitted

    async def answer(self, ticket: Ticket) -> Delivered:
        """Gates 3 and 4, minimising and archiving, of what its own server sent. Raises Refusal when it may not be seen.

        A response that somebody else made up has nothing to be judged by.
        """
        response, ticket.arrived = ticket.arrived, None
        if response is None or ticket.admitted is None:
            self._crawl.count("not_admitted")
            decisions = ticket.admitted_decisions
            raise self.end(ticket, Stop(ticket.candidate, Outcome.WITHHELD, NOT_FETCHED, decisions))
        return await self._judge(ticket, ticket.admitted, response)

    async def _judge(self, ticket: Ticket, admitted: Admitted, response: Arrived) -> Delivered:
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
                raise self.try_again(ticket, unasked)
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
            return Delivered(redirected.capture, target)
        try:
            unknown = crawl.recorder.unknown_to(ticket)
            ingested = await crawl.pool.ingest(capture, crawl.now(), crawl.site_files.documents, unknown)
        except DocumentLostError as exc:
            lost = Stop(ticket.candidate, Outcome.WITHHELD, f"the document {exc.reason}", decisions)
            raise self.end(ticket, lost) from None
        links = await crawl.recorder.links_ahead(ticket, ingested.links)
        if isinstance(ingested.result, Stop):
            if ingested.links and ticket.candidate.hops.endswith(DISCOVERY_HOPS):
                ticket.visited = Visited(fetched_at.timestamp(), listing=True)
            crawl.recorder.links(ticket, links)
            refusal = self.end(ticket, ingested.result)
            if ingested.links and not ticket.from_frontier and ticket.candidate.hops.endswith(DISCOVERY_HOPS):
                return Delivered(None, links=ingested.links)
            raise refusal
        ticket.visited = crawl.revisits.validators(fetched_at, own_headers)
        if own_headers is not headers:
            kept = crawl.revisits.unchanged(ticket, ingested.result, own_headers)
            if isinstance(kept, Stop):
                raise self.try_again(ticket, kept)
            crawl.recorder.keep(ticket, kept, links, not_modified=crawl.revisits.copy_of(ticket))
            return Delivered(None)
        crawl.recorder.keep(ticket, ingested.result, links)
        return Delivered(ingested.result)

    async def failed(self, ticket: Ticket | None, exception: Exception) -> None:
        """What the network did instead of answering. Raises Refusal where the ticket ends, or comes back, for it."""
        crawl = self._crawl
        if isinstance(exception, FAULTS):
            crawl.fault = crawl.fault or exception
            return
        if ticket is None or ticket.site_file or ticket.closed:
            return
        if isinstance(exception, PutOff):
            return  # the feed gives it back to the queue
        if isinstance(exception, Refusal):  # at the last door: it was admitted and no longer is
            raise self.try_again(ticket, exception.stop, spends=crawl.blocked(ticket) is None)
        decisions = ticket.admitted_decisions
        if isinstance(exception, NotAdmittedError):
            raise self.end(ticket, Stop(ticket.candidate, Outcome.FAILED, "not sent: changed after it was judged"))
        if isinstance(exception, IgnoreRequest):
            said = "set aside by a middleware of the project"
            raise self.end(ticket, Stop(ticket.candidate, Outcome.FAILED, said, decisions))
        addresses = crawl.resolver.refusal(ticket.candidate.url.host)
        if addresses:
            considered = crawl.gates.consider(ticket.candidate, crawl.now(), addresses)
            if considered.verdict is not Verdict.ALLOW:
                raise self.end(ticket, stop(ticket.candidate, (considered,)))
        if isinstance(exception, DownloadCancelledError):
            await self._too_large(ticket, 200, Headers())
        crawl.turns.ended(ticket, 0.0, ok=False)
        raise self.try_again(ticket, Stop(ticket.candidate, Outcome.FAILED, error_class(exception), decisions))

    async def _receive(self, ticket: Ticket, response: Arrived, headers: Headers) -> tuple[Decision, ...]:
        crawl = self._crawl
        assert ticket.admitted is not None
        if response.ip_address is not None and not crawl.resolver.permits(response.ip_address):
            considered = crawl.gates.consider(ticket.candidate, crawl.now(), (response.ip_address,))
            raise self.end(ticket, stop(ticket.candidate, (considered,)))
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
                raise self.try_again(ticket, decisions)
            raise self.end(ticket, decisions)
        if UNDECODED in response.flags:
            raise self.end(ticket, Stop(ticket.candidate, Outcome.FAILED, undecoded(headers), decisions))
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
            raise self.end(ticket, decisions)
        raise self.end(ticket, Stop(ticket.candidate, Outcome.FAILED, "body larger than the limit", decisions))

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

    def end(self, ticket: Ticket, ended: Stop) -> Refusal:
        """The ticket's way is over: the refusal to raise."""
        ticket.closed = True
        self._crawl.recorder.stop(ticket, ended)
        return Refusal(ended)

    def _host_unreachable(self, ticket: Ticket, deferred: Stop, robots: RobotsAnswer) -> Refusal:
        """Nothing of the origin is fetched before its robots.txt was asked for again, nor for ever."""
        crawl, origin = self._crawl, ticket.candidate.url.origin
        if robots.attempts >= crawl.policy.politeness.retry_budget:
            if ticket.from_frontier:
                crawl.recorder.give_up(origin, deferred)
            return self.end(ticket, deferred)
        until = (robots.file.valid_until or crawl.now()).timestamp()
        if ticket.from_frontier and not crawl.site_source.reads_another(origin):
            crawl.recorder.hold(ticket.host_key, until)
        return self.try_again(ticket, deferred, until, spends=False)

    def try_again(self, ticket: Ticket, ended: Stop, until: float | None = None, *, spends: bool = True) -> Refusal:
        """DEFER, and what a network or server did for now: back to the queue until the retry budget is spent."""
        crawl = self._crawl
        if ended.outcome not in (Outcome.DEFERRED, Outcome.FAILED):
            return self.end(ticket, ended)
        if spends and ticket.candidate.attempt >= crawl.policy.politeness.retry_budget:
            return self.end(ticket, ended)
        pause = timedelta(seconds=crawl.policy.politeness.retry_backoff) * 2 ** (ticket.candidate.attempt - 1)
        at = max(until or 0.0, crawl.now().timestamp() + min(pause.total_seconds(), 86_400.0))
        ticket.closed = True
        ticket.again = (ended, at)
        crawl.recorder.again(ticket, ended, at)
        return Refusal(ended)

    def refused(self, ticket: Ticket, refusal: Refusal) -> Refusal:
        """A refusal that the account has. A site's file may be refused at the last door, and its page with it."""
        if ticket.closed:
            return refusal
        spends = self._crawl.blocked(ticket) is None
        return self.try_again(ticket, replace(refusal.stop, candidate=ticket.candidate), spends=spends)


def _crawl_delay(admitted: Admitted) -> float | None:
    delays = [o.seconds for o in admitted.decisions[-1].obligations if isinstance(o, CrawlDelay)]
    return max(delays, default=None)
