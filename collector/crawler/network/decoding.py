"""Undoes the Content-Encoding of a stored body with the crawl's own, bounded decoder."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import DummyStatsCollector

from collector.crawler.network.compression_middleware import CompressionMiddleware
from collector.crawler.network.convert import TOO_LARGE
from collector.crawler.spiders.site import SiteSpider
from collector.model.headers import Headers
from collector.model.url import Url


@dataclass(frozen=True, slots=True)
class Decoded:
    """`body` is None where it could not be undone, or where it is `too_large`."""

    body: bytes | None
    too_large: bool = False


@dataclass
class Decoder:
    """Never more than `limit` bytes of one body."""

    limit: int
    _undo: CompressionMiddleware = field(init=False)

    def __post_init__(self) -> None:
        crawler = Crawler(SiteSpider, {"DOWNLOAD_MAXSIZE": self.limit})
        crawler.stats = DummyStatsCollector(crawler)
        self._undo = CompressionMiddleware(crawler=crawler)

    def decode(self, url: Url, headers: Headers, body: bytes) -> Decoded:
        """The content. What is text already is taken as it is: many archives undo the coding and keep the field."""
        codings = [coding for coding in headers.all("content-encoding") if coding.strip()]
        if not codings:
            return Decoded(body)
        response = Response(url.href, body=body, headers={"Content-Encoding": codings})
        undone = self._undo.process_response(Request(url.href), response)
        if isinstance(undone, Response) and not undone.flags:
            return Decoded(undone.body)
        if isinstance(undone, Response) and TOO_LARGE in undone.flags:
            return Decoded(None, too_large=True)
        return Decoded(body if _is_text(body) else None)


def _is_text(body: bytes) -> bool:
    if b"\x00" in body[:4_096]:
        return False
    try:
        body[:4_096].decode("utf-8")
    except UnicodeDecodeError as exc:
        return exc.start > 4_096 - 4  # cut inside of a character
    return True
