"""Importing what others crawled: the same gates, with what their archive knows and no more (issue 4, EDPB 03/2026)."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collector.cli.__main__ import main
from tests.support.crawling import Crawling, verify
from tests.support.simsite import Framing

SOURCE = """
[[sources]]
id = "{id}"
kind = "{kind}"
title = "Their crawl"
publisher = "Somebody"
url = "https://example.org/their-crawl"
licence = "their terms of use, 2026"
lawful = "their documentation was read; no decision against it is known"
sensitive = "pages of all kinds: our lists and recognizers are applied"
checked_by = "Ann Other, compliance"
checked_on = 2026-11-02
"""
ANYWHERE = "any_domain = true"
HTML = "<html lang='en'><head><title>{0}</title>{1}</head><body><main><p>{0}. Words enough to be a text.</p>{2}</main>"
ROBOTS = "text/plain"


class Theirs:
    """A WARC file as another crawler would write it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = path.open("wb")
        self._writer = WARCWriter(self._stream, gzip=True)

    def add(self, url: str, body: str | bytes, *headers: tuple[str, str], status: str = "200 OK", kind="response"):
        data = body.encode() if isinstance(body, str) else body
        if not any(name == "Content-Type" for name, _ in headers):
            headers = (("Content-Type", ROBOTS if url.endswith(".txt") else "text/html"), *headers)
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(data),
            http_headers=StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind == "response" else None,
            warc_content_type="" if kind == "response" else "text/plain",
            warc_headers_dict={"WARC-Date": "2025-02-03T04:05:06Z"},
        )
        self._writer.write_record(record)
        record.raw_stream.close()
        return self

    def done(self) -> Path:
        self._stream.close()
        return self.path


def page(title: str, head: str = "", more: str = "") -> str:
    return HTML.format(title, head, more)


@dataclass
class Brought:
    crawling: Crawling
    told: dict[str, Any]
    again: dict[str, Any]


def bring(crawling: Crawling, *files: Path, source: str = "theirs", code: int = 0) -> dict[str, Any]:
    arguments = ["archive", "import", *map(str, files), "--source", source, "--policy", str(crawling.policy)]
    with redirect_stdout(io.StringIO()) as said:
        assert main([*arguments, "--data", str(crawling.data), "--readers", "1", "--json"]) == code, said.getvalue()
    told: dict[str, Any] = json.loads(said.getvalue())
    return told


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    folder = tmp_path_factory.mktemp("import")
    more = SOURCE.format(id="theirs", kind="crawled")
    crawling = Crawling(folder, None, scope=ANYWHERE, more=more, site_files=True)
    crawling.folder.joinpath("policy.toml").write_text("")
    objection = ["registry", "add", "objects.example.org", "--reason", "letter", "--data", str(crawling.data)]
    assert main(objection) == 0
    pages = Theirs(folder / "pages.warc.gz")
    pages.add("https://open.example.org/a", page("Open A", more="<p>Write to jane.roe@mail.example.org</p>"))
    pages.add("https://open.example.org/closed/b", page("Closed B"))
    pages.add("https://open.example.org/old", "", ("Location", "/a"), status="301 Moved Permanently")
    pages.add("https://open.example.org/gone", page("Gone"), status="404 Not Found")
    pages.add("https://open.example.org/zipped", gzip.compress(page("Zipped").encode()), ("Content-Encoding", "gzip"))
    pages.add("https://open.example.org/unzipped", page("Unzipped already"), ("Content-Encoding", "br"))
    pages.add("https://open.example.org/noai", page("No AI"), ("X-Robots-Tag", "noai"))
    pages.add("https://open.example.org/meta", page("Meta", '<meta name="robots" content="noai">'))
    pages.add("https://open.example.org/x?email=jane.roe@mail.example.org", page("Personal"))
    pages.add("https://silent.example.org/a", page("Silent"))
    pages.add("https://broken.example.org/a", page("Broken"))
    pages.add("https://moved.example.org/closed", page("Moved"))
    pages.add("https://objects.example.org/a", page("Objects"))
    pages.add("https://reserves.example.org/a", page("Reserves"))
    pages.add("dns:open.example.org", "1.2.3.4", kind="resource")
    # behind the pages, as Common Crawl has them in files of their own
    robots = Theirs(folder / "robots.warc.gz")
    robots.add("https://open.example.org/robots.txt", "User-agent: *\nDisallow: /closed/\n")
    robots.add("https://broken.example.org/robots.txt", "", status="503 Service Unavailable")
    robots.add(
        "https://moved.example.org/robots.txt", "", ("Location", "https://www.example.org/robots.txt"), status="301 X"
    )
    robots.add("https://www.example.org/robots.txt", "User-agent: *\nDisallow: /closed\n")
    robots.add("https://objects.example.org/robots.txt", "User-agent: *\nAllow: /\n")
    robots.add(
        "https://reserves.example.org/.well-known/tdmrep.json",
        '[{"location": "/", "tdm-reservation": 1}]',
        ("Content-Type", "application/json"),
    )
    texts = Theirs(folder / "texts.warc.wet.gz")
    texts.add("https://open.example.org/a", "Open A. Words enough to be a text.", kind="conversion")
    texts.add("https://text.example.org/t", "Only the text of this page is there. It is enough.", kind="conversion")
    files = [pages.done(), robots.done(), texts.done()]
    told = bring(crawling, *files)
    again = bring(crawling, *files)
    return Brought(crawling, told, again)


