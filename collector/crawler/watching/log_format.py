"""Log lines without content: Scrapy's own quote whole pages' results when a pipeline drops or breaks on one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.logformatter import LogFormatter

from collector.minimise.structure.url import scrub


class WithoutContent(LogFormatter):
    """What happened, to how many, never what was in it."""

    def crawled(self, request: Request, response: Response, spider: Any) -> Any:  # noqa: ARG002
        """Nothing: the ledger has it, with the reason."""
        return None

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:  # noqa: ARG002
        """Nothing: what a spider makes of a page is not for a log."""
        return None

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> Any:  # noqa: ARG002
        """The class of the reason only."""
        return {"level": 20, "msg": "dropped (%(why)s)", "args": {"why": type(exception).__name__}}

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> Any:  # noqa: ARG002
        """The class of the error only."""
        return {"level": 40, "msg": "error in a pipeline (%(why)s)", "args": {"why": type(exception).__name__}}

    def spider_error(self, failure: Any, request: Request, response: Any, spider: Any) -> Any:  # noqa: ARG002
        """Where a callback broke; Scrapy's own line names the referer too."""
        return {"level": 40, "msg": "error in a callback, at %(url)s", "args": {"url": scrub(request.url)}}

    def download_error(self, failure: Any, request: Request, spider: Any, errmsg: str | None = None) -> Any:  # noqa: ARG002
        """The class of the error and the host: the URL may be the reason why it was not fetched."""
        args = {"why": failure.type.__name__, "host": urlsplit(request.url).hostname or ""}
        return {"level": 40, "msg": "not fetched from %(host)s (%(why)s)", "args": args}
