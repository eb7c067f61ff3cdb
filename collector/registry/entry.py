"""One entry of the opt-out registry in one of its versions, and which version of several counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from collector.registry.vocabulary import UseLabel


class ScopeKind(StrEnum):
    """What an entry is about. The first five are places of the web, the others are looked for in what is there."""

    HOST = "host"
    SUBTREE = "subtree"
    PREFIX = "prefix"
    URL = "url"
    CIDR = "cidr"
    PERSON_ID = "person_id"
    PERSON_NAME = "person_name"
    WORK = "work"
    CONTENT_HASH = "content_hash"
    ACCOUNT = "account"


PLACES = frozenset({ScopeKind.HOST, ScopeKind.SUBTREE, ScopeKind.PREFIX, ScopeKind.URL, ScopeKind.CIDR})
PERSONS = frozenset({ScopeKind.PERSON_ID, ScopeKind.PERSON_NAME, ScopeKind.ACCOUNT})


class Effect(StrEnum):
    """What is asked for."""

    DENY_FETCH = "deny_fetch"
    DENY_STORE = "deny_store"
    DENY_USE = "deny_use"
    REDACT = "redact"
    ALLOW = "allow"  # the requester's own narrower permission


class EntryState(StrEnum):
    """Where an entry stands. `pending` with provisional protection is in force too."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Strength(StrEnum):
    """How well it is known that the requester may ask for this."""

    ASSERTED = "asserted"
    EMAIL_VERIFIED = "email_verified"
    CONTROL_VERIFIED = "control_verified"
    IDENTITY_VERIFIED = "identity_verified"
    AUTHORITY = "authority"


class Retroactive(StrEnum):
    """What of the past it reaches."""

    FUTURE = "future"
    STORED = "future+stored"
    DERIVED = "future+stored+derived"


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A version of an entry. Times are aware, UTC; a person is named by keyed hash only."""

    id: str
    version: int
    request: str
    owner: str  # requester: an allow lifts the same owner's entries only
    scope_kind: ScopeKind
    scope_value: str  # as asked; empty for persons
    effect: Effect
    uses: tuple[UseLabel, ...]
    state: EntryState
    strength: Strength
    effective_from: datetime
    recorded_at: datetime
    recorded_by: str
    reason: str = ""
    collections: tuple[str, ...] = ("*",)
    retroactive: Retroactive = Retroactive.FUTURE
    whole_suffix: bool = False
    id_scheme: str = ""
    id_hash: str = ""  # hex, keyed
    pepper_id: str = ""
    provisional_until: datetime | None = None
    expires_at: datetime | None = None
    review_at: datetime | None = None
    superseded_by: str = ""
    source_registry: str = ""
    source_ref: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over everything it says, in hex."""
        said = json.dumps(as_row(self), sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return hashlib.sha256(said).hexdigest()

    @property
    def ends_at(self) -> datetime | None:
        """When a date ends it without anybody's word; None where none does, or it has ended."""
        if self.state not in {EntryState.PENDING, EntryState.IN_FORCE, EntryState.SUSPENDED}:
            return None
        until = self.provisional_until if self.state is EntryState.PENDING and not self.waits_for_decision else None
        return min((at for at in (self.expires_at, until) if at is not None), default=None)

    @property
    def waits_for_decision(self) -> bool:
        """Proven, and not decided: it protects until a person decides (Art. 18(1)(d)); a permission does nothing."""
        proven = self.strength is not Strength.ASSERTED and self.effect is not Effect.ALLOW
        return self.state is EntryState.PENDING and proven

    def in_force(self, now: datetime) -> bool:
        """Whether it binds at `now`.

        An end that has passed counts; a beginning does not: an objection that is announced is an objection.
        """
        if self.expires_at is not None and self.expires_at <= now:
            return False
        if self.state is EntryState.PENDING:
            provisional = self.provisional_until is not None and now < self.provisional_until
            return provisional or self.waits_for_decision
        return self.state is EntryState.IN_FORCE


def as_row(entry: RegistryEntry) -> dict[str, str | int | bool | list[str] | None]:
    """Plain values under the field names, for JSON and for the table. Times in ISO 8601, UTC."""
    row: dict[str, str | int | bool | list[str] | None] = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, datetime):
            row[field.name] = value.isoformat(timespec="microseconds")
        elif isinstance(value, tuple):
            row[field.name] = [str(part) for part in value]
        else:
            row[field.name] = str(value) if isinstance(value, StrEnum) else value
    return row


# Of two contents under one version number, which a faulty or lying peer could send, the stricter counts.
_STRICT = {
    EntryState.IN_FORCE: 5,
    EntryState.PENDING: 4,
    EntryState.SUSPENDED: 3,
    EntryState.EXPIRED: 2,
    EntryState.SUPERSEDED: 1,
    EntryState.REVOKED: 0,
}


def current(versions: Iterable[RegistryEntry]) -> dict[str, RegistryEntry]:
    """The version that counts, per id: the newest; of two that claim to be it, the stricter.

    A set of versions has one answer, in whatever order and how often they arrive.
    """
    newest: dict[str, RegistryEntry] = {}
    for entry in versions:
        known = newest.get(entry.id)
        if known is None or _rank(entry) > _rank(known):
            newest[entry.id] = entry
    return newest


def _rank(entry: RegistryEntry) -> tuple[int, bool, int, str]:
    return entry.version, entry.effect is not Effect.ALLOW, _STRICT[entry.state], entry.digest
