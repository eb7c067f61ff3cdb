"""One crawl over many hosts, each with its own signal: what is named elsewhere is fetched before the page is judged,
what stands inside an asset is read, and nothing that is denied reaches the disk.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support import assets
from tests.support.crawling import Crawling, verify
from tests.support.plugin import install
from tests.support.simsite import Reply, Site, moved, text
from tests.support.simweb import SimulatedWeb

MORE = """
[rules.rsl_licence]
https_only = false

[rules.age_declaration]
top_level_domains = ["localhost"]

[storage]
headers = ["Robots-Tag"]
"""
SCOPE = 'media_types = ["text/html", "image/png", "application/pdf", "application/epub+zip"]\nmax_depth = 2'
TYPED = 'rel="license"; type="application/rsl+xml"'
NAMED = 30  # pages that name one licence between them
TRAP = 110  # pages of one host that each name a licence of their own, on somebody else's server


def licence(says: str, max_age: str = "") -> Reply:
    body = f'<rsl xmlns="{assets.RSL}" {max_age}><content url="/"><license>{says}</license></content></rsl>'
    return Reply(200, body.encode(), (("Content-Type", "application/rsl+xml"),))


PERMITS = licence('<permits type="usage">ai-all</permits>')
PROHIBITS = licence('<prohibits type="usage">ai-train</prohibits>')


@dataclass
class Crawled:
    """The crawl when it is over."""

    crawling: Crawling
    web: SimulatedWeb
    outcomes: dict[str, tuple[str, str, str]]

    def of(self, host: str, path: str = "/") -> tuple[str, str]:
        """Outcome and deciding rule."""
        return self.outcomes[self.web.url(f"{host}.localhost", path)][:2]

    def asked(self, host: str, path: str) -> int:
        return self.web.log.paths(f"{host}.localhost").count(path)


def link(target: str) -> tuple[tuple[str, str], ...]:
    return (("Link", f"<{target}>; {TYPED}"),)


def element(target: str) -> str:
    return f'<link rel="license" type="application/rsl+xml" href="{target}">'


def build(web: SimulatedWeb) -> list[str]:
    """The sites; returns the seeds."""
    names = (*build_licences(web), *build_reservations(web))
    return [web.url(f"{name}.localhost") for name in names]


def build_licences(web: SimulatedWeb) -> list[str]:
    def site(host: str) -> Site:
        return web.site(f"{host}.localhost")

    # named by the header field
    here = web.url("header-permits.localhost", "/l.xml")
    site("header-permits").page("/", headers=link(here), links=[f"/p{i}" for i in range(NAMED)]).serve(
        "/l.xml", PERMITS
    )
    for number in range(NAMED):
        site("header-permits").page(f"/p{number}", f"Permitted {number}", headers=link(here))
    here = web.url("header-prohibits.localhost", "/l.xml")
    site("header-prohibits").page("/", "SECRETHEADER", headers=link(here)).serve("/l.xml", PROHIBITS)
    here = web.url("header-robots.localhost", "/closed/l.xml")
    site("header-robots").page("/", "SECRETROBOTS", headers=link(here)).serve("/closed/l.xml", PERMITS)
    site("header-robots").robots("User-agent: *\nDisallow: /closed/\n")
    # a redirect into what nobody may ask
    site("header-inside").page("/", "SECRETINSIDE", headers=link(web.url("header-inside.localhost", "/l.xml")))
    site("header-inside").serve("/l.xml", moved("http://10.0.0.1/l.xml"))
    site("header-away").page("/", "Away", headers=link(web.url("header-away.localhost", "/l.xml")))
    site("header-away").serve("/l.xml", moved(web.url("closed-host.localhost", "/l.xml")))
    site("closed-host").robots("User-agent: *\nDisallow: /\n").serve("/l.xml", PERMITS)
    # refused without it: nobody asks
    here = web.url("refused-anyway.localhost", "/l.xml")
    site("refused-anyway").page("/", headers=(*link(here), ("X-Robots-Tag", "noai"))).serve("/l.xml", PERMITS)
    # named by an element of the page
    site("element-permits").page("/", "Element", head=element("/l.xml")).serve("/l.xml", PERMITS)
    absolute = web.url("element-absolute.localhost", "/l.xml")
    site("element-absolute").page("/", "Absolute", head=element(absolute)).serve("/l.xml", PERMITS)
    absolute = web.url("element-prohibits.localhost", "/l.xml")
    site("element-prohibits").page("/", "SECRETELEMENT", head=element(absolute)).serve("/l.xml", PROHIBITS)
    # each page a document of its own
    trap = site("trap").page("/", links=[f"/p{i}" for i in range(TRAP)])
    site("bystander").robots("").otherwise = PERMITS
    for number in range(TRAP):
        trap.page(f"/p{number}", f"Trap {number}", headers=link(web.url("bystander.localhost", f"/l{number}.xml")))
    return """header-permits header-prohibits header-robots header-inside header-away refused-anyway element-permits
    element-absolute element-prohibits trap""".split()


def build_reservations(web: SimulatedWeb) -> list[str]:
    def site(host: str) -> Site:
        return web.site(f"{host}.localhost")

    # TDMRep policy
    offer = {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "permission": [{"action": "tdm:mine"}],
    }
    terms = web.url("tdm-terms.localhost", "/policy.json")
    site("tdm-terms").serve("/policy.json", text(json.dumps(offer)))
    rules = json.dumps([{"location": "/", "tdm-reservation": 1, "tdm-policy": terms}])
    site("tdm-file").page("/", "SECRETTDM").serve("/.well-known/tdmrep.json", text(rules))
    fields = (("tdm-reservation", "1"), ("tdm-policy", terms))
    site("tdm-header").page("/", "SECRETTDMHEADER", headers=fields)
    # a feed that says what its entries may be used for
    feed = site("feed").page("/", head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">')
    feed.page("/free", "Free entry").page("/reserved", "SECRETFEED")
    entries = "".join(
        f'<item><link>{web.url("feed.localhost", path)}</link><rsl:content url="{path}"><rsl:license>{says}'
        "</rsl:license></rsl:content></item>"
        for path, says in (
            ("/free", '<rsl:permits type="usage">ai-all</rsl:permits>'),
            ("/reserved", '<rsl:prohibits type="usage">all</rsl:prohibits>'),
        )
    )
    rss = f'<?xml version="1.0"?><rss version="2.0" xmlns:rsl="{assets.RSL}"><channel>{entries}</channel></rss>'
    feed.serve("/feed.xml", Reply(200, rss.encode(), (("Content-Type", "application/rss+xml"),)))
    # assets
    prohibited = assets.xmp(attributes='plus:DataMining="DMI-PROHIBITED-AIMLTRAINING"')
    store = assets.store(assets.manifest(assets.assertion({"cawg.ai_training": "notAllowed"})))
    book = assets.epub('<meta property="tdm:reservation">1</meta>')
    pdf = assets.pdf(assets.xmp(attributes='tdm:reservation="1"'), compressed=True)
    for host, body, kind in (
        ("plus", assets.png(prohibited), "image/png"),
        ("cawg", assets.png(c2pa=store), "image/png"),
        ("book", book, "application/epub+zip"),
        ("pdf", pdf, "application/pdf"),
    ):
        site(host).serve("/", Reply(200, body, (("Content-Type", kind),)))
    # fields and files
    site("robots-tag").page("/", "SECRETTAG", headers=(("Robots-Tag", "*;noai"),))
    site("robots-tag-other").page("/", "Other's tag", headers=(("Robots-Tag", "otherbot;noai"),))
    site("rated").page("/", "SECRETRATED", headers=(("Rating", "RTA-5042-1996-1400-1577-RTA"),))
    declared = (
        "<age-declaration><ageblock-labeltype><default-age>18</default-age></ageblock-labeltype></age-declaration>"
    )
    site("aged").page("/", "SECRETAGED").serve("/age-de.xml", text(declared))
    site("plugged").page("/", "SECRETPLUGGED").serve("/.well-known/example-optout", text("reserve:/\n"))
    return "tdm-file tdm-header feed plus cawg book pdf robots-tag robots-tag-other rated aged plugged".split()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("signals")
    with SimulatedWeb() as web, pytest.MonkeyPatch.context() as patch:
        plugin = install(folder / "plugin")
        patch.setenv("PYTHONPATH", os.pathsep.join((str(plugin), *filter(None, [os.environ.get("PYTHONPATH")]))))
        crawling = Crawling(folder, web, scope=SCOPE, more=MORE)
        crawling.more += "\n[rules.tdmrep_file]\nenabled = true\n"
        crawling.more += "".join(f"\n[rules.{rule}]\nenabled = false\n" for rule in ("ai_txt", "trust_txt"))
        crawling.site_files = True
        crawling.seeds = build(web)
        crawling.run(timeout=110)
        yield Crawled(crawling, web, crawling.outcomes())


@pytest.mark.parametrize("host", ["header-permits", "element-absolute"])
def test_a_licence_that_permits_is_fetched_before_the_page_is_kept(crawled, host):
    """RSL §4.3, §4.5, §4.6.1."""
    assert crawled.of(host)[0] == "archived"
    assert crawled.asked(host, "/l.xml") == 1


def test_it_is_fetched_once_however_many_pages_name_it(crawled):
    assert crawled.of("header-permits", f"/p{NAMED - 1}")[0] in ("archived", "duplicate")
    assert crawled.asked("header-permits", "/l.xml") == 1
    ((until, fetched),) = crawled.crawling.rows(
        "SELECT valid_until, fetched_at FROM signal WHERE path = '/l.xml' AND origin LIKE '%header-permits%'"
    )
    assert until[:10] > fetched[:10], "RSL §3.2: 30 days where the document is silent"


@pytest.mark.parametrize(("host", "rule"), [("header-prohibits", "link_licence"), ("element-prohibits", "inline_rsl")])
def test_a_licence_that_prohibits_withholds_the_page(crawled, host, rule):
    assert crawled.of(host) == ("withheld", rule)


def test_a_relative_address_may_only_refuse(crawled):
    """RSL §4.6.1 wants an absolute URL: what a path names is read, and permits nothing."""
    assert crawled.of("element-permits")[0] == "archived"
    assert crawled.asked("element-permits", "/l.xml") == 1


def test_robots_txt_closes_the_licence_too(crawled):
    assert crawled.of("header-robots") == ("withheld", "link_licence")
    assert crawled.asked("header-robots", "/closed/l.xml") == 0
    assert crawled.of("header-away") == ("withheld", "link_licence")
    assert crawled.web.log.paths("closed-host.localhost") == ["/robots.txt"]


def test_a_redirect_to_an_inside_address_is_not_followed(crawled):
    outcome = crawled.outcomes[crawled.web.url("header-inside.localhost")]
    assert outcome[:2] == ("withheld", "link_licence")
    assert "address" in outcome[2]


def test_nobody_is_asked_for_a_page_that_is_refused_anyway(crawled):
    assert crawled.of("refused-anyway") == ("withheld", "x_robots_tag")
    assert crawled.asked("refused-anyway", "/l.xml") == 0


def test_a_site_cannot_turn_us_against_another(crawled):
    asked = [path for path in crawled.web.log.paths("bystander.localhost") if path.startswith("/l")]
    assert len(asked) == len(set(asked)) == 100
    kept = [url for url, (outcome, *_) in crawled.outcomes.items() if "//trap." in url and outcome == "withheld"]
    assert len(kept) == TRAP - 100, "what was not asked for licenses nothing"


def test_the_policy_of_a_reservation_is_kept_and_permits_nothing(crawled):
    """TDMRep §7."""
    assert crawled.of("tdm-file") == ("refused", "tdmrep_file")
    assert crawled.of("tdm-header") == ("withheld", "tdm_reservation")
    assert crawled.asked("tdm-terms", "/policy.json") == 1
    assert crawled.asked("tdm-file", "/") == 0
    ((digest,),) = crawled.crawling.rows("SELECT digest FROM signal WHERE path = '/policy.json'")
    assert digest.startswith("sha256:")


def test_a_feed_speaks_for_its_entries(crawled):
    """RSL §4.7."""
    assert crawled.of("feed", "/free")[0] == "archived"
    assert crawled.of("feed", "/reserved") == ("refused", "feed_licence")
    assert crawled.asked("feed", "/reserved") == 0


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("plus", "plus_data_mining"),
        ("cawg", "training_mining"),
        ("book", "embedded_tdm_reservation"),
        ("pdf", "embedded_tdm_reservation"),
        ("robots-tag", "robots_tag"),
        ("rated", "rating_header"),
    ],
)
def test_what_is_found_in_the_answer_withholds_it(crawled, host, rule):
    assert crawled.of(host) == ("withheld", rule)


def test_values_for_others_do_not(crawled):
    assert crawled.of("robots-tag-other")[0] == "archived"


@pytest.mark.parametrize(("host", "rule"), [("aged", "age_declaration"), ("plugged", "example_optout")])
def test_what_a_site_file_says_refuses_before_the_page_is_asked_for(crawled, host, rule):
    assert crawled.of(host) == ("refused", rule)
    assert crawled.asked(host, "/") == 0


def test_nothing_denied_reached_the_disk_and_the_signals_did(crawled):
    folder = crawled.crawling.collection
    for path in (file for file in folder.rglob("*") if file.is_file()):
        raw = path.read_bytes()
        assert b"SECRET" not in (gzip.decompress(raw) if path.name.endswith(".gz") else raw), path
    signals = b"".join(gzip.decompress(path.read_bytes()) for path in crawled.crawling.warcs("signals"))
    for wanted in (b"/policy.json", b"header-permits.localhost", b"element-prohibits.localhost", b"/age-de.xml"):
        assert wanted in signals
    assert verify(crawled.crawling) == ""
