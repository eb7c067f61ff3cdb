"""Archives that somebody else wrote: WARC 1.0 and 1.1, WET, WACZ; by warcio, by hand, and by somebody hostile."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collector.archive import foreign as module
from collector.archive.foreign import Foreign, Unread, foreign_records
from collector.archive.listed_documents import listed_documents

URL = "https://a.example.org/page"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def warc(
    path: Path, *bodies: bytes, headers=(), kind: str = "response", gz: bool = True, status: str = "200 OK"
) -> Path:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=gz)
        for number, body in enumerate(bodies):
            http = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"{URL}{number}",
                kind,
                payload=io.BytesIO(body),
                http_headers=http if kind == "response" else None,
                warc_content_type="" if kind == "response" else "text/plain",
            )
            writer.write_record(record)
            record.raw_stream.close()
    return path


def read(path: Path, max_body: int = 1_000_000) -> list[Foreign | Unread]:
    return list(foreign_records(path, max_body=max_body))


@pytest.mark.parametrize("gz", [True, False])
def test_what_warcio_wrote(tmp_path, gz):
    found = read(warc(tmp_path / "x.warc.gz", b"<p>one</p>", b"<p>two</p>", headers=[("X-Robots-Tag", "noai")], gz=gz))
    assert [(f.url, f.status, f.body) for f in found] == [
        (f"{URL}0", 200, b"<p>one</p>"),
        (f"{URL}1", 200, b"<p>two</p>"),
    ]
    assert found[0].headers.first("x-robots-tag") == "noai"
    assert found[0].date.tzinfo is UTC
    assert found[0].record_id.startswith("urn:uuid:")


def test_text_records_of_common_crawl_have_neither_status_nor_header_fields(tmp_path):
    (found,) = read(warc(tmp_path / "x.wet.gz", b"words", kind="conversion"))
    assert (found.kind, found.status, found.headers.first("content-type")) == ("conversion", None, "text/plain")


def test_the_angle_brackets_of_wget(tmp_path):
    """WARC 1.0 printed the URI in angle brackets, and some software still does."""
    raw = warc(tmp_path / "x.warc", b"<p>x</p>", gz=False).read_bytes()
    (tmp_path / "y.warc").write_bytes(raw.replace(f"{URL}0".encode(), f"<{URL}0>".encode()))
    (found,) = read(tmp_path / "y.warc")
    assert found.url == f"{URL}0"


@pytest.mark.parametrize(
    ("body", "content", "truncated"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", None),
        (b"<p>the chunks are off already</p>", b"<p>the chunks are off already</p>", None),
        (b"5\r\nhello\r\n5\r\nwo", b"hellowo", "disconnect"),
    ],
)
def test_chunks_are_taken_off(tmp_path, body, content, truncated):
    (found,) = read(warc(tmp_path / "x.warc.gz", body, headers=[("Transfer-Encoding", "chunked")]))
    assert (found.body, found.truncated) == (content, truncated)


def test_a_body_is_held_to_the_limit_and_one_octet_more(tmp_path):
    big, small = read(warc(tmp_path / "x.warc.gz", b"x" * 5_000, b"y" * 1_000), max_body=1_000)
    assert (len(big.body), len(small.body)) == (1_001, 1_000)


def test_a_wacz_is_its_warcs(tmp_path):
    """WACZ 1.1.1: a ZIP with the WARC files in `archive/`."""
    inner = warc(tmp_path / "data.warc.gz", b"<p>one</p>")
    with zipfile.ZipFile(tmp_path / "x.wacz", "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.write(inner, "archive/jane.roe@example.org.warc.gz")
        archive.writestr("pages/pages.jsonl", "{}")
    (found,) = read(tmp_path / "x.wacz")
    assert (found.body, found.file) == (b"<p>one</p>", "x.wacz#2")


def test_a_damaged_record_is_told_and_the_others_are_read(tmp_path):
    raw = warc(tmp_path / "x.warc", b"<p>one</p>", b"<p>two</p>", gz=False).read_bytes()
    (tmp_path / "y.warc").write_bytes(raw.replace(b"<p>one</p>", b"<p>0ne</p>"))
    damaged, fine = read(tmp_path / "y.warc")
    assert isinstance(damaged, Unread)
    assert "block_digest" in damaged.reason
    assert fine.body == b"<p>two</p>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"filedesc://x 0.0.0.0 20260101000000 text/plain 76\n", "no readable record"),
        (b"", ""),
        (
            gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999\r\n\r\nx"),
            "claims to have",
        ),
        (gzip.compress(b"WARC/1.0\r\n" + b"X" * 200_000), "no readable record"),
        (b"PK\x03\x04 and no more", "no readable WACZ"),
        (gzip.compress(b"WARC/1.0\r\n")[:-5], "cannot be read on"),
    ],
    ids=["an old index line", "nothing", "a length beyond the file", "no end of the head", "no book", "cut off"],
)
def test_what_is_no_archive_is_said_to_be_none(tmp_path, content, reason):
    (tmp_path / "x.warc.gz").write_bytes(content)
    found = read(tmp_path / "x.warc.gz")
    assert all(isinstance(one, Unread) for one in found)
    assert [one.last for one in found] == ([True] if reason else [])
    assert reason in "".join(one.reason for one in found)


def test_a_bomb_is_put_down_early(tmp_path, monkeypatch):
    """One record of zeros that expands a thousand times: read no further than the limit, and held no further than that."""
    monkeypatch.setattr(module, "EXPANSION_FROM", 1 << 20)
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example.org/\r\nContent-Length: %d\r\n\r\n"
    size = 1 << 25
    (tmp_path / "x.warc.gz").write_bytes(gzip.compress(head % size + bytes(size)))
    taken = 0
    original = module._Collecting.feed

    def counted(self, data):
        nonlocal taken
        taken += len(data)
        return original(self, data)

    monkeypatch.setattr(module._Collecting, "feed", counted)
    (found,) = read(tmp_path / "x.warc.gz", max_body=1_000)
    assert isinstance(found, Unread)
    assert "expands to more than" in found.reason
    assert taken < size


RECORD = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example.org/\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-7000-8000-000000000001>\r\nContent-Type: application/http\r\n"
    b"Content-Length: 78\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<p>o</p>\n\r\n0\r\n\r\n\r\n\r\n"
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.integers(0, 2 * len(RECORD)), st.binary(max_size=8), st.integers(0, 40), st.integers(0, 400), st.booleans())
def test_nothing_that_is_done_to_an_archive_escapes_as_an_exception(tmp_path, at, what, gone, lost, zipped):
    whole = RECORD * 2
    broken = whole[:at] + what + whole[at + gone :]
    wrapped = gzip.compress(broken, mtime=0) if zipped else broken
    (tmp_path / "y.warc.gz").write_bytes(wrapped[: max(0, len(wrapped) - lost)])
    for found in read(tmp_path / "y.warc.gz", max_body=100):
        assert isinstance(found, Unread) or len(found.body) <= 101


def test_documents_that_were_never_crawled(tmp_path):
    lines = [
        {"url": URL, "text": "words"},
        {"id": "doc 7", "html": "<p>words</p>", "date": "2020-01-02T03:04:05Z"},
        {"text": "words without a name"},
        {"url": URL, "text": 7},
        {"url": URL, "text": "x", "more": 1},
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\nno json\n")
    found = list(listed_documents(path, below="https://example.org/corpus/", delivered=NOW, max_body=1_000))
    assert [isinstance(one, Unread) for one in found] == [False, False, True, True, True, True]
    assert (found[0].url, found[0].date, found[0].headers.first("content-type")) == (
        URL,
        NOW,
        "text/plain; charset=utf-8",
    )
    assert found[1].url == "https://example.org/corpus/doc%207"
    assert found[1].date.year == 2020
