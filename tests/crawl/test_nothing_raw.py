"""Nothing raw at rest (design §2.3): planted personal data is on no byte of the disk, while crawling and after."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from collector.document.office import DOCX, ODT
from tests.support import authored_files
from tests.support.changing import until
from tests.support.crawling import Crawling, verify
from tests.support.hostile import raw
from tests.support.planted import PLANTS, Plant, find_planted, plant
from tests.support.simsite import HTML, Framing, Reply, document, moved, paragraphs, text

STEP = 6  # answers between two searches of a running crawl
DOMAIN = "garten-post.example.org"


def mail(name: str) -> Plant:
    """A datum for a place that `planted` does not know."""
    local = f"{name}.sparrowhawk"
    return Plant("email", name, f"{local}@{DOMAIN}", (local, f"{name}%2esparrow"))


PLACES = (
    "sitemap", "sitemap-entry", "feed-entry", "location-path", "location-userinfo", "robots-rule", "robots-sitemap",
    "not-found", "broken-off", "noarchive", "noai", "refused-type", "too-large", "wrong-coding", "json-ld-string",
    "link-header", "content-type", "last-modified", "content-language", "x-robots", "reason-phrase", "base-href",
    "canonical", "form-action", "srcset", "svg", "image-alt", "iframe", "style", "xhtml", "utf16", "windows",
    "redirect-body", "login", "hreflang", "challenge", "crashing", "text-after-end", "option", "cdata",
)  # fmt: skip
METADATA = (
    "bad-status", "bad-field", "coding-name", "charset-name", "length", "location-broken", "etag", "server", "realm",
    "disposition", "refresh", "meta-refresh", "json", "json-key", "xml-instruction", "xml-doctype", "xml-attribute",
    "rss-editor", "rss-comment", "robots-line", "robots-delay", "lastmod", "tdmrep", "ai-txt", "trust-txt", "licence",
    *authored_files.PLACES,
)  # fmt: skip
FILES = (
    "/a.pdf", "/a.docx", "/a.odt", "/a.json", "/a.xml", "/a.rss", "/coding-name", "/etag", "/server", "/disposition",
    "/refresh", "/charset-name", "/realm", "/location-broken", "/meta-refresh", "/phrase", "/bad-status", "/bad-field",
    "/length",
)  # fmt: skip
EXTRA = {name: mail(name.replace("-", "")) for name in (*PLACES, *METADATA)}


def m(name: str) -> str:
    return EXTRA[name].value


# Everything a policy can admit, so that metadata is not saved by its file being refused.
ADMITTED = (
    HTML.partition(";")[0], "application/xhtml+xml", "text/plain", "application/json", "application/xml",
    "application/rss+xml", "application/atom+xml", "application/pdf", DOCX, ODT,
)  # fmt: skip


def page(main: str, head: str = "") -> bytes:
    return document("About the garden", main=main + paragraphs("the garden"), head=head).encode()


def plant_more(simweb, host: str) -> None:
    """Places beyond a page's own: what redirects, files, refusals and faults carry."""
    site = plant(simweb.site(host))
    html = (("Content-Type", HTML),)
    url = simweb.url(host, "")
    fields = (
        ("Content-Type", f'text/html; charset=utf-8; by="{m("content-type")}"'),
        ("Last-Modified", f"Mon, 01 Jan 2026 by {m('last-modified')}"),
        ("Content-Language", f"en, {m('content-language')}"),
        ("X-Robots-Tag", f"index, owner: {m('x-robots')}"),
        ("Link", f'<https://example.org/?who={m("link-header")}>; rel="author"'),
    )
    inside = f"""<base href="/x/{m("base-href")}/"><link rel="canonical" href="/c?u={m("canonical")}">
<link rel="alternate" hreflang="de" href="/de?u={m("hreflang")}">
<script type="application/ld+json">"Written by {m("json-ld-string")}"</script>
<style>/* {m("style")} */ p::after {{ content: "{m("style")}" }}</style>"""
    main = f"""<form action="/send?to={m("form-action")}"><select><option value="{m("option")}">us</option></select>
<button>Send</button></form><img src="/i.png" srcset="/i/{m("srcset")}.png 2x" alt="of {m("image-alt")}">
<svg><title>{m("svg")}</title><text>{m("svg")}</text></svg><iframe src="/f?u={m("iframe")}"></iframe>
<![CDATA[{m("cdata")}]]>"""
    links = "".join(
        f'<a href="{path}">{path}</a>'
        for path in (
            "/headers", "/moved-path", "/moved-user", "/no-such", "/broken", "/noarchive", "/noai", "/image", "/large",
            "/coding", "/xhtml", "/utf16", "/windows", "/login", "/challenge", "/after", "/more.xml",
        )
    )  # fmt: skip
    front = site.answers["/"][0]
    assert isinstance(front, Reply)
    site.serve("/", Reply(200, front.body.replace(b"</main>", links.encode() + b"</main>"), front.headers))
    site.robots(
        f"User-agent: *\nDisallow: /private/\nDisallow: /u/{m('robots-rule')}\nSitemap: /sitemap.xml\n"
        f"Sitemap: {url}/s.xml?by={m('robots-sitemap')}\nby {m('robots-line')}\nCrawl-delay: {m('robots-delay')}\n# kept by {PLANTS['email', 'robots.txt comment'].value}\n"
    )
    site.sitemap("/sitemap.xml", [f"{url}/plain", f"{url}/profile/{m('sitemap-entry')}"])
    sitemap = site.answers["/sitemap.xml"][0]
    assert isinstance(sitemap, Reply)
    dated = f"<url><loc>{url}/plain</loc><lastmod>{m('lastmod')}</lastmod></url></urlset>".encode()
    sitemap = replace(sitemap, body=sitemap.body.replace(b"</urlset>", dated))
    comment = f"<!-- made by {m('sitemap')} -->".encode()
    site.serve("/sitemap.xml", Reply(200, sitemap.body + comment, sitemap.headers))
    feed = f"""<rss version="2.0"><channel><title>News</title><item><title>One</title>
<link>{url}/plain?author={m("feed-entry")}</link><description>By {m("feed-entry")}</description></item></channel></rss>"""
    site.serve("/more.xml", Reply(200, feed.encode(), (("Content-Type", "application/rss+xml"),)))
    site.serve("/headers", Reply(200, page(main, inside), fields))
    body = f"<p>moved by {m('redirect-body')}</p>".encode()
    site.serve("/moved-path", Reply(302, body, (("Location", f"/people/{m('location-path')}/"), *html)))
    site.serve("/moved-user", moved(url.replace("//", f"//{m('location-userinfo').replace('@', ':')}@") + "/in"))
    site.serve("/broken", Reply(200, page(f"<p>{m('broken-off')}</p>"), html, missing=300))
    site.serve("/noarchive", Reply(200, page(f"<p>{m('noarchive')}</p>"), (*html, ("X-Robots-Tag", "noarchive"))))
    site.serve("/noai", Reply(200, page(f"<p>{m('noai')}</p>", "<meta name=robots content=noai>"), html))
    site.serve("/image", Reply(200, f"GIF89a\x01 {m('refused-type')}".encode(), (("Content-Type", "image/gif"),)))
    site.serve("/large", Reply(200, page(f"<p>{m('too-large')}</p>") + b" " * 300_000, html, framing=Framing.CHUNKED))
    site.serve("/coding", Reply(200, page(f"<p>{m('wrong-coding')}</p>"), (*html, ("Content-Encoding", "gzip"))))
    xhtml = f'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{m("xhtml")}</p>{paragraphs("it")}</body></html>'
    site.serve("/xhtml", Reply(200, xhtml.encode(), (("Content-Type", "application/xhtml+xml"),)))
    site.serve("/utf16", Reply(200, page(f"<p>{m('utf16')}</p>").decode().encode("utf-16"), html))
    latin = page(f"<p>Größe {m('windows')}</p>").decode().replace("utf-8", "windows-1252").encode("cp1252")
    site.serve("/windows", Reply(200, latin, (("Content-Type", "text/html"),)))
    form = f"<p>{m('login')}</p><form><input type=password></form>"
    site.serve("/login", Reply(200, document("Log in", main=form).encode(), html))
    wall = document("Just a moment...", main=f"<div id=challenge-form>{m('challenge')}</div>").encode()
    site.serve("/challenge", Reply(403, wall, html))
    site.serve("/after", Reply(200, page("<p>x</p>") + f"<!-- {m('text-after-end')} -->".encode(), html))
    site.otherwise = Reply(404, f"<p>Ask {m('not-found')}</p>".encode(), html)


