"""Scrapy's decompression, with a bomb or a broken stream turned into a fact that the gates can judge."""

from __future__ import annotations

import zlib
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from collector.crawler.network.convert import TOO_LARGE, UNDECODED

GZIP = b"\x1f\x8b"


class CompressionMiddleware(HttpCompressionMiddleware):
    """As Scrapy's, but a body over the limit arrives as an empty one with a flag, not as a lost response."""

    def process_response(self, request: Request, response: Response, *arguments: Any) -> Request | Response:
        """Decode Content-Encoding; never more than DOWNLOAD_MAXSIZE bytes. What stays coded is marked, and dropped."""
        codings = _codings(response)
        lost = [UNDECODED, "dataloss"]
        try:
            decoded = super().process_response(request, response, *arguments)
        except IgnoreRequest:
            lost = [TOO_LARGE]
        except Exception:  # noqa: BLE001, S110  zlib, brotli and zstd raise classes of their own
            pass
        else:
            if not isinstance(decoded, Response) or not codings:
                return decoded
            if not _codings(decoded):
                if len(codings) == 1 and _broke_off(response.body, decoded.body):
                    return response.replace(body=decoded.body, flags=[*response.flags, *lost])
                return decoded
        return response.replace(body=b"", flags=[*response.flags, *lost])


def _codings(response: Response) -> list[str]:
    """What the body is still coded in, in the order in which it was done (RFC 9110 §8.4)."""
    names = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower().split(",")
    return [name.strip() for name in names if name.strip() not in ("", "identity")]


def _broke_off(coded: bytes, decoded: bytes) -> bool:
    """Scrapy decodes as much of a broken gzip stream as there is; its last four octets say how much there was.

    RFC 1952 §2.3.1: ISIZE, the size of the original modulo 2^32, of the last of the stream's members (§2.2).
    """
    if not coded.startswith(GZIP) or int.from_bytes(coded[-4:], "little") == len(decoded) & 0xFFFFFFFF:
        return False
    rest, size = coded, 0
    while rest.startswith(GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            size += len(member.decompress(rest))
        except zlib.error:
            return True
        if not member.eof:
            return True
        rest = member.unused_data
    return size != len(decoded)
