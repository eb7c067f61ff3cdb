"""The states of a page. Each is made only from the one before, so that nothing raw can be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from collector.model.decision import Decision
from collector.model.digest import Digest
from collector.model.headers import Headers
from collector.model.leaving import Restriction
from collector.model.url import Url
from collector.model.uses import Uses


class Hop(StrEnum):
    """How a URL was found (Heritrix hop letters, as in `hopsFromSeed`)."""

    SEED = ""
    LINK = "L"
    REDIRECT = "R"
    SITEMAP = "M"
    FEED = "F"
    ARCHIVE = "A"  # brought in from somebody else's archive
    SPIDER = "X"  # asked for by somebody's own spider


@dataclass(frozen=True, slots=True)
class RequestForm:
    """How somebody's own spider wants the request made; ours are all plain GETs."""

    method: str = "GET"
    departures: tuple[str, ...] = ()  # cookies, proxy, credentials, foreign download handlers: named, never valued


@dataclass(frozen=True, slots=True)
class Candidate:
    """A (URL, visit number) that might be fetched. Ends in exactly one closing event."""

    url: Url
    visit: int = 1
    depth: int = 0
    hops: str = ""  # one letter per hop from the seed
    via: str | None = None  # the URL it was found on, scrubbed
    attempt: int = 1
    form: RequestForm = RequestForm()
    lastmod: str | None = None  # what the sitemap or feed that named it said of it, as written


@dataclass(frozen=True, slots=True)
class Admitted:
    """Passed the URL and the site gate: may be fetched now."""

    candidate: Candidate
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """What the server answered, raw: memory only. Passed the response gate."""

    admitted: Admitted
    decisions: tuple[Decision, ...]  # URL, site, response
    status: int
    headers: Headers
    body: bytes
    fetched_at: datetime
    duration: float  # seconds, request sent to body complete
    ip_address: str | None = None
    protocol: str = "HTTP/1.1"
    tls_verified: bool | None = None  # None: no TLS
    truncated: str | None = None  # WARC-Truncated reason
    not_before: datetime | None = None

    def __repr__(self) -> str:
        return f"Capture({self.status})"  # never the body: this type is raw


@dataclass(frozen=True, slots=True)
class Link:
    """A link found on a kept page."""

    href: str  # absolute, canonical, not yet judged
    hop: Hop = Hop.LINK
    nofollow: bool = False
    lastmod: str | None = None
    licence: bytes = b""  # what a feed says of the use of its target (RSL); raw: memory only


@dataclass(frozen=True, slots=True)
class Language:
    """What the language detector said of a bounded sample of the text."""

    code: str  # ISO 639-1, or `und`
    probability: float


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was taken out, by kind and count. Never where, never what, never how long it was."""

    profile: str
    counts: Mapping[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ()  # that were asked for names, each with its version

    @property
    def total(self) -> int:
        """Spans taken out, all kinds."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Minimised:
    """What may be kept: the only thing the archive writer accepts."""

    candidate: Candidate
    decisions: tuple[Decision, ...]  # all gates
    status: int
    headers: Headers  # the allow-listed ones, values minimised
    body: bytes  # decoded, minimised; UTF-8 unless it could stay as it was
    media_type: str  # sniffed, lower case, no parameters
    charset: str | None
    redaction: Redaction
    fetched_at: datetime
    duration: float
    ip_address: str | None = None
    protocol: str = "HTTP/1.1"
    tls_verified: bool | None = None
    truncated: str | None = None
    title: str | None = None
    text: str | None = None  # main text, extracted from the minimised page
    extractor: str = ""  # name and version of what told the main text from the rest; empty: nothing had to
    language: Language | None = None
    links: tuple[Link, ...] = ()
    simhash: int | None = None  # 64 bits: near-duplicates differ in few of them; None: too short to tell
    uses: Uses | None = None  # by all gates; None: as the decisions combine, none of which supersedes another
    restriction: Restriction = Restriction.NONE
    _digest: list[Digest] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def payload_digest(self) -> Digest:
        """SHA-256 of the stored body (WARC-Payload-Digest), calculated once."""
        if not self._digest:
            self._digest.append(Digest.of(self.body))
        return self._digest[0]


@dataclass(frozen=True, slots=True)
class Imported:
    """Where a page came from that somebody else had collected."""

    source: str  # id in the policy's [[sources]]
    file: str  # its name, without folders
    record: str  # the id, or the place, that the record has there


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one record lies."""

    record_id: str  # urn:uuid:…
    file: str  # relative to the collection
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Archived:
    """Written to the open segment; in the account once the ledger has committed."""

    minimised: Minimised
    page: Placement
    payload_digest: Digest
    text: Placement | None = None
    provenance: Placement | None = None
    revisit_of: str | None = None  # record id whose payload is identical
    source: str = ""  # id in the policy's [[sources]]; empty where we fetched it ourselves
