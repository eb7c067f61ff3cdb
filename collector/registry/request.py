"""What somebody asked for: who, how it came in, until when it is due; and the state that follows from the facts."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Row, select

from collector.model.errors import RegistryError
from collector.registry.entry import EntryState, RegistryEntry, Strength
from collector.registry.schema import request as table
from collector.registry.schema import verification


class RequesterKind(StrEnum):
    """Who asks."""

    DATA_SUBJECT = "data_subject"
    RIGHTSHOLDER = "rightsholder"
    PUBLISHER = "publisher"
    SITE_OPERATOR = "site_operator"
    REPRESENTATIVE = "representative"
    PARENT_GUARDIAN = "parent_guardian"
    AUTHORITY = "authority"
    OPERATOR = "operator"


class Channel(StrEnum):
    """How it came in."""

    WEB = "web"
    API = "api"
    EMAIL = "email"
    POST = "post"
    IMPORT = "import"
    SYNC = "sync"
    DISCOVERED = "discovered"


class LegalBasis(StrEnum):
    """On what the requester relies. The first three are GDPR Art. 21, 17 and 18; then Directive 2019/790 Art. 4(3)."""

    OBJECTION = "gdpr_art21"
    ERASURE = "gdpr_art17"
    RESTRICTION = "gdpr_art18"
    RESERVATION = "tdm_art4_3"
    CONTRACT = "contract"
    LAW = "law_national"
    COURT = "court_order"
    COURTESY = "courtesy"


class RequestState(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    RECEIVED = "received"
    NEEDS_INFO = "needs_info"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    IN_FORCE = "in_force"
    PARTIALLY_IN_FORCE = "partially_in_force"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


OWED = frozenset({RequestState.RECEIVED, RequestState.NEEDS_INFO, RequestState.VERIFYING, RequestState.VERIFIED})


@dataclass(frozen=True, slots=True)
class Request:
    """A request as recorded. `state` is never stored: it follows."""

    id: str
    public_ref: str
    requester: str
    channel: Channel
    basis: LegalBasis
    received_at: datetime
    due_at: datetime
    extended_to: datetime | None
    hold_reason: str
    rejected: bool
    withdrawn: bool
    closed: bool
    decision_reason: str
    verifying: bool
    submitted_at: datetime | None
    verified_at: datetime | None
    verified_strength: Strength | None
    granted_at: datetime | None
    acknowledged_at: datetime | None

    def state(self, entries: Collection[RegistryEntry], now: datetime) -> RequestState:
        """From the request's facts and its entries as they stand at `now`; the order of events plays no part."""
        if self.withdrawn:
            return RequestState.WITHDRAWN
        if self.rejected:
            return RequestState.REJECTED
        if self.submitted_at is None:
            return RequestState.DRAFT
        states = {entry.state for entry in entries}
        granted = [entry for entry in entries if entry.state is EntryState.IN_FORCE and entry.in_force(now)]
        if granted and len(granted) == len(entries):
            return RequestState.IN_FORCE
        if self.hold_reason:
            return RequestState.NEEDS_INFO
        if granted:
            return RequestState.PARTIALLY_IN_FORCE
        if EntryState.SUSPENDED in states:
            return RequestState.SUSPENDED
        if EntryState.PENDING in states and self.verified_at is not None:
            return RequestState.VERIFIED
        if EntryState.PENDING in states:
            return RequestState.VERIFYING if self.verifying else RequestState.RECEIVED
        if states & {EntryState.EXPIRED, EntryState.IN_FORCE}:  # in force by its state, and over by its date
            return RequestState.EXPIRED
        return RequestState.SUPERSEDED if states == {EntryState.SUPERSEDED} else RequestState.REVOKED

    def due(self, entries: Collection[RegistryEntry], now: datetime) -> datetime | None:
        """Until when an answer is owed (Art. 12(3) GDPR); None where it is given."""
        return (self.extended_to or self.due_at) if self.state(entries, now) in OWED else None


def month_after(at: datetime, months: int = 1) -> datetime:
    """The same day `months` later, or that month's last: how Regulation 1182/71 Art. 3 counts a period of months."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def find(tx: Connection, ref: str) -> Request:
    """By public reference or id. Raises RegistryError where there is none."""
    row = tx.execute(select(table).where((table.c.public_ref == ref) | (table.c.id == ref))).first()
    if row is None:
        raise RegistryError(f"no request {ref[:64]!r}", mend="`collector registry list` names them")
    pending = select(verification.c.id).where(verification.c.request_id == row.id, verification.c.result == "pending")
    return _read(row, verifying=tx.execute(pending.limit(1)).first() is not None)


def requests(tx: Connection) -> tuple[Request, ...]:
    """All of them, by the time they came in."""
    rows = tx.execute(select(table).order_by(table.c.received_at, table.c.id)).all()
    pending = select(verification.c.request_id).where(verification.c.result == "pending")
    verifying = set(tx.execute(pending).scalars())
    return tuple(_read(row, verifying=row.id in verifying) for row in rows)


def _read(row: Row[tuple[object, ...]], *, verifying: bool) -> Request:
    got = row._mapping  # noqa: SLF001  SQLAlchemy's public name begins with an underscore
    return Request(
        got["id"],
        got["public_ref"],
        got["requester_id"],
        Channel(got["channel"]),
        LegalBasis(got["legal_basis"]),
        datetime.fromisoformat(got["received_at"]),
        datetime.fromisoformat(got["due_at"]),
        _instant(got["extended_to"]),
        got["hold_reason"],
        got["rejected_at"] is not None,
        got["withdrawn_at"] is not None,
        got["closed_at"] is not None,
        got["decision_reason"],
        verifying,
        _instant(got["submitted_at"]),
        _instant(got["verified_at"]),
        Strength(got["verified_strength"]) if got["verified_strength"] else None,
        _instant(got["granted_at"]),
        _instant(got["ack_at"]),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


PROVISIONAL = timedelta(days=30)
REVIEW = timedelta(days=5 * 365)
