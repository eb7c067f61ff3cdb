"""Anybody's own spider under the add-on: what the servers saw of it, what it saw of them, what was written down."""

from __future__ import annotations

import sys

import pytest

from tests.support.crawling import finished, verify
from tests.support.planted import PLANTS, find_planted, plant
from tests.support.simsite import CLOSE, Reply, text
from tests.support.stranger import Stranger


@pytest.fixture
def stranger(tmp_path, simweb):
    return Stranger(tmp_path, simweb)


def forbidding(simweb):
    """A site that says no in every way that there is today, and yes to /open."""
    site = simweb.site("quotes.localhost").robots(
        "User-agent: *\nDisallow: /private\n\nUser-agent: GPTBot\nDisallow: /no-training\n"
    )
    links = ["/open", "/private/a", "/no-training", "/noai-header", "/noai-page", "/login", "/moved", "/trap", "/lost"]
    site.page("/", "Front", links=[*links, "/open#again", "https://refused.test/x"])
    site.page("/open", "Open", links=["/", "/deeper?utm_source=x"]).page("/deeper", "Deeper")
    site.page("/private/a", "Private", links=["/private/b"])
    site.page("/no-training", "Not for training")
    site.page("/noai-header", "Header says no", headers=(("X-Robots-Tag", "noai"),), links=["/behind-header"])
    site.page("/noai-page", "Page says no", head='<meta name="robots" content="noai">', links=["/behind-page"])
    site.serve("/login", text("members only", 401, (("WWW-Authenticate", "Basic"),)))
    site.redirect("/moved", "/target").page("/target", "Target").redirect("/trap", "/private/c")
    return site


def test_a_tutorial_spider_makes_no_forbidden_request_and_sees_no_forbidden_page(stranger, simweb):
    forbidding(simweb)
    ran = stranger.scrapy("quotes", start=simweb.url("quotes.localhost"))
    assert ran.code == 0, ran.log
    asked = simweb.log.paths("quotes.localhost")
    assert not [path for path in asked if path.startswith(("/private", "/no-training", "/behind"))]
    assert len(asked) == len(set(asked)), "a URL was asked for twice"
    assert simweb.log.hosts() == {"quotes.localhost"}
    assert not simweb.log.silent_connections()
    url = lambda path: simweb.url("quotes.localhost", path)  # noqa: E731
    assert ran.urls == {url(path) for path in ("/", "/open", "/deeper", "/target")}
    outcomes = stranger.outcomes()
    assert outcomes[url("/private/a")][:2] == ("refused", "robots_txt")
    assert outcomes[url("/private/c")][:2] == ("refused", "robots_txt")
    assert outcomes[url("/no-training")][:2] == ("refused", "ai_tokens")
    assert outcomes[url("/noai-header")][:2] == ("withheld", "x_robots_tag")
    assert outcomes[url("/noai-page")][:2] == ("withheld", "meta_robots")
    assert outcomes[url("/login")][:2] == ("withheld", "access_barrier")
    assert outcomes[url("/lost")][0] == "failed"
    assert outcomes["https://refused.test/x"][0] == "refused"
    assert outcomes[url("/moved")][0] == outcomes[url("/target")][0] == "archived"
    failed = {row["failed"]: row["why"] for row in ran.exported if "failed" in row}
    assert set(failed.values()) == {"Refusal"}
    assert {url("/private/a"), url("/no-training"), url("/login"), url("/lost")} <= set(failed)
    assert verify(stranger) == ""


def test_lists_and_the_registry_bind_it_before_any_contact(stranger, simweb):
    front = simweb.site("front.localhost")
    hosts = ["listed.localhost", "opted-out.localhost"]
    front.page("/", "Front", links=[simweb.url(host, "/a") for host in hosts] + ["/to-listed"])
    front.redirect("/to-listed", simweb.url("listed.localhost", "/b"))
    for host in hosts:
        simweb.site(host).page("/a", "A").page("/b", "B")
    (stranger.folder / "no.txt").write_text("listed.localhost\n")
    stranger.more = '[lists]\nfiles = ["no.txt"]\n'
    assert stranger.policy
    command = [sys.executable, "-m", "collector.cli", "registry", "add", "opted-out.localhost", "--reason", "asked"]
    assert finished([*command, "--data", str(stranger.data)], timeout=60).returncode == 0
    ran = stranger.scrapy("quotes", start=simweb.url("front.localhost"))
    assert ran.code == 0, ran.log
    assert simweb.log.hosts() == {"front.localhost"}
    outcomes = stranger.outcomes()
    assert outcomes[simweb.url("listed.localhost", "/a")][:2] == ("refused", "sensitive_domain")
    assert outcomes[simweb.url("listed.localhost", "/b")][:2] == ("refused", "sensitive_domain")
    assert outcomes[simweb.url("opted-out.localhost", "/a")][:2] == ("refused", "opted_out")


