"""What can happen to a request after it came in: each step a new version of its entries and a line in the chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, update

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import PERSONS, Effect, EntryState, RegistryEntry, Strength
from collector.registry.journal import append, instant
from collector.registry.request import Request, month_after
from collector.registry.schema import request as table
from collector.registry.versions import add_version, amend, of_request, over_by

_LIVE = frozenset({EntryState.PENDING, EntryState.IN_FORCE, EntryState.SUSPENDED})
_WEAKEST_FIRST = tuple(Strength)


def grant(tx: Connection, act: Act, request: Request, strength: Strength, why: str) -> tuple[RegistryEntry, ...]:
    """Proven: its entries are in force. A person's plain identifier has done its work and goes."""
    _still_open(request, act)
    done = []
    for entry in of_request(tx, request.id):
        if entry.state in _LIVE:
            stronger = max(entry.strength, strength, key=_WEAKEST_FIRST.index)
            proven = replace(entry, strength=stronger)
            unchanged = entry.state is EntryState.IN_FORCE and stronger == entry.strength
            done.append(entry if unchanged else amend(tx, act, proven, why, EntryState.IN_FORCE))
    tx.execute(update(table).where(table.c.id == request.id).values(plain_enc=None, hold_reason=""))
    append(tx, act, "verified", request.id, strength=strength.value, reason=why)
    return tuple(done)


def withdraw(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """The requester takes it back: its entries are revoked, the feed says so, the history stays."""
    return _end(tx, act, request, why, "withdrawn")


def reject(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """We do not follow it, and say why (Art. 12(4) GDPR: and where to complain)."""
    return _end(tx, act, request, why, "rejected")


def _end(tx: Connection, act: Act, request: Request, why: str, how: str) -> tuple[RegistryEntry, ...]:
    _reason(why)
    _still_open(request, act)
    gone = [
        amend(tx, act, entry, why, EntryState.REVOKED) for entry in of_request(tx, request.id) if entry.state in _LIVE
    ]
    ended = {f"{how}_at": instant(act.at), "closed_at": instant(act.at), "decision_reason": why}
    tx.execute(update(table).where(table.c.id == request.id).values(plain_enc=None, **ended))
    append(tx, act, how, request.id, reason=why)
    return tuple(gone)


def hold(tx: Connection, act: Act, request: Request, why: str) -> None:
    """We need something from the requester, and say what. Protection goes on meanwhile."""
    _reason(why)
    _still_open(request, act)
    tx.execute(update(table).where(table.c.id == request.id).values(hold_reason=why))
    append(tx, act, "needs_info", request.id, reason=why)


def release(tx: Connection, act: Act, request: Request) -> None:
    """What was missing has come."""
    tx.execute(update(table).where(table.c.id == request.id).values(hold_reason=""))
    append(tx, act, "info_received", request.id)


def extend(tx: Connection, act: Act, request: Request, why: str) -> datetime:
    """Two further months, once, where requests are complex or many (Art. 12(3) GDPR). Returns the new date."""
    _reason(why)
    if request.extended_to is not None:
        raise RegistryError("extended once already", mend="Art. 12(3) GDPR allows two further months, and no more")
    if act.at > request.due_at:
        raise RegistryError("the month is over: an extension is told to the requester within it", mend="answer now")
    until = month_after(request.received_at, 3)
    values = {"extended_to": instant(until), "extension_reason": why}
    tx.execute(update(table).where(table.c.id == request.id).values(**values))
    append(tx, act, "extended", request.id, until=instant(until), reason=why)
    return until


def suspend(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """Out of force after a person has looked (the domain was sold, the proof has lapsed). Never done by a timer."""
    _reason(why)
    _still_open(request, act)
    live = (entry for entry in of_request(tx, request.id) if entry.state in {EntryState.IN_FORCE, EntryState.PENDING})
    gone = tuple(amend(tx, act, entry, why, EntryState.SUSPENDED) for entry in live)
    append(tx, act, "suspended", request.id, reason=why)
    return gone


def narrow(tx: Connection, act: Act, entry: RegistryEntry, by: RegistryEntry, why: str) -> None:
    """`by` takes the place of `entry`. Raises RegistryError where they are different requesters'."""
    if entry.owner != by.owner:
        raise RegistryError("another requester's entry cannot take its place")
    amend(tx, act, replace(entry, superseded_by=by.id), why, EntryState.SUPERSEDED)


def end_what_is_over(tx: Connection, act: Act) -> tuple[RegistryEntry, ...]:
    """Write down that dates have passed: ends that were asked for, and provisional protections never verified."""
    ended = []
    for _, entry in sorted(over_by(tx, act.at).items()):
        if entry.source_registry:
            continue  # its own registry says when it ends
        if entry.expires_at is not None and entry.expires_at <= act.at and entry.state in _LIVE:
            ended.append(amend(tx, act, entry, "the date it was asked for until", EntryState.EXPIRED))
        elif entry.state is EntryState.PENDING and entry.provisional_until and entry.provisional_until <= act.at:
            over = replace(entry, version=entry.version + 1, provisional_until=None, recorded_at=act.at)
            add_version(tx, act, over, "not verified within the time of provisional protection")
            tx.execute(update(table).where(table.c.id == entry.request).values(plain_enc=None))
            ended.append(over)
    return tuple(ended)


def may_be_proven_by_web(entries: tuple[RegistryEntry, ...]) -> bool:
    """Whether control of a site says anything about what was asked."""
    return all(entry.scope_kind not in PERSONS for entry in entries)


def is_permission(entries: tuple[RegistryEntry, ...]) -> bool:
    """Whether the request would open something: then weak proofs do not do."""
    return any(entry.effect is Effect.ALLOW for entry in entries)


def _reason(why: str) -> None:
    if not why.strip():
        raise RegistryError("a decision without a reason", mend="say why: --reason '…'")


def _still_open(request: Request, act: Act) -> None:
    if request.withdrawn or request.rejected:
        how = "withdrawn" if request.withdrawn else "rejected"
        raise RegistryError(
            f"{request.public_ref} was {how}: {request.decision_reason}", mend=f"record a new one ({act.by})"
        )
