"""Feeds the downloader from the frontier: claims what is due, keeps the line full, and knows when it is over."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from collector.crawler.network.network_errors import error_class
from collector.crawler.network.ticket import PutOff, Refusal, Ticket
from collector.frontier.frontier import Claim
from collector.model.errors import FAULTS
from collector.model.event import Outcome, Stop
from collector.model.page import Candidate
from collector.model.url import parse_url

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

IDLE_SECONDS = 0.25  # how long to wait, at most, before looking at the frontier again
RUN = 100  # URLs claimed at once of a host at which no delay is kept


class Feed:
    """One worker's loop. At most `[politeness] concurrency` requests are in flight, site files not counted."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._active: set[asyncio.Task[None]] = set()
        self._in_flight = 0  # claims
        self._given_back: list[Ticket] = []
        self._not_begun: list[Claim] = []
        self._put_off: dict[str, float] = {}  # hosts, and until when: epoch seconds

    async def run(self) -> str:
        """Until nothing is waiting, the budget is spent, or the crawl is asked to stop. Returns which."""
        try:
            reason = await self._work()
            if self._crawl.stopping:
                reason = await self._wind_down()
        finally:
            await self._cancel()  # nothing is left of it but after a fault
        return reason

    async def _work(self) -> str:
        crawl = self._crawl
        reason = "finished"
        while True:
            if crawl.stopping:
                reason = crawl.stopping
                break
            if crawl.fault is not None:
                reason = "fault"
                break
            if crawl.budget_spent(self._in_flight):
                if not self._active:
                    reason = "budget"
                    break
            elif crawl.orders.pause is None:
                self._claim()
            if not self._active and not await self._anything_left():
                break
            if not self._active and self._out_of_patience():
                reason = "patience"
                break
            await self._wait()
            await crawl.recorder.flush_when_due()
        return reason

    async def _wind_down(self) -> str:
        """What has gone out is finished, unless asked twice; what waits for its turn goes back to the queue."""
        crawl = self._crawl
        crawl.turns.close()
        while self._active and crawl.stopping != "now":
            await asyncio.wait(self._active, timeout=IDLE_SECONDS)
            await crawl.recorder.flush_when_due()
        await self._cancel()
        crawl.recorder.flush()
        back = [(t.claim, t.reserved) for t in self._given_back if t.claim is not None and not t.closed]
        with crawl.store.transaction() as tx:
            crawl.frontier.requeue(tx, [*(claim for claim, _ in back), *self._not_begun])
            crawl.frontier.unused(tx, [slot for _, slot in back if slot is not None])
        return crawl.stopping

    async def _cancel(self) -> None:
        self._crawl.site_source.cancel()
        self._crawl.site_files.cancel()
        for task in self._active:
            task.cancel()
        if self._active:
            await asyncio.wait(self._active)

    def _claim(self) -> None:
        crawl = self._crawl
        room = crawl.policy.politeness.concurrency - len(self._active)
        left = crawl.pages_left(self._in_flight)
        if room <= 0:
            return
        of_host: dict[str, list[Claim]] = {}
        for claim in crawl.claim(min(room, left), min(RUN, left)):
            of_host.setdefault(claim.host_key, []).append(claim)
        for host, claims in of_host.items():
            lanes = crawl.frontier.pace.of(crawl.gates.sources.registered_domain(host)).concurrency
            for lane in range(min(lanes, len(claims))):
                self._begin(claims[lane::lanes])

    def _begin(self, claims: Sequence[Claim]) -> None:
        self._in_flight += len(claims)
        task = asyncio.ensure_future(self._fetch_in_turn(claims))
        self._active.add(task)
        task.add_done_callback(self._active.discard)

    async def _fetch_in_turn(self, claims: Sequence[Claim]) -> None:
        """One after the other, as long as the host asks for no time; the rest goes back to the queue."""
        crawl = self._crawl
        waiting, clock_sets = deque(claims), crawl.clock_sets
        first = True
        try:
            while waiting and crawl.fault is None:
                if waiting[0].host_key in self._put_off or crawl.clock_sets != clock_sets:
                    break
                if not first and (self._held(waiting[0]) or not crawl.frontier.unhurried(waiting[0].slot)):
                    break
                if not first:
                    crawl.store.check_in_place()
                first = False
                await self._fetch(waiting.popleft())
                self._in_flight -= 1
        except FAULTS as exc:
            crawl.fault = crawl.fault or exc
        finally:
            self._in_flight -= len(waiting)
            self._not_begun += waiting
        self._return()

    def _held(self, claim: Claim) -> bool:
        """Whether nothing further goes out to this host for now: the run is stopped, paused, or the host blocked."""
        crawl = self._crawl
        domain = crawl.gates.sources.registered_domain(claim.host_key)
        return bool(crawl.stopping) or crawl.orders.holds(claim.host_key, domain)

    def _return(self) -> None:
        """Back to the queue with what a host wanted time for, and what it said is written before it is claimed again.

        In this order: what the flush does to the URLs that wait at this host is meant for these, too.
        """
        crawl = self._crawl
        if not (self._not_begun or self._put_off) or crawl.fault is not None or crawl.stopping:
            return
        try:
            with crawl.store.transaction() as tx:
                crawl.frontier.requeue(tx, self._not_begun)
                for host, until in self._put_off.items():
                    crawl.frontier.hold(tx, host, until)
            self._not_begun.clear()
            self._put_off.clear()
            crawl.recorder.flush()
        except FAULTS as exc:
            crawl.fault = crawl.fault or exc

    async def _anything_left(self) -> bool:
        """Whether something waits, now or later, here or with another worker that may still find links for us."""
        crawl = self._crawl
        crawl.recorder.flush()
        return crawl.left() > 0

    def _out_of_patience(self) -> bool:
        """Whether all that waits, here or with a worker that may find links for us, waits for longer than a run idles.

        The distance that the policy itself keeps is no reason to give up: a run waits that long in any case.
        """
        crawl = self._crawl
        if crawl.orders.pause is not None:
            return False
        due = crawl.idle_until()
        politeness = crawl.policy.politeness
        pace = crawl.frontier.pace
        delay = max([politeness.min_delay, *(host.min_delay for host in pace.overrides.values())])
        own = delay + pace.window(delay)  # as a slot reserves it
        return due is not None and due - crawl.now().timestamp() > max(politeness.patience, own)

    async def _wait(self) -> None:
        """Until a fetch ends, a host is due again, or a moment has passed."""
        crawl = self._crawl
        pause = IDLE_SECONDS
        due = crawl.next_due()
        if due is not None:
            pause = min(max(due - crawl.now().timestamp(), 0.001), IDLE_SECONDS)
        if self._active:
            full = len(self._active) >= crawl.policy.politeness.concurrency
            await asyncio.wait(
                self._active, timeout=IDLE_SECONDS if full else pause, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(pause)

    async def _fetch(self, claim: Claim) -> None:
        crawl = self._crawl
        candidate = Candidate(
            parse_url(claim.href),
            visit=claim.visit,
            depth=claim.depth,
            hops=claim.hops,
            via=claim.via,
            attempt=claim.attempt,
        )
        ticket = crawl.ticket_for(candidate, claim=claim)
        try:
            await crawl.download(ticket)
            self._lost(ticket, "no answer came back through the gates")
        except Refusal:
            return
        except PutOff as exc:
            self._put_off[claim.host_key] = exc.until
            self._not_begun.append(claim)
        except IgnoreRequest as exc:
            self._lost(ticket, type(exc).__name__)
        except asyncio.CancelledError:
            self._given_back.append(ticket)
        except FAULTS as exc:
            crawl.fault = crawl.fault or exc  # our own disk, not the site: the run ends, the URL is asked again
        except Exception as exc:  # noqa: BLE001  one request's fault is one line of the account
            self._lost(ticket, error_class(exc))

    def _lost(self, ticket: Ticket, why: str) -> None:
        """An end that no gate recorded: recorded here, so that nothing disappears."""
        if not ticket.closed:
            ticket.closed = True
            self._crawl.recorder.stop(ticket, Stop(ticket.candidate, Outcome.FAILED, why))