@pytest.mark.parametrize(
    ("url", "outcome", "rule"),
    [
        ("https://open.example.org/a", "archived", ""),
        ("https://open.example.org/closed/b", "refused", "robots_txt"),
        ("https://open.example.org/old", "archived", ""),
        ("https://open.example.org/gone", "failed", ""),
        ("https://open.example.org/zipped", "archived", ""),
        ("https://open.example.org/unzipped", "archived", ""),
        ("https://open.example.org/noai", "withheld", "x_robots_tag"),
        ("https://open.example.org/meta", "withheld", "meta_robots"),
        ("https://silent.example.org/a", "archived", ""),
        ("https://broken.example.org/a", "refused", "robots_txt"),
        ("https://moved.example.org/closed", "refused", "robots_txt"),
        ("https://objects.example.org/a", "refused", "opted_out"),
        ("https://reserves.example.org/a", "refused", "tdmrep_file"),
        ("https://text.example.org/t", "archived", ""),
    ],
)
def test_every_record_passes_the_gates_with_what_its_archive_knows(brought, url, outcome, rule):
    assert brought.crawling.outcomes()[url][:2] == (outcome, rule)


def test_nothing_raw_is_kept_and_archive_and_account_agree(brought):
    """Minimised at ingestion, as a crawl does; a personal URL is kept by its keyed name only."""
    crawling = brought.crawling
    assert verify(crawling) == ""
    for path in crawling.collection.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            text = gzip.decompress(data) if path.suffix == ".gz" else data
            assert b"jane.roe" not in text, path
    assert ("refused", "personal_url") in {end[:2] for end in crawling.outcomes().values()}


def test_what_the_archive_does_not_have_is_unknown_and_never_allowed(brought):
    """Opt-out signals §0: unknown is not permission; EDPB 03/2026: no robots.txt does not amount to consent."""
    query = "SELECT c.use_fetch FROM capture c JOIN event e USING (url_key, visit) WHERE e.url = ?"
    assert brought.crawling.rows(query, "https://silent.example.org/a") == [(0,)]
    assert brought.crawling.rows(query, "https://open.example.org/a") == [(1,)]
    assert brought.told["without_robots"] == 4  # silent, reserves, text; of who objected it is not even read


def test_every_capture_names_its_source_and_the_time_it_was_fetched(brought):
    """Nothing of theirs passes for our own: the ledger, the provenance record and the log of acts say so."""
    crawling = brought.crawling
    assert {s for (s,) in crawling.rows("SELECT DISTINCT source FROM capture")} == {"theirs"}
    assert {at[:10] for (at,) in crawling.rows("SELECT fetched_at FROM capture")} == {"2025-02-03"}
    (warc,) = crawling.warcs()
    text = gzip.decompress(warc.read_bytes()).decode()
    assert "source: theirs\r\nsource-file: pages.warc.gz\r\nsource-record: urn:uuid:" in text
    assert "uses: fetch=allow" in text
    acts = crawling.rows("SELECT object, detail FROM act WHERE verb = 'archive imported' ORDER BY id")
    assert [name for name, _ in acts[:3]] == ["pages.warc.gz", "robots.warc.gz", "texts.warc.wet.gz"]
    assert all("source theirs, sha256:" in detail for _, detail in acts)
    assert crawling.rows("SELECT DISTINCT exit_reason FROM run") == [("import",)]
    (stated,) = crawling.rows("SELECT COUNT(*) FROM finding WHERE body LIKE '%attribute%their terms of use%'")
    assert stated[0] >= 1


