"""Takes in a request: recorded with its due date, protected at once where that is safe, in force where proven."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import (
    PERSONS,
    PLACES,
    Effect,
    EntryState,
    RegistryEntry,
    Retroactive,
    ScopeKind,
    Strength,
)
from collector.registry.journal import append, instant
from collector.registry.keyring import Keyring
from collector.registry.lifecycle import submit
from collector.registry.person import canonical_identifier, inner_digest, keyed, pepper_id
from collector.registry.request import (
    PROVISIONAL,
    REVIEW,
    Channel,
    LegalBasis,
    Request,
    RequesterKind,
    find,
    month_after,
)
from collector.registry.schema import request, requester
from collector.registry.scope import Scope, check_width, read_scope, scope_of, too_wide_to_protect
from collector.registry.versions import add_version, of_request
from collector.registry.vocabulary import UseLabel, normal
from collector.registry.wire import MAX_REASON

PER_DAY = 20  # provisional protections per contact
_NOT_HANDED_IN = "a draft binds nobody before it is handed in"
_BROKEN = re.compile(r"[\x00\ud800-\udfff]")  # no database keeps these


@dataclass(frozen=True, slots=True)
class Objection:
    """What is asked for. `proven`: the keeper has checked it and `reason` is the note; else it is an assertion."""

    value: str
    reason: str
    kind: ScopeKind | None = None
    effect: Effect = Effect.DENY_FETCH
    uses: tuple[UseLabel, ...] = (UseLabel.ALL,)
    collections: tuple[str, ...] = ("*",)
    retroactive: Retroactive = Retroactive.FUTURE
    scheme: str = ""  # of a person's identifier
    proven: bool = True
    draft: bool = False  # not handed in yet: it binds nobody
    whole_suffix: bool = False
    requester: RequesterKind = RequesterKind.RIGHTSHOLDER
    channel: Channel = Channel.POST
    basis: LegalBasis = LegalBasis.RESERVATION
    contact: str = ""
    same_requester_as: str = ""  # public reference
    received_at: datetime | None = None
    expires_at: datetime | None = None
    once: str = ""  # the same key again answers with the first request


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of it. `unprotected`: why an unproven objection binds nobody yet; empty where it does."""

    request: str
    public_ref: str
    entry: RegistryEntry
    due_at: datetime
    unprotected: str = ""


def take_in(
    tx: Connection, act: Act, keys: Keyring, objection: Objection, *, popular: frozenset[str] = frozenset()
) -> Recorded:
    """Record it within the caller's transaction. Raises RegistryError, with the mend; then nothing is written."""
    reason = objection.reason.strip()
    if not reason or len(reason) > MAX_REASON or _BROKEN.search(reason):
        wrong = "the reason is too long, or no text" if reason else "an objection without a reason"
        raise RegistryError(wrong, mend="say why: --reason 'letter of 3 May'")
    if objection.once:
        known = tx.execute(select(request.c.id).where(request.c.idempotency_key == objection.once)).scalar()
        if known is not None:
            first = find(tx, known)
            return Recorded(first.id, first.public_ref, of_request(tx, first.id)[0], first.due_at)
    scope = _scope(objection)
    check_width(scope, whole_suffix=objection.whole_suffix)
    owner = _requester(tx, act, keys, objection)
    if objection.draft and objection.proven:
        raise RegistryError("a draft is not proven", mend="record it as an assertion: --unproven --draft")
    unprotected = ""
    if not objection.proven:
        contact = contact_hash(keys, objection.contact)
        unprotected = _unprotected(tx, act, contact, objection.effect, scope, popular)
    unprotected = _NOT_HANDED_IN if objection.draft else unprotected
    received = objection.received_at or act.at
    if received > act.at:
        raise RegistryError("received in the future", mend="give the day the letter came in: --received 2027-05-01")
    row = {
        "id": act.id("q"),
        "public_ref": act.id("o").upper(),
        "requester_id": owner,
        "channel": objection.channel.value,
        "legal_basis": objection.basis.value,
        "received_at": instant(received),
        "due_at": instant(month_after(received)),
        "submitted_at": None if objection.draft else instant(received),
        "verified_at": instant(act.at) if objection.proven else None,
        "verified_strength": _strength(objection).value if objection.proven else "",
        "granted_at": instant(act.at) if objection.proven else None,
        "extension_reason": "",
        "hold_reason": "",
        "decision_reason": "",
        "idempotency_key": objection.once or None,
    }
    entry = RegistryEntry(
        act.id("e"),
        1,
        row["id"] or "",
        owner,
        scope.kind,
        scope.value,
        objection.effect,
        normal(objection.uses),
        EntryState.IN_FORCE if objection.proven else EntryState.PENDING,
        _strength(objection),
        act.at,
        act.at,
        act.by,
        reason=reason,
        collections=tuple(sorted(set(objection.collections))) or ("*",),
        retroactive=objection.retroactive,
        whole_suffix=objection.whole_suffix,
        provisional_until=None if objection.proven or unprotected else act.at + PROVISIONAL,
        expires_at=objection.expires_at,
        review_at=act.at + REVIEW if scope.kind in PLACES else None,
    )
    sealed: dict[str, bytes] = {}
    if scope.kind in PERSONS:
        entry, sealed = _as_person(keys, entry, objection)
    tx.execute(insert(request).values(**row, **sealed))
    said = {"ref": str(row["public_ref"])} | ({} if objection.draft else {"due": str(row["due_at"])})
    append(tx, act, "drafted" if objection.draft else "received", str(row["id"]), **said)
    add_version(tx, act, entry, reason)
    return Recorded(str(row["id"]), str(row["public_ref"]), entry, month_after(received), unprotected)


