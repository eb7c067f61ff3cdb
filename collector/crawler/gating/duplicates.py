"""Somebody's own spider asking twice in one run is asked once; across runs the frontier knows."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.dupefilters import BaseDupeFilter

from collector.crawler.crawl import Crawl, crawl_of


class SeenInThisRun(BaseDupeFilter):
    """16 bytes per URL asked for in this run (Scrapy's own keeps 108)."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._seen: set[bytes] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to build a component."""
        return cls(crawl_of(crawler))

    def request_seen(self, request: Request) -> bool:
        """Whether this run has asked for the URL before. Attempts of one candidate are not duplicates."""
        digest = self._crawl.strangers.fingerprint(request)
        if digest in self._seen:
            return True
        self._seen.add(digest)
        return False
