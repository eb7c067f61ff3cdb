"""What is asked for and what is not: scope, budgets, traps, nofollow, base, canonical, site maps, private addresses."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

import pytest

from tests.support.crawling import Crawling, verify
from tests.support.simsite import Reply, moved, text

HOST = "a.localhost"


@pytest.fixture
def site(simweb):
    return simweb.site(HOST)


def ends(crawling: Crawling) -> dict[str, tuple[str, str, str]]:
    """Path → (outcome, rule, reason), of the one host."""
    port = str(crawling.web.port)
    return {url.partition(f"{HOST}:{port}")[2]: end for url, end in crawling.outcomes().items()}


def crawl(crawling: Crawling, *, path: str = "/", **scope: str) -> dict[str, tuple[str, str, str]]:
    crawling.scope = "\n".join(f"{key} = {value}" for key, value in scope.items())
    crawling.seeds = [crawling.web.url(HOST, path)]
    crawling.run()
    return ends(crawling)


def test_include_exclude_and_depth(crawling, simweb, site):
    site.page("/", links=["/in/1", "/in/secret/2", "/out/3", "/in/deep"])
    site.page("/in/1").page("/in/secret/2").page("/out/3")
    site.page("/in/deep", links=["/in/deeper"]).page("/in/deeper", links=["/in/deepest"]).page("/in/deepest")
    outcomes = crawl(
        crawling, include=f'["{HOST}:*/", "{HOST}:*/in/*"]', exclude=f'["{HOST}:*/in/secret/*"]', max_depth="2"
    )
    kept = {path for path, (outcome, _, _) in outcomes.items() if outcome in ("archived", "duplicate")}
    assert {"/in/1", "/in/deep", "/in/deeper"} <= kept
    assert (
        outcomes["/out/3"][:2] == outcomes["/in/secret/2"][:2] == outcomes["/in/deepest"][:2] == ("refused", "in_scope")
    )
    assert "include" in outcomes["/out/3"][2]
    assert "secret" in outcomes["/in/secret/2"][2]
    assert "3 links from a seed" in outcomes["/in/deepest"][2]
    asked = simweb.log.paths(HOST)
    assert not {"/out/3", "/in/secret/2", "/in/deepest"} & set(asked)


def test_other_domains_are_not_contacted_unless_the_policy_opens_them(crawling, simweb, site):
    """`domains` names localhost; the sites under test and private suffixes are somebody else's."""
    site.page("/", links=["http://elsewhere.test/", "https://notlocalhost/", "http://localhost.test/x"])
    outcomes = crawl(crawling)
    crawled = {url: end for url, end in crawling.outcomes().items() if HOST not in url}
    assert len(crawled) == 3
    assert {end[:2] for end in crawled.values()} == {("refused", "in_scope")}
    assert outcomes["/"][0] == "archived"
    assert simweb.log.hosts() == {HOST}


def test_pages_per_host_are_a_budget_of_each_host(crawling, simweb):
    for name in ("a", "b"):
        simweb.site(f"{name}.localhost").page("/", links=[f"/{i}" for i in range(9)]).pages("/", 9)
    crawling.scope = "max_pages_per_host = 4"
    crawling.seeds = [simweb.url("a.localhost"), simweb.url("b.localhost")]
    crawling.run()
    for name in ("a.localhost", "b.localhost"):
        assert len(simweb.log.pages(name)) == 4
    spent = [reason for outcome, rule, reason in crawling.outcomes().values() if rule == "in_scope"]
    assert len(spent) == 12
    assert all("max_pages_per_host" in reason for reason in spent)


def test_traps_end(crawling, simweb, site):
    """Each of these would be crawled for ever, or as often as it is linked."""
    site.page("/", links=[
        "/calendar/2026/01", "/a/a/a/a", "/x/y/x/y/x/y", "/s;jsessionid=AB12", "/p?PHPSESSID=0123456789abcdef",
        f"/long/{'x' * 2_100}", "/q?" + "&".join(f"p{i}={i}" for i in range(20)), "/deep" + "/d1/e2" * 12,
    ])  # fmt: skip

    def calendar(request):
        _, _, year, month = request.path.split("/")
        number = int(year) * 12 + int(month)
        href = f"/calendar/{number // 12}/{number % 12 + 1:02d}"
        return Reply(200, f'<p>{request.path}</p><a href="{href}">on</a>'.encode(), (("Content-Type", "text/html"),))

    for year in range(2020, 2100):
        for month in range(1, 13):
            site.serve(f"/calendar/{year}/{month:02d}", calendar)
    outcomes = crawl(crawling, max_depth="60")
    refused = {
        path: reason for path, (outcome, rule, reason) in outcomes.items() if (outcome, rule) == ("refused", "in_scope")
    }
    assert "/a/a/a/a" in refused
    assert "/x/y/x/y/x/y" in refused
    assert any(path.startswith("/s;jsessionid") for path in outcomes if outcomes[path][0] == "refused")
    assert any(path.startswith("/p?PHPSESSID") for path in outcomes if outcomes[path][0] == "refused")
    assert any("2,1" in reason for reason in refused.values())
    assert any("parameters" in reason for reason in refused.values())
    assert any("segments" in reason for reason in refused.values())
    asked = simweb.log.pages(HOST)
    assert 3 <= len([path for path in asked if path.startswith("/calendar/")]) <= 12
    assert len(asked) <= 14