def _scope(objection: Objection) -> Scope:
    if objection.kind in PERSONS:
        if objection.effect is Effect.ALLOW:
            raise RegistryError("an entry about a person allows nothing", mend="leave the permission out")
        canonical_identifier(objection.scheme, objection.value)
        return Scope(objection.kind, "")
    return read_scope(objection.value, objection.kind)


def _strength(objection: Objection) -> Strength:
    if not objection.proven:
        return Strength.ASSERTED
    return Strength.AUTHORITY if objection.requester is RequesterKind.AUTHORITY else Strength.IDENTITY_VERIFIED


def _as_person(keys: Keyring, entry: RegistryEntry, objection: Objection) -> tuple[RegistryEntry, dict[str, bytes]]:
    """The entry with keyed hash, and what of the identifier is kept, encrypted: the plain form only until verified."""
    inner, pepper = inner_digest(objection.scheme, objection.value), keys.pepper
    named = replace(
        entry, id_scheme=objection.scheme, id_hash=keyed(pepper, inner), pepper_id=pepper_id(pepper), scope_value=""
    )
    sealed = {"inner_enc": keys.encrypt(inner, f"inner:{entry.request}")}
    if not objection.proven:
        sealed["plain_enc"] = keys.encrypt(objection.value.encode("utf-8", "surrogatepass"), f"plain:{entry.request}")
    return named, sealed


def contact_hash(keys: Keyring, contact: str) -> str:
    """What a contact is found again by; empty for none."""
    text = "".join(contact.split()).casefold()
    return keyed(keys.pepper, b"contact|" + text.encode("utf-8", "surrogatepass")) if text else ""


def _requester(tx: Connection, act: Act, keys: Keyring, objection: Objection) -> str:
    if objection.same_requester_as:
        return find(tx, objection.same_requester_as).requester
    if objection.effect is Effect.ALLOW:
        raise RegistryError(
            "a permission belongs to an objection: whose is it?",
            mend="name the requester's own objection: --same-requester-as O-…",
        )
    new = act.id("r")
    sealed = None
    if objection.contact.strip():
        sealed = keys.encrypt(objection.contact.strip().encode("utf-8", "surrogatepass"), f"contact:{new}")
    tx.execute(
        insert(requester).values(
            id=new,
            kind=objection.requester.value,
            contact_enc=sealed,
            contact_hash=contact_hash(keys, objection.contact),
            created_at=instant(act.at),
        )
    )
    return new


def hand_in(
    tx: Connection, act: Act, handed: Request, *, popular: frozenset[str] = frozenset()
) -> tuple[tuple[RegistryEntry, ...], str]:
    """Submit a draft. Returns its entries, and why an unproven one binds nobody yet. Raises RegistryError."""
    entry = of_request(tx, handed.id)[0]
    scope = Scope(entry.scope_kind, "") if entry.scope_kind in PERSONS else scope_of(entry)
    whose = select(requester.c.contact_hash).where(requester.c.id == handed.requester)
    hashed = str(tx.execute(whose).scalar_one())
    why = "" if handed.verified_at else _unprotected(tx, act, hashed, entry.effect, scope, popular)
    return submit(tx, act, handed, why), why


def _unprotected(tx: Connection, act: Act, contact: str, effect: Effect, scope: Scope, popular: frozenset[str]) -> str:
    """Why an unproven word has no effect before it is verified; empty where it has, for 30 days (Art. 18(1)(d))."""
    if effect is Effect.ALLOW:
        return "a permission counts once it is verified"
    wide = too_wide_to_protect(scope, popular)
    if wide:
        return wide
    day_ago = instant(act.at - timedelta(days=1))
    today = (
        select(func.count())
        .select_from(requester)
        .where(requester.c.contact_hash == contact, requester.c.created_at > day_ago)
    )
    if tx.execute(today).scalar_one() > PER_DAY:
        return f"more than {PER_DAY} objections of one contact in a day: the rest wait for verification"
    return ""
