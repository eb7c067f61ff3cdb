"""What is fuzzed in reading documents: bodies of any type, office files, PDFs, and the text that is made of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from collector.document.charset import decode
from collector.document.html import HtmlDocument
from collector.document.links import links
from collector.document.main_text import main_text
from collector.document.office import DOCX, ODT, XLSX
from collector.document.page_facts import page_facts
from collector.document.read import ExtractedDocument, TextDocument, UnsupportedDocument, read
from collector.document.simhash import simhash
from collector.document.sniff import sniff
from collector.minimise.replacing.plan import STRICT
from collector.minimise.replacing.redact import Redactor
from collector.model.url import parse_url
from tests.fuzz.minimise_targets import CANARY_WORD, PERSONAL, chosen
from tests.fuzz.minimised import CANARY, check_document, minimised

URL = parse_url("https://www.example.org/sitemap/a.txt")
TYPES = (
    None, "text/html", "application/xhtml+xml", "text/plain; charset=utf-16", "application/xml; charset=iso-2022-jp", "application/rss+xml",
    "application/json", "application/zip", "application/pdf", 'text/markdown; charset="utf-7"', "text/html; charset=big5", "image/svg+xml",
    "application/octet-stream", "text/html;charset=x-user-defined", "a/b; charset='", "text/plain;charset=gb18030",
)  # fmt: skip
_MEMBERS = {
    DOCX: ("word/document.xml", b'<w:document xmlns:w="u"><w:body>%s</w:body></w:document>'),
    XLSX: ("xl/workbook.xml", b"<workbook>%s</workbook>"),
    ODT: ("content.xml", b'<office:document-content xmlns:office="o" xmlns:text="t">%s</office:document-content>'),
}
_SHEET = b"<sst><si>%s</si></sst>"


def _any(octets: bytes) -> object:
    """A body under any header is read, judged by and searched for links; nothing of it is raised."""
    content_type = chosen(octets, TYPES)
    text, charset = decode(octets, content_type)
    assert decode(octets, content_type) == (text, charset)
    document = read(octets, content_type=content_type, url=URL)
    facts = page_facts(document, status=200, with_language=False)
    assert facts.text_length >= len(facts.text) >= len(facts.text_sample)
    found = links(document, URL)
    assert len(found) == len(set(found))
    if isinstance(document, HtmlDocument):
        visible = document.visible()
        position = 0
        for start, end, *_ in visible.nodes:
            assert position <= start < end <= len(visible.text)
            position = end
    return sniff(octets, content_type), simhash(facts.text)


def _main_text(octets: bytes) -> object:
    """What is made of a minimised page holds no more than the page."""
    body = b"<html><body><article>" + b"<p>Words about a bridge that was built of old stones.</p>" * 4 + octets
    document = read(body, content_type="text/html; charset=utf-8", url=URL)
    result = minimised(document, STRICT, URL)
    if result.withhold:
        return None
    text = main_text(document) or ""
    assert CANARY not in text.lower(), text
    left = Redactor(STRICT).spans(text)
    assert not [span for span in left if span.kind in ("email", "iban")], (text, left)
    return text


def _office(octets: bytes) -> object:
    """A zip as its programme writes it, with any XML inside; and the octets themselves as a zip."""
    kind = chosen(octets, (DOCX, XLSX, ODT))
    name, around = _MEMBERS[kind]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        if kind == ODT:
            archive.writestr("mimetype", ODT)
        if kind == XLSX:
            archive.writestr("xl/sharedStrings.xml", _SHEET % octets)
        archive.writestr(name, around % octets)
    result = check_document(file.getvalue(), kind, STRICT)
    assert result.withhold or result.media_type == "text/plain"
    raw = read(b"PK\3\4" + octets, content_type=kind, url=URL)
    assert isinstance(raw, ExtractedDocument | UnsupportedDocument | TextDocument), raw
    return result


def _pdf(octets: bytes) -> object:
    """One page whose content stream is what comes; cross-references are left to the reader to find."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(octets), octets), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )  # fmt: skip
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%sendobj\n" % (number, each) for number, each in enumerate(objects, 1))
    result = check_document(body + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF", "application/pdf", STRICT)
    read(b"%PDF-1.7\n" + octets, content_type="application/pdf", url=URL)
    return result


DOCUMENT_TARGETS: Mapping[str, Callable[[bytes], object]] = {
    "any_body": _any,
    "main_text": _main_text,
    "office": _office,
    "pdf_text": _pdf,
}
_HEADS = (
    b"<html>", b"<?xml version='1.0' encoding='", b"'?>", b"<rss>", b"<feed>", b"<urlset>", b"<loc>", b"</loc>", b'{"a":', b"[", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<meta charset=",
    b"utf-16", b"shift_jis", b"\x1b$B", b"\x00", b"\x80", b"\xed\xa0\x80", b"<!DOCTYPE html>", b"<a href='", b"'>", b"<base href=", b"<link rel=canonical href=", b"http://[", b"//", b"<p>", b"\x1f\x8b",
    b"PK\3\4", b"%PDF-", b"BM", b"<svg>", b"mimetype", b"http://a.test/sitemap\n", b"<title>", b"<script type=application/ld+json>", b"&#x110000;", b"&#xd800;", b"<x {", b"\r\n", b" ", CANARY_WORD,
)  # fmt: skip
DOCUMENT_WORDS: Mapping[str, tuple[bytes, ...]] = {
    "any_body": _HEADS,
    "main_text": (*PERSONAL, b"<p>", b"</p>", b"<article>", b"</article>", b"<div class=comments>", b"<h1>", b"<ul><li>", b"<table><tr><td>", b"<pre>", b"<!--", b"-->", b"<a href='mailto:", b"'>", b"<nav>", b"<br>"),
    "office": (
        *PERSONAL, b"<w:p>", b"</w:p>", b"<w:t>", b"</w:t>", b"<t>", b"</t>", b"<v>", b"</v>", b"<text:p>", b"</text:p>", b"<text:tab/>", b"<w:delText>", b"</w:delText>", b"<!ENTITY", b"</si>", b"<si>",
        b"PK\1\2", b"PK\5\6", b"<creator>",
    ),
    "pdf_text": (
        *PERSONAL, b"BT /F 12 Tf (", b") Tj ET\n", b"[(", b") -300 (", b")] TJ\n", b"<6a616e65>", b"1 0 0 1 72 700 Tm\n", b"T*\n", b"q\n", b"Q\n", b"endstream", b"endobj\n", b"/Filter/FlateDecode",
        b"xref\n0 1\n", b"trailer<<", b"9 0 obj<<", b"/Kids[3 0 R]", b"/Parent 3 0 R", b">>", b"<<", b"BI ID EI\n", b"Do\n",
    ),
}  # fmt: skip