def plant_metadata(simweb, host: str) -> None:
    """What files, servers and their faults say beside the text; every file is linked from the front page."""
    site = simweb.site(host)
    front = site.answers["/"][0]
    assert isinstance(front, Reply)
    links = "".join(f'<a href="{path}">{path}</a>' for path in FILES).encode()
    site.serve("/", replace(front, body=front.body.replace(b"</main>", links + b"</main>")))
    xml = f"""<?xml version="1.0"?><?by {m("xml-instruction")}?><!DOCTYPE r [<!-- {m("xml-doctype")} -->]>
<r owner="{m("xml-attribute")}"><p>{paragraphs("the mill")[:400]}</p></r>"""
    rss = f"""<rss version="2.0"><!-- {m("rss-comment")} --><channel><title>Mill</title>
<managingEditor>{m("rss-editor")} (Ottokar Millerby)</managingEditor><item><title>One</title>
<description>The wheel turns again.</description></item></channel></rss>"""
    linked = {"author": m("json"), m("json-key"): "who", "text": "The wheel turns again, as it did before."}
    for path, body, kind in (
        ("/a.pdf", authored_files.pdf(m), "application/pdf"),
        ("/a.docx", authored_files.docx(m), DOCX),
        ("/a.odt", authored_files.odt(m), ODT),
        ("/a.json", json.dumps(linked).encode(), "application/json"),
        ("/a.xml", xml.encode(), "application/xml"),
        ("/a.rss", rss.encode(), "application/rss+xml"),
    ):
        site.serve(path, Reply(200, body, (("Content-Type", kind),)))
    html = ("Content-Type", HTML)
    for path, field in (
        ("/coding-name", ("Content-Encoding", m("coding-name"))),
        ("/etag", ("ETag", f'"{m("etag")}"')),
        ("/server", ("Server", f"mill/1.0 (run by {m('server')})")),
        ("/disposition", ("Content-Disposition", f'inline; filename="{m("disposition")}.html"')),
        ("/refresh", ("Refresh", f"0; url=/x?u={m('refresh')}")),
    ):
        site.serve(path, Reply(200, page(f"<p>The wheel turns {path[1:]}.</p>"), (html, field)))
    named = page("<p>The wheel turns in a charset of its own.</p>")
    site.serve("/charset-name", Reply(200, named, (("Content-Type", f"text/html; charset={m('charset-name')}"),)))
    site.serve("/realm", Reply(401, b"", (("WWW-Authenticate", f'Basic realm="ask {m("realm")}"'),)))
    site.serve("/location-broken", Reply(302, b"", (("Location", f"http://[{m('location-broken')}/"),)))
    meta = f'<meta http-equiv="refresh" content="9; url=/x?u={m("meta-refresh")}">'
    licence = f'<link rel="license" href="/licences?by={m("licence")}">'
    site.serve("/meta-refresh", Reply(200, page("<p>The wheel turns again.</p>", meta + licence), (html,)))
    end = b"Content-Type: text/html\r\nConnection: close\r\n"
    phrase = f"HTTP/1.1 200 kept by {m('reason-phrase')}\r\n".encode()
    site.serve("/phrase", raw(phrase + end + b"\r\n" + page("<p>The wheel turns.</p>")))
    site.serve("/bad-status", raw(f"HTTP/1.1 by {m('bad-status')}\r\n".encode() + end + b"\r\nx"))
    site.serve("/bad-field", raw(b"HTTP/1.1 200 OK\r\n" + f"by {m('bad-field')}\r\n".encode() + end + b"\r\nx"))
    site.serve("/length", raw(f"HTTP/1.1 200 OK\r\nContent-Length: {m('length')}\r\n".encode() + end + b"\r\nx"))
    reservation = json.dumps([{"location": "/x", "by": m("tdmrep")}]).encode()
    site.serve("/.well-known/tdmrep.json", Reply(200, reservation, (("Content-Type", "application/json"),)))
    site.serve("/ai.txt", text(f"User-Agent: *\nAllow: /\n# {m('ai-txt')}\n"))
    site.serve("/trust.txt", text(f"# kept by {m('trust-txt')}\nmember=https://example.org/\n"))


