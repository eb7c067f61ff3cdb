"""opt-out-signals §4: which metas count; and what gate 4 is told besides."""

from __future__ import annotations

import pytest

from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.url import parse_url

URL = parse_url("https://site.test/")


def facts(html, *, with_language=False, status=200):
    return page_facts(
        read(html.encode(), content_type="text/html", url=URL), status=status, with_language=with_language
    )


@pytest.mark.parametrize(
    ("html", "counted"),
    [
        ("<head><meta name=robots content=noai></head>", 1),
        ("<head><META NAME='ROBOTS' CONTENT=noai></head>", 1),
        ("<head><!-- <meta name=robots content=noai> --></head>", 0),
        ("<head><template><meta name=robots content=noai></template></head>", 0),
        ("<head><noscript><meta name=robots content=noai></noscript></head>", 1),
        ("<body><noscript><meta name=robots content=noai></noscript></body>", 0),
        ("<body><p>x<meta name=robots content=noai></body>", 1),
        ("<head><p>closes the head</p><meta name=robots content=noai></head>", 1),
        ("<body>&lt;meta name=robots content=noai&gt;<textarea><meta name=robots content=noai></textarea>", 0),
        ("<head><title><meta name=robots content=noai></title></head>", 0),
    ],
)
def test_metas_that_count(html, counted):
    assert len([meta for meta in facts(html).metas if meta.name == "robots"]) == counted


def test_where_a_meta_stood():
    assert facts("<head><meta name=a></head><body><meta name=b></body>").metas[0].in_head
    assert not facts("<head><title>x</title></head><body><p><meta name=b></body>").metas[0].in_head


def test_everything_else():
    found = facts(
        """<html lang="DE-at"><head><title> One
        title </title><link rel="License Alternate" type="Application/RSS+XML" href="/l">
        <script type="application/ld+json">{"a":1}</script><script type=application/rsl+xml><rsl/></script>
        <script src="/x.js"></script></head><body id=Top class="A b"><iframe src="/f"></iframe>
        <form action="/in"><input name=u><input type=password><textarea></textarea><input type=hidden></form>
        <div itemscope itemtype="https://schema.org/Person"><meta itemprop=Name content=x></div>
        <p>Visible&nbsp;text</p><script>not visible</script><style>nor this</style></body></html>""",
        status=203,
    )
    assert found.title == "One title"
    assert found.link_rels == (("license alternate", "application/rss+xml", "/l"),)
    assert found.json_ld == ('{"a":1}',)
    assert found.inline_rsl == ("<rsl/>",)
    assert found.script_sources == ("/x.js",)
    assert found.iframe_sources == ("/f",)
    assert found.element_ids == {"top", "a", "b"}
    assert (found.forms[0].action, found.forms[0].has_password, found.forms[0].text_inputs) == ("/in", True, 2)
    assert found.microdata_types == ("https://schema.org/Person",)
    assert found.metas[0].itemprop == "name"
    assert found.text_sample == "One title\nVisible text"
    assert found.text_length == len(found.text_sample)
    assert (found.html_lang, found.status, found.media_type, found.charset) == ("de-at", 203, "text/html", "utf-8")


def test_a_password_field_outside_any_form_is_a_form():
    assert facts("<input type=password>").forms[0].has_password


def test_lists_are_bounded():
    found = facts("<meta name=x>" * 3_000 + "".join(f"<i id=n{i}></i>" for i in range(6_000)))
    assert len(found.metas) == 1_000
    assert len(found.element_ids) == 5_000


def test_language_only_when_asked():
    text = "<p>" + "Der Gemeinderat hat gestern über den neuen Haushalt der Bibliothek beraten. " * 3
    assert facts(text).language is None
    assert facts(text, with_language=True).language.code == "de"
