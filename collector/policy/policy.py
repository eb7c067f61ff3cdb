"""The policy as the rest of the program sees it: frozen, complete, with a digest. Read by `policy.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from collector.model.decision import PolicyRef
from collector.model.digest import Digest
from collector.model.uses import Use


class LegalBasis(StrEnum):
    """GDPR Art. 6(1), and none where no personal data can be met."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTEREST = "vital_interest"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"


class OnUnknown(StrEnum):
    """What a use nobody spoke about means: kept under an opt-out regime, dropped under an opt-in one."""

    KEEP = "keep"
    DROP = "drop"


class Treatment(StrEnum):
    """What a span of personal data becomes."""

    PLACEHOLDER = "placeholder"
    PSEUDONYM = "pseudonym"
    DROP = "drop"
    GENERALISE = "generalise"
    RANDOMISE = "randomise"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Collection:
    """[collection]: what it is for."""

    id: str
    title: str
    purpose: str
    legal_basis: LegalBasis
    assessment: str | None = None  # path, relative to the policy
    phase: str = "development"


@dataclass(frozen=True, slots=True)
class Controller:
    """[controller]: who answers for it."""

    name: str
    contact: str
    dpo: str | None = None
    country: str | None = None
    role: str = "controller"
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrawlerIdentity:
    """[crawler]: how sites see us. `product_token` is RFC 9309 §2.2.1: letters, hyphen, underscore."""

    product_token: str
    info_url: str
    contact: str

    def user_agent(self, version: str) -> str:
        """`token/version (+info_url; contact)`."""
        return f"{self.product_token}/{version} (+{self.info_url}; {self.contact})"


@dataclass(frozen=True, slots=True)
class Scope:
    """[scope]: the collection criteria, fixed beforehand. Empty `domains` means: those of the seeds."""

    seeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    include: tuple[str, ...] = ()  # URL globs; empty: everything in the domains
    exclude: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1; empty: every language
    media_types: tuple[str, ...] = ("text/html", "application/xhtml+xml", "text/plain")
    max_depth: int = 16
    max_pages: int | None = None
    max_pages_per_host: int | None = None
    max_bytes: int | None = None  # stored bodies of the whole run
    max_body_bytes: int = 10_000_000
    follow_links: bool = True
    any_domain: bool = False  # leave the seeds' domains


@dataclass(frozen=True, slots=True)
class HostPoliteness:
    """[[politeness.host]]: an override by registrable domain."""

    domain: str
    min_delay: float | None = None
    max_delay: float | None = None
    concurrency_per_host: int | None = None


@dataclass(frozen=True, slots=True)
class Politeness:
    """[politeness]: seconds, except where named otherwise."""

    min_delay: float = 1.0
    max_delay: float = 30.0
    latency_factor: float = 5.0  # delay = factor times duration of the last fetch, within min and max
    concurrency_per_host: int = 1
    max_crawl_delay: float = 300.0  # a longer Crawl-delay defers the host
    request_timeout: float = 60.0
    retry_budget: int = 4  # attempts per candidate before Failed or Deferred
    retry_backoff: float = 60.0  # doubled each time, capped at one day
    patience: float = 3_600.0  # how long a run with nothing else to do waits for hosts that asked for time
    concurrency: int = 64  # requests in flight, all hosts
    min_delay_per_address: float = 0.0  # between requests to all hosts of one address; 0: each host by itself
    concurrency_per_address: int | None = None  # requests in flight to all hosts of one address; None: any number
    hosts: tuple[HostPoliteness, ...] = ()


@dataclass(frozen=True, slots=True)
class Recrawl:
    """[recrawl]: when a page that was kept is asked for again."""

    after: timedelta | None = None  # since its last visit; None: never
    sitemaps: timedelta = timedelta(days=1)  # since a site map or feed was read; what it says changed is due at once


@dataclass(frozen=True, slots=True)
class UsesPolicy:
    """[uses]: what this crawl needs, and what silence means."""

    need: frozenset[Use] = frozenset({Use.FETCH, Use.TRAIN})
    unknown: OnUnknown = OnUnknown.KEEP


@dataclass(frozen=True, slots=True)
class Licence:
    """[[licences]]: a recorded permission. Lifts denials of uses only, never the floor or a registry entry."""

    scope: tuple[str, ...]  # URL globs
    uses: frozenset[Use]
    reference: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Research:
    """[research]: the crawl relies on Directive (EU) 2019/790, Art. 3. Reservations are recorded, and restrict."""

    organisation: str
    status: str  # not_for_profit | profits_reinvested | public_interest_mission | cultural_heritage
    project: str


