"""An answer as its server sent it, for the gates only: what of Scrapy's Response anybody here asks for."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.headers import Headers


@dataclass(slots=True, eq=False)
class Arrived:
    """One whole answer (RFC 9110 §3.4), decoded where its Content-Encoding could be undone."""

    url: str
    status: int
    headers: Headers  # without those of the connection (RFC 9110 §7.6.1); Content-Length where the length was known
    body: bytes
    protocol: str = "HTTP/1.1"
    ip_address: str | None = None
    flags: tuple[str, ...] = ()  # `dataloss`, `partial` (it ended with the connection), and those of `convert`
    heard_at: float = 0.0  # by the monotonic clock, when its head was there
