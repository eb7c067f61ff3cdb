"""What happened since the last flush: pages, endings, second attempts, site files and new candidates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from collector.archive.record import SiteAnswer
from collector.crawler.network.ticket import Ticket
from collector.ledger.captures import FirstCopy
from collector.model.event import ClosingEvent, Stop
from collector.model.page import Candidate, Minimised
from collector.model.url import Origin
from collector.signals.site_file import SiteFile


@dataclass
class Kept:
    """A page, or the empty answer of a redirect, to archive."""

    ticket: Ticket
    page: Minimised
    at: datetime
    not_modified: FirstCopy | None = None  # the server said that what we hold still stands: which record that is


@dataclass
class Again:
    """A candidate that comes back at `until`, epoch seconds."""

    ticket: Ticket
    stop: Stop
    at: datetime
    until: float


@dataclass
class Signal:
    """A site's answer for signals/, with the id its record will have."""

    record: UUID
    answer: SiteAnswer


@dataclass
class Buffer:
    """Everything since the last flush, in memory only."""

    kept: list[Kept] = field(default_factory=list)
    closings: list[tuple[Ticket, ClosingEvent]] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    site_files: list[tuple[Origin, str, SiteFile]] = field(default_factory=list)
    found: dict[bytes, Candidate] = field(default_factory=dict)
    holds: dict[str, float] = field(default_factory=dict)
    given_up: dict[Origin, Stop] = field(default_factory=dict)
    bytes: int = 0

    def __len__(self) -> int:
        return (
            len(self.kept)
            + len(self.closings)
            + len(self.again)
            + len(self.signals)
            + len(self.site_files)
            + (len(self.found) + 19) // 20
        )
