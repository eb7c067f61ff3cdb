"""Log lines say what happened and never what was in it."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import Response
from twisted.python.failure import Failure

from collector.crawler.watching.log_format import WithoutContent

MAIL = "theodora.quillfeather@garten-post.example.org"
REQUEST = Request(f"https://a.example/u?email={MAIL}", headers={"Referer": f"https://a.example/{MAIL}"})


def test_what_is_fetched_and_made_of_it_is_not_logged():
    log = WithoutContent()
    response = Response(REQUEST.url, request=REQUEST)
    assert log.crawled(REQUEST, response, None) is None
    assert log.scraped({"mail": MAIL}, response, None) is None


def test_what_breaks_is_named_without_quoting():
    log = WithoutContent()
    failure = Failure(ValueError(MAIL))
    lines = [
        log.dropped({"mail": MAIL}, DropItem(MAIL), None, None),
        log.item_error({"mail": MAIL}, ValueError(MAIL), None, None),
        log.spider_error(failure, REQUEST, None, None),
        log.download_error(failure, REQUEST, None, MAIL),
    ]
    for line in lines:
        said = line["msg"] % line["args"]
        assert "quillfeather" not in said
        assert line["level"] >= 20
    assert "a.example" in lines[2]["msg"] % lines[2]["args"]
    assert lines[3]["msg"] % lines[3]["args"] == "not fetched from a.example (ValueError)"
