"""What a body is, from its own bytes: the header only breaks ties between kinds of text."""

from __future__ import annotations

import codecs
import re

HTML = "text/html"
XHTML = "application/xhtml+xml"
PLAIN = "text/plain"
RSS = "application/rss+xml"
ATOM = "application/atom+xml"
SITEMAP = "application/sitemap+xml"  # ours: sitemaps are served as application/xml
GZIP = "application/gzip"
EPUB = "application/epub+zip"
BINARY = "application/octet-stream"

START = 4_096  # bytes looked at

# MIME Sniffing §6, and what else a crawl meets.
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", GZIP),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS\x00", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_TEXT_MAGIC = frozenset((b"BM", b"BZh", b"ID3", b"%!PS"))  # also how a text could begin: only with binary behind

_BINARY_BYTE = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # MIME Sniffing §3, "binary data byte"
_PROLOGUE = re.compile(
    r"(?:\s+|<\?[^>]{0,2000}>|<!--.*?-->|<!doctype(?!\s+html)[^>\[]{0,500}(?:\[.*?\]\s*)?>)+", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w.-]{0,60})")
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_HTML_START = frozenset(
    """html head title body script style meta link base noscript iframe h1 h2 h3 h4 h5 h6 div p a b br span table ul ol
    dl section article main header footer nav aside center font form img pre blockquote frameset template""".split()
)
_ANY_TAG = re.compile(
    r"<(?:!--|/?(?:html|head|body|div|p|span|table|a|h[1-6]|ul|ol|br|img|title|meta)\b)", re.IGNORECASE
)
_XML_ROOTS = {"rss": RSS, "feed": ATOM, "urlset": SITEMAP, "sitemapindex": SITEMAP, "svg": "image/svg+xml"}


def media_type_of(content_type: str | None) -> str:
    """The type and subtype of a Content-Type field, lower case, without parameters (RFC 9110 §8.3.1)."""
    return (content_type or "").partition(";")[0].strip().lower()


def sniff(body: bytes, content_type: str | None = None) -> str:
    """The media type, lower case. Empty bodies are `text/plain`."""
    start = body[:START]
    if start.startswith(b"PK\x03\x04") and start[30:58] == b"mimetype" + EPUB.encode():  # EPUB 3.3 §4.2.6.2
        return EPUB
    binary = _is_binary(start)
    for magic, media_type in _MAGIC:
        if start.startswith(magic) and (binary or magic not in _TEXT_MAGIC):
            return media_type
    if start[:4] == b"RIFF" and start[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}[start[8:12]]
    if start[4:8] == b"ftyp":
        return "video/mp4"
    if binary:
        return BINARY
    return _kind_of_text(_as_text(start), media_type_of(content_type))


def _is_binary(start: bytes) -> bool:
    if start.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF8)):
        return False
    return _BINARY_BYTE.search(start[:1_445].replace(b"\x00", b"", 3)) is not None or b"\x00" * 4 in start[:1_445]


def _as_text(start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF16_BE):
        return start[2:].decode("utf-16-be", "replace")
    if start.startswith(codecs.BOM_UTF16_LE):
        return start[2:].decode("utf-16-le", "replace")
    return start.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _kind_of_text(text: str, declared: str) -> str:
    prologue = _PROLOGUE.match(text)
    rest = text[prologue.end() :] if prologue else text
    is_xml = text.lstrip()[:5].lower() == "<?xml"
    root = _ROOT.match(rest)
    name = root[1].lower() if root else ""
    if name in _XML_ROOTS and declared not in (HTML, XHTML):
        return _XML_ROOTS[name]
    if name in ("rss", "feed", "urlset", "sitemapindex") and is_xml:
        return _XML_ROOTS[name]
    if name == "rdf" and "purl.org/rss/1.0" in text:
        return RSS
    if _HTML_DOCTYPE.match(rest) or name in _HTML_START:
        return XHTML if declared == XHTML and (is_xml or "http://www.w3.org/1999/xhtml" in text) else HTML
    if declared in (HTML, XHTML):
        return HTML
    if is_xml or declared in ("text/xml", "application/xml"):
        return "application/xml"
    if declared and declared not in (PLAIN, BINARY):
        return declared
    return HTML if declared != PLAIN and _ANY_TAG.search(text) else PLAIN
