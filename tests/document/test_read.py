"""Reading bodies from strangers: bounded, without entities, without exceptions."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document import sitemap
from collector.document.feed import FeedDocument
from collector.document.html import HtmlDocument
from collector.document.links import links
from collector.document.main_text import main_text
from collector.document.page_facts import page_facts
from collector.document.read import TextDocument, UnsupportedDocument, read
from collector.document.sitemap import MAX_LOCATIONS, SitemapDocument
from collector.model.url import parse_url
from tests.support.growth import assert_linear

URL = parse_url("https://site.test/dir/page")
SITEMAP_URL = parse_url("https://site.test/sitemap.xml")


def page(body, header="text/html"):
    return read(body if isinstance(body, bytes) else body.encode(), content_type=header, url=URL)


def test_an_empty_body_is_an_empty_page():
    assert isinstance(page(b""), HtmlDocument)
    assert page_facts(page(b"<!-- -->"), status=200, with_language=True).text_length == 0


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"<div>"),
        (b"", b"<a b"),
        (b"", b"&"),
        (b"", b"<"),
        (b"<p>" + b"x" * 2_000, b"\x00"),
        (b"", b"<a href=?x>"),
    ],
)
def test_hostile_shapes_are_read_in_linear_time(start, piece):
    def read_all(body):
        document = page(body)
        assert isinstance(document, HtmlDocument)
        page_facts(document, status=200, with_language=False)
        links(document, URL)

    assert_linear(read_all, lambda size: start + piece * (size // len(piece)), 50_000)


def test_attributes_that_lxml_cannot_name_do_not_break_anything():
    document = page('<a {evil="1" href="/x" @click=y>z</a>')
    assert [link.href for link in links(document, URL)] == ["https://site.test/x"]


def test_entities_are_not_expanded():
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item><link>https://site.test/&b;</link></item></channel></rss>'
    document = page(bomb, "application/xml")
    assert isinstance(document, FeedDocument)
    assert "aaaa" not in repr(links(document, URL))


def test_external_entities_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    body = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]><rss><channel><title>&x;</title></channel></rss>'
    assert "TOPSECRET" not in str(main_text(page(body, "application/xml")))


def test_sitemap_index_and_dates():
    body = b'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc> https://site.test/a.xml </loc><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>'
    document = read(body, content_type="text/xml", url=SITEMAP_URL)
    assert isinstance(document, SitemapDocument)
    assert document.index
    assert (document.locations[0].href, document.locations[0].lastmod) == ("https://site.test/a.xml", "2026-01-01")


def test_a_sitemap_ends_at_50000_locations():
    """sitemaps.org: "no more than 50,000 URLs"."""
    body = (
        b"<urlset>"
        + b"".join(b"<url><loc>https://site.test/%d</loc></url>" % i for i in range(MAX_LOCATIONS + 5))
        + b"</urlset>"
    )
    document = read(
        gzip.compress(body), content_type="application/gzip", url=parse_url("https://site.test/sitemap.xml.gz")
    )
    assert isinstance(document, SitemapDocument)
    assert len(document.locations) == MAX_LOCATIONS
    assert document.truncated


def test_a_gzip_bomb_is_cut(monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_BYTES", 1_000)
    assert len(sitemap.gunzip(gzip.compress(b"<urlset>" + b" " * 1_000_000))) == 1_000


def test_a_cut_or_broken_sitemap_gives_what_could_be_read():
    body = b"<urlset><url><loc>https://site.test/1</loc></url><url><loc>https://site.te"
    document = read(body, content_type="text/xml", url=SITEMAP_URL)
    assert [place.href for place in document.locations] == ["https://site.test/1"]  # not the host site.te
    assert document.truncated


def test_a_text_sitemap():
    """sitemaps.org, "Text file"."""
    document = read(
        b"https://site.test/1\n\nhttps://site.test/2\n",
        content_type="text/plain",
        url=parse_url("https://site.test/sitemap.txt"),
    )
    assert [link.href for link in links(document, URL)] == ["https://site.test/1", "https://site.test/2"]


def test_kinds_we_cannot_minimise_are_named():
    assert page(b"%PDF-1.4", "text/html") == UnsupportedDocument("application/pdf")
    assert isinstance(page(b"notes", "text/plain"), TextDocument)


def test_no_document_shows_what_is_in_it():
    for body, header in (
        (b"<p>SECRET", "text/html"),
        (b"SECRET", "text/plain"),
        (b"<rss><channel><title>SECRET</title></channel></rss>", "text/xml"),
    ):
        document = page(body, header)
        assert "SECRET" not in repr(document)
        assert "SECRET" not in repr(page_facts(document, status=200, with_language=False))


@given(
    st.binary(max_size=300),
    st.sampled_from([None, "text/html", "application/xml", "text/plain", "application/xhtml+xml"]),
)
def test_never_raises(body, header):
    document = read(body, content_type=header, url=URL)
    page_facts(document, status=200, with_language=False)
    links(document, URL)


@given(st.text(alphabet="<>/=\"'{}!-&;# apbdivsmetlnoyk@.:\x01\n", max_size=200))
def test_never_raises_on_markup(text):
    document = page(text)
    page_facts(document, status=200, with_language=False)
    links(document, URL)
