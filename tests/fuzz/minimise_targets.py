"""What is fuzzed in minimising: whole documents of every kind, and what strangers write into each place of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from collector.minimise.headers import minimise_headers
from collector.minimise.replacing.plan import STRICT, Plan
from collector.minimise.site_file import minimise_site_file
from collector.model.headers import Headers
from tests.fuzz.minimised import CANARY, STANDARD, TREATED, check_document

Choice = TypeVar("Choice")

HTML = "text/html; charset=utf-8"
CHARSETS = (
    HTML,
    "text/html",
    "text/html; charset=windows-1252",
    "text/html; charset=utf-16le",
    "text/html; charset=shift_jis",
)
PROFILES = (STRICT, STANDARD)


def chosen(octets: bytes, among: Sequence[Choice]) -> Choice:
    """By the length, so that a fuzzer has them all and a failure stays what it was."""
    return among[len(octets) % len(among)]


def _page(octets: bytes) -> object:
    return check_document(octets, chosen(octets[::2], CHARSETS), chosen(octets, PROFILES))


def _treated(octets: bytes) -> object:
    return check_document(b"<html><body>" + octets, HTML, chosen(octets, TREATED))


def _within(head: bytes, tail: bytes, content_type: str = HTML) -> Callable[[bytes], object]:
    """Octets in one place of a page, where random ones seldom get by themselves."""

    def target(octets: bytes) -> object:
        return check_document(head + octets + tail, content_type, chosen(octets, PROFILES))

    return target


def _attributes(octets: bytes) -> object:
    """Lines in turn are the name of a tag, of an attribute, and its value."""
    lines = octets.replace(b"'", b"&#39;").split(b"\n")
    elements = (
        b"<%s %s='%s'>x</%s>" % (tag, name, value, tag)
        for tag, name, value in zip(lines[::3], lines[1::3], lines[2::3], strict=False)
    )
    return check_document(b"".join(elements), HTML, chosen(octets, PROFILES))


def _json(octets: bytes) -> object:
    """Lines make a document that is JSON: `key=value`, `key{` and `key[` open, `}` closes, anything else is a string."""
    root: list[object] = []
    opened: list[dict[str, object] | list[object]] = [root]
    for line in octets.decode("utf-8", "surrogateescape").split("\n"):
        key, equals, value = line.partition("=")
        if line == "}":
            del opened[max(1, len(opened) - 1) :]
            continue
        inner: dict[str, object] | list[object] | None = {} if line[-1:] == "{" else [] if line[-1:] == "[" else None
        fresh = (value if equals else line) if inner is None else inner
        if isinstance(opened[-1], dict):
            opened[-1][key.rstrip("{[")] = fresh
        else:
            opened[-1].append(fresh)
        if inner is not None:
            opened.append(inner)
    body = json.dumps(root).encode()
    check_document(
        b'<script type="application/ld+json">' + body.replace(b"<", b"\\u003c") + b"</script>Jane Roe",
        HTML,
        chosen(octets, PROFILES),
    )
    return check_document(body, "application/json", chosen(octets, (*PROFILES, *TREATED)))


def _headers(octets: bytes) -> object:
    """Lines in turn are a field's name and its value."""
    lines = octets.decode("latin-1").split("\n")
    fields = Headers(list(zip(lines[::2], lines[1::2], strict=False)))
    plan: Plan = chosen(octets, PROFILES)
    kept, counts = minimise_headers(fields, plan, ("x-fuzz",))
    assert minimise_headers(fields, plan, ("x-fuzz",)) == (kept, counts)
    assert minimise_headers(kept, plan, ("x-fuzz",)) == (kept, {}), (fields, kept)
    assert not any(CANARY in value for _, value in kept)
    return kept


def _site_file(octets: bytes) -> object:
    kept, counts = minimise_site_file(octets)
    again, left = minimise_site_file(kept)
    assert again == kept, (kept, again)
    assert left.keys() <= {"org_contact"}, (kept, left)
    return counts


