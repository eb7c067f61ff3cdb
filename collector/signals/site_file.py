"""What a site answered when one of its files was asked for: the input of every file signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from collector.model.digest import Digest

UNNEEDED = "unneeded"  # an `error`: nobody was asked, because the page is refused whatever the file says


class Reach(StrEnum):
    """RFC 9309 §2.3.1: which of the access results it was, or that nobody asked."""

    AVAILABLE = "available"  # 2xx
    UNAVAILABLE = "unavailable"  # 4xx other than 429: no such file for us
    UNREACHABLE = "unreachable"  # 5xx, 429, network: assume complete disallow
    UNKNOWN = "unknown"  # not in the archive that the page comes from: nothing is fetched on it, nothing allowed


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One answer, after redirects. `body` is empty unless available."""

    url: str
    reach: Reach
    status: int | None = None
    body: bytes = b""
    error: str = ""  # timeout | dns | tls | reset | truncated | coding | redirects | address | limit | unneeded
    media_type: str = ""
    redirects: tuple[str, ...] = ()
    fetched_at: datetime | None = None
    valid_until: datetime | None = None
    record_id: str | None = None  # WARC record under signals/
    stale: bool = False  # an older copy, used while the file is unreachable
    _digest: list[Digest] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def digest(self) -> Digest:
        """SHA-256 of the body as received, calculated once: several rules name it for each page of the site."""
        if not self._digest:
            self._digest.append(Digest.of(self.body))
        return self._digest[0]
