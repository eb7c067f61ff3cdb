"""The tables of a policy file as they may be written; checked here, turned into `policy.Policy` by `load`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from collector.model.uses import Use
from collector.policy.policy import LegalBasis, OnUnknown, SourceKind, Treatment
from collector.policy.values import Cidr, Count, Domain, Duration, Glob, HttpUrl, Interval, Listen, Ports, Said, Seconds


class Table(BaseModel):
    """Every key is known, every value has its type.

    What stands below a key is its description in the schema (`schema.described`); pydantic would read this file again
    for each table, at every start. Deferred: a table within another is built with it, not also by itself.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class CollectionTable(Table):
    """What the collection is for."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    """Short name: lower-case letters, digits, hyphens. Names the folder and the archive files."""
    title: Said
    purpose: Said
    """What the texts are collected for: the purpose of GDPR Art. 5(1)(b), in a sentence or two."""
    legal_basis: LegalBasis
    """GDPR Art. 6(1)."""
    assessment: Said | None = None
    """Path of the filled-in assessment, relative to this file. Owed for legitimate_interest."""
    phase: Literal["development", "maintenance"] = "development"


class ControllerTable(Table):
    """Who answers for the collection (GDPR Art. 4(7))."""

    name: Said
    contact: Said
    """E-mail address or URL at which people and rightsholders reach the controller."""
    dpo: Said | None = None
    """Data protection officer, where there is one."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 alpha-2."""
    role: Literal["controller", "joint_controller", "processor"] = "controller"
    recipients: tuple[Said, ...] = ()
    """Who receives the collection (GDPR Art. 13(1)(e), 19)."""


class CrawlerTable(Table):
    """How sites see the crawler."""

    product_token: Annotated[str, Field(pattern=r"^[A-Za-z_-]+$", max_length=64)]
    """The name that robots.txt groups address (RFC 9309 §2.2.1): letters, hyphens, underscores."""
    info_url: HttpUrl
    """Page that explains the crawler to site owners."""
    contact: Said
    """Goes into the User-Agent of every request."""


class ScopeTable(Table):
    """The collection criteria, fixed beforehand."""

    seeds: tuple[HttpUrl, ...] = ()
    sitemaps: tuple[HttpUrl, ...] = ()
    domains: tuple[Domain, ...] = ()
    """Hosts and everything below them; empty: the registrable domains of the seeds."""
    include: tuple[Glob, ...] = ()
    """URL patterns, * for anything; empty: everything in the domains."""
    exclude: tuple[Glob, ...] = ()
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]{2})?$")], ...] = ()
    """ISO 639-1; empty: every language."""
    media_types: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$")], ...] = (
        "text/html",
        "application/xhtml+xml",
        "text/plain",
    )
    max_depth: Annotated[int, Field(ge=0, le=1_000)] = 16
    """Links from a seed."""
    max_pages: Count | None = None
    max_pages_per_host: Count | None = None
    max_bytes: Count | None = None
    """Stored bodies of the whole run."""
    max_body_bytes: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 10_000_000
    follow_links: bool = True
    any_domain: bool = False
    """Leave the seeds' domains."""


