"""What a spider asks for becomes candidates: bypasses are taken away and counted, URLs made canonical."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from collector.crawler.crawl import Crawl, crawl_of
from collector.crawler.network.convert import strip_bypasses
from collector.crawler.network.ticket import Trail
from collector.model.errors import UrlError
from collector.model.url import parse_url


class CandidateMiddleware:
    """A spider middleware, the last before the engine: sees start requests and everything callbacks yield."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to build a component."""
        return cls(crawl_of(crawler))

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Start requests, which Scrapy marks `dont_filter` by itself: not counted as a spider's attempt.

        Like there, they need not lie within the spider's `allowed_domains`.
        """
        async for output in start:
            if isinstance(output, Request):
                request = self._as_candidate(output, Trail(), counted=("dont_obey_robotstxt",))
                if request is not None:
                    request.meta["allow_offsite"] = True
                    self._crawl.gates.extend_scope(parse_url(request.url).host)
                    yield request
            else:
                yield output

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Requests from callbacks."""
        asked = response.request
        parent = self._crawl.tickets.get(asked) if asked is not None else None
        trail = self._crawl.strangers.child(parent.candidate) if parent is not None else Trail(depth=1)
        async for output in result:
            if isinstance(output, Request):
                request = self._as_candidate(output, trail, counted=("dont_obey_robotstxt", "dont_filter"))
                if request is not None:
                    yield request
            else:
                yield output

    def _as_candidate(self, request: Request, trail: Trail, counted: tuple[str, ...]) -> Request | None:
        stripped, bypasses = strip_bypasses(request)
        for bypass in bypasses:
            if bypass in counted:
                self._crawl.count(f"bypass_refused/{bypass}")
        try:
            href = parse_url(stripped.url).href
        except UrlError:
            self._crawl.count("not_a_url")
            return None
        candidate: Request = stripped
        if href != stripped.url:
            candidate = stripped.replace(url=href, meta={**stripped.meta, "verbatim_url": True})
        elif stripped is request:
            candidate = request.copy()  # yielded again, it is asked for again: with a way of its own
        self._crawl.strangers.remember(candidate, trail)
        return candidate