class SourceKind(StrEnum):
    """How whoever gives us the material came by it."""

    CRAWLED = "crawled"  # from the web, by somebody else: what sites said then binds us as it bound them
    LICENSED = "licensed"  # by contract with the rightsholder
    CONTRIBUTED = "contributed"  # by the rightsholder, without being asked for


@dataclass(frozen=True, slots=True)
class Source:
    """[[sources]]: material that somebody else collected, with the checks that are owed before it is used again."""

    id: str
    kind: SourceKind
    title: str
    publisher: str
    url: str
    licence: str
    lawful: str
    sensitive: str
    checked_by: str
    checked_on: date
    without_robots: OnUnknown = OnUnknown.KEEP
    uses: frozenset[Use] = frozenset()  # that the rightsholder granted; none for `crawled`


@dataclass(frozen=True, slots=True)
class Lists:
    """[lists]: denied categories of blocklists/, and further list files."""

    sensitive: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()  # operator's allow files, tier 1
    second_person: bool = False  # what lifts a refusal, or refuses a public suffix, needs somebody else's word


@dataclass(frozen=True, slots=True)
class Registry:
    """[registry]: further opt-out sources, beside the organisation's own folder. All must be readable."""

    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Minimise:
    """[minimise]: profile, reason where it is off, and the treatment by kind."""

    profile: str = "strict"  # strict | standard | off
    reason: str = ""
    kinds: Mapping[str, Treatment] = field(default_factory=dict)
    names: str = "zones"  # zones | all | off: where the lists of given names are asked
    ner: tuple[str, ...] = ()  # models that look for names in running text
    birth_dates: str = "year"  # year | decade: what a date of birth becomes where it is generalised
    document_seconds: float = 20.0  # of computing, per document in the pool


@dataclass(frozen=True, slots=True)
class Storage:
    """[storage]: whole pages, or text only; extra response headers to keep."""

    payload: str = "page"  # page | text
    text: bool = True  # extract the main text into text/
    headers: tuple[str, ...] = ()
    segment_bytes: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class DocumentPolicy:
    """[document]: how a page is read."""

    extractor: str = "trafilatura"  # trafilatura | resiliparse


@dataclass(frozen=True, slots=True)
class Retention:
    """[retention]: how long, by phase."""

    development: timedelta
    maintenance: timedelta | None = None
    refusals: timedelta = timedelta(days=90)
    logs: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Release:
    """[release]: how long between collection and use."""

    not_before: timedelta = timedelta(days=0)


@dataclass(frozen=True, slots=True)
class Approval:
    """[[approvals]]: who reviewed the policy, and when."""

    by: str
    role: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """[network]: the door in the wall, for tests and intranets. Opening it is reported at every start."""

    allow_addresses: tuple[str, ...] = ()  # CIDR
    allow_ports: tuple[str, ...] = ()  # "8080" or "8000-8999", beside 80 and 443
    verify_tls: bool = True


@dataclass(frozen=True, slots=True)
class Monitoring:
    """[monitoring]: how the operator looks after a run."""

    metrics: str | None = None  # address and port
    report: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that binds a crawl. `rules` holds each rule's settings, by rule id; absent means off."""

    collection: Collection
    controller: Controller
    crawler: CrawlerIdentity
    retention: Retention
    scope: Scope
    digest: Digest
    politeness: Politeness = Politeness()
    recrawl: Recrawl = Recrawl()
    uses: UsesPolicy = UsesPolicy()
    licences: tuple[Licence, ...] = ()
    research: Research | None = None
    sources: tuple[Source, ...] = ()
    rules: Mapping[str, object] = field(default_factory=dict)
    lists: Lists = Lists()
    registry: Registry = Registry()
    minimise: Minimise = Minimise()
    document: DocumentPolicy = DocumentPolicy()
    storage: Storage = Storage()
    release: Release = Release()
    approvals: tuple[Approval, ...] = ()
    network: Network = Network()
    monitoring: Monitoring = Monitoring()
    source: str = ""  # the text it was read from
    path: str = ""  # where from

    @property
    def ref(self) -> PolicyRef:
        """Id and digest: what a decision names."""
        return PolicyRef(self.collection.id, self.digest)
