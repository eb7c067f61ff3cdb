"""Brings into the frontier what a run begins with: seeds, what was deferred, what waits under a changed policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from collector.crawler.crawl import Crawl
from collector.crawler.queue.judging import judge_new
from collector.crawler.queue.orders import blocked_decision
from collector.ledger import account
from collector.ledger.account import Closing
from collector.ledger.deferred import deferred
from collector.ledger.runs import crawls, last_detail, seed_domains
from collector.model.decision import Basis, Decision, Evidence, Finding, Gate, Verdict, combine
from collector.model.errors import UrlError
from collector.model.event import Outcome
from collector.model.page import Candidate, Hop
from collector.model.url import parse_url

# how the run ended: why what waits is closed, and the setting that says so
LEFT_OVER = {
    "budget": ("the budget of the run was spent before its turn came", "[scope] max_pages, max_bytes"),
    "patience": ("its host asked for more time than the policy's patience", "[politeness] patience"),
}
BATCH = 5_000
LOOKED = "lists and registry read"  # the act that names what a run began with
SHOWN = 20


@dataclass
class Seeded:
    """What became of the seeds."""

    admitted: int = 0
    refused: int = 0
    known: int = 0
    rejected: int = 0  # lines that are no URL
    first_rejected: list[str] = field(default_factory=list)


def seed(crawl: Crawl, lines: Iterable[str], seeded: Seeded) -> None:
    """The policy's seeds and sitemaps, then `lines`, counted into `seeded`. A line that is no URL is passed over."""
    scope = crawl.policy.scope
    _take_in(crawl, ((text, Hop.SEED) for text in scope.seeds), seeded)
    _take_in(crawl, ((text, Hop.SITEMAP) for text in scope.sitemaps), seeded)
    _take_in(crawl, ((text, Hop.SEED) for text in lines), seeded)


def _take_in(crawl: Crawl, texts: Iterable[tuple[str, Hop]], seeded: Seeded) -> None:
    iterator = iter(texts)
    while batch := list(islice(iterator, BATCH)):
        candidates = list(_candidates(batch, seeded))
        if not crawl.policy.scope.domains:
            domain = crawl.gates.sources.registered_domain
            crawl.gates.scope_domains |= {domain(c.url.host) for c in candidates}
        with crawl.account.transaction() as tx:
            admit(crawl, tx, candidates, seeded)


def _candidates(batch: list[tuple[str, Hop]], seeded: Seeded) -> Iterator[Candidate]:
    for text, hop in batch:
        try:
            yield Candidate(parse_url(text), hops=hop.value)
        except UrlError as exc:
            seeded.rejected += 1
            if len(seeded.first_rejected) < SHOWN:
                seeded.first_rejected.append(exc.message)


def admit(crawl: Crawl, tx: Connection, candidates: Iterable[Candidate], seeded: Seeded) -> None:
    """Gate 1 for seeds that nobody knows yet: into the queue, or closed at once."""
    judged = judge_new(crawl, tx, {crawl.key_of(candidate.url): candidate for candidate in candidates})
    account.close_all(tx, crawl.run, judged.refusals)
    seeded.admitted += judged.admitted
    seeded.refused += len(judged.refusals)
    seeded.known += judged.known


def restore_scope(crawl: Crawl) -> None:
    """The domains of every seed this collection was ever given, where the policy itself names no domains."""
    scope = crawl.policy.scope
    if scope.domains or scope.any_domain:
        return
    with crawl.store.snapshot() as tx:
        crawl.gates.scope_domains |= seed_domains(tx)


@dataclass(frozen=True, slots=True)
class Redecided:
    """How many that waited were refused before anything was asked for, by what had changed since."""

    by_policy: int = 0
    by_sources: int = 0  # lists, registry, suppressions


def redecide(crawl: Crawl) -> Redecided:
    """Judge what waits again: all of it under another policy, else what lists and registry speak of, had they changed.

    What they were at each such look stands in the log of acts: a start over unchanged files looks at nothing. What a
    running crawl met and dropped by itself is not taken down there, so that a later start looks once more.
    """
    files = "".join(f"{name} {digest}\n" for name, digest in crawl.gates.digests())
    with crawl.store.snapshot() as tx:
        earlier = [run for run in crawls(tx) if run.id != crawl.run]
        looked = last_detail(tx, LOOKED)
    another = bool(earlier) and earlier[-1].policy_digest != str(crawl.policy.digest)
    refused = 0
    if another or (earlier and looked != files):
        refused = _redecide_all(crawl, crawl.gates.consider if another else spoken_of(crawl))
    if looked != files:
        with crawl.store.transaction() as tx:
            account.record_act(tx, crawl.actor, LOOKED, f"run {crawl.run}", crawl.now(), run=crawl.run, detail=files)
    return Redecided(by_policy=refused) if another else Redecided(by_sources=refused)


