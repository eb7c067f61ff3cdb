"""What can happen to a request after it came in: each step a new version of its entries and a line in the chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, update

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import PERSONS, Effect, EntryState, RegistryEntry, Strength
from collector.registry.journal import append, instant
from collector.registry.request import PROVISIONAL, Request, month_after
from collector.registry.schema import request as table
from collector.registry.schema import requester
from collector.registry.versions import add_version, amend, of_request, over_by

_LIVE = frozenset({EntryState.PENDING, EntryState.IN_FORCE, EntryState.SUSPENDED})
_WEAKEST_FIRST = tuple(Strength)


def submit(tx: Connection, act: Act, request: Request, unprotected: str = "") -> tuple[RegistryEntry, ...]:
    """A draft is handed in: the month begins, and what was asserted protects, unless `unprotected` says why not."""
    _still_open(request)
    if request.submitted_at is not None:
        raise RegistryError(f"{request.public_ref} was handed in before", mend="a draft is handed in once")
    at, due = instant(act.at), instant(month_after(act.at))
    values = {"submitted_at": at, "received_at": at, "due_at": due}
    tx.execute(update(table).where(table.c.id == request.id).values(**values))
    append(tx, act, "received", request.id, ref=request.public_ref, due=due)
    if request.verified_strength is not None:
        state = EntryState.IN_FORCE if request.granted_at is not None else EntryState.PENDING
        return _prove(tx, act, request, request.verified_strength, "handed in, proven before", state)
    done = []
    for entry in of_request(tx, request.id):
        until = None if unprotected else act.at + PROVISIONAL
        done.append(replace(entry, version=entry.version + 1, provisional_until=until, recorded_at=act.at))
        add_version(tx, act, done[-1], "handed in")
    return tuple(done)


def verify(tx: Connection, act: Act, request: Request, strength: Strength, why: str) -> tuple[RegistryEntry, ...]:
    """Proven, and somebody decides later: until then it protects. A person's plain identifier goes."""
    return _proven(tx, act, request, strength, why, EntryState.PENDING)


def grant(tx: Connection, act: Act, request: Request, strength: Strength, why: str) -> tuple[RegistryEntry, ...]:
    """Proven and followed: its entries are in force; those of a draft once it is handed in."""
    done = _proven(tx, act, request, strength, why, EntryState.IN_FORCE)
    given = {"granted_at": instant(request.granted_at or act.at), "hold_reason": ""}
    tx.execute(update(table).where(table.c.id == request.id).values(**given))
    return done


def _proven(
    tx: Connection, act: Act, request: Request, strength: Strength, why: str, state: EntryState
) -> tuple[RegistryEntry, ...]:
    _still_open(request)
    done = () if request.submitted_at is None else _prove(tx, act, request, strength, why, state)
    stronger = max(request.verified_strength or strength, strength, key=_WEAKEST_FIRST.index)
    values = {"verified_at": instant(request.verified_at or act.at), "verified_strength": stronger.value}
    tx.execute(update(table).where(table.c.id == request.id).values(plain_enc=None, **values))
    append(tx, act, "verified", request.id, strength=strength.value, reason=why)
    return done


