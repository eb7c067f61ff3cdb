"""What the requester is told, in plain words: where the request stands, what was found, what follows (Art. 12 GDPR)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import PERSONS, RegistryEntry
from collector.registry.journal import append
from collector.registry.keyring import Keyring
from collector.registry.lifecycle import acknowledge
from collector.registry.propagation import Delivered, Status, TargetKind
from collector.registry.request import OWED, Request, RequestState
from collector.registry.schema import requester

_MOST = 20  # things asked for that are named one by one
_COMPLAIN = (
    "If you do not agree, answer this message. You may also complain to a data protection authority, for instance that "
    "of the place where you live or work (Art. 77 GDPR), and go to court."
)
_WORDS = {
    RequestState.VERIFYING: "We are checking that you may ask for this.",
    RequestState.VERIFIED: "We have checked that you may ask for this, and are deciding.",
    RequestState.IN_FORCE: "It is in force: our crawlers honour it.",
    RequestState.PARTIALLY_IN_FORCE: "A part of it is in force: our crawlers honour that part.",
    RequestState.SUSPENDED: "It is not in force at present.",
    RequestState.WITHDRAWN: "You have withdrawn it: it is no longer in force.",
    RequestState.EXPIRED: "The time it was asked for is over: it is no longer in force.",
    RequestState.REVOKED: "We have taken it out of force.",
    RequestState.SUPERSEDED: "Your newer request has taken its place.",
    RequestState.REJECTED: "We do not follow it.",
}
_REFUSED = frozenset(
    {RequestState.REJECTED, RequestState.REVOKED, RequestState.SUSPENDED, RequestState.PARTIALLY_IN_FORCE}
)
_KINDS = {
    TargetKind.FRONTIER: "addresses that waited to be fetched",
    TargetKind.STORE: "pages in store",
    TargetKind.RELEASE: "pages in released collections",
    TargetKind.RECIPIENT: "pages that others received from us",
}
_BECAME = {
    Status.QUEUED: "will be taken out",
    Status.DELIVERED: "the recipient was told",
    Status.APPLIED: "dropped",
    Status.REMOVED: "taken out",
    Status.EXEMPT: "stay: the request was for the future, or the law lets them stay",
    Status.FAILED: "could not be looked for yet",
}


def letter(
    request: Request, entries: Sequence[RegistryEntry], arrived: Iterable[Delivered], now: datetime, sender: str
) -> str:
    """The text, without greeting. Raises RegistryError for a draft: nobody has asked yet."""
    state = request.state(entries, now)
    if state is RequestState.DRAFT:
        raise RegistryError("a draft is not answered", mend="collector registry review REF --submit")
    lines = [
        f"Reference: {request.public_ref}",
        f"On {request.received_at:%d %B %Y} you asked {sender or 'us'} about:",
        *(f"  - {_thing(entry)}" for entry in entries[:_MOST]),
    ]
    if len(entries) > _MOST:
        lines.append(f"  - and {len(entries) - _MOST:,} more")
    lines += ["", _WORDS.get(state, "We have received it.")]
    if request.hold_reason and state is RequestState.NEEDS_INFO:
        lines.append(f"We need something from you first: {request.hold_reason}")
    if request.decision_reason and state is not RequestState.WITHDRAWN:
        lines.append(f"The reason: {request.decision_reason}")
    due = request.due(entries, now)
    if due is not None:
        lines.append(f"You have our answer by {due:%d %B %Y} at the latest.")
        if any(entry.in_force(now) for entry in entries):
            lines.append("Until then our crawlers treat it as if it were in force.")
    found = list(_found(entries, arrived))
    if found:
        lines += ["", "What we found, and what becomes of it:", *found]
    lines += ["", _COMPLAIN if state in _REFUSED else "You may change or withdraw it at any time: name the reference."]
    return "\n".join(lines) + "\n"


def contact_of(tx: Connection, keys: Keyring, request: Request) -> str:
    """Where the requester is reached; empty where no contact is known, or it was erased. Raises IntegrityError."""
    sealed = tx.execute(select(requester.c.contact_enc).where(requester.c.id == request.requester)).scalar()
    return keys.decrypt(sealed, f"contact:{request.requester}").decode("utf-8", "replace") if sealed else ""


def record_letter(
    tx: Connection, act: Act, request: Request, entries: Sequence[RegistryEntry], text: str, how: str
) -> None:
    """Write down that it went out: its digest, not its words. The first one acknowledges the request."""
    state = request.state(entries, act.at)
    if request.acknowledged_at is None:
        acknowledge(tx, act, request, how)
    kind = "informed" if state in OWED else "answered"
    append(tx, act, kind, request.id, state=state.value, how=how, sha256=hashlib.sha256(text.encode()).hexdigest())


def _thing(entry: RegistryEntry) -> str:
    uses = "" if set(entry.uses) == {"all"} else f" ({', '.join(entry.uses)})"
    if entry.scope_kind in PERSONS:
        return f"yourself, by the {entry.id_scheme} you named{uses}"
    return f"{entry.scope_value}{uses}"


def _found(entries: Sequence[RegistryEntry], arrived: Iterable[Delivered]) -> Iterable[str]:
    """Counts by kind and outcome, of the newest version of each entry."""
    newest = {(entry.id, entry.version) for entry in entries}
    counts: dict[tuple[TargetKind, Status], int] = {}
    for one in arrived:
        told = one.affected > 0 or one.status is Status.FAILED
        if (one.entry, one.version) in newest and told:
            key = (one.target.kind, one.status)
            counts[key] = counts.get(key, 0) + one.affected
    for kind, what in _KINDS.items():
        for status, became in _BECAME.items():
            if (kind, status) in counts:
                yield f"  - {counts[kind, status]:,} {what}: {became}"
