"""robots.txt in every condition a server can bring about: one crawl of fifty sites, judged by what the servers saw.

Every site has an open page, a page below /closed/ and a front page that links both; all three are seeds, and the
closed page links one more. RULES forbids /closed/ to everybody.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from collector.ledger.store import Store
from collector.ledger.story import Closed, key_of, story
from collector.model.decision import Basis, Finding, Verdict
from tests.support.crawling import Crawling, verify
from tests.support.simlog import Exchange
from tests.support.simsite import CLOSE, HANG, HTML, RESET, Framing, Reply, document, moved, text
from tests.support.simweb import Listener, SimulatedWeb

RULES = b"User-agent: *\nDisallow: /closed/\n"
SEEDS = ("/", "/open", "/closed/page")
LIMIT = 512_000  # octets of robots.txt that are read (RFC 9309 §2.5: at least 500 KiB)


def padding(octets: int) -> bytes:
    """That many octets of comment lines."""
    line = b"# " + b"-" * 97 + b"\n"
    return (line * (octets // len(line) + 1))[: octets - 1] + b"\n"


def cut_inside_a_line() -> bytes:
    """The limit falls inside `Allow: /closed/nothing`: read up to there it would lift the Disallow (§2.2.2, a tie)."""
    start, end = RULES, b"Allow: /closed/"
    return start + padding(LIMIT - len(start) - len(end)) + end + b"nothing\n" + padding(100_000)


def coded(body: bytes, coding: str, sent: bytes | None = None) -> Reply:
    """An answer that says it is coded, whatever it is."""
    return Reply(200, body if sent is None else sent, (("Content-Type", "text/plain"), ("Content-Encoding", coding)))


HTML_FOUND = Reply(200, document("Not found").encode(), (("Content-Type", HTML),))

# name → answers to /robots.txt. RULES are read from it: /closed/ refused, the rest open.
READ: dict[str, tuple[Reply, ...]] = {
    "plain": (text(RULES),),
    "bom-utf-8": (text(b"\xef\xbb\xbf" + RULES),),
    "utf-16-le": (text(b"\xff\xfe" + RULES.decode().encode("utf-16-le")),),
    "utf-16-be": (text(b"\xfe\xff" + RULES.decode().encode("utf-16-be")),),
    "carriage-returns": (text(RULES.replace(b"\n", b"\r")),),
    "gzip": (Reply(200, RULES, coding="gzip"),),
    "brotli": (Reply(200, RULES, coding="br"),),
    "chunked": (Reply(200, RULES, framing=Framing.CHUNKED),),
    "http-1-0": (Reply(200, RULES, framing=Framing.CLOSE, version="HTTP/1.0"),),  # RFC 9112 §8: complete
    "rules-in-html": (Reply(200, b"<html>\n" + RULES, (("Content-Type", HTML),)),),
    "own-token": (text(b"User-agent: CorpusBot\nDisallow: /closed/\n\nUser-agent: *\nAllow: /\n"),),
    "names-scrapy": (text(b"User-agent: Scrapy\nDisallow: /closed/\n\nUser-agent: *\nAllow: /\n"),),
    "two-megabytes-rule-first": (text(RULES + padding(2_000_000)),),
    "cut-inside-a-line": (text(cut_inside_a_line()),),
    "after-a-503": (Reply(503), text(RULES)),
    "after-a-reset": (RESET, text(RULES)),
    "slow": (Reply(200, RULES, delay=1.0),),
    "three-hundred-and-eight": (moved("/rules.txt", 308),),
    "five-redirects": (),
    "redirect-across-hosts": (),
}
# No rule is in force: everything is open. RFC 9309 §2.3.1.3, and what says nothing.
OPEN: dict[str, tuple[Reply, ...]] = {
    "404-with-rules": (text(b"User-agent: *\nDisallow: /\n", 404),),
    "400": (text(RULES, 400),),
    "410": (text(RULES, 410),),
    "empty": (text(b""),),
    "204": (Reply(204),),
    "soft-404": (HTML_FOUND,),
    "two-megabytes-rule-last": (text(b"User-agent: *\nAllow: /\n" + padding(2_000_000) + RULES),),
}
# §2.3.1.4: assume complete disallow. Word of the reason beside each.
UNREADABLE: dict[str, tuple[str, tuple[Reply, ...]]] = {
    "500": ("answered 500", (text(b"User-agent: *\nAllow: /\n", 500),)),
    "503": ("answered 503", (Reply(503),)),
    "429": ("answered 429", (Reply(429),)),
    "999": ("answered 999", (Reply(999, RULES),)),
    "206": ("broke off", (text(b"User-agent: *\n", 206),)),
    "timeout": ("no answer in time", (HANG,)),
    "reset": ("connection broke", (RESET,)),
    "closed-without-a-word": ("connection broke", (CLOSE,)),
    "truncated": ("broke off", (Reply(200, b"User-agent: *\nAllow: /\n" + RULES, missing=len(RULES)),)),
    "truncated-chunks": ("broke off", (Reply(200, padding(9_000) + RULES, framing=Framing.CHUNKED, missing=40),)),
    "truncated-gzip": ("coding", (coded(b"", "gzip", gzip.compress(b"User-agent: *\n" + RULES * 99)[:-12]),)),
    "gzip-bomb": ("broke off", (Reply(200, RULES + padding(11_000_000), coding="gzip"),)),
    "eleven-megabytes": ("broke off", (text(RULES + padding(11_000_000)),)),
    "coding-that-lies": ("coding", (coded(RULES, "gzip"),)),
    "unknown-coding": ("coding", (coded(RULES, "x-rot13"),)),
    "undeclared-gzip": ("coding", (text(gzip.compress(RULES)),)),
    "redirect-to-nowhere": ("to nowhere", (Reply(302),)),
    "redirect-to-a-file": ("to nowhere", (moved("file:///etc/hosts"),)),
    "redirect-to-a-503": ("answered 503", (moved("/failing"),)),
    "six-redirects": ("too often", ()),
    "loop": ("too often", ()),
    "redirect-to-blocked": ("may not be contacted", ()),
    "redirect-to-opted-out": ("may not be contacted", ()),
    "redirect-to-private": ("may not be contacted", ()),
    "redirect-to-inside": ("may not be contacted", (moved("http://inside.localhost/robots.txt"),)),
    "redirect-to-metadata": ("may not be contacted", (moved("http://169.254.169.254/robots.txt"),)),
    "two-hops-to-blocked": ("may not be contacted", (moved("/onward"),)),
}
BARRED = (401, 403, 407, 451)  # RFC 9309 would allow; a policy of ours refuses


RESOLVED_INSIDE = """
import sys
from collector.crawler.network import resolver
known = resolver.system_lookup
def lookup(host):
    return ("10.0.0.7",) if host == "inside.localhost" else known(host)
