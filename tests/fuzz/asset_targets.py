"""What is fuzzed inside images, PDFs and books, and the documents that are named from elsewhere than robots.txt."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.signals import (
    age_declaration,
    asset,
    declared_types,
    jumbf,
    plus,
    robots_tag,
    tdm_policy,
    training_mining,
)
from tests.support import assets

PAGE = parse_url("https://www.example.org/a/b?c=d")
PLUS_NO = 'plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"'


def _asset(media_type: str, head: bytes = b"") -> Callable[[bytes], object]:
    def target(octets: bytes) -> object:
        found = asset.embedded_in(head + octets, media_type)
        said = [training_mining.read_training_mining(jumbf.read_store(store)) for store in found.manifests]
        return said, plus.read_data_mining(found.properties), plus.terms_beside(found.properties)

    return target


def _declared_types(octets: bytes) -> object:
    page = page_facts(read(octets, content_type="text/html", url=PAGE), status=200, with_language=False)
    return declared_types.read_declared_types(page), declared_types.forum_engine(page, PAGE.path)


def _robots_tag(octets: bytes) -> object:
    return robots_tag.read_robots_tag(Headers([("Robots-Tag", line.decode("latin-1")) for line in octets.split(b"\n")]))


ASSET_TARGETS: Mapping[str, Callable[[bytes], object]] = {
    "jpeg": _asset("image/jpeg"),
    "png": _asset("image/png", b"\x89PNG\r\n\x1a\n"),
    "webp": _asset("image/webp", b"RIFF\xff\xff\0\0WEBP"),
    "pdf_metadata": _asset("application/pdf"),
    "epub": _asset("application/epub+zip"),
    "xmp": _asset("image/tiff"),
    "jumbf": lambda octets: training_mining.read_training_mining(jumbf.read_store(octets)),
    "tdm_policy": tdm_policy.read_tdm_policy,
    "age_declaration": age_declaration.read_age_declaration,
    "robots_tag": _robots_tag,
    "declared_types": _declared_types,
}
_XMP = assets.xmp(attributes=PLUS_NO)
_STORE = assets.store(assets.manifest(assets.assertion({"cawg.ai_training": "notAllowed"})))
ASSET_WORDS: Mapping[str, tuple[bytes, ...]] = {
    "jpeg": (assets.jpeg(_XMP, _STORE), b"\xff\xe1", b"\xff\xeb\x00\x10JP\0\1", b"\xff\xff", b"\0\2", b"http://ns.adobe.com/xap/1.0/\0"),
    "png": (b"\0\0\0\4iTXt", b"XML:com.adobe.xmp\0", b"caBX", b"\0\0\0\0IEND", b"\xff\xff\xff\xff", _XMP),
    "webp": (b"XMP \x10\0\0\0", b"C2PA", b"\xff\xff\xff\xff", b"\0", _XMP),
    "pdf_metadata": (b"%PDF-1.7\n", b"<</Type/Metadata/Subtype/XML>>stream\n", b"endstream", b"/FlateDecode", b"x\x9c", _XMP),
    "epub": (b"PK\3\4", b"PK\1\2", b"PK\5\6", b"META-INF/container.xml", b"<meta property='tdm:reservation'>1</meta>", b"\0" * 8),
    "xmp": (_XMP, b"<x:xmpmeta", b"</x:xmpmeta>", b"<?xpacket begin=", b"<?xpacket end", b"jumb"),
    "jumbf": (_STORE, b"\0\0\0\x10jumb", b"\0\0\0\0", b"jumd", b"cbor", b"\xbf", b"\x9f", b"\xff"),
    "tdm_policy": (b'{"@context":"http://www.w3.org/ns/odrl.jsonld",', b'"permission":[', b'{"action":"tdm:mine"}', b"[", b"{", b'"', b"]}"),
    "age_declaration": (b"<age-declaration>", b"<age>18</age>", b"<scope>", b"<", b"&#1;", b"</age-declaration>"),
    "robots_tag": (b"*;noai", b", ", b"GPTBot;noindex", b"(", b'"', b";a=?0", b"\n"),
    "declared_types": (
        b'<script type="application/ld+json">{"@type":"Person"}</script>', b"[" * 20, b'<div itemscope itemtype="https://schema.org/Person">',
        b'<meta name="generator" content="phpBB">', b"<", b"{", b'"@graph":',
    ),
}  # fmt: skip
# Reached through the targets above.
ASSET_REACHED = {"asset": "jpeg", "embedded": "jpeg", "plus": "xmp", "training_mining": "jumbf"}
