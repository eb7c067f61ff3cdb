"""CDXJ lines as pywb and cdxj-indexer write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.cdxj import IndexEntry, entry_of, media_type, parse_line, sorted_lines
from collector.model.headers import Headers

ENTRY = IndexEntry(
    "org,example)/",
    "20261122074122",
    "https://example.org/",
    "text/html",
    "200",
    "sha256:00",
    12,
    34,
    "x.warc.gz",
    "{}",
)


def test_line_has_the_keys_and_string_values_that_readers_expect():
    key, timestamp, block = ENTRY.line().decode().rstrip("\n").split(" ", 2)
    assert (key, timestamp) == ("org,example)/", "20261122074122")
    assert json.loads(block) == {
        "url": "https://example.org/",
        "mime": "text/html",
        "status": "200",
        "digest": "sha256:00",
        "length": "34",
        "offset": "12",
        "filename": "x.warc.gz",
        "metadata": "{}",
    }


@given(st.text(), st.text(), st.integers(0, 2**62))
def test_what_is_written_is_read_back(url, metadata, offset):
    entry = IndexEntry("k", "20260101000000", url, "unk", "-", "-", offset, 1, "f", metadata)
    line = entry.line()
    assert line.count(b"\n") == 1
    assert parse_line(line) == entry


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"a b",
        b"k 2026 []",
        b'k 2026 {"url": 1}',
        b'k 2026 {"url": "x"}',
        b"k \xff {}",
        b"k t " + b"[" * 100_000,
        ENTRY.line().replace(b'"12"', b'"twelve"'),
    ],
)
def test_what_is_no_line_is_refused(line):
    with pytest.raises(ValueError, match="CDXJ"):
        parse_line(line)


def fields(**values):
    base = {"WARC-Type": "response", "WARC-Target-URI": "https://example.org/", "WARC-Date": "2026-11-22T07:41:22.9Z"}
    return Headers((base | {k.replace("_", "-"): v for k, v in values.items()}).items())


def place(named, http=None, status=None):
    return entry_of(named, http, status, offset=1, length=2, filename="f")


def test_timestamp_drops_fractions_and_the_declared_type_wins_over_the_sniffed():
    entry = place(fields(WARC_Identified_Payload_Type="text/html"), Headers([("content-type", "Text/Plain; x")]), 200)
    assert (entry.timestamp, entry.mime, entry.status) == ("20261122074122", "text/plain", "200")
    assert place(fields(WARC_Identified_Payload_Type="text/html"), Headers(), 301).mime == "text/html"
    assert place(fields(), Headers([("Content-Type", "nonsense")]), 200).mime == "unk"


def test_revisit_says_so_and_metadata_has_no_line_for_it_would_shadow_the_page():
    assert place(fields(WARC_Type="revisit")).mime == "warc/revisit"
    for kind in ("metadata", "warcinfo", "request"):
        assert place(fields(WARC_Type=kind)) is None
    assert place(fields(WARC_Date="yesterday")) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [(" TEXT/html ;q", "text/html"), ("text/html\xa0", None), ("text", None), ("", None), ("a/b c", None)],
)
def test_media_type(value, found):
    assert media_type(value) == found


def test_lines_are_in_byte_order():
    assert sorted_lines([b"b\n", b"B\n", b"a\n"]) == b"B\na\nb\n"
