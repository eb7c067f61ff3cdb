"""Rule inline_rsl: RSL §4.6, on pages as they are parsed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.facts import PageFacts
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.decision import Basis, Verdict
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Uses
from collector.rules.content.inline_rsl import MAX_INLINE, inline_rsl
from collector.rules.facts import ContentFacts
from collector.rules.licensed import UNLICENSED, Settings
from collector.signals.asset import embedded_in
from collector.signals.rsl import NAMESPACE
from collector.signals.site_file import Reach, SiteFile
from tests.support import assets

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/a")
HERE = "https://www.example.org/licence.xml"
PERMITS = '<license><permits type="usage">ai-all</permits></license>'
PROHIBITS = '<license><prohibits type="usage">ai-train</prohibits></license>'


def document(inside: str, url: str = "") -> str:
    return f'<rsl xmlns="{NAMESPACE}"><content url="{url}">{inside}</content></rsl>'


def judge(page: PageFacts, files: dict[str, SiteFile] | None = None):
    return inline_rsl(ContentFacts(URL, "corpusbot", page, NOW, files=files or {}), Settings())


def ask(*scripts: str):
    return judge(PageFacts("text/html", inline_rsl=scripts))


def script(inside: str) -> str:
    return f'<script type="application/rsl+xml">\n{document(inside)}\n</script>'


class TestPages:
    @pytest.mark.parametrize(
        ("html", "train"),
        [
            (f"<head>{script(PROHIBITS)}</head>", "deny"),
            (f"<head>{script(PERMITS)}</head>", "allow"),
            (f"<body><article>{script(PROHIBITS)}</article></body>", "deny"),
            (f"<head>{script(PERMITS).replace('rsl+xml', 'xml')}</head>", "unknown"),
            (f"<head><!-- {script(PROHIBITS)} --></head>", "unknown"),
            ('<head><script type="application/rsl+xml">{}</script></head>', "deny"),
            (f'<head><link rel="license" type="application/rsl+xml" href="{HERE}"></head>', "deny"),
            ('<head><link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head>', "unknown"),
        ],
        ids=["prohibits", "permits", "in an article", "other type", "comment", "no RSL", "link", "deed"],
    )
    def test_what_a_page_says_of_training(self, html, train):
        page = read(f"<!doctype html><html>{html}</html>".encode(), content_type="text/html", url=URL)
        finding = judge(page_facts(page, status=200, with_language=False))
        assert (finding.verdict, finding.basis, finding.uses.train) == (Verdict.ALLOW, Basis.POLICY, train)


class TestInline:
    def test_4_6_2_the_empty_url_is_this_page(self):
        assert ask(document(PROHIBITS, "")).uses.train is Permission.DENY
        assert ask(document(PROHIBITS, "https://www.example.org/a")).uses.train is Permission.DENY
        assert ask(document(PROHIBITS, "https://www.example.org/b")).uses == UNSTATED

    def test_4_6_2_exactly_one_content(self):
        two = document(PERMITS).replace("</rsl>", f'<content url="/">{PERMITS}</content></rsl>')
        assert ask(two).uses == UNLICENSED
        assert "2 `content` elements" in ask(two).reason

    def test_of_several_a_permission_counts_where_all_permit(self):
        """Each may stand for a part of the page."""
        assert ask(document(PERMITS), document(PERMITS)).uses.train is Permission.ALLOW
        assert ask(document(PERMITS), document("<license/>")).uses.train is Permission.UNKNOWN
        assert ask(document(PERMITS), document(PROHIBITS)).uses.train is Permission.DENY

    def test_a_flood_is_not_read_and_denies(self):
        assert ask(*[document(PERMITS)] * MAX_INLINE).uses.train is Permission.ALLOW
        finding = ask(*[document(PERMITS)] * (MAX_INLINE + 1))
        assert finding.uses == UNLICENSED
        assert "65 RSL documents, 64 are read: not licensed" in finding.reason

    def test_the_line_is_quoted_and_the_script_digested(self):
        finding = ask(document(PROHIBITS))
        assert finding.reason == "licence in the page: train denied: line 1 prohibits ai-train"
        (evidence,) = finding.evidence
        assert evidence.source == "script application/rsl+xml of https://www.example.org/a"
        assert (evidence.locator, evidence.digest is not None) == ("line 1: prohibits ai-train", True)


class TestLinked:
    def test_the_document_decides(self):
        page = PageFacts("text/html", link_rels=(("license", "application/rsl+xml", HERE),))
        body = document(PERMITS, "/").encode()
        assert judge(page, {HERE: SiteFile(HERE, Reach.AVAILABLE, 200, body)}).uses.train is Permission.ALLOW
        assert judge(page).uses == UNLICENSED

    def test_the_most_restrictive_of_both(self):
        page = PageFacts("text/html", link_rels=(("license", "application/rsl+xml", HERE),),
                         inline_rsl=(document(PERMITS),))  # fmt: skip
        assert judge(page).uses.train is Permission.DENY


def test_a_page_without_licence():
    assert judge(PageFacts("text/html")).reason == "the page holds no RSL licence"


@given(st.lists(st.text(max_size=40) | st.sampled_from([document(PERMITS), document(PROHIBITS)]), max_size=3))
def test_always_answers_and_never_permits_more_than_each(scripts):
    finding = ask(*scripts)
    assert finding.verdict is Verdict.ALLOW
    alone: list[Uses] = [ask(one).uses for one in scripts]
    if finding.uses.train is Permission.ALLOW:
        assert all(uses.train is Permission.ALLOW for uses in alone)


def embedded(inside: str, url: str):
    """An image whose XMP holds the document."""
    contents = f'<rsl:rsl><rsl:content url="{url}">{inside}</rsl:content></rsl:rsl>'
    packet = assets.xmp(contents.replace("<license", "<rsl:license").replace("</license", "</rsl:license")
                        .replace("<p", "<rsl:p").replace("</p", "</rsl:p"))  # fmt: skip
    found = embedded_in(assets.jpeg(packet), "image/jpeg")
    return inline_rsl(ContentFacts(URL, "corpusbot", PageFacts("image/jpeg"), NOW, embedded=found), Settings())


def test_a_document_inside_an_asset():
    """RSL §4.8: what it refuses counts wherever the asset lies, what it permits only at the address it gives."""
    assert embedded(PERMITS, URL.href).uses.train is Permission.ALLOW
    assert embedded(PROHIBITS, URL.href).uses.train is Permission.DENY
    assert embedded(PROHIBITS, "https://elsewhere.test/b").uses.train is Permission.DENY
    assert embedded(PERMITS, "https://elsewhere.test/b").uses.train is Permission.UNKNOWN


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (assets.epub('<rsl:rsl><rsl:content url=""><rsl:license><rsl:prohibits type="usage">all</rsl:prohibits>'
                     "</rsl:license></rsl:content></rsl:rsl>"), "application/epub+zip"),
        (assets.png(document(PROHIBITS).encode(), keyword="rsl"), "image/png"),
    ],
    ids=["epub", "png"],
)  # fmt: skip
def test_documents_in_a_book_and_in_a_text_chunk(body, kind):
    facts = ContentFacts(URL, "corpusbot", PageFacts(kind), NOW, embedded=embedded_in(body, kind))
    assert inline_rsl(facts, Settings()).uses.train is Permission.DENY
