"""Both extractors of the main text: what they leave out, what they never change, and which of them it was."""

from __future__ import annotations

import importlib.metadata

import pytest

from collector.document import fast_text, main_text
from collector.document.main_text import MAX_DEPTH, Extractor, MainText, available, extract, load
from collector.document.read import read
from collector.model.url import parse_url

URL = parse_url("https://site.example.org/page")
PROSE = "The harbour was rebuilt after the flood, and the market moved into the new hall beside the church. " * 4


def page(body):
    return read(body.encode(), content_type="text/html; charset=utf-8", url=URL)


def article():
    return page(
        f"""<!doctype html><html><head><title>T</title><style>p {{}}</style></head><body>
        <nav><ul><li><a href="/imprint">Imprint of the site</a><li><a href="/b">Other pages</a></ul></nav>
        <main><article><h1>The new harbour</h1><p>{PROSE}</p><ul><li>The quay wall is made of granite and forty metres long.<li>The market hall has room for sixty stalls.</ul>
        <table><tr><td>built</td><td>1953</td></tr></table><p>Ä€ 𝒳 &amp; &lt;b&gt;</p><p>{PROSE}</p></article></main>
        <footer><a href="/terms">Terms of use</a></footer><script>var hidden = 1;</script></body></html>"""
    )


@pytest.fixture(params=list(Extractor))
def extractor(request):
    if request.param is Extractor.RESILIPARSE:
        pytest.importorskip("resiliparse")
    return request.param


def test_navigation_is_left_out_and_the_tree_alone(extractor):
    document = article()
    assert available(extractor)
    before = document.root.xpath("string()")
    found = extract(document, extractor)
    assert found.text is not None
    for said in (PROSE.strip(), "The new harbour", "1953", "Ä€ 𝒳 & <b>"):
        assert said in found.text
    for left_out in ("Imprint", "Terms of use", "hidden"):
        assert left_out not in found.text
    assert document.root.xpath("string()") == before
    assert extract(document, extractor) == found, "no state between calls"
    assert "\n\n" not in found.text


def test_name_and_version_are_those_of_the_distribution(extractor):
    load(extractor)
    assert extract(article(), extractor).by == f"{extractor} {importlib.metadata.version(extractor.value)}"


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        (b"plain words", "text/plain", "plain words"),
        (b"<div>" * (MAX_DEPTH + 1) + b"deep", "text/html", "deep"),
        (b"<rss><channel><title>News</title></channel></rss>", "text/xml", "News"),
        (b"  \n", "text/plain", None),
    ],
)
def test_where_the_whole_text_is_the_main_one_nobody_extracted_it(extractor, body, media_type, text):
    assert extract(read(body, content_type=media_type, url=URL), extractor) == MainText(text)


@pytest.mark.parametrize(("depth", "extracted"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_an_extractor_is_asked_up_to_the_limit_of_depth(extractor, depth, extracted):
    """Elements above each other, html and body among them."""
    found = extract(page("<div>" * (depth - 2) + PROSE), extractor)
    assert PROSE.strip() in (found.text or "")
    assert (found.by != "") is extracted


def test_a_page_that_confuses_the_extractor_has_its_visible_text(extractor, monkeypatch):
    def fails(*_arguments):
        raise ValueError

    monkeypatch.setattr(main_text, "_extracted", fails)
    found = extract(article(), extractor)
    assert "Imprint" in (found.text or "")
    assert found.by == ""


@pytest.mark.parametrize("body", ["", "<p>", "<table><tr><td>", "<!-- -->", "<frameset>"])
def test_a_page_with_nothing_on_it(extractor, body):
    assert extract(page(body), extractor) == MainText(None)


def test_what_is_not_installed_is_not_offered(monkeypatch):
    monkeypatch.setattr(fast_text, "installed", lambda: False)
    assert available(Extractor.TRAFILATURA)
    assert not available(Extractor.RESILIPARSE)
