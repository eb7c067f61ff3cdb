"""`scrapy crawl site -a policy=…`: the collector's own spider, fed by the frontier instead of by callbacks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider

from collector.crawler.lifecycle import run_feed


class SiteSpider(Spider):
    """Fetches what the frontier hands out until nothing is due any more. Everything else is the add-on's."""

    name = "site"

    def __init__(self, policy: str | None = None, data: str | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.policy = policy  # read by the add-on, before the crawl starts
        self.data = data

    async def start(self) -> AsyncIterator[Any]:
        """Run the feed to its end. Yields nothing: requests go straight to the downloader, one per claim."""
        await run_feed(self.crawler)
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request  # makes this an async iterator, as Scrapy requires
