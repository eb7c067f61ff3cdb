"""What is still to be asked: the interface that the crawler sees, whatever keeps the queue.

One transaction moves queue and ledger together, so every call that changes the queue takes the caller's
transaction. A PostgreSQL frontier fits without touching the crawler: a shard becomes a leased partition,
`Claim.fence` its epoch (a lost lease fails in `done`, inside the commit), `Slot` is reserved in the database
before the fetch already, so no worker is trusted with politeness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from sqlalchemy import Connection

from collector.model.url import Url

BUCKETS = 1_024


def bucket(domain: str) -> int:
    """A stable number below `BUCKETS` for a registrable domain: all its hosts go to one worker."""
    digest = hashlib.blake2b(domain.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) % BUCKETS


@dataclass(frozen=True, slots=True)
class Found:
    """A URL to be asked. `key` is its keyed name; the caller has made sure that the URL itself may be stored."""

    key: bytes  # 16 bytes
    url: Url
    registered_domain: str
    depth: int = 0
    hops: str = ""
    via: str | None = None  # scrubbed
    priority: int = 0  # lower first
    lastmod: str | None = None
    visit: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to start one request to a host in [at, at + window]; nobody else starts one before `until`."""

    host: int
    at: float  # epoch seconds
    until: float
    delay: float  # seconds that the reservation keeps


@dataclass(frozen=True, slots=True)
class Visited:
    """An answer worth another visit some day, with its validators (RFC 9110 §8.8) where it had any.

    `first` False: only where an earlier one was worth it (nothing was kept this time).
    """

    at: float  # epoch seconds
    etag: str | None = None
    last_modified: str | None = None
    first: bool = True
    listing: bool = False  # a site map or feed: read for its links


