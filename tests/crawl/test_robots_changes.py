"""robots.txt over time: its lifetime, copies that outlive a run or the server, and files that change meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.crawling import Crawling, verify
from tests.support.simsite import RESET, Reply, moved, text
from tests.support.simtls import self_signed
from tests.support.simweb import SimulatedWeb

ALLOW = "User-agent: *\nDisallow: /closed/\n"
CLOSED = "User-agent: *\nDisallow: /\n"
LIFETIME = 1.0  # seconds, where a test shortens the 24 hours


class ShortLived(Crawling):
    """Every robots.txt holds for LIFETIME only: the clock of RFC 9309 §2.4, wound on."""

    def command(self, *arguments: str) -> list[str]:
        python, _, _, *rest = super().command(*arguments)
        code = (
            "import sys; from datetime import timedelta; from collector.signals import reach;"
            f" reach.MIN_LIFETIME = reach.MAX_LIFETIME = timedelta(seconds={LIFETIME});"
            " from collector.cli.__main__ import main; sys.exit(main())"
        )
        return [python, "-c", code, *rest]


class Unverified(Crawling):
    """Certificates are not checked."""

    @property
    def policy(self) -> Path:
        path = super().policy
        path.write_text(path.read_text().replace("[network]\n", "[network]\nverify_tls = false\n"))
        return path


def robots_asked(web: SimulatedWeb, host: str) -> int:
    return len(web.log.requests(host=host, path="/robots.txt"))


def age(crawling: Crawling, by: timedelta, hosts: Iterable[str] = ()) -> None:
    """Make the stored copies (of `hosts`, else all) older by `by`."""
    with sqlite3.connect(crawling.collection / "collection.db") as connection:
        rows = connection.execute("SELECT id, origin, fetched_at, valid_until FROM signal").fetchall()
        wanted = [r for r in rows if not hosts or any(f"//{host}:" in r[1] for host in hosts)]
        assert wanted
        for number, _, *instants in wanted:
            moved_back = [
                (datetime.fromisoformat(text) - by).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                for text in instants
            ]
            connection.execute("UPDATE signal SET fetched_at = ?, valid_until = ? WHERE id = ?", (*moved_back, number))
    connection.close()


def test_one_fetch_however_many_pages_wait_for_it_and_none_after_a_restart(crawling, simweb):
    """One fetch in flight per origin; the copy is on the disk for the next run (RFC 9309 §2.4)."""
    site = simweb.site("a.localhost").robots(Reply(200, ALLOW.encode(), delay=0.6)).page("/").page("/late")
    paths = [f"/p{number}" for number in range(16)]
    for path in paths:
        site.page(path)
    crawling.politeness = "concurrency_per_host = 8"
    crawling.seeds = [simweb.url("a.localhost", path) for path in paths]
    crawling.run()
    assert robots_asked(simweb, "a.localhost") == 1
    first = simweb.log.select(host="a.localhost", path="/robots.txt")[0]
    pages = [r for r in simweb.log.requests(host="a.localhost") if r.path != "/robots.txt"]
    assert sorted(r.path for r in pages) == sorted(paths)
    assert min(r.at for r in pages) - first.request.at >= 0.6, "a page went out before its robots.txt had arrived"
    assert simweb.log.most_at_once("a.localhost") <= 8
    simweb.log.clear()
    crawling.seeds = [simweb.url("a.localhost", "/late"), simweb.url("a.localhost", "/closed/late")]
    crawling.run()
    assert simweb.log.paths("a.localhost") == ["/late"]
    assert crawling.outcomes()[simweb.url("a.localhost", "/closed/late")][:2] == ("refused", "robots_txt")


@pytest.fixture(scope="module")
def over_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShortLived]:
    """One crawl in which a disallow appears at `news` and the server of `old` loses its robots.txt."""
    with SimulatedWeb() as web:
        web.site("news.localhost").robots(ALLOW, CLOSED).pages("/n", 40)
        web.site("old.localhost").robots(ALLOW, Reply(503)).pages("/n", 45)
        crawling = ShortLived(tmp_path_factory.mktemp("time"), web, min_delay=0.1)
        crawling.seeds = [
            web.url(f"{host}.localhost", f"/n{number}") for host in ("news", "old") for number in range(40)
        ]
        crawling.run()
        yield crawling


def test_a_disallow_that_appears_during_the_crawl_is_honoured_for_what_waits(over_time):
    """RFC 9309 §2.4: the expired copy is not used; whatever was not asked for yet is judged by the new one."""
    web = over_time.web
    asked = web.log.paths("news.localhost")
    assert asked[0] == "/robots.txt"
    assert asked.index("/robots.txt", 1) == len(asked) - asked.count("/robots.txt") + 1, "a page after the disallow"
    fetched = [path for path in asked if path != "/robots.txt"]
    assert 1 <= len(fetched) < 40
    outcomes = {path: over_time.outcomes()[web.url("news.localhost", path)] for path in (f"/n{n}" for n in range(40))}
    assert {path for path, outcome in outcomes.items() if outcome[0] == "archived"} == set(fetched)
    assert {outcomes[path][:2] for path in outcomes if path not in fetched} == {("refused", "robots_txt")}
    assert verify(over_time) == ""


def test_an_unreachable_file_is_asked_for_ever_more_rarely_while_a_copy_stands_in(over_time):
    """Back-off doubles although pages are fetched meanwhile."""
    web = over_time.web
    archived = [url for url, outcome in over_time.outcomes().items() if "//old." in url and outcome[0] == "archived"]
    assert len(archived) == 45
    times = [request.at for request in web.log.requests(host="old.localhost", path="/robots.txt")]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) >= 3
    for number, gap in enumerate(gaps[1:]):
        assert gap >= 0.9 * 0.2 * 2**number


def test_an_expired_copy_is_asked_for_again_and_stands_in_while_unreachable_within_its_limit(crawling, simweb):
    """RFC 9309 §2.3.1.4, §2.4: rules that were read may stand in for 30 days; a missing file's silence may not."""
    hosts = ("stale", "reset", "ancient", "missing", "down", "changed")
    for host in hosts:
        site = simweb.site(f"{host}.localhost").page("/").page("/new").page("/closed/new", links=["/closed/deep"])
        site.robots(ALLOW, RESET if host == "reset" else Reply(503))
    simweb.site("missing.localhost").robots(text("nothing here", 404), Reply(503))
    simweb.site("down.localhost").robots(Reply(503))
    simweb.site("changed.localhost").robots(ALLOW, CLOSED)
    crawling.seeds = [simweb.url(f"{host}.localhost") for host in hosts]
    crawling.run()
    age(crawling, timedelta(hours=25))
    age(crawling, timedelta(days=30), ["ancient.localhost"])
    simweb.log.clear()
    crawling.seeds = [simweb.url(f"{host}.localhost", path) for host in hosts for path in ("/new", "/closed/new")]
    crawling.run()
    outcomes = crawling.outcomes()
    for host in ("stale", "reset"):
        assert outcomes[simweb.url(f"{host}.localhost", "/new")][0] == "archived"
        outcome, rule, reason = outcomes[simweb.url(f"{host}.localhost", "/closed/new")]
        assert (outcome, rule) == ("refused", "robots_txt")
        assert "line 2" in reason
        assert "by the copy of" in reason
        assert not [p for p in simweb.log.paths(f"{host}.localhost") if p.startswith("/closed")]
    for host in ("ancient", "missing", "down"):
        for path in ("/new", "/closed/new"):
            outcome, rule, reason = outcomes[simweb.url(f"{host}.localhost", path)]
            assert (outcome, rule) == ("deferred", "robots_txt")
            assert "answered 503" in reason
        assert simweb.log.paths(f"{host}.localhost") == ["/robots.txt"] * 2, "asked to the end of this run's budget"
    assert simweb.log.paths("changed.localhost") == ["/robots.txt"]
    assert outcomes[simweb.url("changed.localhost", "/new")][:2] == ("refused", "robots_txt")
    kept = crawling.rows("SELECT COUNT(*) FROM signal WHERE origin LIKE '%//changed.localhost:%'")
    assert kept == [(2,)], "both copies stay as evidence"
    assert verify(crawling) == ""