def spoken_of(crawl: Crawl) -> Callable[[Candidate, datetime], Decision | None]:
    """Judges what lists and registry speak of; everything else was judged when it was found."""

    def judge(candidate: Candidate, now: datetime) -> Decision | None:
        sources, url = crawl.gates.sources, candidate.url
        named = sources.opted_out.match(url) or sources.suppressed(url) or sources.sensitive.match(url)
        return crawl.gates.consider(candidate, now) if named else None

    return judge


def _redecide_all(crawl: Crawl, consider: Callable[[Candidate, datetime], Decision | None]) -> int:
    refused = after = 0
    while True:
        gone, after = redecide_batch(crawl, after, consider)
        refused += gone
        if not after:
            return refused


def redecide_batch(
    crawl: Crawl, after: int, consider: Callable[[Candidate, datetime], Decision | None]
) -> tuple[int, int]:
    """Judge the next batch of what waits, behind ticket `after`. Returns how many were refused, and the last ticket.

    The last ticket is 0 where nothing is left. `consider` answers None for what need not be judged.
    """
    with crawl.account.transaction() as tx:
        batch = crawl.frontier.waiting(tx, after=after, limit=BATCH)
        if not batch:
            return 0, 0
        denied = {}
        for waiting in batch:
            candidate = Candidate(
                parse_url(waiting.href), waiting.visit, waiting.depth, waiting.hops, waiting.via, waiting.attempt
            )
            considered = consider(candidate, crawl.now())
            if considered is not None and considered.verdict is Verdict.DENY:
                denied[waiting] = (candidate, considered)
        gone = crawl.frontier.withdraw(tx, list(denied))
        closings = []
        for waiting in gone:
            candidate, considered = denied[waiting]
            event = crawl.event(candidate, Outcome.REFUSED, considered.deciding.reason, (considered,))
            closings.append(Closing(waiting.key, event, crawl.scrub(candidate.url.href)))
        account.close_all(tx, crawl.run, closings)
        return len(closings), batch[-1].ticket


def reopen(crawl: Crawl) -> int:
    """What earlier runs closed as `Deferred` and gate 1 would let in now waits again, one visit on. Returns how many.

    What it would not let in (the budget is still spent, the policy has another scope) stays closed as it is.
    """
    reopened = after = 0
    while True:
        with crawl.account.transaction() as tx:
            batch = deferred(tx, after=after, limit=BATCH)
            if not batch:
                return reopened
            after = batch[-1].number
            found = []
            for last in batch:
                candidate = Candidate(parse_url(last.href), last.visit + 1, last.depth, last.hops, last.via)
                if crawl.orders.why_blocked(candidate.url.host, crawl.domain_of(candidate.url)):
                    continue  # closed as deferred for that very reason: it would be again
                if crawl.gates.consider(candidate, crawl.now()).verdict is Verdict.ALLOW:
                    found.append(crawl.found(last.key, candidate))
            reopened += crawl.frontier.reopen(tx, found, crawl.now().timestamp())


def _unasked(crawl: Crawl, candidate: Candidate) -> Decision | None:
    """The decision not to ask in this run: an operator's, or the policy's where it ended the run; None: it waits."""
    why = crawl.orders.why_blocked(candidate.url.host, crawl.domain_of(candidate.url))
    if why:
        return blocked_decision(why, need=crawl.policy.uses.need, policy=crawl.policy.ref, now=crawl.now())
    if crawl.ended_as not in LEFT_OVER:
        return None
    rule, (reason, setting) = crawl.ended_as, LEFT_OVER[crawl.ended_as]
    evidence = Evidence("policy", crawl.policy.digest, setting)
    finding = Finding(rule, Verdict.DEFER, reason, basis=Basis.POLICY, evidence=(evidence,))
    return combine(Gate.URL, (finding,), need=crawl.policy.uses.need, policy=crawl.policy.ref, now=crawl.now())


def close_left_over(crawl: Crawl) -> int:
    """Close what waits where the run ended before its turn for good. Returns how many.

    Of a run that finished, that is what waits at blocked hosts; a run that was stopped goes on later.
    """
    if crawl.ended_as not in {*LEFT_OVER, "finished"}:
        return 0
    crawl.orders.look()
    closed = after = 0
    while True:
        with crawl.account.transaction() as tx:
            batch = crawl.frontier.waiting(tx, after=after, limit=BATCH)
            if not batch:
                return closed
            after = batch[-1].ticket
            unasked = {}
            for waiting in batch:
                candidate = Candidate(
                    parse_url(waiting.href), waiting.visit, waiting.depth, waiting.hops, waiting.via, waiting.attempt
                )
                decision = _unasked(crawl, candidate)
                if decision is not None:
                    unasked[waiting] = (candidate, decision)
            closings = []
            for waiting in crawl.frontier.withdraw(tx, list(unasked)):
                candidate, decision = unasked[waiting]
                event = crawl.event(candidate, Outcome.DEFERRED, decision.deciding.reason, (decision,))
                closings.append(Closing(waiting.key, event, ""))
            account.close_all(tx, crawl.run, closings)
            closed += len(closings)