def test_nofollow_is_not_followed(crawling, simweb, site):
    """HTML §4.6.8; `nofollow` of a page, of its header, of a link; a link that stands twice counts once without it."""
    site.page("/", links=["/page-nofollow", "/header-nofollow", "/none", "/links"])
    site.page("/page-nofollow", head='<meta name="robots" content="nofollow">', links=["/from-page"])
    site.page("/header-nofollow", links=["/from-header"], headers=(("X-Robots-Tag", "nofollow"),))
    site.page("/none", head='<meta name="robots" content="none">', links=["/from-none"])
    hrefs = (
        '<a rel="nofollow" href="/rel">1</a><a rel="ugc" href="/ugc">2</a><a rel="sponsored noopener" href="/ad">3</a>'
    )
    site.page("/links", main=hrefs + '<a rel="nofollow" href="/both">4</a><a href="/both">5</a><a href="/plain">6</a>')
    for path in ("/from-page", "/from-header", "/from-none", "/rel", "/ugc", "/ad", "/both", "/plain"):
        site.page(path)
    outcomes = crawl(crawling)
    assert {"/both", "/plain"} <= set(outcomes)
    unfollowed = {"/from-page", "/from-header", "/from-none", "/rel", "/ugc", "/ad"}
    assert not unfollowed & set(outcomes), "a link that is not followed is no candidate"
    assert not unfollowed & set(simweb.log.paths(HOST))
    assert outcomes["/page-nofollow"][0] == outcomes["/header-nofollow"][0] == "archived"
    assert outcomes["/none"][0] == "withheld"


def test_base_canonical_frames_areas_and_alternates(crawling, simweb, site):
    head = """<base href="/base/"><link rel="canonical" href="/canonical"><link rel="next" href="page2">
<link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" href="/style.css">"""
    main = f"""<a href="relative">1</a><map><area href="area"></map><iframe src="frame"></iframe><img src="/image.png">
<a href="mailto:x@example.org">2</a><a href="javascript:void(0)">3</a><a href="#top">4</a><script src="/s.js"></script>
<a href="//{HOST}:{simweb.port}/slashes">5</a><a href=" /blank ">6</a>"""
    site.page("/", head=head, main=main)
    outcomes = crawl(crawling)
    expected = {
        "/",
        "/canonical",
        "/base/page2",
        "/de",
        "/base/relative",
        "/base/area",
        "/base/frame",
        "/slashes",
        "/blank",
    }
    assert set(outcomes) == expected
    assert set(simweb.log.pages(HOST)) == expected


def test_sitemaps_of_every_form_and_feeds_are_read_for_their_links(crawling, simweb, site):
    url = lambda path: simweb.url(HOST, path)  # noqa: E731
    typed = lambda body, kind: Reply(200, body.encode(), (("Content-Type", kind),))  # noqa: E731
    index = "".join(
        f"<sitemap><loc>{url(path)}</loc></sitemap>" for path in ("/plain.xml", "/packed.xml.gz", "/sitemap-lines.txt")
    )
    site.robots(f"User-agent: *\nDisallow: /no/\nSitemap: {url('/index.xml')}\n")
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.serve("/index.xml", typed(f"<sitemapindex {space}>{index}</sitemapindex>", "application/xml"))
    site.sitemap("/plain.xml", [url("/from-plain"), url("/no/from-plain"), "https://elsewhere.test/x"])
    site.sitemap("/packed.xml.gz", [url("/from-packed")], coding="gzip")
    site.serve("/sitemap-lines.txt", text(url("/from-lines") + "\n"))
    head = """<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" type="application/atom+xml" href="/atom.xml">"""
    site.page("/", head=head)
    rss = f'<rss version="2.0"><channel><title>n</title><item><title>x</title><link>{url("/from-rss")}</link></item></channel></rss>'
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{url("/from-atom")}"/></entry></feed>'
    site.serve("/rss.xml", typed(rss, "application/rss+xml")).serve("/atom.xml", typed(atom, "application/atom+xml"))
    for path in ("/from-plain", "/from-packed", "/from-lines", "/from-rss", "/from-atom", "/no/from-plain"):
        site.page(path)
    outcomes = crawl(crawling)
    for path in ("/from-plain", "/from-packed", "/from-lines", "/from-rss", "/from-atom"):
        assert outcomes[path][0] == "archived", path
    assert outcomes["/no/from-plain"][:2] == ("refused", "robots_txt")
    assert crawling.outcomes()["https://elsewhere.test/x"][:2] == ("refused", "in_scope")
    for path in ("/index.xml", "/plain.xml", "/packed.xml.gz", "/rss.xml"):
        outcome, _, reason = outcomes[path]
        assert outcome == "withheld"
        assert "read for its links" in reason or "robots" in reason
    assert not [path for path in simweb.log.paths(HOST) if path.startswith("/no/")]
    assert verify(crawling) == ""