RULES_OF_PORTS = ("/a", "/b", "/c", None)  # plain, another port, TLS; the fourth listener answers 503
DELAYED = "User-agent: corpusbot\nDisallow: /closed/\nCrawl-delay: 1\n\nUser-agent: *\nCrawl-delay: 9\n"
PATHS = tuple(f"/p{number}" for number in range(4))
MANY = 2_500


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unverified]:
    """One crawl, four pages of a host at once: a host on four ports, hosts that ask for time, one that stays down."""
    folder = tmp_path_factory.mktemp("hosts")
    with SimulatedWeb() as web:
        web.listen()
        web.listen_tls(*self_signed(folder, ["two.localhost"]))
        web.listen()
        for listener, closed in zip(web.listeners, RULES_OF_PORTS, strict=True):
            site = web.site("two.localhost", on=listener)
            site.robots(f"User-agent: *\nDisallow: {closed}/\n" if closed else Reply(503))
            for path in "abcd":
                site.page(f"/{path}/x", f"{path} on {listener.port}")
        web.site("slow.localhost").robots(DELAYED)
        web.site("moved.localhost").robots(moved("/rules.txt")).serve("/rules.txt", text(DELAYED))
        web.site("patient.localhost").robots("User-agent: *\nCrawl-delay: 400\n")
        web.site("down.localhost").robots(Reply(503))
        seeds = [listener.url("two.localhost", f"/{path}/x") for listener in web.listeners for path in "abcd"]
        for host in ("slow", "moved", "patient"):
            for path in PATHS:
                web.site(f"{host}.localhost").page(path)
                seeds.append(web.url(f"{host}.localhost", path))
        seeds += [web.url("down.localhost", f"/p{number}") for number in range(MANY)]
        crawling = Unverified(folder, web, politeness="concurrency_per_host = 4")
        crawling.run("--seeds", "-", stdin="\n".join(seeds))
        yield crawling


