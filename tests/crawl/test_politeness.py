"""Politeness as the servers see it: gaps between all requests to a host, several hosts at once, what was asked for kept."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.crawling import Crawling
from tests.support.simsite import Reply, text

DELAY = 0.3
# Requests leave on time and may arrive a little late; the next one then comes a little early.
TOLERANCE = 0.08


def busy(simweb, host: str, pages: int = 3) -> None:
    """A site that gives every reason to ask for something: robots.txt, a site map, redirects, errors, pages."""
    site = simweb.site(host).robots("User-agent: *\nSitemap: /sitemap.xml\n")
    site.sitemap("/sitemap.xml", [simweb.url(host, "/from-sitemap")])
    site.page("/", links=["/old", "/gone", *(f"/p{n}" for n in range(pages))])
    site.redirects("/old", 2, "/new").page("/new").page("/from-sitemap").pages("/p", pages)


def gaps(simweb, host: str) -> list[float]:
    found = simweb.log.gaps(host)
    assert found
    return found


def test_every_request_to_a_host_keeps_its_distance(crawling, simweb):
    """robots.txt, site map, redirects, errors and pages take turns alike; one at a time."""
    busy(simweb, "a.localhost")
    crawling.min_delay = DELAY
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    asked = simweb.log.paths("a.localhost")
    assert len(asked) == 11
    assert min(gaps(simweb, "a.localhost")) >= DELAY - TOLERANCE
    assert simweb.log.most_at_once("a.localhost") == 1


def test_hosts_do_not_wait_for_each_other(crawling, simweb):
    hosts = [f"h{number}.localhost" for number in range(5)]
    for host in hosts:
        busy(simweb, host, pages=2)
    crawling.min_delay = DELAY
    crawling.seeds = [simweb.url(host) for host in hosts]
    crawling.run()
    requests = simweb.log.requests()
    for host in hosts:
        assert min(gaps(simweb, host)) >= DELAY - TOLERANCE
    # between two requests to one host, others were asked
    order = [request.host for request in requests]
    turns = sum(before != after for before, after in itertools.pairwise(order))
    assert turns > len(order) * 0.6, "the hosts were asked one after the other"


def test_two_workers_keep_the_distance_together(crawling, simweb):
    hosts = [f"h{number}.localhost" for number in range(4)]
    for host in hosts:
        busy(simweb, host, pages=2)
        simweb.site(host).page("/", links=["/old", "/p0", "/p1", *(simweb.url(other, "/p1") for other in hosts)])
    crawling.min_delay = DELAY
    crawling.seeds = [simweb.url(host) for host in hosts]
    crawling.run("--workers", "2")
    for host in hosts:
        assert min(gaps(simweb, host)) >= DELAY - TOLERANCE
        assert simweb.log.most_at_once(host) == 1
        assert len(simweb.log.paths(host)) == len(set(simweb.log.paths(host)))


def test_a_worker_with_nothing_to_do_waits_for_what_the_other_may_find(crawling, simweb):
    """Between two turns of the only host nothing is in flight; its last page leads to hosts of both workers."""
    others = [f"b{number}.localhost" for number in range(6)]
    site = simweb.site("a.localhost").page("/", links=["/next"]).page("/next", links=["/last"])
    site.page("/last", links=[simweb.url(other) for other in others])
    for other in others:
        simweb.site(other).page("/", f"Front of {other}")
    crawling.min_delay = DELAY
    crawling.seeds = [simweb.url("a.localhost")]
    assert crawling.run("--workers", "2")["ended"] == "finished"
    assert [simweb.log.paths(other)[-1:] for other in others] == [["/"]] * len(others)


@dataclass
class Patient(Crawling):
    """A crawl that waits three times as long as a server took."""

    @property
    def policy(self) -> Path:
        path = super().policy
        written = path.read_text().replace("latency_factor = 0.0", "latency_factor = 3.0")
        path.write_text(written.replace("max_delay = 0.5", "max_delay = 5.0"))
        return path


def test_a_crawl_delay_and_the_slowness_of_a_server_widen_the_distance(tmp_path, simweb):
    simweb.site("asks.localhost").robots("User-agent: *\nCrawl-delay: 1\n").page("/", links=["/p0"]).pages("/p", 2)
    simweb.site("slow.localhost").page("/", links=["/p0"], delay=0.3).pages("/p", 2, delay=0.3)
    patient = Patient(tmp_path, simweb, seeds=[simweb.url("asks.localhost"), simweb.url("slow.localhost")])
    patient.run()
    assert min(gaps(simweb, "asks.localhost")) >= 1 - TOLERANCE
    # three times the 0.3 s that the answer before took
    assert min(gaps(simweb, "slow.localhost")[1:]) >= 0.9 - TOLERANCE


@pytest.mark.parametrize("path", ["/robots.txt", "/busy"])
def test_retry_after_is_honoured(crawling, simweb, path):
    """RFC 9110 §10.2.3: for the page that said so, and for everything else at the host."""
    again = Reply(503, b"later", (("Retry-After", "2"), ("Content-Type", "text/plain")))
    site = simweb.site("a.localhost").page("/", links=["/busy", "/p0", "/p1"]).page("/busy").pages("/p", 2)
    site.serve(
        path,
        again,
        text("User-agent: *\n") if path == "/robots.txt" else Reply(200, b"<p>x", (("Content-Type", "text/html"),)),
    )
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    refused = next(e for e in simweb.log.select(host="a.localhost") if e.status == 503)
    later = [r for r in simweb.log.requests(host="a.localhost") if r.at > refused.request.at]
    assert later
    assert later[0].at - refused.request.at >= 2 - TOLERANCE
    assert path in [request.path for request in later]


def test_a_host_that_fails_is_left_alone_for_longer_each_time(crawling, simweb):
    simweb.site("a.localhost").page("/", links=["/bad"]).page("/bad", status=500)
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    tries = simweb.log.requests(host="a.localhost", path="/bad")
    assert len(tries) == 2  # retry_budget
    assert tries[1].at - tries[0].at >= 0.2 - TOLERANCE  # retry_backoff


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_the_distance_is_kept_across_a_restart(tmp_path, simweb, killed):
    """The clock of a host stands in the database: the next run begins where the last request left it."""
    simweb.site("a.localhost").page("/", links=["/p0"]).pages("/p", 8)
    patient = Patient(tmp_path, simweb, min_delay=4.0, seeds=[simweb.url("a.localhost")])
    if killed:
        process = patient.start()
        while len(simweb.log.paths("a.localhost")) < 2 and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.communicate()
    else:
        patient.run("--max-pages", "1")
    before = len(simweb.log.paths("a.localhost"))
    patient.run("--max-pages", "2")
    assert len(simweb.log.paths("a.localhost")) > before
    assert min(gaps(simweb, "a.localhost")) >= 4.0 - TOLERANCE


@pytest.mark.slow
def test_hosts_of_one_address_keep_the_distance_of_the_address(crawling, simweb):
    """Shared hosting: every *.localhost is 127.0.0.1, and two workers ask it as one server where the policy says so."""
    hosts = [f"h{number}.localhost" for number in range(8)]
    for host in hosts:
        simweb.site(host).page("/", links=["/p0"], delay=0.05).pages("/p", 1)
    crawling.politeness = f"min_delay_per_address = {DELAY / 2}\nconcurrency_per_address = 1\nconcurrency = 4\n"
    crawling.seeds = [simweb.url(host) for host in hosts]
    crawling.run("--workers", "2")
    assert len(crawling.archived()) == 16
    asked = [request.at for request in simweb.log.requests()]
    assert len(asked) == 24, "robots.txt and two pages each"
    assert min(after - before for before, after in itertools.pairwise(asked)) >= DELAY / 2 - TOLERANCE
    assert asked[-1] - asked[0] >= 23 * DELAY / 2 - TOLERANCE
    assert simweb.log.most_at_once() == 1
    assert crawling.rows("SELECT DISTINCT name, in_flight FROM address") == [("127.0.0.1", 0)]
