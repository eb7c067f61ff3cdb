"""One crawl among servers that mean harm: each ends within its bounds and with a reason, and nobody else notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.support.agreement import disagreements
from tests.support.crawling import Crawling, verify
from tests.support.hostile import ARCHIVED, HOSTILE, entity_bomb, hosts, many_sitemaps
from tests.support.processes import watching
from tests.support.simsite import Reply, moved
from tests.support.simtls import self_signed
from tests.support.simweb import Listener, SimulatedWeb

LIMIT = 4_000_000  # [scope] max_body_bytes
SECONDS = 150  # for the whole crawl on a busy machine; an endless server ends it never
PEAK = 450_000  # KiB, of the largest process
GOOD, PAGES = 5, 4
ENDED = {"failed", "deferred"}

# The name's first look-up leads to where the policy allows, every later one to the neighbour: nothing is remembered.
REBINDING = """
import sys
from collector.crawler.network import resolver
known, asked = resolver.system_lookup, []
def lookup(host):
    if host != "rebinds.localhost":
        return known(host)
    asked.append(host)
    return ("127.0.0.1",) if len(asked) == 1 else ("127.0.0.2",)
resolver.GuardedResolver.__init__.__defaults__ = (lookup,)
resolver.POSITIVE_SECONDS = 0.0
from collector.cli.__main__ import main
sys.exit(main())
"""


class Guarded(Crawling):
    """One attempt each, one address allowed, and names that change what they lead to."""

    def command(self, *arguments: str) -> list[str]:
        python, _, _, *rest = super().command(*arguments)
        return [python, "-c", REBINDING, *rest]

    @property
    def policy(self) -> Path:
        path = super().policy
        for said, instead in (
            ("127.0.0.0/8", "127.0.0.1/32"),
            ("retry_budget = 2", "retry_budget = 1"),
            ("request_timeout = 30.0", "request_timeout = 5.0"),
        ):
            path.write_text(path.read_text().replace(said, instead))
        return path


@dataclass
class World:
    """The one crawl, over."""

    web: SimulatedWeb
    crawling: Guarded
    outcomes: dict[str, tuple[str, str, str]]
    peak: int  # KiB, of the largest of its processes
    summary: dict[str, object]
    secure: Listener

    def outcome(self, host: str, path: str = "/") -> tuple[str, str, str]:
        return self.outcomes[self.web.url(f"{host}.localhost", path)]


def furnish(web: SimulatedWeb, secure: Listener, faulty: Listener) -> list[str]:
    """Make the sites. Returns the seeds: hostile and good ones by turns."""
    seeds = [web.url(host) for host, _ in hosts()]
    for host, hostile in hosts():
        path = "/robots.txt" if hostile.robots else "/"
        web.site(host).serve(path, hostile.reply)
    for number in range(GOOD):
        web.site(f"good{number}.localhost").page("/", links=["/p0"]).pages("/p", PAGES)
        seeds.insert(number * 7, web.url(f"good{number}.localhost"))
    web.site("secure.localhost", on=secure).page("/", "Secure", links=["/p0"]).pages("/p", 2)
    web.site("secure.localhost", on=faulty).page("/", "Faulty")
    seeds += [secure.url("secure.localhost"), faulty.url("secure.localhost"), secure.url("unnamed.localhost")]
    seeds.append(f"https://plain.localhost:{web.port}/")  # nobody there answers a TLS greeting
    # to and fro between the schemes: for ever, and thirty times
    web.site("loop.localhost").serve("/", moved(secure.url("secure.localhost", "/loop")))
    web.site("secure.localhost", on=secure).redirect("/loop", web.url("loop.localhost"))
    for hop in range(30):
        here, there = (
            (web.site("chain.localhost"), secure) if hop % 2 == 0 else (web.site("secure.localhost", on=secure), None)
        )
        onward = f"/hop{hop + 1}"
        here.redirect(
            f"/hop{hop}", there.url("secure.localhost", onward) if there else web.url("chain.localhost", onward)
        )
    # by name, to where nobody may go; the second page is asked for when the name leads elsewhere
    web.site("rebinds.localhost").page("/", "Rebinds", links=["/second"], headers=(("Connection", "close"),))
    seeds += [web.url("loop.localhost"), web.url("chain.localhost", "/hop0"), web.url("rebinds.localhost")]
    maps = web.site("maps.localhost").page("/", "Maps").robots("Sitemap: /bomb.xml\nSitemap: /index.xml.gz\n")
    maps.serve("/bomb.xml", Reply(200, entity_bomb(web.port), (("Content-Type", "application/xml"),)))
    maps.serve("/index.xml.gz", many_sitemaps(1_000_000, 1_000))
    return [*seeds, web.url("maps.localhost")]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, other = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("other")
    trusted, key = self_signed(folder, ["secure.localhost"])
    with SimulatedWeb() as web, pytest.MonkeyPatch.context() as patch:
        secure = web.listen_tls(trusted, key, offers=("h2", "http/1.1"))
        faulty = web.listen_tls(*self_signed(other, ["secure.localhost"]))
        web.listen(address="127.0.0.2", port=web.port)
        patch.setenv("SSL_CERT_FILE", str(trusted))
        crawling = Guarded(folder, web, scope=f"max_body_bytes = {LIMIT}")
        (folder / "seeds.txt").write_text("\n".join(furnish(web, secure, faulty)))
        process = crawling.start("--seeds", str(folder / "seeds.txt"))
        with watching(process.pid) as watch:
            out, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, said
        yield World(web, crawling, crawling.outcomes(), watch.peak, json.loads(out), secure)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_as_it_should(world: World, name: str) -> None:
    outcome, _, reason = world.outcome(name)
    assert outcome in HOSTILE[name].ends, reason
    assert HOSTILE[name].says in reason
    assert reason
    assert "Error" not in reason, "the name of an exception is no reason"


def test_all_good_pages_are_kept_and_archive_and_account_agree(world: World) -> None:
    for number in range(GOOD):
        for path in ("/", *(f"/p{page}" for page in range(PAGES))):
            assert world.outcome(f"good{number}", path)[0] == "archived"
    assert world.summary["ended"] == "finished"
    assert disagreements(world.crawling.collection) == []
    assert verify(world.crawling) == ""


def test_no_process_grows(world: World) -> None:
    """60 MB in a bomb, endless bodies and heads, a million sitemaps: less than the limits of a few pages."""
    assert world.peak < PEAK


def test_nobody_is_asked_twice_for_what_broke(world: World) -> None:
    """A request that a connection swallowed is not sent again behind the host's clock: each goes out once."""
    for host, hostile in hosts():
        asked = [path for path in world.web.log.paths(host) if not path.startswith("/.well-known/")]
        if not hostile.robots and hostile.ends != (ARCHIVED,):
            assert asked.count("/") == 1, asked
        assert asked.count("/robots.txt") == 1, asked