ALL = (*PLANTS.values(), *EXTRA.values())
OF_PAGES = (*PLANTS.values(), *(EXTRA[name] for name in PLACES))  # without what `plant_metadata` plants


@pytest.fixture
def planted_crawl(crawling: Crawling, simweb, monkeypatch) -> Crawling:
    """A crawl whose working folder and folder for temporary files are searched too."""
    for name in ("work", "temporary"):
        (crawling.folder / name).mkdir()
    monkeypatch.chdir(crawling.folder / "work")
    monkeypatch.setenv("TMPDIR", str(crawling.folder / "temporary"))
    plant_more(simweb, "a.localhost")
    crawling.scope = "max_body_bytes = 200_000"
    crawling.request_timeout = 5.0  # some of these answers never end
    crawling.seeds = [simweb.url("a.localhost"), simweb.url("a.localhost", f"/seed?email={m('crashing')}")]
    return crawling


def hits(folder: Path, plants: tuple[Plant, ...] = OF_PAGES) -> list[str]:
    for _ in range(20):
        try:
            found = find_planted(folder, plants)
            break
        except FileNotFoundError:  # a running crawl renames what it has sealed
            continue
    else:
        raise AssertionError("files came and went faster than they can be searched")
    return [f"{h.plant.kind} in {h.plant.where}: {h.file.name} ({h.inside}, {h.encoding}) at {h.offset}" for h in found]


