"""Further visits: what is asked conditionally, what a 304 becomes, and what would not be kept any more."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.archive.reader import records
from collector.ledger.store import Store
from collector.ledger.visits import withdrawn
from collector.model.event import Outcome
from tests.support.crawling import Crawling, verify
from tests.support.simlog import Request
from tests.support.simsite import HTML, Reply, document
from tests.support.simweb import SimulatedWeb

HOST = "a.localhost"
DATE = "Mon, 05 Jan 2026 10:00:00 GMT"
PAGES = ("/same", "/dated", "/changed", "/identical", "/reserved", "/gone", "/liar", "/personal-tag")


def page(name: str, *fields: tuple[str, str], status: int = 200) -> Reply:
    if status == 304:
        return Reply(304, b"", fields)
    return Reply(status, document(name).encode(), (("Content-Type", HTML), *fields))


class Server:
    """Answers as a server that knows its validators would; `later` is the second run."""

    def __init__(self) -> None:
        self.later = False

    def same(self, request: Request) -> Reply:
        tag = ("ETag", '"v1"')
        return page("same", tag, status=304 if request.headers.get("if-none-match") == '"v1"' else 200)

    def dated(self, request: Request) -> Reply:
        status = 304 if request.headers.get("if-modified-since") == DATE else 200
        return page("dated", ("Last-Modified", DATE), status=status)

    def changed(self, _request: Request) -> Reply:
        return page("changed since" if self.later else "changed", ("ETag", '"v2"' if self.later else '"v1"'))

    def identical(self, _request: Request) -> Reply:
        return page("identical")

    def reserved(self, request: Request) -> Reply:
        said = (("X-Robots-Tag", "noai"),) if self.later else ()
        return page("reserved", ("ETag", '"r"'), *said, status=304 if "if-none-match" in request.headers else 200)

    def gone(self, _request: Request) -> Reply:
        return page("gone", status=404 if self.later else 200)

    def liar(self, _request: Request) -> Reply:
        """304 to everybody the second time, though it never gave a validator."""
        return page("liar", status=304 if self.later else 200)

    def sitemap(self, web: SimulatedWeb) -> Reply:
        """The second time it says that one page has changed just now."""
        now = datetime.now(UTC).isoformat() if self.later else "2026-01-01"
        rows = ((web.url(HOST, "/news"), now), (web.url(HOST, "/settled"), "2026-01-01"))
        places = "".join(f"<url><loc>{href}</loc><lastmod>{date}</lastmod></url>" for href, date in rows)
        head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return Reply(200, f"{head}{places}</urlset>".encode(), (("Content-Type", "application/xml"),))

    def personal_tag(self, _request: Request) -> Reply:
        return page("personal tag", ("ETag", '"ann.example@example.org"'))


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    with SimulatedWeb() as web:
        yield crawled_twice(tmp_path_factory.mktemp("recrawl"), web)


def crawled_twice(folder: Path, web: SimulatedWeb):
    server = Server()
    site = web.site(HOST).page("/", links=PAGES)
    for path in PAGES:
        site.serve(path, getattr(server, path[1:].replace("-", "_")))
    site.robots("User-agent: *\nSitemap: /sitemap.xml\n").serve("/sitemap.xml", lambda _: server.sitemap(web))
    site.page("/news").page("/settled")
    crawling = Crawling(folder, web, more='[recrawl]\nafter = "1h"\nsitemaps = "1s"\n')
    crawling.seeds = [web.url(HOST)]
    first = crawling.run()
    before = len(web.log.requests())
    with sqlite3.connect(crawling.collection / "collection.db") as connection:  # all but two: two hours ago
        recent = "SELECT url_key FROM event WHERE url LIKE '%/news' OR url LIKE '%/settled'"
        connection.execute(f"UPDATE url SET visited_at = visited_at - 7200 WHERE key NOT IN ({recent})")
    server.later = True
    time.sleep(1.1)
    second = crawling.run()
    return crawling, first, second, web.log.requests()[before:]


def closed(crawling: Crawling, path: str, visit: int = 2) -> tuple[str, str, str]:
    query = "SELECT outcome, rule, reason FROM event WHERE visit = ? AND url LIKE ?"
    (row,) = crawling.rows(query, visit, f"%{path}")
    return row


def test_everything_that_was_kept_is_due_and_asked_once(visited):
    crawling, first, second, asked = visited
    assert first["due"] == 0
    assert second["due"] == 2 + len(PAGES)
    paths = [request.path for request in asked if request.path != "/robots.txt"]
    assert sorted(set(paths)) == sorted(("/", "/sitemap.xml", "/news", *PAGES))
    assert paths.count("/liar") == 2, "asked again, without a condition"
    assert len(paths) == len(PAGES) + 4
    assert verify(crawling) == ""


def test_a_site_map_brings_forward_what_it_says_has_changed(visited):
    """It is read again sooner than pages are, and what it says changed since our visit is due at once."""
    crawling, asked = visited[0], [request.path for request in visited[3] if request.path != "/robots.txt"]
    assert asked.index("/news") > asked.index("/sitemap.xml")
    assert "/settled" not in asked
    assert closed(crawling, "/news")[0] == "duplicate"


def test_requests_carry_the_validators_of_the_last_visit(visited):
    """RFC 9110 §13.1.2, §13.1.3; an ETag that names a person is not kept, so it is not sent."""
    asked = {request.path: request.headers for request in visited[3]}
    assert asked["/same"]["if-none-match"] == '"v1"'
    assert "if-modified-since" not in asked["/same"]
    assert asked["/dated"]["if-modified-since"] == DATE
    for path in ("/identical", "/personal-tag", "/"):
        assert not {"if-none-match", "if-modified-since"} & set(asked[path])


def test_not_modified_is_a_revisit_of_its_own_profile(visited):
    """WARC 1.1 §6.7.3."""
    crawling = visited[0]
    for path in ("/same", "/dated"):
        assert closed(crawling, path) == ("duplicate", "", "not modified since it was archived")
    found = {}
    for warc in crawling.warcs():
        for record in records(warc):
            if record.kind == "revisit":
                found[record.target_uri.rpartition("/")[2]] = record
    same = found["same"]
    assert same.fields.first("WARC-Profile").endswith("/revisit/server-not-modified")
    assert same.http_status == 304
    assert same.body == b""
    assert found["identical"].fields.first("WARC-Profile").endswith("/revisit/identical-payload-digest")
    (original,) = crawling.rows(
        "SELECT lower(hex(c.record_id)) FROM capture c JOIN event e USING (url_key, visit)"
        " WHERE e.url LIKE '%/same' AND visit = 1"
    )
    assert same.fields.first("WARC-Refers-To").replace("-", "").strip("<>").removeprefix("urn:uuid:") == original[0]


def test_a_304_passes_every_gate_again(visited):
    crawling = visited[0]
    (said,) = crawling.rows("SELECT decisions FROM event WHERE visit = 2 AND url LIKE '%/same'")
    assert all(gate in said[0] for gate in ("url", "site", "response", "content"))


def test_changed_and_identical_pages(visited):
    crawling = visited[0]
    assert closed(crawling, "/changed")[0] == "archived"
    assert closed(crawling, "/identical") == ("duplicate", "", "identical content was archived before")
    digests = crawling.rows(
        "SELECT c.payload_digest FROM capture c JOIN event e USING (url_key, visit) WHERE e.url LIKE '%/changed'"
    )
    assert len(set(digests)) == 2


def test_what_would_not_be_kept_today_is_withdrawn_not_revisited(visited):
    """A reservation in the header of a 304 is one; a page that is gone is told apart from it."""
    crawling = visited[0]
    assert closed(crawling, "/reserved")[:2] == ("withheld", "x_robots_tag")
    store = Store.open(crawling.collection / "collection.db", write=False)
    with store.snapshot() as tx:
        found = withdrawn(tx)
        assert withdrawn(tx, after=found[0].number) == found[1:]
    store.close()
    assert sorted((w.outcome, w.rule, w.visit, w.kept) for w in found) == [
        (Outcome.FAILED, "", 2, 1),
        (Outcome.WITHHELD, "x_robots_tag", 2, 1),
    ]


def test_an_unasked_304_is_no_page(visited):
    assert closed(visited[0], "/liar") == ("failed", "", "http status 304")
