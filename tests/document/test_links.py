"""Links: HTML §4.2.3 base, §4.6.8 link types; feeds and sitemaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.document.links import MAX_LINKS, links
from collector.document.read import read
from collector.model.errors import UrlError
from collector.model.page import Hop
from collector.model.url import absolute, parse_url

URL = parse_url("https://site.test/dir/page")


def found(body, header="text/html"):
    return links(read(body.encode(), content_type=header, url=URL), URL)


def hrefs(body, header="text/html"):
    return [link.href for link in found(body, header)]


def test_absolute_canonical_without_fragment_tracker_and_repeat():
    body = "<a href='a'><a href='./a#x'><a href=' /b?utm_source=q&amp;id=1 '><a href='//OTHER.test'><a href='#top'><a>"
    assert hrefs(body) == ["https://site.test/dir/a", "https://site.test/b?id=1", "https://other.test/"]


def test_other_schemes_are_no_links():
    assert (
        hrefs(
            "<a href=mailto:a@b.test><a href=' tel:1'><a href=JavaScript:x()><a href='data:,x'><a href='java\nscript:1'><a href='ftp://x.test/'>"
        )
        == []
    )


def test_base_counts_once_and_against_the_page():
    assert hrefs("<base href='/root/'><base href='/other/'><a href=x>") == ["https://site.test/root/x"]
    assert hrefs("<base href='mailto:x'><a href=x>") == ["https://site.test/dir/x"]


def test_nofollow_ugc_sponsored():
    marks = {
        link.href[-1]: link.nofollow
        for link in found(
            "<a rel='NoFollow noopener' href=1><a rel=ugc href=2><a rel=sponsored href=3><a rel=author href=4>"
        )
    }
    assert marks == {"1": True, "2": True, "3": True, "4": False}


def test_a_link_that_is_also_vouched_for_is_followed():
    assert [link.nofollow for link in found("<a rel=nofollow href=1><a href=1>")] == [False]
    assert [link.nofollow for link in found("<a rel=nofollow href=1><a rel=ugc href='./1'>")] == [True]


def test_link_elements_and_frames():
    body = """<link rel=canonical href=/c><link rel=stylesheet href=/s.css><link rel=next href=/n><link rel=preconnect href=//p.test>
    <link rel=alternate type=application/atom+xml href=/feed><link rel=alternate hreflang=de href=/de>
    <link rel="alternate stylesheet" href=/alt.css><link rel=sitemap href=/sitemap.xml><iframe src=/f></iframe><map><area href=/m></map>"""
    kinds = {link.href.rpartition("/")[2]: link.hop for link in found(body)}
    assert kinds == {
        "c": Hop.LINK,
        "n": Hop.LINK,
        "feed": Hop.FEED,
        "de": Hop.LINK,
        "sitemap.xml": Hop.SITEMAP,
        "f": Hop.LINK,
        "m": Hop.LINK,
    }


def test_rss_and_atom():
    rss = "<rss><channel><link>https://site.test/home</link><item><link>/1</link><pubDate>d</pubDate></item><item><guid>https://site.test/2</guid></item><item><guid isPermaLink='false'>x</guid></item></channel></rss>"
    assert [(link.href, link.hop, link.lastmod) for link in found(rss, "text/xml")] == [
        ("https://site.test/1", Hop.FEED, "d"),
        ("https://site.test/2", Hop.FEED, None),
    ]
    atom = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://other.test/'><link rel=\"next\" href='p2'/><entry><link rel='edit' href='/e'/><link href='1'/><published>p</published><updated>u</updated></entry></feed>"
    assert [(link.href, link.lastmod) for link in found(atom, "text/xml")] == [
        ("https://other.test/1", "u"),
        ("https://other.test/p2", None),
    ]


def test_sitemap_links():
    body = "<urlset><url><loc>https://site.test/1</loc><lastmod>2026-01-02</lastmod></url><url><loc>mailto:x</loc></url></urlset>"
    assert [(link.href, link.hop, link.lastmod) for link in found(body, "text/xml")] == [
        ("https://site.test/1", Hop.SITEMAP, "2026-01-02")
    ]


def test_at_most_ten_thousand():
    assert len(hrefs("".join(f"<a href=/{i}></a>" for i in range(MAX_LINKS + 100)))) == MAX_LINKS


@given(st.lists(st.text(max_size=40), max_size=8))
def test_every_link_is_absolute_and_of_the_web(values):
    body = "".join(f'<a href="{value.replace(chr(34), "")}">' for value in values)
    for href in hrefs(body):
        assert href.startswith(("http://", "https://"))
        assert "#" not in href
        assert parse_url(href).href == href


_BASES = tuple(
    map(
        parse_url,
        ("http://h.test/", "http://h.test/a/b/c.html?x=/y/z", "https://h.test:8443/d//e", "http://[::1]/a/..;/b"),
    )
)
_PARTS = ("/", "//", "a", "b.html", "?", "q=1", "#", "http:", "https:", "HTTP://", "example.org", "\\", "..", ".", " ",
          "\t", "%2e", "@", "x:y", "\n", "ä", "[", "~", "-")  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=6).map("".join), st.sampled_from(_BASES))
def test_a_link_that_is_remembered_leads_where_it_leads_from_every_page(href, base):
    """URL Standard §4.4: the links of another page of the folder, asked first, change nothing."""
    html = f'<a href="{href}">x</a>'.encode()
    other = parse_url(base.href.partition("?")[0] + "elsewhere?/p/q=r")
    try:
        wanted = (absolute(href, base),)
    except UrlError:
        wanted = ()
    if href.strip(" \t\n")[:1] == "#" or "x:" in href:
        wanted = None  # not followed, or maybe not
    document = read(html, content_type="text/html", url=base)
    links(document, other)
    found = tuple(link.href for link in links(document, base))
    assert wanted is None or found == wanted