def test_signals_of_the_archive_are_evidence_with_their_own_date(brought):
    query = (
        "SELECT fetched_at, record_id FROM signal WHERE origin = 'https://open.example.org' AND path = '/robots.txt'"
    )
    for at, record in brought.crawling.rows(query):
        assert at.startswith("2025-02-03")
        assert record is not None
    origins = {o for (o,) in brought.crawling.rows("SELECT DISTINCT origin FROM signal")}
    assert "https://objects.example.org" not in origins, "nothing is kept of who objected"


def test_a_second_time_brings_nothing_in(brought):
    assert brought.again["outcomes"] == {}
    assert brought.again["known"] == sum(brought.told["outcomes"].values()) + 1  # the text of a page that is known
    assert brought.told["known"] == 1
    assert brought.told["skipped"]["no http URL"] == 1


def test_without_the_checklist_nothing_is_imported(tmp_path, capsys):
    crawling = Crawling(tmp_path, None, scope=ANYWHERE)
    path = Theirs(tmp_path / "x.warc.gz").add("https://a.example.org/", page("A")).done()
    arguments = ["archive", "import", str(path), "--source", "theirs", "--policy", str(crawling.policy)]
    assert main([*arguments, "--data", str(crawling.data)]) == 2
    told = capsys.readouterr().err
    for owed in ("[[sources]]", 'id = "theirs"', "publisher", "licence", "lawful", "sensitive", "checked_by"):
        assert owed in told
    assert not crawling.data.exists()


def test_delivered_documents_are_registered_the_same_way(tmp_path):
    """Sources that were not crawled at all: the registry and the recognizers bind, robots.txt does not address them."""
    more = SOURCE.format(id="press", kind="licensed") + 'uses = ["fetch", "train"]\n'
    crawling = Crawling(tmp_path, None, scope=ANYWHERE, more=more)
    objection = ["registry", "add", "objects.example.org", "--reason", "letter", "--data", str(crawling.data)]
    assert main(objection) == 0
    documents = [
        {"url": "https://press.example.org/1", "html": page("One", more="<p>Call jane.roe@mail.example.org</p>")},
        {"id": "7", "text": "The seventh text, delivered without an address of its own."},
        {"url": "https://objects.example.org/2", "text": "A text whose site has objected."},
    ]
    path = tmp_path / "delivery.jsonl"
    path.write_text("\n".join(map(json.dumps, documents)) + "\nno json\n")
    told = bring(crawling, path, source="press", code=1)
    assert (told["unread"], told["outcomes"]) == (1, {"kept": 2, "refused": 1})
    ends = crawling.outcomes()
    assert ends["https://objects.example.org/2"][:2] == ("refused", "opted_out")
    assert ends["https://example.org/their-crawl/7"][0] == "archived"
    assert crawling.rows("SELECT DISTINCT source, use_train FROM capture") == [("press", 1)]
    assert b"jane.roe" not in b"".join(gzip.decompress(p.read_bytes()) for p in crawling.warcs())
    assert verify(crawling) == ""


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_what_wget_wrote(crawling, simweb):
    """An archive by somebody else's program: WARC 1.0, URIs in angle brackets, chunked bodies."""
    site = simweb.site("127.0.0.1").robots("User-agent: *\nDisallow: /private\n")
    site.page("/", "Front", links=["/b", "/private"]).page("/b", "B", framing=Framing.CHUNKED).page(
        "/private", "Private"
    )
    base = f"http://127.0.0.1:{simweb.port}"
    command = ["wget", "-q", "--warc-file=theirs", "-e", "robots=off", f"{base}/robots.txt", f"{base}/", f"{base}/b"]
    subprocess.run([*command, f"{base}/private"], cwd=crawling.folder, check=True, timeout=60)
    crawling.scope, crawling.more = ANYWHERE, SOURCE.format(id="theirs", kind="crawled")
    told = bring(crawling, crawling.folder / "theirs.warc.gz")
    assert told["outcomes"] == {"kept": 2, "refused": 1}
    assert crawling.outcomes()[f"{base}/private"][:2] == ("refused", "robots_txt")
    assert verify(crawling) == ""
