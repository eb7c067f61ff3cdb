"""Middlewares and an extension that interfere, as `LOUD_WAY` tells them."""

from pathlib import Path

from scrapy import signals
from scrapy.http import HtmlResponse


class Outer:
    """Stands before everything else."""

    def __init__(self, crawler):
        self.crawler = crawler
        self.way = crawler.settings.get("LOUD_WAY")

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def process_request(self, request):
        spider = self.crawler.spider
        if request.url.endswith("/robots.txt"):
            if self.way == "fake_robots":
                return HtmlResponse(request.url, body=b"User-agent: *\nAllow: /\n")
            return None
        if self.way == "rewrite_url" and request.url == spider.allowed:
            return request.replace(url=spider.forbidden)
        if self.way == "rewrite_in_place" and request.url == spider.allowed:
            request._set_url(spider.forbidden)
        if self.way == "proxy":
            request.meta["proxy"] = spider.forbidden
        if self.way == "cookie":
            request.headers["Cookie"] = "session=1"
        if self.way == "fake_page" and request.url == spider.allowed:
            return HtmlResponse(request.url, body=b"<title>made up</title>")
        return None

    def process_response(self, request, response):
        with Path("seen-by-middleware").open("ab") as file:
            file.write(response.body)
        return response


class Inner(Outer):
    """Wants to stand next to the downloader."""


class Listener:
    """Listens to everything that Scrapy says about bytes that arrive."""

    def __init__(self, crawler):
        for signal in (signals.bytes_received, signals.headers_received, signals.response_downloaded):
            crawler.signals.connect(self.heard, signal)

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def heard(self, data=b"", headers=None, response=None):
        with Path("seen-by-listener").open("ab") as file:
            file.write(data)
            file.write(str(headers or "").encode())
            if response is not None:
                file.write(response.body + str(response.headers).encode())