_ATOM = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><author><name>Jane Roe</name></author><entry>'
MINIMISE_TARGETS: Mapping[str, Callable[[bytes], object]] = {
    "page": _page,
    "page_treated": _treated,
    "page_xhtml": _within(
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>', b"</body></html>", "application/xhtml+xml"
    ),
    "page_attributes": _attributes,
    "page_json_ld": _within(b'<script type="application/ld+json">', b"</script><p>Jane Roe, Acme Ltd</p>"),
    "page_state": _within(b"<script>window.__STATE__ = {", b"}</script><p>By Jane Roe. Max Muster said.</p>"),
    "page_microdata": _within(b'<div itemscope itemtype="https://schema.org/Person">', b"</div>Jane Roe"),
    "page_rdfa": _within(b'<div vocab="http://schema.org/" typeof="Person">', b"</div>Jane Roe"),
    "page_card": _within(b'<div class="h-card vcard">', b"</div>Jane Roe"),
    "page_letter": _within(b"<pre>Dear all,\n", b"\nRegards,\nJane Roe\n</pre>"),
    "plain_text": lambda octets: check_document(octets, "text/plain; charset=utf-8", chosen(octets, (*PROFILES, *TREATED))),
    "feed": _within(b"<?xml version='1.0'?><rss>", b"</rss>", "application/rss+xml"),
    "feed_whole": _within(b"", b"", "application/xml"),
    "feed_entry": _within(_ATOM, b"</entry></feed>", "application/atom+xml"),
    "feed_author": _within(
        b"<?xml version='1.0'?><rss><channel><title>Jane Roe</title><item><author>", b"</author></item></channel></rss>",
        "application/rss+xml",
    ),
    "feed_markup": _within(_ATOM + b'<content type="html"><![CDATA[', b"]]></content></entry></feed>", "application/atom+xml"),
    "sitemap": _within(b"<urlset><url><loc>https://a.test/", b"</loc></url></urlset>", "application/xml"),
    "xml_document": _within(b"<?xml version='1.0'?><book>", b"</book>", "application/xml"),
    "json_document": _within(b"", b"", "application/json"),
    "json_built": _json,
    "json_object": _within(b'{"@type":"Article","author":{"name":"Jane Roe"},', b"}", "application/ld+json"),
    "headers": _headers,
    "site_file_contacts": _site_file,
}  # fmt: skip

