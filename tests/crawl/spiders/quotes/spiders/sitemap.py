"""A SitemapSpider that begins at a robots.txt."""

from scrapy.spiders import SitemapSpider


class MapSpider(SitemapSpider):
    name = "sitemap"

    def __init__(self, start="", **kwargs):
        super().__init__(**kwargs)
        self.sitemap_urls = start.split()

    def parse(self, response):
        yield {"url": response.url, "text": response.text}