@dataclass(frozen=True, slots=True)
class Past:
    """A done URL that was visited: when, and which visit that was. `ticket` orders those of one moment."""

    ticket: int
    key: bytes
    visit: int
    at: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A URL in flight: ours to fetch, to be given back by `done`, `defer` or `requeue`."""

    ticket: int  # the queue's own number
    fence: int  # under which it was claimed: a later owner's is another
    key: bytes
    visit: int
    attempt: int
    href: str
    depth: int
    hops: str
    via: str | None
    lastmod: str | None
    host_key: str
    slot: Slot
    etag: str | None = None  # of the last visit
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A URL that nobody has claimed, as `waiting` lists it for a second look."""

    ticket: int
    key: bytes
    visit: int
    attempt: int
    href: str
    depth: int
    hops: str
    via: str | None
    host_key: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one request to a host taught about it. `ok`: the server answered, and not with 429 or 5xx."""

    slot: Slot
    at: float  # when it ended, epoch seconds
    duration: float
    ok: bool
    crawl_delay: float | None = None  # seconds, from robots.txt
    retry_after: float | None = None  # seconds


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """URLs by state, and hosts: `hosts_active` have one in flight, `hosts_waiting` have some to come."""

    waiting: int
    in_flight: int
    deferred: int
    done: int
    hosts_active: int
    hosts_waiting: int


NO_VISITS: Mapping[int, Visited] = MappingProxyType({})


class Frontier(Protocol):
    """The queue. Times are epoch seconds and come from the caller."""

    def recover(self, tx: Connection) -> int:
        """Call once, before the first claim: what was in flight is asked again. Returns how many."""
        ...

    def known(self, tx: Connection, keys: Iterable[bytes]) -> set[bytes]:
        """Those of `keys` that stand in the queue already, in whatever state."""
        ...

    def discover(self, tx: Connection, found: Sequence[Found], now: float) -> int:
        """Queue the new ones, ignore the known. Returns how many were new."""
        ...

    def settle(self, tx: Connection, found: Sequence[Found], now: float) -> set[bytes]:
        """Enter the new ones as done, never to be asked (refused at sight). Returns their keys: close these."""
        ...

    def reopen(self, tx: Connection, found: Sequence[Found], now: float) -> int:
        """Queue done ones again, as the first attempt at a later visit. Returns how many: the others stay."""
        ...

    def claim(self, tx: Connection, now: float, limit: int, *, ahead: float = 0.0, run: int = 1) -> list[Claim]:
        """The best URL of each of `limit` due hosts, the longest-waiting hosts first, each with its slot.

        Of a host at which no delay is kept, up to `run` URLs, to be asked one after the other as long as
        `unhurried` says so: a transaction for each page would cost more than the page.
        """
        ...

    def reserve(self, tx: Connection, host_key: str, registered_domain: str, now: float) -> Slot:
        """The next slot of a host, for anything else: robots.txt, a redirect, a retry, somebody's own request."""
        ...

    def started(self, slot: Slot, at: float) -> bool:
        """The request starts now. False: the slot is over (or not yet), so it must not; ask for another one."""
        ...

    def unhurried(self, slot: Slot) -> bool:
        """Whether the host has asked for no time since the claim that this slot came with: else give the rest back."""
        ...

    def fetched(self, fetched: Fetched) -> None:
        """The request ended: moves the host's clock, delay and back-off with the next `flush`."""
        ...

    def flush(self, tx: Connection) -> None:
        """Write what `started` and `fetched` said. `claim` and `reserve` do it by themselves."""
        ...

    def unused(self, tx: Connection, slots: Sequence[Slot]) -> None:
        """Nothing was sent in these slots: the hosts get them back."""
        ...

    def done(self, tx: Connection, claims: Sequence[Claim], visits: Mapping[int, Visited] = NO_VISITS) -> None:
        """These are closed. The queue forgets their text. Raises IntegrityError when a claim is no longer ours.

        `visits`, by ticket: what is worth another visit; whatever is not among them is never asked for again.
        """
        ...

    def visited_before(
        self,
        tx: Connection,
        before: float,
        *,
        listings: bool = False,
        after: tuple[float, int] = (0.0, 0),
        limit: int = 1_000,
    ) -> list[Past]:
        """A batch of the done URLs last visited before then, longest ago first, behind (time, ticket) `after`.

        `listings`: of the site maps and feeds only.
        """
        ...

    def visited(self, tx: Connection, keys: Iterable[bytes]) -> dict[bytes, Past]:
        """When those of `keys` that are done were visited; what never was is left out."""
        ...

    def defer(self, tx: Connection, claim: Claim, until: float) -> None:
        """Ask again at `until`, as the next attempt. Raises IntegrityError as `done`."""
        ...

    def requeue(self, tx: Connection, claims: Sequence[Claim]) -> None:
        """Nothing was tried: ask again at the host's next slot, as the same attempt. Raises as `done`."""
        ...

    def hold(self, tx: Connection, host_key: str, until: float) -> None:
        """Ask nothing of this host before `until` (its robots.txt is unreachable, or it asked us to wait)."""
        ...

    def block(self, tx: Connection, host_key: str, reason: str) -> int:
        """Claim nothing of this host until `unblock`. Returns how many of its URLs wait: `waiting` lists them."""
        ...

    def unblock(self, tx: Connection, host_key: str) -> None:
        """Undo `block`."""
        ...

    def waiting(
        self, tx: Connection, *, host_key: str | None = None, after: int = 0, limit: int = 1_000
    ) -> list[Waiting]:
        """A batch of what waits or is deferred, by ticket, after ticket `after`: for a second judgement."""
        ...

    def withdraw(self, tx: Connection, waiting: Sequence[Waiting]) -> list[Waiting]:
        """Take these out as done. Returns those that still waited: close exactly these."""
        ...

    def next_due(self, tx: Connection, now: float, *, of_all: bool = False) -> float | None:
        """When something can be claimed next (≥ now); None: nothing, until what is in flight comes back.

        By this shard; `of_all`: by any, in time that grows with the number of hosts that something waits at.
        """
        ...

    def counts(self, tx: Connection) -> QueueCounts:
        """How much there is, in time that grows with the number of hosts only."""
        ...
