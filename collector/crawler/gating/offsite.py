"""A spider's `allowed_domains`, as Scrapy keeps them, without the URLs in the log: they may be personal."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.exceptions import IgnoreRequest


class Offsite(OffsiteMiddleware):
    """What a spider does not want to ask for is no candidate."""

    def process_request(self, request: Request, spider: Any = None) -> None:  # noqa: ARG002  Scrapy's signature
        """Set aside what lies outside `allowed_domains`. Raises IgnoreRequest."""
        assert self.crawler.spider is not None
        if request.dont_filter or request.meta.get("allow_offsite") or self.should_follow(request, self.crawler.spider):
            return
        self.stats.inc_value("offsite/filtered")
        raise IgnoreRequest("outside the spider's allowed_domains")
