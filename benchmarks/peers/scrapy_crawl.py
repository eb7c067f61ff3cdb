"""The peer of `benchmarks/crawl.py`: Scrapy as people use it, which follows links and, when asked, keeps what it finds.

python scrapy_crawl.py URL PAGES [--warc FILE] [--text]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import scrapy
from langdetect import DetectorFactory, detect
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.linkextractors import LinkExtractor
from trafilatura import extract
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


class Peer(scrapy.Spider):
    """Follows every link of its host."""

    name = "peer"
    links = LinkExtractor()

    def __init__(self, url: str, warc: str, *, text: bool) -> None:
        super().__init__()
        self.start_urls = [url]
        self.file = Path(warc).open("wb") if warc else None  # noqa: SIM115  closed with the spider
        self.writer = WARCWriter(self.file, gzip=True) if self.file else None
        self.text = text
        self.kept = 0

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """Keep the page, then follow its links."""
        if self.writer is not None:
            fields = [(k.decode(), v.decode("latin-1")) for k, vs in response.headers.items() for v in vs]
            head = StatusAndHeaders(f"{response.status} OK", fields, protocol="HTTP/1.1")
            record = self.writer.create_warc_record(
                response.url, "response", payload=BytesIO(response.body), http_headers=head
            )
            self.writer.write_record(record)
        if self.text and self.writer is not None:
            main = extract(response.text, fast=False, include_comments=False) or ""
            if main:
                detect(main[:1_000])
                record = self.writer.create_warc_record(
                    response.url, "conversion", payload=BytesIO(main.encode()), warc_content_type="text/plain"
                )
                self.writer.write_record(record)
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url)

    def closed(self, _reason: str) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()


def main() -> None:
    """Crawl to the end."""
    options = argparse.ArgumentParser()
    options.add_argument("url")
    options.add_argument("--warc", default="")
    options.add_argument("--text", action="store_true")
    args = options.parse_args()
    DetectorFactory.seed = 0
    process = CrawlerProcess({"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "TELNETCONSOLE_ENABLED": False})
    process.crawl(Peer, args.url, args.warc, text=args.text)
    process.start()


if __name__ == "__main__":
    main()
