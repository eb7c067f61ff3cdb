"""Scrapy's decompression, with a bomb or a broken stream turned into a fact that the gates can judge."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from collector.crawler.convert import TOO_LARGE

GZIP = b"\x1f\x8b"


class CompressionMiddleware(HttpCompressionMiddleware):
    """As Scrapy's, but a body over the limit arrives as an empty one with a flag, not as a lost response."""

    def process_response(self, request: Request, response: Response, *arguments: Any) -> Request | Response:
        """Decode Content-Encoding; never more than DOWNLOAD_MAXSIZE bytes."""
        flag = "dataloss"
        try:
            decoded = super().process_response(request, response, *arguments)
        except IgnoreRequest:
            flag = TOO_LARGE
        except Exception:  # noqa: BLE001, S110  zlib, brotli and zstd raise classes of their own
            pass
        else:
            if isinstance(decoded, Response) and _broke_off(response.body, decoded.body):
                return decoded.replace(flags=[*decoded.flags, flag])
            return decoded
        return response.replace(body=b"", flags=[*response.flags, flag])


def _broke_off(coded: bytes, decoded: bytes) -> bool:
    """Scrapy decodes as much of a broken gzip stream as there is; its last four octets say how much there was.

    RFC 1952 §2.3.1: ISIZE, the size of the original modulo 2^32. Several members in one body count as broken.
    """
    if not coded.startswith(GZIP) or coded == decoded:
        return False
    return int.from_bytes(coded[-4:], "little") != len(decoded) & 0xFFFFFFFF