def test_it_sees_the_page_as_it_is_archived_and_no_personal_data_is_anywhere(stranger, simweb):
    plant(simweb.site("planted.localhost"))
    ran = stranger.scrapy("quotes", start=simweb.url("planted.localhost"))
    assert ran.code == 0, ran.log
    front = next(row for row in ran.exported if row.get("url") == simweb.url("planted.localhost"))
    assert "bridge" in front["text"]
    assert front["kind"] == "HtmlResponse"
    (kept,) = [record for record in _pages(stranger) if record[0] == front["url"]]
    assert kept[1].decode() == front["text"]
    assert "Set-Cookie" not in front["headers"]
    (stranger.folder / "scrapy.log").write_text(ran.log)
    assert find_planted(stranger.folder, [p for p in PLANTS.values() if p.kind != "person"]) == []


def test_a_page_in_another_charset_arrives_readable(stranger, simweb):
    body = '<!doctype html><html lang="de"><head><meta charset="windows-1252"><title>Größe</title></head><body>'
    body += "<p>Über die Brücke gehen täglich viele Leute, schöne Grüße an alle.</p>" * 8 + "%s</body></html>"
    kind = (("Content-Type", "text/html"),)
    site = simweb.site("charset.localhost")
    site.serve("/", Reply(200, (body % '<a href="/changed">weiter</a>').encode("cp1252"), kind))
    mail = "<p>Schreiben Sie an eberhard.muster@garten-post.example.org</p>"
    site.serve("/changed", Reply(200, (body % mail).encode("cp1252"), kind, coding="gzip"))
    ran = stranger.scrapy("quotes", start=simweb.url("charset.localhost"))
    pages = {row["url"].rpartition("/")[2]: row for row in ran.exported if "url" in row}
    for name in ("", "changed"):
        assert pages[name]["title"] == "Größe", ran.log
        assert "schöne Grüße" in pages[name]["text"]
    assert "eberhard" not in pages["changed"]["text"]


def test_a_crawlspider_follows_links_with_its_trail(stranger, simweb):
    site = simweb.site("rules.localhost").robots("User-agent: *\nDisallow: /no\n")
    site.page("/", "Front", links=["/one", "/no"]).page("/one", "One", links=["/two"]).page("/two", "Two")
    ran = stranger.scrapy("rules", start=simweb.url("rules.localhost"))
    assert ran.urls == {simweb.url("rules.localhost", path) for path in ("/one", "/two")}, ran.log
    assert "/no" not in simweb.log.paths("rules.localhost")
    trail = {url: (depth, hops, via) for url, depth, hops, via in stranger.rows(
        "SELECT COALESCE(url, scrubbed), depth, hops, via FROM event"
    )}  # fmt: skip
    assert trail[simweb.url("rules.localhost", "/two")] == (2, "XX", simweb.url("rules.localhost", "/one"))


@pytest.mark.parametrize("start", ["/robots.txt", "/index.xml"])
def test_a_sitemapspider_reads_sitemaps_and_robots_txt(stranger, simweb, start):
    site = simweb.site("map.localhost").robots("User-agent: *\nDisallow: /no\nSitemap: /index.xml\n")
    url = lambda path: simweb.url("map.localhost", path)  # noqa: E731
    index = f"<sitemapindex><sitemap><loc>{url('/map.xml')}</loc></sitemap></sitemapindex>"
    site.serve("/index.xml", Reply(200, index.encode(), (("Content-Type", "application/xml"),)))
    site.sitemap("/map.xml", [url("/a"), url("/no"), url("/p?email=veroni.quillfeather@garten-post.example.org")])
    site.page("/a", "A").page("/no", "No")
    ran = stranger.scrapy("sitemap", start=url(start))
    assert ran.urls == {url("/a")}, ran.log
    asked = simweb.log.paths("map.localhost")
    assert sorted(asked) == ["/a", "/index.xml", "/map.xml", "/robots.txt"]
    assert stranger.outcomes()[url("/no")][:2] == ("refused", "robots_txt")
    assert verify(stranger) == ""