def decide(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """What was proven before is followed. Raises RegistryError where nothing was proven."""
    _reason(why)
    if request.verified_strength is None:
        raise RegistryError(f"{request.public_ref} is not proven", mend="collector registry verify … first")
    return grant(tx, act, request, request.verified_strength, why)


def _prove(
    tx: Connection, act: Act, request: Request, strength: Strength, why: str, state: EntryState
) -> tuple[RegistryEntry, ...]:
    """Every live entry at least as strong, and at least as far as `state`."""
    done = []
    for entry in of_request(tx, request.id):
        if entry.state in _LIVE:
            stronger = max(entry.strength, strength, key=_WEAKEST_FIRST.index)
            to = EntryState.IN_FORCE if EntryState.IN_FORCE in {state, entry.state} else entry.state
            unchanged = (entry.strength, entry.state) == (stronger, to)
            done.append(entry if unchanged else amend(tx, act, replace(entry, strength=stronger), why, to))
    return tuple(done)


def withdraw(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """The requester takes it back: its entries are revoked, the feed says so, the history stays."""
    return _end(tx, act, request, why, "withdrawn")


def reject(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """We do not follow it, and say why (Art. 12(4) GDPR: and where to complain)."""
    return _end(tx, act, request, why, "rejected")


def _end(tx: Connection, act: Act, request: Request, why: str, how: str) -> tuple[RegistryEntry, ...]:
    _reason(why)
    _still_open(request)
    gone = [
        amend(tx, act, entry, why, EntryState.REVOKED) for entry in of_request(tx, request.id) if entry.state in _LIVE
    ]
    ended = {f"{how}_at": instant(act.at), "closed_at": instant(act.at), "decision_reason": why}
    tx.execute(update(table).where(table.c.id == request.id).values(plain_enc=None, **ended))
    append(tx, act, how, request.id, reason=why)
    return tuple(gone)


def revoke(tx: Connection, act: Act, request: Request, why: str) -> tuple[RegistryEntry, ...]:
    """Out of force for good by our own decision: a forged proof, a judgement. It was followed, and is no more."""
    _reason(why)
    _still_open(request)
    live = (entry for entry in of_request(tx, request.id) if entry.state in _LIVE)
    gone = tuple(amend(tx, act, entry, why, EntryState.REVOKED) for entry in live)
    ended = {"closed_at": instant(act.at), "decision_reason": why, "hold_reason": "", "plain_enc": None}
    tx.execute(update(table).where(table.c.id == request.id).values(**ended))
    append(tx, act, "revoked", request.id, reason=why)
    return gone


def supersede(tx: Connection, act: Act, request: Request, by: Request, why: str) -> tuple[RegistryEntry, ...]:
    """The same requester's newer request takes its place. Raises RegistryError where it is another's, or no no."""
    _reason(why)
    _still_open(request)
    if request.id == by.id:
        raise RegistryError("a request cannot take its own place")
    entries = of_request(tx, by.id)
    if not any(entry.in_force(act.at) and entry.effect is not Effect.ALLOW for entry in entries):
        raise RegistryError(f"{by.public_ref} is not in force", mend="verify it first: nothing may open in between")
    live = [entry for entry in of_request(tx, request.id) if entry.state in _LIVE]
    for entry in live:
        narrow(tx, act, entry, entries[0], why)
    ended = {"closed_at": instant(act.at), "decision_reason": why, "hold_reason": "", "plain_enc": None}
    tx.execute(update(table).where(table.c.id == request.id).values(**ended))
    append(tx, act, "superseded", request.id, by=by.public_ref, reason=why)
    return tuple(live)


def acknowledge(tx: Connection, act: Act, request: Request, how: str) -> None:
    """The requester knows the reference and the date. The first time counts."""
    at = instant(request.acknowledged_at or act.at)
    tx.execute(update(table).where(table.c.id == request.id).values(ack_at=at))
    append(tx, act, "acknowledged", request.id, how=how)


def erase_contact(tx: Connection, act: Act, request: Request) -> None:
    """Once answered, who asked is forgotten, the objection stays (Art. 5(1)(e) GDPR)."""
    if request.due(of_request(tx, request.id), act.at) is not None:
        raise RegistryError(f"{request.public_ref} is not answered yet", mend="answer it first")
    values = {"contact_enc": None, "contact_hash": "", "erased_at": instant(act.at)}
    tx.execute(update(requester).where(requester.c.id == request.requester).values(**values))
    append(tx, act, "contact_erased", request.id)


def hold(tx: Connection, act: Act, request: Request, why: str) -> None:
    """We need something from the requester, and say what. Protection goes on meanwhile."""
    _reason(why)
    _still_open(request)
    tx.execute(update(table).where(table.c.id == request.id).values(hold_reason=why))
    append(tx, act, "needs_info", request.id, reason=why)


def release(tx: Connection, act: Act, request: Request) -> None:
    """What was missing has come."""
    tx.execute(update(table).where(table.c.id == request.id).values(hold_reason=""))
    append(tx, act, "info_received", request.id)


def extend(tx: Connection, act: Act, request: Request, why: str) -> datetime:
    """Two further months, once, where requests are complex or many (Art. 12(3) GDPR). Returns the new date."""
    _reason(why)
    if request.submitted_at is None:
        raise RegistryError("a draft: nobody is owed an answer yet", mend="collector registry review REF --submit")
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
    _still_open(request)
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


def _still_open(request: Request) -> None:
    if request.closed:
        how = "withdrawn" if request.withdrawn else "rejected" if request.rejected else "closed"
        raise RegistryError(f"{request.public_ref} was {how}: {request.decision_reason}", mend="record a new one")
