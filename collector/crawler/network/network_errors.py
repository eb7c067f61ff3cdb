"""Names for what a network can do to a request: the words of the ledger, from Scrapy's and Twisted's exceptions."""

from __future__ import annotations

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionLost, DNSLookupError
from twisted.internet.error import TimeoutError as TwistedTimeoutError

from collector.crawler.network.exchange import ChunksTooSmallError, HeadTooLargeError

_CLASSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((CannotResolveHostError, DNSLookupError), "dns"),
    ((DownloadTimeoutError, TwistedTimeoutError, TimeoutError), "timeout"),
    ((HeadTooLargeError,), "head too large"),
    ((ChunksTooSmallError,), "chunks too small"),
    ((TlsError, VerificationError), "tls"),
    ((ResponseDataLossError,), "truncated"),
    ((DownloadConnectionRefusedError, ConnectError, ConnectionRefusedError), "refused"),
    ((UnsupportedURLSchemeError,), "scheme"),
    ((DownloadFailedError, ConnectionLost, ConnectionError), "reset"),
)


def error_class(error: BaseException) -> str:
    """`dns`, `timeout`, `tls`, `truncated`, `refused`, `reset`, `scheme`, `head too large`, `chunks too small`.

    For anything else the exception's own name.
    """
    seen: set[int] = set()
    names = []
    queue: list[BaseException] = [error]
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        for classes, name in _CLASSES:
            if isinstance(current, classes):
                names.append(name)
                break
        queue += [cause for cause in (current.__cause__, current.__context__) if cause is not None]
        for reason in getattr(current, "reasons", None) or ():  # Twisted's ResponseFailed carries its causes
            value = getattr(reason, "value", None)
            if isinstance(value, BaseException):
                queue.append(value)
    for name in (
        "head too large",
        "chunks too small",
        "tls",
        "dns",
        "timeout",
        "truncated",
        "refused",
        "scheme",
        "reset",
    ):
        if name in names:
            return name
    return type(error).__name__
