"""Nothing raw at rest (design §2.3): planted personal data is on no byte of the disk, while crawling and after."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.support.crawling import Crawling, verify
from tests.support.planted import PLANTS, Plant, find_planted, plant
from tests.support.simsite import HTML, Framing, Reply, document, moved, paragraphs

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
EXTRA = {name: mail(name.replace("-", "")) for name in PLACES}


def m(name: str) -> str:
    return EXTRA[name].value


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
        f"Sitemap: {url}/s.xml?by={m('robots-sitemap')}\n# kept by {PLANTS['email', 'robots.txt comment'].value}\n"
    )
    site.sitemap("/sitemap.xml", [f"{url}/plain", f"{url}/profile/{m('sitemap-entry')}"])
    sitemap = site.answers["/sitemap.xml"][0]
    assert isinstance(sitemap, Reply)
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


ALL = (*PLANTS.values(), *EXTRA.values())


@pytest.fixture
def planted_crawl(crawling: Crawling, simweb, monkeypatch) -> Crawling:
    """A crawl whose working folder and folder for temporary files are searched too."""
    for name in ("work", "temporary"):
        (crawling.folder / name).mkdir()
    monkeypatch.chdir(crawling.folder / "work")
    monkeypatch.setenv("TMPDIR", str(crawling.folder / "temporary"))
    plant_more(simweb, "a.localhost")
    crawling.scope = "max_body_bytes = 200_000"
    crawling.seeds = [simweb.url("a.localhost"), simweb.url("a.localhost", f"/seed?email={m('crashing')}")]
    return crawling


def hits(folder: Path) -> list[str]:
    for _ in range(20):
        try:
            found = find_planted(folder, ALL)
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
    answer = planted_crawl.run()
    (planted_crawl.folder / "summary").write_text(repr(answer))
    outcomes = planted_crawl.outcomes()
    by_path = {url.partition(str(simweb.port))[2]: outcome for url, (outcome, _, _) in outcomes.items()}
    assert by_path["/"] == by_path["/headers"] == by_path["/xhtml"] == by_path["/utf16"] == "archived", by_path
    assert by_path["/noarchive"] == by_path["/noai"] == by_path["/login"] == by_path["/image"] == "withheld"
    refused = [reason for outcome, rule, reason in outcomes.values() if rule == "personal_url"]
    assert len(refused) >= 8
    assert hits(planted_crawl.folder) == []
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
    planted_crawl.min_delay = 0.2
    process = planted_crawl.start()
    searched = 0
    try:
        deadline = time.monotonic() + 40
        while process.poll() is None and time.monotonic() < deadline:
            if len(simweb.log.paths("a.localhost")) > 3:
                assert hits(planted_crawl.folder) == []
                searched += 1
                if kill and searched >= 2 and len(simweb.log.paths("a.localhost")) > 12:
                    break
            time.sleep(0.2)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        out, err = process.communicate()
    assert searched >= 2
    (planted_crawl.folder / "output").write_text(out + err)
    assert hits(planted_crawl.folder) == []
    if kill:
        planted_crawl.min_delay = 0.0
        planted_crawl.run()
        assert hits(planted_crawl.folder) == []
        assert strays(planted_crawl) == []
        assert verify(planted_crawl) == ""
