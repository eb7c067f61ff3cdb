"""Every way round a gate that a spider, its settings or its middlewares have: refused, counted, never on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.crawling import verify
from tests.support.planted import PLANTS, find_planted, plant
from tests.support.simtls import self_signed
from tests.support.simweb import SimulatedWeb
from tests.support.stranger import Stranger

OPEN, SECRET = "open.localhost", "refused.localhost"
HOSTS = (OPEN, SECRET)

# way → what the account or the statistics call it
REFUSED = {
    "post": "method POST",
    "json": "method POST",
    "head": "method HEAD",
    "put": "method PUT",
    "get_body": "a request body",
    "cookies": "cookies",
    "cookie_header": "cookies",
    "authorization": "credentials",
    "host": "a Host field of its own",
    "proxy": "a proxy",
    "bindaddress": "an outgoing address of its own",
    "splash": "a foreign download handler (splash)",
    "playwright": "a foreign download handler (playwright)",
    "zyte": "a foreign download handler (zyte_api)",
}


@pytest.fixture
def stranger(tmp_path, simweb):
    simweb.site(OPEN).robots("User-agent: *\nDisallow: /secret-never\n").page("/", "Open")
    simweb.site(SECRET).robots("User-agent: *\nDisallow: /\n").page("/", "Secret")
    return Stranger(tmp_path, simweb)


def run(stranger, simweb, way, spider="bypass", **settings):
    return stranger.scrapy(
        spider, way=way, allowed=simweb.url(OPEN), forbidden=simweb.url(SECRET), settings=settings or None
    )


def untouched(simweb):
    """No page of the host that refuses was asked for, under any name, and nothing but plain GETs went out."""
    assert set(simweb.log.paths(SECRET)) <= {"/robots.txt"}
    for request in simweb.log.requests():
        assert request.method == "GET"
        assert not {"cookie", "authorization", "proxy-authorization", "referer"} & set(request.headers)
        assert request.headers["user-agent"].startswith("corpusbot/")
        assert request.target.startswith("/"), "asked as a proxy"
    assert simweb.log.hosts() <= set(HOSTS)


def test_requests_that_are_no_plain_get_are_refused_by_name_and_counted(stranger, simweb):
    ran = run(stranger, simweb, " ".join(REFUSED))
    untouched(simweb)
    assert simweb.log.pages(OPEN) == []
    outcomes = stranger.outcomes()
    for way, what in REFUSED.items():
        outcome, rule, reason = outcomes[simweb.url(OPEN, f"/secret-{way}")]
        assert (outcome, rule) == ("refused", "plain_request"), way
        assert what in reason
        assert ran.stat(f"collector/bypass_refused/{what}"), what
    assert ran.stat("failed/Refusal") == len(REFUSED)
    assert not [what for what in ("session=1", "user:pass") if what in ran.log + str(outcomes)]
    assert verify(stranger) == ""


def test_keys_fields_and_schemes_that_pretend_or_persuade(stranger, simweb):
    site = simweb.site(OPEN).page("/wall", "Wall", status=403, headers=(("WWW-Authenticate", "Basic"),))
    site.page("/?headers", "Headers").page("/?depth", "Depth")
    ran = run(stranger, simweb, "dont_obey dont_filter userinfo statuses meta schemes headers")
    untouched(simweb)
    assert sorted(simweb.log.pages(OPEN)) == ["/", "/?depth", "/?headers", "/wall"]
    (asked,) = simweb.log.requests(host=OPEN, path="/?headers")
    assert asked.headers["accept-language"] == "de"
    assert not {"x-forwarded-for", "range", "upgrade", "referer"} & set(asked.headers)
    outcomes = stranger.outcomes()
    assert outcomes[simweb.url(SECRET)][:2] == ("refused", "robots_txt")
    assert outcomes[simweb.url(OPEN, "/wall")][:2] == ("withheld", "access_barrier")
    assert outcomes[simweb.url(OPEN, "/?depth")][0] == "archived"
    assert ran.urls == {simweb.url(OPEN, path) for path in ("/", "/?depth", "/?headers")}, ran.log
    assert ran.stat("collector/bypass_refused/dont_obey_robotstxt") == 1
    assert ran.stat("collector/not_a_url") == 4
    assert "user:pass" not in json.dumps(outcomes) + ran.log
    assert verify(stranger) == ""


@pytest.mark.parametrize(
    ("way", "pages", "stopped"),
    [("engine.download", 1, 0), ("downloader", 0, 4), ("again", 1, 1)],
)
def test_the_engine_called_directly_is_judged_and_asked_once(stranger, simweb, way, pages, stopped):
    ran = run(stranger, simweb, way)
    untouched(simweb)
    assert simweb.log.pages(OPEN) == ["/"] * pages, ran.log
    assert ran.stat("seen") == pages
    assert ran.stat("collector/not_admitted") == stopped
    assert len(simweb.log.paths(SECRET)) <= 1
    assert verify(stranger) == ""


@pytest.mark.parametrize(
    ("interference", "host", "outcome"),
    [
        ("", OPEN, ("archived", "")),
        ("rewrite_url", SECRET, ("refused", "robots_txt")),
        ("proxy", OPEN, ("refused", "plain_request")),
        ("fake_robots", OPEN, ("deferred", "robots_txt")),
        ("fake_page", OPEN, ("withheld", "")),
    ],
)
def test_settings_and_middlewares_loosen_nothing(stranger, simweb, interference, host, outcome):
    """`quotes.middlewares` stand before and, as far as Scrapy lets them, after everything of ours."""
    simweb.site(OPEN).page("/", "Open", headers=(("Set-Cookie", "session=1"), ("X-Mail", "raw@mail.test")))
    ran = run(stranger, simweb, "engine.crawl", "loud", LOUD_WAY=interference)
    assert ran.code == 0, ran.log
    untouched(simweb)
    assert simweb.log.pages(OPEN) == ([] if interference else ["/"]), ran.log
    assert ran.urls == (set() if interference else {simweb.url(OPEN)})
    assert stranger.outcomes()[simweb.url(host)][:2] == outcome
    for name in ("cache", "job", "control", ".scrapy"):
        assert not (stranger.folder / name).exists(), name
    assert not (stranger.folder / "seen-by-listener").exists() or not (
        (stranger.folder / "seen-by-listener").read_bytes().replace(b"{}", b"")
    ), "raw bytes were handed to a listener"
    assert verify(stranger) == ""


def test_middlewares_and_listeners_of_a_project_see_minimised_pages_only(stranger, simweb):
    plant(simweb.site(OPEN))
    run(stranger, simweb, "engine.crawl", "loud")
    assert b"bridge" in (stranger.folder / "seen-by-middleware").read_bytes()
    assert find_planted(stranger.folder, [p for p in PLANTS.values() if p.kind != "person"]) == []


def test_no_port_listens_while_it_crawls(stranger, simweb):
    """Scrapy's telnet console and remote control execute code for whoever reaches their port."""
    seen: list[int] = []
    site = simweb.site(OPEN)

    def look(_request):
        seen.extend(_listening(inherited=before))
        return site.answers["/done"][0]

    site.page("/done", "Done").serve("/", look)
    before = _listening(set())
    run(stranger, simweb, "engine.crawl", "loud")
    assert simweb.log.pages(OPEN) == ["/"]
    assert not [port for port in seen if 6_000 <= port < 7_000], "a console listens"