def strays(crawling: Crawling) -> list[Path]:
    """Files nobody should have left: in the working folder, for temporary files, cores, journals, half-written ones."""
    here = [p for name in ("work", "temporary") for p in (crawling.folder / name).rglob("*") if p.is_file()]
    odd = [p for p in crawling.data.rglob("*") if p.name.startswith("core") or p.suffix in (".tmp", ".open", ".part")]
    return here + odd


def test_no_planted_datum_is_on_the_disk_after_the_crawl(planted_crawl, simweb):
    plant_metadata(simweb, "a.localhost")
    planted_crawl.site_files = True
    planted_crawl.scope += f"\nmedia_types = {json.dumps(ADMITTED)}"
    answer = planted_crawl.run()
    (planted_crawl.folder / "summary").write_text(repr(answer))
    outcomes = planted_crawl.outcomes()
    by_path = {url.partition(str(simweb.port))[2]: outcome for url, (outcome, _, _) in outcomes.items()}
    assert by_path["/"] == by_path["/headers"] == by_path["/xhtml"] == by_path["/utf16"] == "archived", by_path
    for path in ("/a.pdf", "/a.docx", "/a.odt", "/a.json", "/a.xml", "/a.rss", "/charset-name", "/etag", "/phrase"):
        assert by_path[path] == "archived", (path, outcomes)
    assert by_path["/noarchive"] == by_path["/noai"] == by_path["/login"] == by_path["/image"] == "withheld"
    refused = [reason for outcome, rule, reason in outcomes.values() if rule == "personal_url"]
    assert len(refused) >= 8
    assert hits(planted_crawl.folder, ALL) == []
    assert strays(planted_crawl) == []
    assert verify(planted_crawl) == ""


def test_the_search_finds_what_is_there(planted_crawl, tmp_path):
    """The test above is worth as much as this one: the same search, over files that do hold the data."""
    (tmp_path / "leak").write_bytes(page(f"<p>{m('noai')}</p>"))
    assert hits(tmp_path)


def test_personal_urls_are_refused_and_kept_only_scrubbed(planted_crawl, simweb):
    planted_crawl.run()
    asked = " ".join(simweb.log.paths("a.localhost"))
    assert "sparrowhawk" not in asked
    assert "quillfeather" not in asked
    rows = planted_crawl.rows("SELECT url, scrubbed FROM event WHERE rule = 'personal_url'")
    assert rows
    for url, scrubbed in rows:
        assert url is None
        assert "redacted" in scrubbed or scrubbed.endswith("/in")  # credentials go without a mark


@pytest.mark.parametrize("kill", [False, True], ids=["running", "killed"])
def test_no_planted_datum_is_on_the_disk_while_the_crawl_goes_on(planted_crawl, simweb, kill):
    """WAL, open segments and temporary files, looked at again and again; then after SIGKILL."""
    planted_crawl.min_delay = 0.1
    searched = answered = 0
    simweb.hold_after(STEP)
    process = planted_crawl.start()
    while process.poll() is None and not (kill and searched == 3):
        until(lambda known=answered: process.poll() is not None or len(simweb.log.exchanges) > known + STEP, None)
        assert hits(planted_crawl.folder) == []
        searched += 1
        answered = len(simweb.log.exchanges)
        simweb.hold_after(STEP)
    if kill:
        os.killpg(process.pid, signal.SIGKILL)
    simweb.release()
    out, err = process.communicate()
    assert searched >= 3
    assert process.returncode == (-signal.SIGKILL if kill else 0)
    (planted_crawl.folder / "output").write_text(out + err)
    assert hits(planted_crawl.folder) == []
    if kill:
        planted_crawl.min_delay = 0.0
        planted_crawl.run()
        assert hits(planted_crawl.folder) == []
        assert strays(planted_crawl) == []
        assert verify(planted_crawl) == ""
