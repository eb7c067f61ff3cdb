"""Servers that mean harm, one host each: what they send in raw bytes, and how a crawl has to end at them."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from dataclasses import dataclass

import brotli

from tests.support.simsite import CLOSE, HANG, HTML, RESET, Framing, Reply, document

TYPED = (("Content-Type", HTML),)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BLOCK = 65_536  # bytes written at once
DRIP = 0.05  # seconds between the bytes of a slow server
ENOUGH = 400_000_000  # bytes after which even an endless server gives up: no test fills a disk or a night
ARCHIVED, WITHHELD, FAILED = "archived", "withheld", "failed"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A host whose front page, or whose robots.txt, is `reply`; `ends` are the outcomes that are right."""

    reply: Reply
    ends: tuple[str, ...]
    says: str = ""  # part of the reason
    robots: bool = False


def endless(start: bytes, piece: bytes) -> Reply:
    """`start`, then `piece` for ever, as fast as it is read."""
    block = piece * max(1, BLOCK // len(piece))

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for _ in range(ENOUGH // len(block)):
            writer.write(block)
            await writer.drain()

    return Reply(spoken=speak)


def dripping(start: bytes, piece: bytes) -> Reply:
    """`start`, then `piece` for ever, a byte now and then: never silent long enough for a time limit on silence."""

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for number in range(round(600 / DRIP)):
            writer.write(piece[number % len(piece) :][:1])
            await writer.drain()
            await asyncio.sleep(DRIP)

    return Reply(spoken=speak)


def raw(answer: bytes) -> Reply:
    """Exactly these bytes, then the end of the connection."""

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return Reply(spoken=speak)


def answered(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """A plain answer in bytes."""
    lines = (b"HTTP/1.1 " + status, b"Content-Type: text/html", b"Content-Length: %d" % len(body), *fields)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def coded(body: bytes, coding: str) -> Reply:
    """A body that is in `coding` already."""
    return Reply(200, body, (*TYPED, ("Content-Encoding", coding)))


def zstd_bomb() -> bytes:
    """60 MB in 2 KB: blocks of one octet said 128 Ki times (RFC 8878 §3.1.1.2.2)."""
    return b"\x28\xb5\x2f\xfd\x00\x58" + b"".join(
        (131_072 << 3 | 2 | (number == 459)).to_bytes(3, "little") + b"a" for number in range(460)
    )


def gzip_bomb() -> bytes:
    """60 MB in 60 KB, and another gzip around it."""
    return gzip.compress(gzip.compress(b"<p>" + b"a" * 60_000_000, 9), 9)


def page(title: str, **more: str) -> bytes:
    """A page of a hostile host that can be kept."""
    return document(title, **more).encode()  # type: ignore[arg-type]


def many_links(count: int, places: int) -> Reply:
    """One page of `count` links to `places` places outside the scope."""
    links = "".join(f'<a href="//h{n % places}.example.org/#{n}">{n}</a>' for n in range(count))
    return Reply(200, page("Links", main=links), TYPED)


def many_sitemaps(count: int, places: int) -> Reply:
    """A compressed index of `count` sitemaps at `places` places outside the scope."""
    named = "".join(f"<sitemap><loc>http://h{n % places}.example.org/map.xml</loc></sitemap>" for n in range(count))
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'
    return Reply(200, gzip.compress(body.encode(), 1), (("Content-Type", "application/gzip"),))


def entity_bomb(port: int) -> bytes:
    """A sitemap whose one URL is a terabyte, an address and a file, by entities."""
    inner = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    outside = (
        b'<!ENTITY outside SYSTEM "http://outside.localhost:%d/entity"><!ENTITY file SYSTEM "file:///etc/hostname">'
    )
    return (
        b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">' + inner + outside % port + b"]>"
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/&m;&outside;&file;</loc></url></urlset>'
    )


def long_links() -> bytes:
    """URLs of a megabyte, of many segments, of many escapes and of no form at all."""
    urls = ("/" + "a" * 1_000_000, "/x" * 200_000, "/?" + "%41" * 200_000, "http://" + "h" * 300_000 + "/", "http://[")
    return page("Long", main="".join(f'<a href="{url}">long</a>' for url in urls))


_EXTENSION = b"1;" + b"x" * 900 + b"\r\na\r\n"

HOSTILE: dict[str, Hostile] = {
    # without an end
    "endless-body": Hostile(endless(HEAD + b"\r\n", b"<p>and so on"), (WITHHELD,), "bytes"),
    "endless-chunks": Hostile(endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"a" * 1_024 + b"\r\n"), (WITHHELD,), "bytes"),
    "endless-small-chunks": Hostile(endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"), (FAILED,), "chunks too small"),
    "endless-extensions": Hostile(endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", _EXTENSION), (FAILED,), "chunks too small"),
    "endless-trailers": Hostile(endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", b"X: y\r\n"), (FAILED,)),
    "endless-fields": Hostile(endless(HEAD, b"X-More: and more\r\n"), (FAILED,), "head too large"),
    "endless-empty-fields": Hostile(endless(HEAD, b":\r\n"), (FAILED,)),
    "endless-field": Hostile(endless(HEAD + b"X-Long: ", b"a"), (FAILED,), "head too large"),
    "endless-folding": Hostile(endless(HEAD + b"X-Long: a\r\n", b" b\r\n"), (FAILED,), "head too large"),
    "endless-status-line": Hostile(endless(b"HTTP/1.1 200 ", b"OK "), (FAILED,), "head too large"),
    "endless-interim-answers": Hostile(endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), (FAILED,), "head too large"),
    "endless-robots": Hostile(endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"Disallow: /x\n"), ("deferred",), "robots", robots=True),
    "endless-robots-head": Hostile(endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), ("deferred",), "robots", robots=True),
    # without haste
    "slow-body": Hostile(dripping(HEAD + b"Content-Length: 90000\r\n\r\n", b"<p>slow "), (FAILED,), "timeout"),
    "slow-chunks": Hostile(dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"), (FAILED,), "timeout"),
    "slow-head": Hostile(dripping(b"HTTP/1.1 200 OK\r\n", b"X-Slow: a\r\n"), (FAILED,), "timeout"),
    "slow-robots": Hostile(dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"Disallow: /x\n"), ("deferred",), "robots", robots=True),
    "silent": Hostile(HANG, (FAILED,), "timeout"),
    # without form
    "no-answer": Hostile(CLOSE, (FAILED,), "reset"),
    "reset": Hostile(RESET, (FAILED,), "reset"),
    "no-http": Hostile(raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), (FAILED,)),
    "no-head": Hostile(raw(b"<html><p>HTTP/0.9\n\n"), (FAILED,)),
    "noise": Hostile(raw(bytes(range(256)) * 100), (FAILED,)),
    "two-lengths": Hostile(raw(answered(page("Two"), b"Content-Length: 7")), (FAILED,)),
    "length-and-chunks": Hostile(raw(answered(page("Both"), b"Transfer-Encoding: chunked")), (FAILED,)),
    "long-length": Hostile(raw(answered(page("Long")).replace(b"Length: ", b"Length: 9")), (FAILED,), "truncated"),
    "huge-length": Hostile(raw(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n<p>"), (WITHHELD, FAILED)),
    "broken-chunks": Hostile(raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<p>\r\n0\r\n\r\n"), (FAILED,)),
    "negative-chunk": Hostile(raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n<p>\r\n0\r\n\r\n"), (FAILED,)),
    "http-1-0": Hostile(Reply(200, page("Old"), TYPED, framing=Framing.CLOSE, version="HTTP/1.0"), (ARCHIVED,)),
    "odd-fields": Hostile(raw(answered(page("Odd"), b"\x00: \xff\x00", b"no colon", b": none", b"X:")), (ARCHIVED, FAILED)),
    # more than it seems
    "bomb-gzip": Hostile(coded(gzip_bomb(), "gzip, gzip"), (WITHHELD,), "bytes"),
    "bomb-brotli": Hostile(coded(brotli.compress(b"<p>" + b"a" * 60_000_000, quality=5), "br"), (WITHHELD,), "bytes"),
    "bomb-zstd": Hostile(coded(zstd_bomb(), "zstd"), (WITHHELD,), "bytes"),
    "many-codings": Hostile(coded(page("Codings"), ", ".join(["gzip"] * 500)), (FAILED,), "decode"),
    "many-links": Hostile(many_links(100_000, 1_000), (ARCHIVED, WITHHELD)),
    "long-links": Hostile(Reply(200, long_links(), TYPED), (ARCHIVED, WITHHELD)),
    "long-location": Hostile(Reply(302, b"", (("Location", "/" + "a" * 1_000_000),)), (FAILED,), "head too large"),
    "two-answers": Hostile(raw(answered(page("First")) + answered(page("Second, of nobody"))), (ARCHIVED,)),
}  # fmt: skip


def hosts() -> Iterator[tuple[str, Hostile]]:
    """Every host name with what it does."""
    for name, hostile in HOSTILE.items():
        yield f"{name}.localhost", hostile
