"""Feeds the downloader from the frontier: claims what is due, keeps the line full, and knows when it is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from collector.crawler.network_errors import error_class
from collector.crawler.ticket import Refusal, Ticket
from collector.frontier.frontier import Claim
from collector.model.errors import FAULTS
from collector.model.event import Outcome, Stop
from collector.model.page import Candidate
from collector.model.url import parse_url

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

IDLE_SECONDS = 0.25  # how long to wait, at most, before looking at the frontier again


class Feed:
    """One worker's loop. At most `[politeness] concurrency` requests are in flight, site files not counted."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._active: set[asyncio.Task[None]] = set()
        self._given_back: list[Ticket] = []

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
            if crawl.budget_spent(len(self._active)):
                if not self._active:
                    reason = "budget"
                    break
            else:
                self._claim()
            if not self._active and not await self._anything_left():
                break
            if not self._active and self._out_of_patience():
                reason = "patience"
                break
            await self._wait()
            crawl.recorder.flush_when_due()
        return reason

    async def _wind_down(self) -> str:
        """What has gone out is finished, unless asked twice; what waits for its turn goes back to the queue."""
        crawl = self._crawl
        crawl.turns.close()
        while self._active and crawl.stopping != "now":
            await asyncio.wait(self._active, timeout=IDLE_SECONDS)
            crawl.recorder.flush_when_due()
        await self._cancel()
        crawl.recorder.flush()
        back = [(t.claim, t.reserved) for t in self._given_back if t.claim is not None and not t.closed]
        with crawl.store.transaction() as tx:
            crawl.frontier.requeue(tx, [claim for claim, _ in back])
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
        if room <= 0:
            return
        for claim in crawl.claim(room):
            task = asyncio.ensure_future(self._fetch(claim))
            self._active.add(task)
            task.add_done_callback(self._active.discard)

    async def _anything_left(self) -> bool:
        """Whether something waits, now or later, here or with another worker that may still find links for us."""
        crawl = self._crawl
        crawl.recorder.flush()
        counts = crawl.queue_counts()
        return counts.waiting + counts.deferred + counts.in_flight > 0

    def _out_of_patience(self) -> bool:
        """Whether all that waits, waits for longer than a run may stand idle. Other shards may still find some.

        The distance that the policy itself keeps is no reason to give up: a run waits that long in any case.
        """
        crawl = self._crawl
        counts = crawl.queue_counts()
        if counts.in_flight:
            return False
        due = crawl.next_due()
        politeness = crawl.policy.politeness
        return due is None or due - crawl.now().timestamp() > max(politeness.patience, politeness.min_delay)

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
        request = Request(claim.href, meta={"verbatim_url": True}, dont_filter=True)
        crawl.tickets.put(request, ticket)
        try:
            await crawl.engine.download_async(request)
            self._lost(ticket, "no answer came back through the gates")
        except Refusal:
            return
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
