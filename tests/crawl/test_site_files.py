"""The files beside robots.txt in which sites reserve uses: asked for once, in time, and never where nothing may be asked."""

import json

import pytest

from tests.support.crawling import Crawling, verify
from tests.support.simsite import RESET, moved, text

FILES = ("/.well-known/tdmrep.json", "/ai.txt", "/trust.txt", "/.well-known/trust.txt")


@pytest.fixture
def asking(crawling: Crawling) -> Crawling:
    crawling.site_files = True
    return crawling


def pages(web, host, count=3):
    site = web.site(host)
    site.page("/", "Front", links=[f"/p{i}" for i in range(count)])
    return site.pages("/p", count)


def reserve(location="/", value=1):
    return text(
        json.dumps([{"location": location, "tdm-reservation": value}]), headers=(("Content-Type", "application/json"),)
    )


def test_each_file_is_asked_for_once_before_the_first_page_and_kept(asking, simweb):
    pages(simweb, "a.localhost", 5)
    asking.seeds = [simweb.url("a.localhost")]
    assert asking.run()["pages"] == 6
    asked = simweb.log.paths("a.localhost")
    for path in FILES:
        assert asked.count(path) == 1
        assert asked.index(path) < asked.index("/")
    kept = {path for (path,) in asking.rows("SELECT path FROM signal")}
    assert kept == {"/robots.txt", *FILES}
    assert verify(asking) == ""
    simweb.site("a.localhost").page("/late", "Late")
    asking.seeds = [simweb.url("a.localhost", "/late")]
    asking.run()
    assert simweb.log.paths("a.localhost").count("/ai.txt") == 1, "the stored answer was not used"


@pytest.mark.parametrize(
    ("rule", "path", "answer"),
    [
        ("tdmrep_file", "/.well-known/tdmrep.json", reserve()),
        ("ai_txt", "/ai.txt", text("User-Agent: *\nDisallow: /\n")),
        ("trust_txt", "/trust.txt", text("datatrainingallowed=no\n")),
        ("trust_txt", "/.well-known/trust.txt", text("DataTrainingAllowed = No\n")),
    ],
)
def test_a_reservation_refuses_before_any_page_is_asked_for(asking, simweb, rule, path, answer):
    pages(simweb, "a.localhost").serve(path, answer)
    asking.seeds = [simweb.url("a.localhost")]
    asking.run()
    assert set(simweb.log.paths("a.localhost")) == {"/robots.txt", *FILES}
    assert asking.outcomes()[simweb.url("a.localhost")][:2] == ("refused", rule)


def test_the_first_location_that_fits_decides(asking, simweb):
    site = pages(simweb, "a.localhost")
    rules = [{"location": "/p1", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]
    site.serve("/.well-known/tdmrep.json", text(json.dumps(rules)))
    asking.seeds = [simweb.url("a.localhost")]
    asking.run()
    outcomes = asking.outcomes()
    assert outcomes[simweb.url("a.localhost", "/p1")][:2] == ("refused", "tdmrep_file")
    assert outcomes[simweb.url("a.localhost", "/p2")][0] == "archived"
    assert "/p1" not in simweb.log.paths("a.localhost")


def test_where_robots_txt_closes_the_page_nothing_further_is_asked(asking, simweb):
    pages(simweb, "a.localhost").robots("User-agent: *\nDisallow: /\n")
    asking.seeds = [simweb.url("a.localhost")]
    asking.run()
    assert simweb.log.paths("a.localhost") == ["/robots.txt"]


def test_unreachable_html_and_foreign_answers_say_nothing(asking, simweb):
    for host, answer in (
        ("down", RESET),
        ("error", text("", 503)),
        ("shell", text("<!doctype html><p>datatrainingallowed=no")),
    ):
        pages(simweb, f"{host}.localhost").serve("/trust.txt", answer)
    pages(simweb, "away.localhost").serve("/trust.txt", moved(simweb.url("other.localhost", "/trust.txt")))
    simweb.site("other.localhost").serve("/trust.txt", text("datatrainingallowed=no\n"))
    asking.seeds = [simweb.url(f"{host}.localhost") for host in ("down", "error", "shell", "away")]
    asking.run()
    for host in ("down", "error", "shell", "away"):
        assert asking.outcomes()[simweb.url(f"{host}.localhost")][0] in ("archived", "duplicate"), host


def test_an_advertised_licence_that_cannot_be_read_licenses_nothing(asking, simweb):
    pages(simweb, "a.localhost").robots(
        f"License: {simweb.url('a.localhost', '/licence.xml')}\nUser-agent: *\nAllow: /\n"
    )
    asking.seeds = [simweb.url("a.localhost")]
    asking.run()
    assert asking.outcomes()[simweb.url("a.localhost")][:2] == ("refused", "rsl_licence")
    assert "/" not in simweb.log.paths("a.localhost")
