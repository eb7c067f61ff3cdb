"""personal-data §0.1: feeds and site maps, whose fields are markup, addresses and names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.read import read
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import STRICT
from collector.model.url import parse_url

URL = parse_url("https://site.test/dir/")


def test_feed():
    feed = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><title>T</title>
    <author><name>Jane Doe</name><email>jane@b.example</email><uri>https://site.test/jane-doe</uri></author>
    <entry><title>By Jane Doe</title><dc:creator>Max Muster</dc:creator><link href="/x?email=a@b.example"/>
    <content type="html">&lt;p&gt;mail jo&lt;b&gt;hn@b.example&lt;/b&gt; Jane Doe&lt;/p&gt;</content></entry></feed>"""
    document = read(feed.encode(), content_type="application/atom+xml", url=URL)
    result = minimise_document(document, URL, STRICT)
    out = result.body.decode()
    assert not re.search(r"jane|doe|max|muster|john|b\.example", out, re.IGNORECASE)
    assert out.count("[[PERSON_1]]") == 4
    assert result.title == "T"


@pytest.mark.parametrize(
    "author",
    ["jane@b.example (Jane Roedean)", "Jane Roedean (jane@b.example)", "Jane Roedean &lt;jane@b.example&gt;",
     "&quot;Roedean, Jane&quot; &lt;jane@b.example&gt;", "noreply@b.example (Jane Roedean)", "jane@b.example, Jane Roedean"],
)  # fmt: skip
def test_an_author_of_a_feed_beside_an_address(author):
    """RSS 2.0, `author`: the e-mail address of the author, with the name in brackets; and as mail writes it."""
    feed = f"""<rss version="2.0"><channel><title>T</title><item><title>The bridge</title><author>{author}</author>
    <description>What Jane Roedean saw there.</description></item></channel></rss>"""
    result = minimise_document(read(feed.encode(), content_type="text/xml", url=URL), URL, STRICT)
    out = result.body.decode()
    assert not re.search(r"jane|roedean|@|span", out, re.IGNORECASE)
    assert "What [[PERSON_1]] saw there." in out
    again = minimise_document(read(result.body, content_type="text/xml", url=URL), URL, STRICT)
    assert (again.body, again.redaction.counts) == (result.body, {})


AUTHOR_PARTS = (
    "Jane Doe", "jane@b.example", "a@b", "(", ")", "&lt;", "&gt;", '"', ",", ";", " ", "[", "@", "&amp;", "&lt;b&gt;",
    "&lt;/b&gt;", "\u200b", "By ", "1", "Acme Ltd", " and ", "https://x.test/jane-doe", "&amp;lt;", "Dr. ", "\n",
)  # fmt: skip


@given(st.lists(st.sampled_from(AUTHOR_PARTS), max_size=9))
def test_whatever_stands_in_the_author_field_of_a_feed_a_second_run_changes_nothing(parts):
    feed = f"<rss version='2.0'><channel><item><author>{''.join(parts)}</author></item></channel></rss>".encode()
    once = minimise_document(read(feed, content_type="text/xml", url=URL), URL, STRICT)
    twice = minimise_document(read(once.body, content_type="text/xml", url=URL), URL, STRICT)
    assert (twice.body, twice.redaction.counts) == (once.body, {})


def test_markup_in_the_author_field_of_a_feed_is_read_as_what_it_shows():
    """RFC 4287 §3.2.1: a name is text; what is written there all the same is not."""
    author = "&lt;a href='/u/jane-roedean'&gt;Jane Roedean&lt;/a&gt; &amp;amp; Tom Okonjo, Acme Ltd"
    feed = f"<rss version='2.0'><channel><item><author>{author}</author></item></channel></rss>"
    out = minimise_document(read(feed.encode(), content_type="text/xml", url=URL), URL, STRICT).body.decode()
    assert "<author>[[PERSON_1]] &amp; [[PERSON_2]], Acme Ltd</author>" in out


def test_an_address_of_a_desk_names_nobody_in_a_feed():
    feed = """<rss version="2.0"><channel><title>T</title><managingEditor>desk@b.example (Editorial Team)</managingEditor>
    <item><title>The Editorial Team was there</title></item></channel></rss>"""
    document = read(feed.encode(), content_type="text/xml", url=URL)
    assert "The Editorial Team was there" in minimise_document(document, URL, STRICT).body.decode()


def test_sitemap():
    body_ = b"<urlset><url><loc>https://site.test/u/john@b.example</loc><lastmod>2026-01-01</lastmod></url><url><loc>https://site.test/a?x=1&amp;y=2</loc></url></urlset>"
    out = minimise_document(read(body_, content_type="text/xml", url=URL), URL, STRICT).body.decode()
    assert "john" not in out
    assert "https://site.test/a?x=1&amp;y=2" in out
    assert "<lastmod>2026-01-01</lastmod>" in out
