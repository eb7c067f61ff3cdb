"""What the crawler knows of one request on its way: kept beside the Request, where no spider can forge it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from collector.crawler.network.arrived import Arrived
from collector.frontier.frontier import Claim, Slot, Visited
from collector.ledger.captures import CaptureRow
from collector.model.decision import Decision
from collector.model.errors import CollectorError
from collector.model.event import Stop
from collector.model.page import Admitted, Candidate, Imported


class Refusal(IgnoreRequest):
    """The way of a candidate ended before its response could be delivered; already recorded."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        super().__init__(f"{stop.outcome}: {stop.reason}")


class PutOff(IgnoreRequest):
    """Others of the same address stand before it: the queue has it back until `until`, epoch seconds."""

    def __init__(self, until: float) -> None:
        self.until = until
        super().__init__("put off")


class NotAdmittedError(CollectorError):
    """A request reached the network without having passed the gates as it is: it was stopped there."""


@dataclass(frozen=True, slots=True)
class Trail:
    """How somebody's own spider came to a request. Never read from its meta, which the spider writes."""

    depth: int = 0
    hops: str = ""
    via: str | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request: seconds for all of it, bytes of its body (0: as many as come); is half of one an answer?"""

    seconds: float
    max_body: int
    whole: bool = True


@dataclass(eq=False)
class Ticket:
    """One attempt at one candidate."""

    candidate: Candidate
    key: bytes  # url_key
    host_key: str  # politeness key
    registered_domain: str
    claim: Claim | None = None  # None: our own site file, or asked for by somebody's own spider
    reserved: Slot | None = None  # a turn that was taken for it and not used yet
    slot: Slot | None = None  # the turn it goes out in
    address: str = ""  # whose clock it keeps beside its host's; empty: none, or not known yet
    at_address: bool = False  # it counts there as in flight
    site_file: bool = False  # our own request for robots.txt and the like
    limits: Limits | None = None  # None: the policy's
    admitted: Admitted | None = None
    judged: tuple[int, float] | None = None  # by which generation of lists and registry, and when (epoch seconds)
    started_at: float | None = None  # epoch seconds, when the request went out; it goes out once
    sent_at: float | None = None  # epoch seconds, when it was written to a connection that stands
    latency: float = 0.0  # seconds from sending the request to the first bytes of its answer
    condition: CaptureRow | None = None  # what we hold: only what changed since was asked for (RFC 9110 §13)
    visited: Visited | None = None  # what the answer says for the next visit
    arrived: Arrived | None = None  # the answer as it was sent, for the gates only
    imported: Imported | None = None  # not asked for at all: read from somebody else's archive
    closed: bool = False
    again: tuple[Stop, float] | None = None  # what this attempt came to, and when (epoch seconds) another one follows

    @property
    def admitted_decisions(self) -> tuple[Decision, ...]:
        """Of the gates that it has passed before it went out."""
        return self.admitted.decisions if self.admitted else ()

    @property
    def from_frontier(self) -> bool:
        """Whether the queue handed it out."""
        return self.claim is not None


@dataclass
class Tickets:
    """Every ticket in flight, by its Request object where it has one."""

    _by_request: WeakKeyDictionary[Request, Ticket] = field(default_factory=WeakKeyDictionary)
    _without: set[Ticket] = field(default_factory=set)

    def put(self, request: Request, ticket: Ticket) -> None:
        """Remember `ticket` for as long as the Request lives."""
        self._by_request[request] = ticket

    def get(self, request: Request) -> Ticket | None:
        """The request's ticket, or None for a request nobody has judged."""
        return self._by_request.get(request)

    def enter(self, ticket: Ticket) -> None:
        """One without a Request sets out; it is in flight until it has `left`."""
        self._without.add(ticket)

    def left(self, ticket: Ticket) -> None:
        """It is back, or never will be."""
        self._without.discard(ticket)

    def __iter__(self) -> Iterator[Ticket]:
        """Every one whose Request lives, or that has none and has not left."""
        return iter([*self._by_request.values(), *self._without])