def test_robots_txt_is_of_a_scheme_and_a_port(hosts):
    """RFC 9309 §2.3: the key is scheme, host and port, and one that cannot be read takes no other along."""
    web, outcomes = hosts.web, hosts.outcomes()
    for listener, closed in zip(web.listeners, RULES_OF_PORTS, strict=True):
        ended = {f"/{path}": outcomes[listener.url("two.localhost", f"/{path}/x")][:2] for path in "abcd"}
        asked = sorted(r.path for r in web.log.requests(host="two.localhost", port=listener.port))
        if closed is None:
            assert set(asked) == {"/robots.txt"}
            assert set(ended.values()) == {("deferred", "robots_txt")}
            continue
        assert asked == sorted(["/robots.txt", *(f"/{path}/x" for path in "abcd" if f"/{path}" != closed)])
        for path, outcome in ended.items():
            assert outcome == (("refused", "robots_txt") if path == closed else ("archived", ""))


def test_a_crawl_delay_is_kept_from_the_first_page_on(hosts):
    """Not in RFC 9309: the longest of our group, also above `max_delay`; for every request, the file's own included."""
    log = hosts.web.log
    assert min(log.gaps("slow.localhost")) >= 0.9
    assert sorted(log.pages("slow.localhost")) == sorted(PATHS)
    pages = [request.at for request in log.requests(host="moved.localhost") if request.path in PATHS]
    assert len(pages) == 4
    assert min(later - earlier for earlier, later in pairwise(pages)) >= 0.9


def test_a_site_that_asks_for_more_time_than_we_take_is_left_alone(hosts):
    assert hosts.web.log.paths("patient.localhost") == ["/robots.txt"]
    outcomes = hosts.outcomes()
    assert {outcomes[hosts.web.url("patient.localhost", path)][0] for path in PATHS} == {"deferred"}
    query = "SELECT DISTINCT reason FROM attempt WHERE rule = 'robots_txt' AND reason LIKE '%asks for%'"
    ((reason,),) = hosts.rows(query)
    assert reason.startswith("deferred: robots.txt asks for 400 s between requests")


def test_what_waits_at_a_host_that_stays_unreachable_is_closed_whole(hosts):
    """Design §2.2: thousands wait, a handful was tried, all end as deferred with the reason; two requests went out."""
    assert hosts.web.log.paths("down.localhost") == ["/robots.txt"] * 2
    ended = [outcome for url, outcome in hosts.outcomes().items() if "//down." in url]
    assert len(ended) == MANY
    assert set(ended) == {("deferred", "robots_txt", "deferred: robots.txt cannot be read (it answered 503)")}
    assert hosts.rows("SELECT SUM(waiting), SUM(in_flight), SUM(deferred) FROM host") == [(0, 0, 0)]
    assert verify(hosts) == ""
