"""Bodies of every shape: each URL ends as archived, withheld or failed with a plain reason, and the crawl goes on."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.support.crawling import Crawling, verify
from tests.support.hostile import zstd_bomb
from tests.support.simsite import CLOSE, HTML, Framing, Reply, document, paragraphs
from tests.support.simweb import SimulatedWeb

LIMIT = 1_000_000  # [scope] max_body_bytes
TYPED = (("Content-Type", HTML),)


def page(title: str, more: str = "") -> bytes:
    return document(title, main=paragraphs(title) + more).encode()


def coded(body: bytes, coding: str, **how: object) -> Reply:
    return Reply(200, body, (*TYPED, ("Content-Encoding", coding)), **how)  # type: ignore[arg-type]


def raw_deflate(body: bytes) -> bytes:
    """Without the zlib wrapper, as some servers send it (RFC 9110 §8.4.1.2, note)."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def zstd(body: bytes) -> bytes:
    """One frame of one raw block (RFC 8878 §3.1.1)."""
    header = b"\x28\xb5\x2f\xfd\xa0" + len(body).to_bytes(4, "little")
    return header + (len(body) << 3 | 1).to_bytes(3, "little") + body


def broken_chunks(body: bytes) -> Reply:
    """RFC 9112 §7.1: a chunk size is hexadecimal."""
    sent = b"%x\r\n%s\r\nzz\r\nmore\r\n0\r\n\r\n" % (len(body), body)
    return Reply(200, sent, (*TYPED, ("Transfer-Encoding", "chunked")), framing=Framing.CLOSE)


def with_length(body: bytes, length: int) -> Reply:
    return Reply(200, body, (*TYPED, ("Content-Length", str(length))), framing=Framing.CLOSE)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40
DEEP = "<div>" * 100_000 + "the bottom" + "</div>" * 100_000
ARCHIVED, WITHHELD, FAILED = {"archived"}, {"withheld"}, {"failed"}

