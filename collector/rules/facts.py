"""The facts each gate judges: values, fetched before by somebody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from collector.document.facts import PageFacts
from collector.lists.match import ListMatch
from collector.model.decision import Evidence
from collector.model.headers import Headers
from collector.model.page import Candidate
from collector.model.url import Url
from collector.signals.embedded import NOTHING, Embedded
from collector.signals.robots_txt import RobotsTxt
from collector.signals.site_file import SiteFile


@dataclass(frozen=True, slots=True)
class Spent:
    """What the run has spent so far, against the budgets in `[scope]`."""

    pages: int = 0
    pages_on_host: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class UrlFacts:
    """Gate 1: nobody has been contacted yet."""

    candidate: Candidate
    sensitive: tuple[ListMatch, ...] = ()
    lists: tuple[Evidence, ...] = ()  # the digests of everything that `sensitive` was looked up in
    opted_out: tuple[ListMatch, ...] = ()
    suppressed: tuple[str, ...] = ()  # references of the erasures or objections that cover the URL
    spent: Spent = Spent()
    addresses: tuple[str, ...] = ()  # where already resolved
    registered_domain: str = ""  # of the candidate's host, by the public-suffix list
    personal: tuple[str, ...] = ()  # kinds of personal data that the URL itself carries
    scope_domains: Collection[str] = ()  # registrable domains of seeds and `[scope] domains`


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Gate 2: what the site publishes about itself. `robots` is the answer for this URL's origin."""

    url: Url
    product_token: str
    robots: SiteFile
    robots_txt: RobotsTxt  # parsed from `robots.body`; no groups unless available
    now: datetime
    files: Mapping[str, SiteFile] = field(default_factory=dict)  # by path or absolute URL
    training_tokens: tuple[str, ...] = ()  # blocklists/ai-tokens

    def with_files(self, files: Mapping[str, SiteFile]) -> SiteFacts:
        """The same with these at hand: as `dataclasses.replace`, for a fifth of its cost, twice for each page."""
        named = self.robots, self.robots_txt, self.now
        return SiteFacts(self.url, self.product_token, *named, files, self.training_tokens)


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """Gate 3: status and header fields. `body_size` is what is known of the decoded size, in bytes."""

    url: Url
    product_token: str
    status: int
    headers: Headers
    now: datetime
    body_size: int | None = None
    discovery: bool = False  # asked for as a sitemap or feed: read for its links
    training_tokens: tuple[str, ...] = ()
    files: Mapping[str, SiteFile] = field(default_factory=dict)  # what the header fields name, by absolute URL


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """Gate 4: the body, parsed once."""

    url: Url
    product_token: str
    page: PageFacts
    now: datetime
    training_tokens: tuple[str, ...] = ()
    files: Mapping[str, SiteFile] = field(default_factory=dict)  # what the page names, by absolute URL
    embedded: Embedded = NOTHING  # what an image, a PDF or a book carries about its own use