CANARY_WORD = CANARY.encode()
# What recognizers look for, in the forms that hide it.
PERSONAL: tuple[bytes, ...] = (
    CANARY_WORD, b" ", b"\n", b"Jane Roe", b"+49 30 1234567", b"[[EMAIL_1]]", b"DE89 3704 0044 0532 0130 00", b"jane [at] roe [dot] org",
    b"&#64;", b"&#x40;", b"%40", b"\xe2\x80\x8b", b"\xc2\xad", b"\xef\xbc\xa0", b"\xd9\xa1", b"\xef\xac\x81", b"[[", b"]]", b"@", b".org", b"&amp;",
    b"91.198.174.192", b"4111 1111 1111 1111", b"Tel. ", b"born 3 May 1980", b"12 May 2024", b"52.52001, 13.40495", b"By ", b"says: ",
    b"info@verein.example", b"Kontoinhaber: ", b"Musterstr. 12, 12345 Berlin", b"\x00", b"\xff", b"\xed\xa0\x80", b"https://u:pw@h.test/",
)  # fmt: skip
_MARKUP = (
    b"<p>", b"</p>", b"<b>", b"</b>", b"<br>", b"<!--", b"-->", b"<a href='mailto:", b"'>", b"<a rel=author href=/author/jane-roe>", b"</a>",
    b"<meta name=author content='Jane Roe'>", b"<title>", b"</title>", b"<textarea>", b"<table><td>", b"<select><option>", b"<svg>", b"<style>",
    b"<script>", b"</script>", b"<template>", b"<address>", b"<x {y=1>", b"<john@example.org>", b"<div class=byline>", b"<time datetime=2024-05-12>",
    b"<?php ", b"<![CDATA[", b"&nbsp;", b"&#1;", b"<frameset>", b"<noscript>", b"<plaintext>", b"<input value='", b"<html lang=de>", b"<head>",
    b"<meta charset=utf-16>", b"<!DOCTYPE html>", b"<cite class='fn comment-author'>",
    b"<xmp>", b"</xmp>", b"<iframe>", b"</iframe>", b"<noframes>", b"<listing>", b"</noscript>", b"<math>",
)  # fmt: skip
_PAGE = (*PERSONAL, *_MARKUP)
_JSON = (
    b'{"@type":"Person","name":"Jane Roe"}', b'"email":"' + CANARY_WORD + b'"', b'"@graph":[', b'"author":', b'"telephone":"030 12345"', b"{", b"}",
    b"[", b"]", b",", b":", b'"', b"null", b"1e999", b"NaN", b"\\ud800", b"\\u0040", b"<\\/script>", b'"geo":{"latitude":52.52001}', b'"birthDate":"1980-05-03"',
    b'"datePublished":"2024-05-12"', b"'", b"\\", b"// x", b"/*", b"-1", b"[[PERSON_1]]", b"Jane Roe", b" ", b"</script>", b"@id", b'"url":"mailto:a@b.example"',
)  # fmt: skip
_MICRODATA = (
    *PERSONAL, b"<b itemprop=name>", b"</b>", b"<i itemprop=telephone>", b"<meta itemprop=email content='", b"'>", b"<time itemprop=birthDate datetime=1980-05-03>",
    b"<p itemprop=author itemscope>", b"<div itemscope itemtype=https://schema.org/Organization>", b"</div>", b"<b property=foaf:name>", b"<i property=schema:latitude>",
    b"<div typeof=schema:Store>", b"<link itemprop=url href=/jane-roe>", b"<i itemprop='givenName familyName'>", b"<i itemprop=streetAddress>",
)  # fmt: skip
_CARD = (
    *PERSONAL, b"<b class='p-name fn n'>", b"</b>", b"<i class=tel>", b"</i>", b"<a class=u-email href=mailto:", b">", b"<i class=bday>", b"<p class='adr p-adr'>",
    b"<i class=street-address>", b"<i class=geo><i class=latitude>", b"<i class='org p-org'>", b"<abbr title='1980-05-03'>", b"<img class=photo alt='Jane Roe' src=/jane-roe.png>",
)  # fmt: skip
LETTER = (
    *PERSONAL, b"\nRegards,\n", b"\n-- \n", b"Autor: ", b"posted by ", b"Max Muster", b" wrote:", b"\xc2\xa9 2014 ", b", ", b" and ", b"thanks to ", b"geschrieben am 3. Mai von ",
    b"> ", b"* ", b"V.i.S.d.P.: ", b"Dr. ", b"von der ", b"my name is ", b"(", b")", b"JANE ROE", b"jane", b"Herr ",
)  # fmt: skip
_FEED = (
    *PERSONAL, b"<item>", b"</item>", b"<title>", b"</title>", b"<author>", b"</author>", b"<name>", b"</name>", b"<dc:creator xmlns:dc='u'>", b"</dc:creator>",
    b"<pubDate>Sun, 12 May 2024 10:00:00 GMT</pubDate>", b"<link href='/x?email=", b"'/>", b"<description>", b"</description>", b"&lt;p&gt;", b"<![CDATA[", b"]]>",
    b"&lt;a href='mailto:", b"&amp;#64;", b"<x xmlns='u'>", b"</x>", b"<!-- ", b" -->", b"<?x ", b"?>", b"<id>https://a.test/jane-roe</id>", b"&#64;",
)  # fmt: skip
URLS = (
    CANARY_WORD, b"?email=", b"%40", b"%2540", b"&token=abcdef0123456789", b"//u:pw@h.test", b"tel:+4930123456", b"mailto:", b"?phone=030-1234567", b"/reset/abcdefghij0123456789",
    b";jsessionid=0123456789ABCDEF", b"?e=am9obkBleGFtcGxlLm9yZw==", b"https://wa.me/4915112345678", b"[[EMAIL_1]]", b"redacted", b"#", b"&amp;", b"&", b"=", b"/", b"@",
    b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0", b"?ip=91.198.174.192", b"%", b"+", b"gravatar.com/avatar/0123456789abcdef0123456789abcdef", b"utm_source=a", b"\\", b" ",
)  # fmt: skip
MINIMISE_WORDS: Mapping[str, tuple[bytes, ...]] = {
    "page": _PAGE,
    "page_treated": _PAGE,
    "page_xhtml": (*_PAGE, b"<x:y>", b"<br/>", b"<p @c='1' xlink:href='#' xmlns:xlink='u'>", b"<![CDATA[", b"]]>"),
    "page_attributes": (
        *URLS, *PERSONAL, b"a\nhref\n", b"p\ntitle\n", b"p\ndata-author\n", b"p\ndata-phone\n030 1234567\n", b"img\nsrcset\n", b"meta content=x\nname\nauthor\n", b"p\nclass\nauthor\n",
        b"a\ndata-cfemail\n5a303b343f1a283f7420\n", b"p\nstyle\n", b"input\nvalue\n", b"p\nonclick\n", b"iframe\nsrcdoc\n", b"p\nid\n", b"javascript:", b"data:text/html,", b"Jane Roe",
        b"time\ndatetime\n2024-05-12\n", b"p\nitemprop\ntelephone\n", b"{", b":", b"jane-roe", b"[email&#160;protected]",
    ),
    "page_json_ld": _JSON,
    "page_state": (*_JSON, b'"byline":"Max Muster",', b"displayName='", b"authors:[{", b"__NEXT_DATA__"),
    "page_microdata": _MICRODATA,
    "page_rdfa": _MICRODATA,
    "page_card": _CARD,
    "page_letter": LETTER,
    "plain_text": LETTER,
    "feed": _FEED,
    "feed_whole": (*_FEED, b"<rss>", b"</rss>", b"<!DOCTYPE x [<!ENTITY a '", b"'>]>", b"&a;", b"&nbsp;", b"<?xml version='1.0'", b"encoding='utf-16'?>", b"<feed>"),
    "feed_entry": _FEED,
    "feed_author": (*LETTER, b"&lt;", b"&gt;", b"&amp;", b"&lt;b&gt;", b"&quot;", b" (Max Muster)", b"</author><author>", b"https://a.test/jane-roe"),
    "feed_markup": (*_PAGE, b"]]>", b"</content>"),
    "sitemap": (*URLS, b"</loc>", b"</url>", b"<url><loc>", b"<lastmod>2026-01-01</lastmod>", b"<image:loc>"),
    "xml_document": _FEED,
    "json_document": (*_JSON, *PERSONAL),
    "json_built": (
        *PERSONAL, b"@type=Person\n", b"name=", b"author{\n", b"author=", b"{\n", b"[\n", b"}\n", b"\n", b"email=", b"telephone=", b"geo{\nlatitude=52.52001\n", b"birthDate=1980-05-03\n",
        b"@type=Organization\n", b"datePublished=2024-05-12\n", b"url=mailto:", b"sameAs[\nhttps://x.test/jane-roe\n", b"address{\n@type=PostalAddress\nstreetAddress=Amselweg 3\n", b"=", b"iban=",
        b"givenName=Jane\nfamilyName=Roe\n", b"founder{\n", b"<", b"faxNumber=1234567\n", b"url=https://u:pw@h.test/?email=",
    ),
    "json_object": (*_JSON, *PERSONAL),
    "headers": (*URLS, b"\n", b"Location\n", b"Link\n<", b">; rel=license", b"Date\nSun, 06 Nov 1994 08:49:37 GMT\n", b"Content-Type\ntext/html; charset=", b"X-Fuzz\n", b"Set-Cookie\n", b"\r", b"\t"),
    "site_file_contacts": (*PERSONAL, b"Contact: ", b"# ", b"User-agent: *\n", b"License: ", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"@\0", b"press@works.example.org", b"mailto:"),
}  # fmt: skip
