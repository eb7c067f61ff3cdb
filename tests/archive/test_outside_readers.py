"""Programs of others read what we wrote: pywb replays it, cdxj-indexer and datatrove take from it what they should."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import socket
import string
import subprocess
import time
from pathlib import Path

import pytest

from collector.archive.naming import index_path
from collector.archive.provenance import Provenance, provenance_record
from collector.archive.record import Revisited, page_record, revisit_record, text_record
from collector.archive.surt import surt
from collector.archive.verify import verify_collection
from collector.model.headers import Headers
from collector.model.page import Candidate
from collector.model.url import parse_url

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv-tools"


def program(environment: str, name: str) -> str:
    path = TOOLS / environment / "bin" / name
    if not path.exists():
        pytest.skip(f"NOT TESTED: {environment} is not installed; `make tools` installs it")
    return str(path)


def run(*command, cwd=None, stdin=""):
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, input=stdin, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def corpus(bench):
    """Three pages, one of them from a brotli response, a redirect, a 404, a revisit of the first page; text apart."""
    pages = [bench.page(n) for n in range(2)]
    sent_as_brotli = Headers(
        [("Content-Type", "text/html"), ("Content-Encoding", "br"), ("Transfer-Encoding", "chunked")]
    )
    pages.append(bench.page(2, headers=sent_as_brotli))
    location = Headers([("Location", "https://www.example.org/page/0?b=2&a=1"), ("Content-Type", "text/html")])
    moved = Candidate(parse_url("https://www.example.org/moved"))
    redirect = bench.page(3, candidate=moved, status=301, body=b"", media_type="", charset=None, headers=location)
    twin = bench.page(4, body=pages[0].body)
    archive, text = bench.writer(), bench.writer("text")
    ids = []
    for page in [*pages, redirect]:
        context = bench.context(archive.warcinfo_id)
        record = page_record(page, context)
        ids.append(record.record_id)
        archive.append([record, provenance_record(page, record.record_id, Provenance("run"), context)])
    context = bench.context(archive.warcinfo_id)
    first = Revisited(ids[0], pages[0].candidate.url.href, pages[0].fetched_at)
    archive.append([revisit_record(twin, first, context)])
    for page, record_id in zip(pages, ids, strict=False):
        text.append([text_record(page, record_id, bench.context(text.warcinfo_id))])
    for writer in (archive, text):
        writer.flush()
        writer.committed()
    (sealed,) = archive.close()
    text.close()
    assert list(verify_collection(bench.root)) == []
    return bench.root, sealed.file, pages, ids, twin


READ_WITH_DATATROVE = """
import json, sys
from datatrove.pipeline.readers import WarcReader
for document in WarcReader(sys.argv[1], glob_pattern="*.warc.gz").run():
    print(json.dumps({"id": document.id, "url": document.metadata["url"], "text": document.text}))
"""


def test_datatrove_yields_one_document_per_kept_page_with_our_record_ids(corpus):
    python = program("datatrove", "python")
    root, _, pages, ids, _ = corpus
    documents = [json.loads(line) for line in run(python, "-c", READ_WITH_DATATROVE, root / "archive").splitlines()]
    assert [d["id"] for d in documents] == [f"<{one}>" for one in ids[:3]]
    assert [d["text"] for d in documents] == [page.body.decode() for page in pages]
    assert [d["url"] for d in documents] == [page.candidate.url.href for page in pages]
    texts = [json.loads(line) for line in run(python, "-c", READ_WITH_DATATROVE, root / "text").splitlines()]
    assert [d["text"] for d in texts] == [page.text for page in pages]


def test_cdxj_indexer_agrees_with_our_index(corpus):
    indexer = program("pywb", "cdxj-indexer")
    root, file, *_ = corpus
    keys = ("url", "mime", "status", "digest", "length", "offset", "filename")

    def lines(text):
        for line in text.splitlines():
            key, timestamp, block = line.split(" ", 2)
            fields = json.loads(block)
            yield key, timestamp, *(fields.get(name) for name in keys)

    theirs = sorted(lines(run(indexer, root / file)))
    ours = sorted(lines(index_path(root, file).read_text()))
    assert theirs == ours
    assert len(ours) == 5


def get(port, path):
    """Without following redirects: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.fixture
def wayback(corpus, tmp_path_factory):
    """pywb on a loopback port with two collections: one it indexed itself, one with our CDXJ."""
    manager, server = program("pywb", "wb-manager"), program("pywb", "wayback")
    root, file, *_ = corpus
    place = tmp_path_factory.mktemp("pywb")
    for name in ("theirs", "ours"):
        run(manager, "init", name, cwd=place)
    run(manager, "add", "theirs", root / file, cwd=place)
    own = place / "collections" / "ours"
    shutil.copy(root / file, own / "archive")
    shutil.copy(index_path(root, file), own / "indexes" / "index.cdxj")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (place / "log").open("w") as log:
        process = subprocess.Popen([server, "-b", "127.0.0.1", "-p", str(port)], cwd=place, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert process.poll() is None, (place / "log").read_text()[-2000:]
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_pywb_replays_pages_redirects_and_revisits(corpus, wayback):
    _, _, pages, _, twin = corpus
    for collection in ("theirs", "ours"):
        for page in (*pages, twin):
            stamp = page.fetched_at.strftime("%Y%m%d%H%M%S")
            status, headers, body = get(wayback, f"/{collection}/{stamp}id_/{page.candidate.url.href}")
            assert (status, body) == (200, page.body)
            assert headers["Content-Type"].startswith("text/html")
            assert "Content-Encoding" not in headers
        status, headers, _ = get(wayback, f"/{collection}/20261122074125id_/https://www.example.org/moved")
        assert status in (301, 302, 307)
        assert headers["Location"].endswith("https://www.example.org/page/0?b=2&a=1")


def urls():
    """Canonical URLs, ordinary and hostile, the same every time."""
    generator = random.Random(42)
    pieces = [*"/?&=.;,:()%+-_~!*'[]{}|^#@", "//", "/./", "/../", "%2e", "%2F", "%25", "%2525", "%41", "%e9", "%C3%A9"]
    pieces += [
        *string.ascii_letters[:30],
        *string.digits,
        "é",
        "a=1",
        "b=2&a",
        "index.html",
        ".aspx",
        "www.",
        "%00",
        "%7f",
    ]
    pieces += ["sid=" + "a1" * 16, "jsessionid=" + "0f" * 16, "PHPSESSID=" + "b" * 32, "cfid=1&cftoken=2", "utm=1", " "]
    pieces += ["(S(4hqa0555fwsecu455xqckv45))/", "(4hqa0555fwsecu455xqckv45)/", "aspsessionidabcdefgh=" + "z" * 24]
    hosts = [
        "example.org",
        "www.example.org",
        "www3.example.org:8080",
        "192.0.2.7",
        "a.b.example.co.uk",
        "bücher.example",
    ]
    for _ in range(4000):
        tail = "".join(generator.choice(pieces) for _ in range(generator.randint(0, 9)))
        yield f"{generator.choice(['http', 'https'])}://{generator.choice(hosts)}/{tail}"


def test_keys_are_those_of_pywb():
    python = program("pywb", "python")
    canonical = sorted({parse_url(url).href for url in urls()})
    script = "import json, sys, surt; print(json.dumps([surt.surt(url) for url in json.load(sys.stdin)]))"
    theirs = json.loads(run(python, "-c", script, stdin=json.dumps(canonical)))
    differences = [
        (url, ours, other) for url, other in zip(canonical, theirs, strict=True) if (ours := surt(url)) != other
    ]
    assert differences == []