class HostPolitenessTable(Table):
    """An override for one registrable domain."""

    domain: Domain
    min_delay: Seconds | None = None
    max_delay: Seconds | None = None
    concurrency_per_host: Annotated[int, Field(ge=1, le=16)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> HostPolitenessTable:
        if self.min_delay is not None and self.max_delay is not None and self.max_delay < self.min_delay:
            raise ValueError("max_delay is below min_delay: raise the one or lower the other")
        return self


class PolitenessTable(Table):
    """How gently sites are asked. Seconds, except where named otherwise."""

    min_delay: Seconds = 1.0
    max_delay: Seconds = 30.0
    latency_factor: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 5.0
    """The delay is this many times the duration of the last fetch, within min_delay and max_delay."""
    concurrency_per_host: Annotated[int, Field(ge=1, le=16)] = 1
    max_crawl_delay: Seconds = 300.0
    """A site that asks for a longer Crawl-delay is put off."""
    request_timeout: Annotated[float, Field(ge=1, le=600, allow_inf_nan=False)] = 60.0
    retry_budget: Annotated[int, Field(ge=1, le=20)] = 4
    retry_backoff: Seconds = 60.0
    patience: Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False)] = 3_600.0
    """How long a run with nothing else to do waits for hosts that asked for time; what waits longer is put off."""
    concurrency: Annotated[int, Field(ge=1, le=4_096)] = 64
    """Requests in flight, all hosts together."""
    min_delay_per_address: Seconds = 0.0
    """Between two requests to whatever hosts share an IP address, as in shared hosting; 0: each host by itself."""
    concurrency_per_address: Annotated[int, Field(ge=1, le=4_096)] | None = None
    """Requests in flight to all hosts of one IP address, all workers together; without it: as many as there are."""
    host: tuple[HostPolitenessTable, ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> PolitenessTable:
        if self.max_delay < self.min_delay:
            raise ValueError("max_delay is below min_delay: raise the one or lower the other")
        domains = [row.domain for row in self.host]
        if len(set(domains)) < len(domains):
            twice = next(domain for domain in domains if domains.count(domain) > 1)
            raise ValueError(f"two [[politeness.host]] name {twice}: make them one")
        return self


class RecrawlTable(Table):
    """When a page that was kept is asked for again, conditionally (RFC 9110 §13)."""

    after: Interval | None = None
    """Since its last visit: 12h, 30d, 6m. Without it nothing is visited twice. Budgets count every visit."""
    sitemaps: Interval = timedelta(days=1)
    """Since a site map or feed was read. A page that it says has changed since our visit is due at once."""


def _needs_fetch(uses: frozenset[Use]) -> frozenset[Use]:
    if Use.FETCH not in uses:
        raise ValueError('every crawl needs "fetch": write need = ["fetch", "train"]')
    return uses


class UsesTable(Table):
    """What the crawl needs to be allowed, and what silence means."""

    need: Annotated[frozenset[Use], AfterValidator(_needs_fetch)] = frozenset({Use.FETCH, Use.TRAIN})
    unknown: OnUnknown = OnUnknown.KEEP


class LicenceTable(Table):
    """A recorded permission. Lifts reservations of uses; never the floor, never a registry entry."""

    scope: Annotated[tuple[Glob, ...], Field(min_length=1)]
    uses: Annotated[frozenset[Use], Field(min_length=1)]
    reference: Said
    """Contract, letter or licence, so that it can be found again."""
    expires: date | None = None


class ResearchTable(Table):
    """The crawl relies on Directive (EU) 2019/790, Art. 3: what is reserved is kept, for scientific research only."""

    organisation: Said
    status: Literal["not_for_profit", "profits_reinvested", "public_interest_mission", "cultural_heritage"]
    """Art. 2(1)(a), 2(1)(b) and 2(3)."""
    project: Said


class SourceTable(Table):
    """Material that somebody else collected, and the checks that are owed before it is used again."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    kind: SourceKind
    title: Said
    publisher: Said
    url: HttpUrl
    """Where the source is described: it must be named, so that people can follow it back."""
    licence: Said
    """Terms under which it may be used again."""
    lawful: Said
    """Why it is not manifestly unlawful, and what was looked at to say so."""
    sensitive: Said
    """What is known of special categories and of offences in it (GDPR Art. 9, 10), and what is done about it."""
    checked_by: Said
    checked_on: date
    without_robots: OnUnknown = OnUnknown.KEEP
    """What becomes of pages whose robots.txt is not in the archive."""
    uses: frozenset[Use] = frozenset()
    """Granted by the rightsholder; not for what was crawled."""

    @model_validator(mode="after")
    def _granted(self) -> SourceTable:
        if self.kind is SourceKind.CRAWLED and self.uses:
            raise ValueError(
                "who crawled it has no uses to grant: take `uses` out, or record [[licences]] of the sites"
            )
        return self


class ListsTable(Table):
    """Which categories of sensitive sources are refused, and further lists."""

    sensitive: tuple[str, ...] = ()
    files: tuple[Said, ...] = ()
    """List files, relative to this file: every entry refuses."""
    allow: tuple[Said, ...] = ()
    """Files of hosts that a public list names by mistake."""
    second_person: bool = False
    """Overrides that lift a refusal, and confirmed public suffixes, hold only where a second person approved them."""


class RegistryTable(Table):
    """Further opt-out sources, beside the organisation's own registry. Unreadable: no crawl."""

    sources: tuple[Said, ...] = ()


class MinimiseTable(Table):
    """How personal data is taken out."""

    profile: Literal["strict", "standard", "off"] = "strict"
    reason: str = ""
    """Owed where the profile is off."""
    kinds: dict[Annotated[str, Field(pattern=r"^[a-z_]+$")], Treatment] = Field(default_factory=dict)
    names: Literal["zones", "all", "off"] = "zones"
    """Where lists of given and family names are asked: beside what names people, in all of the text, or nowhere."""
    ner: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")], ...] = ()
    """Models that also look for names in running text: spacy_en, spacy_fr, slovnet_ru (extra `ner`), or plug-ins."""
    birth_dates: Literal["year", "decade"] = "year"
    """What a date of birth becomes where it is generalised."""
    document_seconds: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = 20.0

    @model_validator(mode="after")
    def _reasoned(self) -> MinimiseTable:
        if self.profile == "off" and not self.reason.strip():
            raise ValueError('profile = "off" keeps personal data: add reason = "why that is lawful here"')
        return self


class DocumentTable(Table):
    """How a page is read."""

    extractor: Literal["trafilatura", "resiliparse"] = "trafilatura"
    """What tells the main text from navigation and boilerplate. resiliparse takes a fraction of the time and finds less
    exactly; it is an extra: pip install 'collector[fast-text]'."""


class StorageTable(Table):
    """What is kept of a page."""

    payload: Literal["page", "text"] = "page"
    text: bool = True
    """Also extract the main text, into files of its own."""
    headers: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")], ...] = ()
    """Response headers to keep beside the usual ones."""
    segment_bytes: Annotated[int, Field(ge=1_000_000)] = 1_000_000_000


class RetentionTable(Table):
    """How long anything is kept (GDPR Art. 5(1)(e)): 12h, 180d, 6m, 2y."""

    development: Duration
    maintenance: Duration | None = None
    refusals: Duration = timedelta(days=90)
    logs: Duration = timedelta(days=30)


class ReleaseTable(Table):
    """Between collection and use."""

    not_before: Duration = timedelta(0)


class ApprovalTable(Table):
    """Who reviewed the policy, and when."""

    by: Said
    role: Said
    on: date
    note: str = ""


class NetworkTable(Table):
    """The door in the wall, for tests and intranets. Opening it is reported at every start."""

    allow_addresses: tuple[Cidr, ...] = ()
    allow_ports: tuple[Ports, ...] = ()
    verify_tls: bool = True


class MonitoringTable(Table):
    """How the operator looks after a run."""

    metrics: Listen | None = None
    """Address and port at which /metrics answers Prometheus while it is crawled: 127.0.0.1:9400."""
    report: bool = True
    """Whether a report of each run is written to reports/ at its end."""


def unknown_categories(wanted: Iterable[str], known: frozenset[str]) -> list[str]:
    """Those of `wanted` that the taxonomy does not have, in order."""
    return [category for category in wanted if category not in known]


class PolicyFile(Table):
    """A policy: what a crawl is for, and what binds it."""

    collection: CollectionTable
    controller: ControllerTable
    crawler: CrawlerTable
    retention: RetentionTable
    scope: ScopeTable = Field(default_factory=ScopeTable)
    politeness: PolitenessTable = Field(default_factory=PolitenessTable)
    recrawl: RecrawlTable = Field(default_factory=RecrawlTable)
    uses: UsesTable = Field(default_factory=UsesTable)
    licences: tuple[LicenceTable, ...] = ()
    research: ResearchTable | None = None
    sources: tuple[SourceTable, ...] = ()
    lists: ListsTable = Field(default_factory=ListsTable)
    registry: RegistryTable = Field(default_factory=RegistryTable)
    minimise: MinimiseTable = Field(default_factory=MinimiseTable)
    document: DocumentTable = Field(default_factory=DocumentTable)
    storage: StorageTable = Field(default_factory=StorageTable)
    release: ReleaseTable = Field(default_factory=ReleaseTable)
    approvals: tuple[ApprovalTable, ...] = ()
    network: NetworkTable = Field(default_factory=NetworkTable)
    monitoring: MonitoringTable = Field(default_factory=MonitoringTable)

    @model_validator(mode="after")
    def _named_once(self) -> PolicyFile:
        ids = [source.id for source in self.sources]
        if len(ids) != len(set(ids)):
            raise ValueError("two [[sources]] have the same id: records would not say which one they came from")
        return self