def test_a_gzip_bomb_of_a_sitemap_is_bounded(crawling, site):
    body = gzip.compress(b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + b" " * 200_000_000, 9)
    site.robots("User-agent: *\nSitemap: /bomb.xml.gz\n").page("/")
    site.serve("/bomb.xml.gz", Reply(200, body, (("Content-Type", "application/gzip"),)))
    outcomes = crawl(crawling)
    assert outcomes["/"][0] == "archived"
    assert outcomes["/bomb.xml.gz"][0] == "withheld"


def test_a_host_is_one_host_in_whatever_form_it_is_linked(crawling, simweb, site):
    """RFC 5891 §4: the ASCII form is what is looked up, asked for and kept."""
    ascii_form = "xn--bcher-kva.localhost"
    simweb.site(ascii_form).page("/", "Bücher").page("/b", "B")
    hosts = ("bücher.localhost", ascii_form, "BÜCHER.localhost", "XN--BCHER-KVA.localhost", "b%C3%BCcher.localhost")
    site.page("/", links=[*(simweb.url(host, "/") for host in hosts), simweb.url("bu\u0308cher.localhost.", "/b")])
    crawl(crawling)
    assert simweb.log.hosts() == {HOST, ascii_form}
    assert sorted(simweb.log.paths(ascii_form)) == ["/", "/b", "/robots.txt"]


def test_an_objection_holds_for_the_host_under_both_idnas(crawling, simweb):
    """`ß` is a letter of its own under IDNA 2008 and `ss` under IDNA 2003 (UTS 46 §4, deviations)."""
    objections = ("straße.localhost", "grosse.localhost", "xn--fue-6ka.localhost")
    lines = "".join(json.dumps({"kind": "subtree", "value": host, "note": "letter"}) + "\n" for host in objections)
    (crawling.folder / "objections.jsonl").write_text(lines)
    crawling.more = '[registry]\nsources = ["objections.jsonl"]'
    crawling.seeds = [simweb.url(host) for host in ("straße.localhost", "große.localhost", "fuße.localhost")]
    crawling.run()
    assert len(crawling.outcomes()) == 3
    assert {end[:2] for end in crawling.outcomes().values()} == {("refused", "opted_out")}
    assert simweb.log.connections == []


@dataclass
class Strict(Crawling):
    """A crawl that may connect to 127.0.0.1 and to no other address."""

    @property
    def policy(self):
        path = super().policy
        path.write_text(path.read_text().replace("127.0.0.0/8", "127.0.0.1/32"))
        return path


def private_targets(port: int) -> list[str]:
    """Addresses of this machine and its neighbours, in the spellings that URLs allow (WHATWG URL §3.5)."""
    hosts = [
        "127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "[::1]", "[::ffff:127.0.0.2]", "169.254.169.254",
        "10.0.0.1", "192.168.0.1", "100.64.0.1", "0.0.0.0", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:2]",
    ]  # fmt: skip
    return [f"http://{host}:{port}/" for host in hosts]


def test_addresses_that_are_not_public_are_never_connected_to(tmp_path, simweb):
    """Linked, redirected to, as target of robots.txt, as site map: 127.0.0.2 listens, and nobody comes."""
    other = simweb.listen(address="127.0.0.2")
    crawling = Strict(tmp_path, simweb, scope="any_domain = true", seeds=[simweb.url(HOST), simweb.url("b.localhost")])
    targets = private_targets(other.port)
    site = simweb.site(HOST)
    site.robots(f"User-agent: *\nSitemap: {targets[0]}sitemap.xml\n")
    site.page("/", links=[*targets, *(f"/to/{n}" for n in range(len(targets)))])
    for number, target in enumerate(targets):
        site.redirect(f"/to/{number}", target + f"from/{number}")
    simweb.site("b.localhost").robots(moved(targets[0] + "robots.txt")).page("/", "B")
    crawling.run()
    assert [c for c in simweb.log.connections if c.port == other.port] == []
    outcomes = crawling.outcomes()
    refused = [url for url, end in outcomes.items() if end[:2] == ("refused", "public_address")]
    assert len(refused) >= 2 * 12 + 1, refused
    assert not [url for url, end in outcomes.items() if end[0] in ("archived", "failed") and "localhost" not in url]
    assert outcomes[simweb.url("b.localhost")][:2] == ("deferred", "robots_txt")
    assert simweb.log.pages("b.localhost") == []


def test_redirects_that_do_not_end_end(crawling, simweb, site):
    site.page("/", links=["/loop", "/chain", "/odd", "/none", "/other"])
    site.loop("/loop").redirects("/chain", 30, "/end").page("/end")
    site.redirect("/odd", "http://[broken/").serve("/none", Reply(302)).redirect("/other", "ftp://a.localhost/x")
    outcomes = crawl(crawling)
    asked = simweb.log.paths(HOST)
    assert asked.count("/loop") == asked.count("/loop.back") == 1
    assert "/end" not in asked
    assert len([path for path in asked if path.startswith("/chain")]) <= 12
    for path in ("/odd", "/none", "/other"):
        assert outcomes[path][0] in ("archived", "failed"), path
    assert verify(crawling) == ""