def _listening(inherited: set[int]) -> set[int]:
    """Ports that somebody on this machine listens on, new since `inherited` (proc_net_tcp(5): state 0A)."""
    found = set()
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        cells = row.split()
        if cells[3] == "0A":
            found.add(int(cells[1].rpartition(":")[2], 16))
    return found - inherited


@pytest.mark.parametrize("verified", [True, False])
def test_a_certificate_that_cannot_be_verified(tmp_path, verified):
    certificate, key = self_signed(tmp_path, [OPEN])
    with SimulatedWeb() as web:
        secure = web.listen_tls(certificate, key)
        web.site(OPEN).page("/", "Open")
        stranger = Stranger(tmp_path, web)
        stranger.network = "" if verified else "verify_tls = false"
        ran = stranger.scrapy("bypass", way="engine.crawl", allowed=secure.url(OPEN), forbidden=secure.url(SECRET))
        (outcome, _rule, reason) = stranger.outcomes()[secure.url(OPEN)]
        if verified:
            assert outcome in ("deferred", "failed"), ran.log
            assert "no secure connection" in reason
            assert web.log.requests() == []
        else:
            assert outcome == "archived", ran.log
            (fields,) = _provenance(stranger)
            assert "tls-verified: no" in fields


def _provenance(stranger):
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415

    found = []
    for path in stranger.warcs():
        with path.open("rb") as stream:
            found += [
                record.content_stream().read().decode()
                for record in ArchiveIterator(stream)
                if record.rec_type == "metadata"
            ]
    return found


def test_scrapy_crawl_site_from_the_checkout(stranger, simweb):
    simweb.site(OPEN).page("/", "Open", links=["/a", "/secret-never"]).page("/a", "A")
    stranger.scope = f'seeds = ["{simweb.url(OPEN)}"]'
    policy = stranger.policy
    listed = _scrapy("list")
    assert listed.returncode == 0
    assert listed.stdout.split() == ["site"]
    ran = _scrapy("crawl", "site", "-a", f"policy={policy}", "-a", f"data={stranger.data}")
    assert ran.returncode == 0, ran.stderr
    assert sorted(simweb.log.pages(OPEN)) == ["/", "/a"]
    assert stranger.outcomes()[simweb.url(OPEN, "/secret-never")][:2] == ("refused", "robots_txt")
    assert verify(stranger) == ""


@pytest.mark.parametrize("how", ["typo", "missing", "none"])
def test_a_policy_error_is_told_in_words_and_nothing_is_fetched(stranger, simweb, how):
    policy = stranger.policy
    policy.write_text(policy.read_text().replace("legal_basis", "legal_bases"))
    given = {"typo": ["-a", f"policy={policy}"], "missing": ["-a", f"policy={policy}.gone"], "none": []}[how]
    ran = _scrapy("crawl", "site", "-a", f"data={stranger.data}", *given)
    assert ran.returncode == 2, ran.stderr
    assert "Traceback" not in ran.stderr
    said = {"typo": "legal_bases", "missing": ".toml.gone", "none": "COLLECTOR_POLICY"}[how]
    assert said in ran.stderr[ran.stderr.index("collector: ") :]
    assert simweb.log.connections == []


def _scrapy(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments], capture_output=True, text=True, timeout=90, check=False
    )