def test_what_a_server_sends_unasked_answers_nothing(world: World) -> None:
    """RFC 9112 §9.2: a second answer on the connection must not become the next page's."""
    for path in world.crawling.warcs():
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                assert b"of nobody" not in record.content_stream().read()


def test_a_certificate_of_somebody_else_and_a_greeting_without_an_answer(world: World) -> None:
    secure = world.secure
    assert world.outcomes[secure.url("secure.localhost")][0] == "archived"
    assert world.outcomes[secure.url("secure.localhost", "/p1")][0] == "archived"
    faulty = next(one for one in world.web.listeners if one.scheme == "https" and one != secure)
    for url in (faulty.url("secure.localhost"), secure.url("unnamed.localhost")):
        outcome, _, reason = world.outcomes[url]
        assert outcome in ENDED
        assert "no secure connection" in reason
    assert world.web.log.requests(port=faulty.port) == []
    assert world.outcomes[f"https://plain.localhost:{world.web.port}/"][0] in ENDED


def test_a_server_that_prefers_http_2_is_asked_in_http_1_1(world: World) -> None:
    """RFC 7301: we offer nothing else, so it takes what it has second (docs/adr/0007)."""
    asked = world.web.log.requests(port=world.secure.port)
    assert {request.version for request in asked} == {"HTTP/1.1"}
    assert len(asked) > 3


def test_redirects_across_schemes_end(world: World) -> None:
    assert world.outcome("loop")[0] == "archived"
    assert len(world.web.log.requests(path="/loop")) == 1
    hops = [request.path for request in world.web.log.requests() if request.path.startswith("/hop")]
    assert sorted(hops, key=lambda hop: int(hop[4:])) == [f"/hop{number}" for number in range(len(hops))]
    assert 5 <= len(hops) <= 12


def test_a_name_that_leads_elsewhere_after_the_check_is_not_followed(world: World) -> None:
    """What is connected to is what was judged: the neighbour's port listens, and nobody comes."""
    assert [c for c in world.web.log.connections if c.address != "127.0.0.1"] == []
    outcome, rule, reason = world.outcome("rebinds", "/second")
    assert (outcome, rule) == ("refused", "public_address"), reason


def test_sitemaps_that_explode(world: World) -> None:
    """No entity is expanded or fetched, and of a million sitemaps as many are known as one may name."""
    assert world.outcome("maps")[0] == "archived"
    assert world.web.log.requests(host="outside.localhost") == []
    assert world.outcome("maps", "/bomb.xml")[0] == "withheld"
    assert world.outcome("maps", "/index.xml.gz")[0] == "withheld"
    assert len([url for url in world.outcomes if url.endswith("example.org/map.xml")]) <= 1_000
