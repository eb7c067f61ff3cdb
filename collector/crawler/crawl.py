"""One worker's crawl: the parts of the composition and the small questions that all of them ask."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler

from collector.archive.files import FilePort, PosixFiles
from collector.crawler.documents.pool import DocumentPool
from collector.crawler.gating.gates import Gates
from collector.crawler.gating.strangers import Strangers
from collector.crawler.lock import CollectionLock
from collector.crawler.network.resolver import GuardedResolver
from collector.crawler.network.ticket import Refusal, Ticket, Tickets
from collector.crawler.politeness.clock import WallClock
from collector.crawler.politeness.shared_address import SharedAddresses
from collector.crawler.politeness.turns import Turns
from collector.crawler.queue.lastmod import age_class
from collector.crawler.queue.orders import Orders, blocked_decision
from collector.crawler.queue.revisits import Revisits
from collector.crawler.recording.account_view import AccountView
from collector.crawler.watching.journal import Journal, LogFile, open_journal
from collector.frontier.addresses import clocks_of
from collector.frontier.clock_set import move_waits
from collector.frontier.desk import askable
from collector.frontier.frontier import Claim, Found
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger import clock_set
from collector.ledger.account import Actor, RunId
from collector.ledger.keys import url_key
from collector.ledger.store import Store
from collector.minimise.structure.url import personal_kinds, scrub
from collector.model.decision import Decision, Verdict
from collector.model.event import ClosingEvent, Outcome, Stop
from collector.model.layout import CollectionLayout
from collector.model.page import Candidate, Hop
from collector.model.url import Url
from collector.pipeline import Pipeline, stop
from collector.policy.policy import Policy
from collector.signals.site_file import SiteFile

if TYPE_CHECKING:
    from collector.crawler.gating.passage import Passage
    from collector.crawler.recording.recorder import Recorder
    from collector.crawler.sites.site_files import SiteFiles
    from collector.crawler.sites.site_source import SiteSource

# Rules whose refusal is about the URL or the page being personal: the account keeps an HMAC, not the URL.
PRIVATE_RULES = frozenset(
    {"personal_url", "suppressed", "personal_page", "sensitive_content", "sensitive_community", "profile_page"}
)

# Lower is sooner. Site maps and redirects first: they stand for pages that were asked for already.
_PRIORITY = {Hop.REDIRECT.value: -20, Hop.SITEMAP.value: -10, Hop.FEED.value: -10}


JUDGED_SECONDS = 2.0  # a judgement of gate 1 is asked for again after this long, changed lists or not


@dataclass(eq=False)
class Crawl:
    """Everything one worker process holds. Built by `wiring.open_crawl`."""

    policy: Policy
    pipeline: Pipeline
    paths: CollectionLayout
    store: Store
    frontier: SqliteFrontier
    account: AccountView
    gates: Gates
    pool: DocumentPool
    key: bytes
    run: RunId
    actor: Actor
    lock: CollectionLock | None = None  # held by the worker that began the run
    files: FilePort = field(default_factory=PosixFiles)
    shard: int = 0
    shards: int = 1
    tickets: Tickets = field(default_factory=Tickets)
    counters: Counter[str] = field(default_factory=Counter)
    clock_sets: int = 0  # how often somebody set the machine's clock since the start
    stopping: str = ""  # `stopped` after the first Ctrl-C, `now` after the second
    fault: BaseException | None = None  # what ended the crawl against its will
    alone: bool = False  # no spider of a project beside us: requests take our own passage instead of Scrapy's engine
    passage: Passage | None = None
    keep_open: bool = False  # whoever started the worker closes the collection, not the end of the spider
    work: Callable[[Crawl], Awaitable[str]] | None = None  # instead of emptying the queue; how it ended
    heard_before: datetime | None = None  # what sites answered before then is asked for again
    ended_as: str = ""  # finished | budget | stopped | now | fault
    log_file: LogFile = field(init=False)
    journal: Journal = field(init=False)
    recorder: Recorder = field(init=False)
    site_source: SiteSource = field(init=False)
    site_files: SiteFiles = field(init=False)
    orders: Orders = field(init=False)
    turns: Turns = field(init=False)
    revisits: Revisits = field(init=False)
    resolver: GuardedResolver = field(init=False)
    crawler: Crawler = field(init=False)  # set by `attach`
    strangers: Strangers = field(init=False)

    def __post_init__(self) -> None:
        self.log_file = LogFile(self.paths.logs, self.run, self.shard)
        self.journal = open_journal(self.log_file, self.now, run=self.run, shard=self.shard)
        self.orders = Orders(self.store)
        clock = WallClock(self.clock_was_set)
        addresses = SharedAddresses(clocks_of(self.policy.politeness, self.shard), clock.time)
        self.turns = Turns(self.frontier, self.store, addresses, lambda: self.orders.pause is not None, clock.time)
        self.strangers = Strangers(self)
        self.revisits = Revisits(self)

    async def download(self, ticket: Ticket) -> None:
        """Through the gates to the network and back. Raises Refusal, and what the network raises."""
        if self.passage is not None:
            await self.passage.download(ticket)
            return
        request = Request(ticket.candidate.url.href, meta={"verbatim_url": True}, dont_filter=True)
        self.tickets.put(request, ticket)
        await self.engine.download_async(request)

    @property
    def engine(self) -> ExecutionEngine:
        """Scrapy's engine. Raises RuntimeError before there is one."""
        return self.crawler.engine

    def now(self) -> datetime:
        """The clock of the whole worker: aware, UTC."""
        return datetime.now(UTC)

    def clock_was_set(self, seconds: float) -> None:
        """By that much: what waits is moved along, and turns that were taken by the old time are void."""
        with self.store.transaction() as tx:
            self.frontier.flush(tx)
            move_waits(tx, seconds, self.shard)
            if self.shard == 0:
                clock_set.clock_was_set(tx, self.actor, self.run, self.now(), seconds)
        for ticket in self.tickets:
            ticket.reserved = None
        self.clock_sets += 1
        self.journal.warning("the machine's clock was set", seconds=round(seconds, 1))

    def at(self, epoch: float | None) -> datetime:
        """Epoch seconds as an instant; None is now."""
        return self.now() if epoch is None else datetime.fromtimestamp(epoch, UTC)

    def count(self, what: str) -> None:
        """Something for the end of the run to mention."""
        self.counters[what] += 1

    def still_fresh(self, file: SiteFile) -> bool:
        """Whether a site's answer may be used as it is, without asking again (RFC 9309 §2.4)."""
        if file.valid_until is None or self.now() >= file.valid_until:
            return False
        return self.heard_before is None or (file.fetched_at is not None and file.fetched_at >= self.heard_before)

    def key_of(self, url: Url) -> bytes:
        """The URL's key in the account."""
        return url_key(self.key, url.href)

    @staticmethod
    def scrub(href: str | bytes | None) -> str:
        """A URL that may be stored beside another one: without what is personal in it."""
        if isinstance(href, bytes):
            href = href.decode("latin-1")
        return scrub(href) if href else ""

    def domain_of(self, url: Url) -> str:
        """The registrable domain that answers for `url`."""
        return self.gates.sources.registered_domain(url.host)

    def ticket_for(self, candidate: Candidate, *, claim: Claim | None = None, site_file: bool = False) -> Ticket:
        """A ticket for one attempt at `candidate`."""
        host = candidate.url.host
        if claim is not None and claim.href == candidate.url.href:
            key = claim.key
        else:
            key = b"" if site_file else self.key_of(candidate.url)
        return Ticket(
            candidate=candidate,
            key=key,
            host_key=host,
            registered_domain=self.gates.sources.registered_domain(host),
            claim=claim,
            reserved=claim.slot if claim is not None else None,
            site_file=site_file,
        )

    def found(self, key: bytes, candidate: Candidate) -> Found:
        """A candidate as the frontier takes it."""
        return Found(
            key=key,
            url=candidate.url,
            registered_domain=self.gates.sources.registered_domain(candidate.url.host),
            depth=candidate.depth,
            hops=candidate.hops,
            via=candidate.via,
            priority=_PRIORITY.get(candidate.hops[-1:], 0) + candidate.depth + age_class(candidate.lastmod, self.now()),
            lastmod=candidate.lastmod,
            visit=candidate.visit,
        )

    def claim(self, limit: int, run: int = 1) -> Sequence[Claim]:
        """Due URLs of `limit` hosts of this worker, up to `run` of one that keeps no delay; see `Frontier.claim`.

        A loss of power undoes at most what was claimed since the last flush: these URLs are asked again, as after any
        other stop, and their hosts' clocks stand where that flush left them.
        """
        now = self.turns.time()
        with self.store.transaction(durable=False) as tx:
            self.account.hear_feeds(tx)
            return self.frontier.claim(tx, now, limit, run=run)

    def event(
        self, candidate: Candidate, outcome: Outcome, reason: str, decisions: tuple[Decision, ...], detail: str = ""
    ) -> ClosingEvent:
        """A closing event as of now. Where the refusal says that the URL is personal, the URL is not kept."""
        private = any(
            finding.rule in PRIVATE_RULES and finding.verdict is not Verdict.ALLOW
            for decision in decisions
            for finding in decision.findings
        )
        return ClosingEvent(candidate, outcome, reason, decisions, self.now(), detail=detail, keep_url=not private)

    def may_store(self, ticket: Ticket) -> bool:
        """Whether the ticket's URL may stand in the queue: not where it is personal."""
        return not personal_kinds(ticket.candidate.url)

    def left(self) -> int:
        """URLs that this run still has to ask for, by whatever worker: not those of blocked hosts."""
        with self.store.snapshot() as tx:
            return askable(tx)

    def next_due(self) -> float | None:
        """When a host of this worker is due next, epoch seconds."""
        with self.store.snapshot() as tx:
            return self.frontier.next_due(tx, self.now().timestamp())

    def idle_until(self) -> float | None:
        """When any worker's host is due next, epoch seconds; None: something is in flight now, or nothing is left.

        Of one moment: what another worker finishes between two looks would seem to be neither due nor done. Infinity:
        something is left, and nothing of it can ever be claimed in this run.
        """
        with self.store.snapshot() as tx:
            if self.frontier.counts(tx).in_flight or not askable(tx):
                return None
            due = self.frontier.next_due(tx, self.now().timestamp(), of_all=True)
            return inf if due is None else due

    def budget_spent(self, in_flight: int) -> bool:
        """Whether `[scope] max_pages` or `max_bytes` leaves no room beside what is in flight."""
        scope = self.policy.scope
        if scope.max_pages is None and scope.max_bytes is None:
            return False
        spent = self.account.spent("")
        if scope.max_pages is not None and spent.pages + in_flight >= scope.max_pages:
            return True
        return scope.max_bytes is not None and spent.bytes >= scope.max_bytes

    def judged_just_now(self, ticket: Ticket) -> bool:
        """Whether gate 1 admitted it on the lists and registry of this moment. Entries come into force by time, too."""
        if ticket.judged is None:
            return False
        generation, at = ticket.judged
        return generation == self.gates.changes and 0 <= self.now().timestamp() - at < JUDGED_SECONDS

    def pages_left(self, in_flight: int) -> int:
        """How many pages `[scope] max_pages` has room for beside what is in flight; at least one."""
        most = self.policy.scope.max_pages
        if most is None:
            return sys.maxsize
        return max(1, most - self.account.spent("").pages - in_flight)

    def blocked(self, ticket: Ticket) -> Stop | None:
        """Not now, where an operator has blocked the host; None where nobody has."""
        why = self.orders.why_blocked(ticket.host_key, ticket.registered_domain)
        if not why:
            return None
        decision = blocked_decision(why, need=self.policy.uses.need, policy=self.policy.ref, now=self.now())
        return Stop(ticket.candidate, Outcome.DEFERRED, decision.deciding.reason, (decision,))

    def still_admitted(self, ticket: Ticket) -> None:
        """Gate 1 and the operator's blocks once more, at the moment of sending: both may have changed meanwhile.

        Raises Refusal, which nobody has recorded yet.
        """
        now, candidate = self.now(), ticket.candidate
        blocked = self.blocked(ticket)
        if blocked is not None:
            raise Refusal(blocked)
        if self.judged_just_now(ticket) and self.policy.scope.max_pages_per_host is None:
            return
        if ticket.site_file:
            considered = self.gates.may_contact(candidate.url, now)
        else:
            considered = self.gates.consider(candidate, now)
        if considered.verdict is not Verdict.ALLOW:
            raise Refusal(stop(candidate, (considered,)))


_CRAWLS: WeakKeyDictionary[Crawler, Crawl] = WeakKeyDictionary()


def attach(crawler: Crawler, crawl: Crawl) -> None:
    """Make `crawl` the one that this Scrapy crawler works for."""
    _CRAWLS[crawler] = crawl
    crawl.crawler = crawler


def attached(crawler: Crawler) -> Crawl | None:
    """The crawl that was attached before, if any."""
    return _CRAWLS.get(crawler)


def crawl_of(crawler: Crawler) -> Crawl:
    """The crawl that the add-on opened. Raises KeyError when the add-on is not installed."""
    return _CRAWLS[crawler]