# path: (answer, outcomes that are right, what the reason says)
BODIES: dict[str, tuple[Reply, set[str], str]] = {
    "/gzip": (Reply(200, page("gzip"), TYPED, coding="gzip"), ARCHIVED, ""),
    "/br": (Reply(200, page("br"), TYPED, coding="br"), ARCHIVED, ""),
    "/deflate": (Reply(200, page("deflate"), TYPED, coding="deflate"), ARCHIVED, ""),
    "/raw-deflate": (coded(raw_deflate(page("raw deflate")), "deflate"), ARCHIVED, ""),
    "/zstd": (coded(zstd(page("zstd")), "zstd"), ARCHIVED, ""),
    "/gzip-twice": (coded(gzip.compress(gzip.compress(page("twice"))), "gzip, gzip"), ARCHIVED, ""),
    "/gzip-members": (coded(gzip.compress(page("members")[:900]) + gzip.compress(page("members")[900:]), "gzip"), ARCHIVED, ""),
    "/gzip-br": (coded(brotli.compress(gzip.compress(page("both"))), "gzip, br"), ARCHIVED, ""),
    "/x-gzip": (coded(gzip.compress(page("x-gzip")), "x-gzip"), ARCHIVED, ""),
    "/identity": (coded(page("identity"), "identity"), ARCHIVED, ""),
    "/not-gzip": (coded(page("not gzip"), "gzip"), FAILED, "decode"),
    "/not-br": (coded(page("not br"), "br"), FAILED, "decode"),
    "/gzip-cut": (coded(gzip.compress(page("cut"))[:-200], "gzip"), FAILED, "decode"),
    "/unknown-coding": (coded(page("unknown"), "x-own"), FAILED, "x-own"),
    "/bomb-gzip": (coded(gzip.compress(b"<p>" + b"a" * 60_000_000, 9), "gzip"), WITHHELD, "more than 1,000,000 bytes"),
    "/bomb-br": (coded(brotli.compress(b"<p>" + b"a" * 60_000_000, quality=5), "br"), WITHHELD, "1,000,000 bytes"),
    "/bomb-zstd": (coded(zstd_bomb(), "zstd"), WITHHELD, "1,000,000 bytes"),
    "/large-declared": (Reply(200, b"<p>" + b"a" * 2_000_000, TYPED), WITHHELD, "more than 1,000,000 bytes"),
    "/large-chunked": (
        Reply(200, b"<p>" + b"a" * 2_000_000, TYPED, framing=Framing.CHUNKED), WITHHELD, "1,000,000 bytes",
    ),
    "/large-close": (Reply(200, b"<p>" + b"a" * 2_000_000, TYPED, framing=Framing.CLOSE), WITHHELD, "1,000,000 bytes"),
    "/at-the-limit": (Reply(200, page("limit").ljust(LIMIT), TYPED), ARCHIVED, ""),
    "/http10": (Reply(200, page("http 1.0"), TYPED, framing=Framing.CLOSE, version="HTTP/1.0"), ARCHIVED, ""),
    "/until-close": (Reply(200, page("until close"), TYPED, framing=Framing.CLOSE), ARCHIVED, ""),
    "/chunked": (Reply(200, page("chunked"), TYPED, framing=Framing.CHUNKED), ARCHIVED, ""),
    "/chunks-cut": (Reply(200, page("chunks cut"), TYPED, framing=Framing.CHUNKED, missing=100), FAILED, "truncated"),
    "/chunks-broken": (broken_chunks(page("chunks broken")), FAILED, ""),
    "/length-short": (with_length(page("length short"), 700), ARCHIVED, ""),  # the rest is no part of it
    "/length-long": (with_length(page("length long"), 90_000), FAILED, "truncated"),
    "/length-odd": (Reply(200, page("odd"), (*TYPED, ("Content-Length", "-5")), framing=Framing.CLOSE), FAILED, ""),
    "/no-answer": (CLOSE, FAILED, "reset"),
    "/empty": (Reply(200, b"", TYPED), ARCHIVED | WITHHELD, ""),
    "/no-content": (Reply(204, b""), ARCHIVED | WITHHELD | FAILED, ""),
    "/utf16": (Reply(200, page("utf 16 Größe").decode().encode("utf-16"), TYPED), ARCHIVED, ""),
    "/windows-1252": (
        Reply(200, page("Größe “ä”").replace(b"utf-8", b"windows-1252").decode().encode("cp1252"),
              (("Content-Type", "text/html"),)), ARCHIVED, "",
    ),
    "/nul": (Reply(200, page("nul").replace(b"people", b"peo\x00ple"), TYPED), ARCHIVED | WITHHELD, ""),
    "/binary-html": (Reply(200, bytes(range(256)) * 100, TYPED), WITHHELD, "octet-stream"),
    "/long-node": (Reply(200, page("long", "<p>" + "word " * 180_000 + "</p>"), TYPED), ARCHIVED, ""),
    "/long-word": (Reply(200, page("word", "<p>" + "a" * 900_000 + "</p>"), TYPED), ARCHIVED, ""),
    "/at-signs": (Reply(200, page("at", "<p>" + "a@" * 400_000 + "</p>"), TYPED), ARCHIVED | WITHHELD, ""),
    "/attributes": (Reply(200, page("attributes", "<p " + "x=y " * 200_000 + ">x</p>"), TYPED), ARCHIVED | WITHHELD, ""),
    "/open-tags": (Reply(200, page("open", "<" * 300_000 + "<!--" * 50_000), TYPED), ARCHIVED | WITHHELD, ""),
    "/deep": (Reply(200, document("deep", main=DEEP).encode()[:LIMIT], TYPED), ARCHIVED | WITHHELD, ""),
    "/image-as-html": (Reply(200, PNG, TYPED), WITHHELD, "image/png"),
    "/html-as-text": (Reply(200, page("as text"), (("Content-Type", "text/plain"),)), ARCHIVED, ""),
    "/html-as-binary": (
        Reply(200, page("as binary"), (("Content-Type", "application/octet-stream"),)), WITHHELD, "octet-stream",
    ),
    "/untyped": (Reply(200, page("untyped")), ARCHIVED, ""),
    "/odd-type": (Reply(200, page("odd type"), (("Content-Type", ";;;"),)), ARCHIVED, ""),
    "/pdf": (Reply(200, PDF, (("Content-Type", "application/pdf"),)), WITHHELD, "application/pdf"),
    "/pdf-as-html": (Reply(200, PDF, TYPED), WITHHELD, "application/pdf"),
    "/json": (Reply(200, b'{"a": 1}', (("Content-Type", "application/json"),)), WITHHELD, "application/json"),
    "/text": (Reply(200, b"Plain words about the mill. " * 40, (("Content-Type", "text/plain"),)), ARCHIVED, ""),
    "/error-500": (Reply(500, page("error"), TYPED), FAILED, "http status 500"),
    "/odd-status": (Reply(799, page("odd status"), TYPED), FAILED, "http status 799"),
    "/after-all": (Reply(200, page("after all"), TYPED), ARCHIVED, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """One crawl of all of them, with a clock that leaves no time for a hang."""
    with SimulatedWeb() as web:
        crawling = Crawling(tmp_path_factory.mktemp("bodies"), web, scope=f"max_body_bytes = {LIMIT}")
        # a host of its own for each: one that fails is left alone for a while, with all its pages
        hosts = {path: f"b{number}.localhost" for number, path in enumerate(BODIES)}
        web.site("a.localhost").page("/", "Front", links=[web.url(host, path) for path, host in hosts.items()])
        for path, (reply, _, _) in BODIES.items():
            web.site(hosts[path]).serve(path, reply)
        crawling.seeds = [web.url("a.localhost")]
        summary = crawling.run(timeout=150)
        yield crawling, summary, {url.partition(str(web.port))[2]: end for url, end in crawling.outcomes().items()}


@pytest.mark.parametrize("path", BODIES)
def test_it_ends_with_a_plain_reason(crawled, path):
    _, right, says = BODIES[path]
    outcome, _, reason = crawled[2][path]
    assert outcome in right, reason
    assert says in reason
    assert reason
    assert "Error" not in reason, "the name of an exception is no reason"
    assert "Traceback" not in reason


def records(crawling: Crawling, folder: str = "archive"):
    for path in crawling.warcs(folder):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                yield record, record.content_stream().read()


def test_the_account_is_whole_and_the_archive_verifies(crawled):
    crawling, summary, outcomes = crawled
    assert summary["ended"] == "finished"
    assert set(outcomes) == {"/", *BODIES}
    assert verify(crawling) == ""


def test_what_is_archived_is_decoded_and_says_so(crawled):
    """No Content-Encoding or Transfer-Encoding, Content-Length of the stored body, UTF-8 text as it was meant."""
    crawling, _, outcomes = crawled
    bodies = {}
    for record, body in records(crawling):
        if record.rec_type != "response":
            continue
        http = record.http_headers
        assert http.get_header("Content-Encoding") is None
        assert http.get_header("Transfer-Encoding") is None
        if length := http.get_header("Content-Length"):
            assert int(length) == len(body)
        bodies[record.rec_headers.get_header("WARC-Target-URI").partition(str(crawling.web.port))[2]] = body
    assert set(bodies) == {path for path, (outcome, _, _) in outcomes.items() if outcome == "archived"}
    for path in (
        "/gzip",
        "/br",
        "/deflate",
        "/raw-deflate",
        "/zstd",
        "/gzip-twice",
        "/gzip-members",
        "/gzip-br",
        "/chunked",
        "/http10",
    ):
        assert b"The people who live near" in bodies[path], path
    assert "Größe".encode() in bodies["/utf16"]
    assert "Größe “ä”".encode() in bodies["/windows-1252"]
    assert len(bodies["/length-short"]) < 800


def test_the_crawler_stays_small(crawled):
    """A bomb of 60 MB costs no 60 MB: bounded by max_body_bytes (peak of all child processes so far)."""
    import resource  # noqa: PLC0415  only here

    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 600_000  # KiB