def test_what_fails_for_now_is_asked_again_and_the_spider_waits_for_it(stranger, simweb):
    site = simweb.site("flaky.localhost")
    site.page("/", "Front", links=["/later", "/never"])
    site.page("/later", "Later")
    (good,) = site.answers["/later"]
    site.serve("/later", text("busy", 503), good).serve("/never", CLOSE)
    ran = stranger.scrapy("quotes", start=simweb.url("flaky.localhost"))
    assert simweb.url("flaky.localhost", "/later") in ran.urls, ran.log
    outcomes = stranger.outcomes()
    assert outcomes[simweb.url("flaky.localhost", "/later")][0] == "archived"
    assert outcomes[simweb.url("flaky.localhost", "/never")][0] == "failed"
    assert verify(stranger) == ""


def test_an_unreachable_robots_txt_defers_everything_and_nothing_is_fetched(stranger, simweb):
    simweb.site("down.localhost").robots(text("", 503)).page("/", "Front")
    ran = stranger.scrapy("quotes", start=simweb.url("down.localhost"))
    assert ran.code == 0
    assert set(simweb.log.paths("down.localhost")) == {"/robots.txt"}
    assert stranger.outcomes()[simweb.url("down.localhost")][0] == "deferred", ran.log
    assert verify(stranger) == ""


def test_a_second_run_makes_a_second_visit(stranger, simweb):
    simweb.site("twice.localhost").page("/", "Front")
    for _ in range(2):
        ran = stranger.scrapy("quotes", start=simweb.url("twice.localhost"))
        assert ran.urls == {simweb.url("twice.localhost")}, ran.log
    rows = stranger.rows("SELECT visit, outcome FROM event ORDER BY visit")
    assert rows == [(1, "archived"), (2, "duplicate")]
    assert verify(stranger) == ""


def test_redirects_reach_the_same_callback_and_never_run_for_ever(stranger, simweb):
    site = simweb.site("hops.localhost")
    site.page("/", "Front", links=["/far", "/round", "/endless0"])
    site.redirects("/far", 3, "/end").page("/end", "End").loop("/round")
    for number in range(40):
        site.redirect(f"/endless{number}", f"/endless{number + 1}")
    ran = stranger.scrapy("quotes", start=simweb.url("hops.localhost"))
    assert simweb.url("hops.localhost", "/end") in ran.urls, ran.log
    asked = simweb.log.paths("hops.localhost")
    assert len(asked) == len(set(asked))
    assert sum(path.startswith("/endless") for path in asked) <= 12
    hops = dict(stranger.rows("SELECT COALESCE(url, scrubbed), hops FROM event"))
    assert hops[simweb.url("hops.localhost", "/end")] == "XRRR"
    assert verify(stranger) == ""


def test_the_projects_own_haste_does_not_outrun_the_policy(stranger, simweb):
    stranger.min_delay = 0.5
    site = simweb.site("slow.localhost")
    site.page("/", "Front", links=[f"/p{n}" for n in range(4)])
    for number in range(4):
        site.page(f"/p{number}", f"Page {number}", delay=0.8 if number == 0 else 0.0)
    ran = stranger.scrapy("quotes", start=simweb.url("slow.localhost"))
    assert len(ran.urls) == 5, ran.log
    assert min(simweb.log.gaps("slow.localhost")) > 0.45
    assert simweb.log.most_at_once("slow.localhost") == 1


def _pages(stranger):
    """(target URI, body) of every archived response."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415

    found = []
    for path in stranger.warcs():
        with path.open("rb") as stream:
            found += [
                (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
                for record in ArchiveIterator(stream)
                if record.rec_type == "response"
            ]
    return found
