"""The tutorial's spider: start_urls, response.css, response.follow, an errback."""

import scrapy


class QuotesSpider(scrapy.Spider):
    name = "quotes"

    def __init__(self, start="", **kwargs):
        super().__init__(**kwargs)
        self.start_urls = start.split()

    def parse(self, response):
        yield {
            "url": response.url,
            "status": response.status,
            "kind": type(response).__name__,
            "title": response.css("title::text").get(),
            "text": response.text,
            "headers": {k.decode(): [v.decode() for v in vs] for k, vs in response.headers.items()},
        }
        for href in response.css("a::attr(href)").getall():
            if href.startswith(("mailto:", "tel:", "#")):
                continue
            yield response.follow(href, callback=self.parse, errback=self.failed)

    def failed(self, failure):
        self.crawler.stats.inc_value(f"failed/{failure.type.__name__}")
        yield {"failed": failure.request.url, "why": failure.type.__name__, "message": str(failure.value)}
