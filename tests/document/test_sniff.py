"""MIME Sniffing Standard §6, §7: the bytes decide, the header breaks ties between kinds of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.sniff import sniff


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        (b"%PDF-1.7", "text/html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text/html", "image/png"),
        (b"<!DOCTYPE html><p>", "application/json", "text/html"),
        (b"  <!-- x --><html>", None, "text/html"),
        (b"<html>", "text/plain", "text/html"),
        (
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
            "application/xhtml+xml",
            "application/xhtml+xml",
        ),
        (b"<html><p>not xml", "application/xhtml+xml", "text/html"),
        (b"words only", "text/html", "text/html"),
        (b"words only", None, "text/plain"),
        (b"words <b> only", "text/plain", "text/plain"),
        (b"", None, "text/plain"),
        (b"{}", "application/json", "application/json"),
        (b"BM is how this text begins", "text/plain", "text/plain"),
        (b"\x00\x01\x02\x03binary", "text/html", "application/octet-stream"),
        (b"<?xml version='1.0'?><rss version='2.0'>", "text/html", "application/rss+xml"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "application/xml", "application/atom+xml"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<urlset>", "text/xml", "application/sitemap+xml"),
        (b"<sitemapindex>", "application/xml", "application/sitemap+xml"),
        (b"<?xml version='1.0'?><other/>", "text/xml", "application/xml"),
        ("\ufeff<html>".encode("utf-16"), None, "text/html"),
        (b"\x1f\x8b\x08\x00", "application/xml", "application/gzip"),
    ],
)
def test_kinds(body, header, expected):
    assert sniff(body, header) == expected


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_never_raises_and_always_answers(body, header):
    assert isinstance(sniff(body, header), str)