resolver.GuardedResolver.__init__.__defaults__ = (lookup,)
from collector.cli.__main__ import main
sys.exit(main())
"""


class Narrow(Crawling):
    """Loopback is opened by one address only: its neighbour, and a name that leads inside, are a private network."""

    def command(self, *arguments: str) -> list[str]:
        python, _, _, *rest = super().command(*arguments)
        return [python, "-c", RESOLVED_INSIDE, *rest]

    @property
    def policy(self) -> Path:
        path = super().policy
        written = path.read_text().replace("127.0.0.0/8", "127.0.0.1/32")
        path.write_text(
            written.replace("request_timeout = 30.0", "request_timeout = 5.0")
        )  # megabytes come, machines are slow
        return path


@dataclass
class World:
    """The one crawl, over. Nothing may have connected to `fences`."""

    web: SimulatedWeb
    crawling: Narrow
    summary: dict[str, Any]
    outcomes: dict[str, tuple[str, str, str]]
    fences: tuple[Listener, ...]

    def url(self, name: str, path: str) -> str:
        return self.web.url(f"{name}.localhost", path)

    def outcome(self, name: str, path: str) -> tuple[str, str, str]:
        return self.outcomes[self.url(name, path)]

    def finding(self, name: str, path: str, rule: str = "robots_txt") -> Finding:
        """What the rule said when the URL was closed."""
        (finding,) = [f for f in self.findings(self.url(name, path)) if f.rule == rule]
        return finding

    def findings(self, url: str) -> list[Finding]:
        """What every rule said when `url` was closed."""
        store = Store.open(self.crawling.collection / "collection.db", write=False)
        try:
            with store.snapshot() as tx:
                key = key_of(tx, url)
                assert key is not None
                (closed,) = [chapter for chapter in story(tx, key) if isinstance(chapter, Closed)]
        finally:
            store.close()
        return [finding for decision in closed.decisions for finding in decision.findings]

    def signals(self) -> list[tuple[str, str, dict[str, str], bytes]]:
        """Every response record under signals/: id, URL, header fields, body."""
        found = []
        for path in self.crawling.warcs("signals"):
            with path.open("rb") as file:
                for record in ArchiveIterator(file):
                    if record.rec_type == "response":
                        fields = dict(record.rec_headers.headers)
                        name = fields["WARC-Record-ID"].strip("<>")
                        found.append((name, fields["WARC-Target-URI"], fields, record.content_stream().read()))
        return found


def furnish(web: SimulatedWeb, fence: Listener, private: Listener) -> list[str]:
    """Make the sites. Returns the seeds."""
    names = [*READ, *OPEN, *UNREADABLE, *(f"barred-{status}" for status in BARRED), "ai-token"]
    for name in names:
        site = web.site(f"{name}.localhost").page("/", links=["/open", "/closed/page"]).page("/open")
        site.page("/closed/page", links=["/closed/deeper"]).page("/closed/deeper").serve("/rules.txt", text(RULES))
        site.serve("/failing", Reply(503)).redirect("/onward", fence.url("blocked.localhost", "/robots.txt"))
        answers = READ.get(name) or OPEN.get(name) or UNREADABLE.get(name, ("", ()))[1]
        if answers:
            site.robots(*answers)
    for status in BARRED:
        web.site(f"barred-{status}.localhost").robots(text(b"User-agent: *\nAllow: /\n", status))
    web.site("ai-token.localhost").robots("User-agent: GPTBot\nDisallow: /closed/\n\nUser-agent: *\nAllow: /\n")
    web.site("five-redirects.localhost").redirects("/robots.txt", 5, "/rules.txt")
    web.site("six-redirects.localhost").redirects("/robots.txt", 6, "/rules.txt")
    web.site("loop.localhost").loop("/robots.txt")
    web.site("redirect-across-hosts.localhost").robots(moved(web.url("elsewhere.localhost", "/their-rules")))
    web.site("elsewhere.localhost").serve("/their-rules", text(RULES)).page("/")
    web.site("redirect-to-blocked.localhost").robots(moved(fence.url("blocked.localhost", "/robots.txt")))
    web.site("redirect-to-opted-out.localhost").robots(moved(fence.url("www.opted.localhost", "/robots.txt")))
    web.site("redirect-to-private.localhost").robots(moved(f"http://127.0.0.2:{private.port}/robots.txt"))
    never = [fence.url(host, path) for host in ("blocked.localhost", "www.opted.localhost") for path in ("/", "/x")]
    never.append(f"http://127.0.0.2:{private.port}/")
    for host in ("blocked.localhost", "www.opted.localhost", "127.0.0.2"):
        web.site(host).robots("User-agent: *\nAllow: /\n").page("/").page("/x").sitemap("/map.xml", [])
    guide = web.site("guide.localhost").page("/", links=[*never, "/away"]).redirect("/away", never[0])
    guide.robots("".join(f"Sitemap: {url}map.xml\n" for url in (never[0], never[2])) + "Sitemap: /map.xml\n")
    guide.sitemap("/map.xml", [f"{never[0]}from-map", f"{never[2]}from-map"])
    never.append(web.url("inside.localhost"))
    return [*never[1:], web.url("guide.localhost"), *(web.url(f"{n}.localhost", path) for n in names for path in SEEDS)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("robots")
    with SimulatedWeb() as web:
        fence, private = web.listen(), web.listen(address="127.0.0.2")
        crawling = Narrow(folder, web, scope="max_body_bytes = 100_000", politeness="concurrency = 16")
        seeds = furnish(web, fence, private)
        crawling.more = '[lists]\nfiles = ["blocked.txt"]\n'
        (folder / "blocked.txt").write_text("blocked.localhost\n")
        (crawling.data / "registry").mkdir(parents=True)
        (crawling.data / "registry" / "letters.txt").write_text("opted.localhost\n")
        summary = crawling.run("--seeds", "-", stdin="\n".join(seeds), timeout=120)
        yield World(web, crawling, summary, crawling.outcomes(), (fence, private))


def robots_of(world: World, name: str) -> list[Exchange]:
    return world.web.log.select(host=f"{name}.localhost", path="/robots.txt")


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_binds(world: World, name: str) -> None:
    """RFC 9309 §2.3.1.1, §2.3.1.2."""
    assert world.outcome(name, "/")[0] == "archived"
    assert world.outcome(name, "/open")[0] == "archived"
    assert world.outcome(name, "/closed/page")[:2] == ("refused", "robots_txt")
    assert world.url(name, "/closed/deeper") not in world.outcomes, "a link of a refused page was followed"
    asked = world.web.log.paths(f"{name}.localhost")
    assert not [path for path in asked if path.startswith("/closed")]
    assert len(robots_of(world, name)) == len(READ[name] or [1]), "one fetch of a file that can be read"


@pytest.mark.parametrize("name", READ)
def test_no_page_is_asked_for_before_the_file_was_read(world: World, name: str) -> None:
    last = robots_of(world, name)[-1]
    pages = [r for r in world.web.log.requests(host=f"{name}.localhost") if r.path in SEEDS]
    assert last.ended_at is not None
    assert all(page.at > last.request.at for page in pages)
    if name == "slow":
        assert all(page.at - last.request.at > 0.9 for page in pages)


@pytest.mark.parametrize("name", OPEN)
def test_a_file_that_is_not_there_or_says_nothing_forbids_nothing(world: World, name: str) -> None:
    """RFC 9309 §2.3.1.3."""
    for path in (*SEEDS, "/closed/deeper"):
        assert world.outcome(name, path)[0] == "archived", path
    assert len(robots_of(world, name)) == 1


@pytest.mark.parametrize("status", BARRED)
def test_a_barred_file_refuses_the_whole_site_by_our_policy(world: World, status: int) -> None:
    name = f"barred-{status}"
    for path in SEEDS:
        assert world.outcome(name, path)[:2] == ("refused", "robots_txt")
    finding = world.finding(name, "/open")
    assert finding.basis is Basis.POLICY
    assert str(status) in finding.reason
    assert world.web.log.paths(f"{name}.localhost") == ["/robots.txt"]


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_defers_everything_and_nothing_is_fetched(world: World, name: str) -> None:
    """RFC 9309 §2.3.1.4: unreachable is complete disallow; asked again up to the retry budget, then closed."""
    word, _ = UNREADABLE[name]
    for path in SEEDS:
        outcome, rule, reason = world.outcome(name, path)
        assert (outcome, rule) == ("deferred", "robots_txt")
        assert word in reason
    asked = world.web.log.paths(f"{name}.localhost")
    assert asked.count("/robots.txt") == 2, "asked again before it was given up, and not for ever"
    assert not set(asked) & {*SEEDS, "/closed/deeper"}
    finding = world.finding(name, "/open")
    assert finding.verdict is Verdict.DEFER


def test_redirects_end_after_the_fifth(world: World) -> None:
    """RFC 9309 §2.3.1.2 asks for five; the sixth is not followed."""
    five = world.web.log.paths("five-redirects.localhost")
    assert five[:6] == ["/robots.txt", *(f"/robots.txt.hop{n}" for n in range(1, 5)), "/rules.txt"]
    assert "/rules.txt" not in world.web.log.paths("six-redirects.localhost")
    assert world.web.log.paths("loop.localhost") == ["/robots.txt", "/robots.txt.back"] * 2


def test_rules_found_at_another_host_bind_the_host_that_was_asked(world: World) -> None:
    """RFC 9309 §2.3.1.2: in the context of the initial authority, and nothing else of the other one is touched."""
    assert world.web.log.paths("elsewhere.localhost") == ["/their-rules"]
    (evidence,) = world.finding("redirect-across-hosts", "/closed/page").evidence
    assert evidence.source == world.url("redirect-across-hosts", "/robots.txt")
    assert world.url("elsewhere", "/their-rules") in evidence.locator


def test_nobody_who_may_not_be_contacted_was(world: World) -> None:
    """Not for a page, not for its robots.txt, not as the target of a redirect, a site map or a link (design §2.1)."""
    ports = {fence.port for fence in world.fences}
    assert [c for c in world.web.log.connections if c.port in ports] == []
    assert world.web.log.hosts().isdisjoint({"blocked.localhost", "www.opted.localhost", "127.0.0.2"})
    fence, private = world.fences
    for path in ("/", "/x", "/map.xml", "/from-map"):
        assert world.outcomes[fence.url("blocked.localhost", path)][:2] == ("refused", "sensitive_domain")
        assert world.outcomes[fence.url("www.opted.localhost", path)][:2] == ("refused", "opted_out")
    assert world.outcomes[world.web.url("inside.localhost")][:2] == ("refused", "public_address")
    refused = {f.rule for f in world.findings(private.url("127.0.0.2")) if f.verdict is Verdict.DENY}
    assert "public_address" in refused


def test_a_name_of_our_software_and_a_name_of_ai_training_refuse(world: World) -> None:
    scrapy = world.finding("names-scrapy", "/closed/page")
    assert scrapy.basis is Basis.POLICY
    assert "Scrapy" in scrapy.reason
    assert world.outcome("ai-token", "/closed/page")[:2] == ("refused", "ai_tokens")
    assert world.outcome("ai-token", "/open")[0] == "archived"
    assert not [p for p in world.web.log.paths("ai-token.localhost") if p.startswith("/closed")]


def test_what_was_not_read_of_a_long_file_is_said(world: World) -> None:
    """RFC 9309 §2.5."""
    for name in ("two-megabytes-rule-last", "two-megabytes-rule-first", "cut-inside-a-line"):
        assert "only the first 512,000 octets were read" in world.finding(name, "/closed/page").reason
    long = [fields for _, url, fields, _ in world.signals() if "//two-megabytes" in url]
    assert [fields.get("WARC-Truncated") for fields in long] == ["length", "length"]


def test_every_answer_is_archived_with_each_hop_and_each_error(world: World) -> None:
    """All that came whole enough to be an answer, and nothing else."""
    no_answer = {"timeout", "reset", "closed-without-a-word", "eleven-megabytes"}
    asked = Counter(
        world.web.url(e.request.host, e.request.target)
        for e in world.web.log.select()
        if re.match(r"/(robots\.txt|rules\.txt|their-rules|failing|onward)", e.request.target)
        and e.request.host.removesuffix(".localhost") not in no_answer
    )
    asked[world.url("after-a-reset", "/robots.txt")] -= 1
    kept = Counter(url for _, url, _, _ in world.signals())
    assert kept == asked
    truncated = {url: fields["WARC-Truncated"] for _, url, fields, _ in world.signals() if "WARC-Truncated" in fields}
    assert truncated[world.url("truncated", "/robots.txt")] == "disconnect"
    assert truncated[world.url("gzip-bomb", "/robots.txt")] == "length"


@pytest.mark.parametrize("name", READ)
def test_the_finding_names_the_record_and_the_line(world: World, name: str) -> None:
    (evidence,) = world.finding(name, "/closed/page").evidence
    line = {"rules-in-html": 3}.get(name, 2)
    assert evidence.locator.startswith(f"line {line}: Disallow: /closed/")
    found = re.search(r"record (urn:uuid:[0-9a-f-]{36})", evidence.locator)
    assert found is not None
    ((url, fields, body),) = [rest for record_id, *rest in world.signals() if record_id == found[1]]
    assert body
    assert fields["WARC-Payload-Digest"] == str(evidence.digest)
    last = "/rules.txt" if name in ("five-redirects", "three-hundred-and-eight") else "/robots.txt"
    assert url == (world.url("elsewhere", "/their-rules") if name == "redirect-across-hosts" else world.url(name, last))


@pytest.mark.parametrize("name", ["404-with-rules", "500", "503", "redirect-to-blocked", "barred-403"])
def test_the_finding_names_the_record_of_an_error_too(world: World, name: str) -> None:
    (evidence,) = world.finding(name, "/open").evidence
    found = re.search(r"record (urn:uuid:[0-9a-f-]{36})", evidence.locator)
    assert found is not None
    assert found[1] in {record_id for record_id, *_ in world.signals()}


def test_every_candidate_has_one_outcome_and_all_of_it_verifies(world: World) -> None:
    """Conservation (design §2.2), and no row without a record, no record without a row."""
    assert world.summary["ended"] == "finished"
    assert world.summary["rule_failures"] == 0
    asked = set(world.crawling.rows("SELECT key FROM url"))
    closed = world.crawling.rows("SELECT url_key FROM event")
    assert len(closed) == len(set(closed))
    assert asked == set(closed)
    assert world.crawling.rows("SELECT COUNT(*) FROM url WHERE state <> 2") == [(0,)]
    assert verify(world.crawling) == ""
