"""What somebody's own spider asked for in this run: each URL once, each visit once, and what still waits."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy import Request, Spider
from scrapy.spiders import SitemapSpider

from collector.crawler.network.convert import form_of
from collector.crawler.network.ticket import Ticket, Trail
from collector.model.event import Stop
from collector.model.page import Candidate, Hop
from collector.model.url import Url

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

HOPS = 50  # letters of a trail that are kept, the last ones


class Strangers:
    """Requests that did not come from the queue. In memory, as Scrapy's own scheduler is."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._asked: set[bytes] = set()  # 16 bytes per URL and attempt
        self._visits: dict[bytes, int] = {}  # by URL key, the last one handed out
        self._trails: WeakKeyDictionary[Request, Trail] = WeakKeyDictionary()
        self._sleeping: set[asyncio.Task[None]] = set()
        self._waiting: dict[Request, tuple[Ticket, Stop]] = {}

    def trail(self, request: Request) -> Trail:
        """How the spider came to this request; of a start request, an empty one."""
        return self._trails.get(request) or Trail()

    def remember(self, request: Request, trail: Trail) -> None:
        """Keep `trail` for as long as the Request lives."""
        self._trails[request] = trail

    def fingerprint(self, request: Request) -> bytes:
        """Of the URL, the attempt and the form: a POST is not the GET of the same URL."""
        told = f"{self.trail(request).attempt} {form_of(request)!r} {request.url}".encode()
        return hashlib.blake2b(told, digest_size=16, salt=self._crawl.key[:16]).digest()

    def candidate(self, request: Request, url: Url, spider: Spider | None) -> Candidate | None:
        """The candidate that `request` is, or None where this run has asked for it already."""
        fingerprint = self.fingerprint(request)
        if fingerprint in self._asked:
            return None
        self._asked.add(fingerprint)
        self._waiting.pop(request, None)
        trail, key = self.trail(request), self._crawl.key_of(url)
        visit = self._visits.get(key, 0)
        if trail.attempt == 1 or not visit:
            visit = max(visit + 1, self._crawl.account.next_visit(key))
            self._visits[key] = visit
        return Candidate(
            url,
            visit=visit,
            depth=trail.depth,
            hops=_hops(trail.hops, request, spider),
            via=trail.via,
            attempt=trail.attempt,
            form=form_of(request),
        )

    def child(self, parent: Candidate) -> Trail:
        """The trail of a request that a callback yields for the page of `parent`."""
        via = self._crawl.scrub(parent.url.href)
        return Trail(parent.depth + 1, (parent.hops + Hop.SPIDER.value)[-HOPS:], via)

    def ask_later(self, request: Request, ticket: Ticket, ended: Stop, at: float) -> None:
        """Ask again at `at`, epoch seconds: Scrapy has no delayed request.

        Its errback has heard of this attempt; its callback, or its errback again, hears of the later one.
        """
        candidate = ticket.candidate
        further = request.replace()
        self.remember(further, Trail(candidate.depth, candidate.hops, candidate.via, candidate.attempt + 1))
        self._waiting[further] = (ticket, ended)
        task = asyncio.ensure_future(self._later(further, max(0.0, at - self._crawl.now().timestamp())))
        self._sleeping.add(task)
        task.add_done_callback(self._sleeping.discard)

    async def _later(self, further: Request, pause: float) -> None:
        await asyncio.sleep(pause)
        with suppress(RuntimeError):  # the spider was closed meanwhile: `close` writes what it came to
            self._crawl.engine.crawl(further)

    @property
    def sleeping(self) -> int:
        """Attempts whose time has not come."""
        return len(self._sleeping)

    def close(self) -> None:
        """The spider is gone: what still waits ends as what it was deferred for."""
        for task in tuple(self._sleeping):
            task.cancel()
        for ticket, ended in self._waiting.values():
            self._crawl.recorder.stop(ticket, ended, "the spider was closed before its next attempt")
        self._waiting.clear()


def _hops(hops: str, request: Request, spider: Spider | None) -> str:
    """A sitemap is asked for its links (Hop.SITEMAP), whoever asks."""
    if hops.endswith(Hop.SITEMAP.value):
        return hops  # a further attempt
    if isinstance(spider, SitemapSpider) and request.callback == spider._parse_sitemap:  # noqa: SLF001  its own name
        return hops.removesuffix(Hop.SPIDER.value) + Hop.SITEMAP.value
    return hops
