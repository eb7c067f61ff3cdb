"""Takes in a file of objections as one request: what is new is shown first, nothing is dropped unsaid."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert

from collector.lists.suffixes import is_public_suffix
from collector.model.errors import RegistryError
from collector.registry.act import Act
from collector.registry.entry import PLACES, EntryState, RegistryEntry, ScopeKind, Strength
from collector.registry.exchange.formats import Import
from collector.registry.exchange.line import Exchanged, exchanged_of
from collector.registry.journal import append, instant
from collector.registry.request import REVIEW, Channel, LegalBasis, RequesterKind, month_after
from collector.registry.schema import request, requester
from collector.registry.versions import add_versions, all_current

MAX_GROWTH = 0.5
_FEW = 1_000  # below so many, half is no sign of a mistake


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an import would do. `quarantined`: rows that would cover a whole public suffix."""

    new: tuple[Exchanged, ...]
    known: int
    quarantined: tuple[Exchanged, ...]


def candidate(tx: Connection, read: Import) -> Candidate:
    """Compare with what is in force or waits."""
    live = {EntryState.IN_FORCE, EntryState.PENDING}
    held = {exchanged_of(one) for one in all_current(tx).values() if one.scope_kind in PLACES and one.state in live}
    wide = tuple(one for one in read.entries if one.kind is ScopeKind.SUBTREE and is_public_suffix(one.host))
    new = tuple(one for one in read.entries if one not in held and one not in wide)
    return Candidate(new, len(read.entries) - len(new) - len(wide), wide)


def record_import(
    tx: Connection, act: Act, found: Candidate, reason: str, *, source: str, accept_growth: bool = False
) -> tuple[str, tuple[RegistryEntry, ...]]:
    """Record what is new, in force at once. Returns the public reference and the entries.

    Raises RegistryError without a reason, for nothing new, and for more growth than is believed unasked.
    """
    if not reason.strip():
        raise RegistryError("an import without a reason", mend="say where it comes from and why: --reason '…'")
    if not found.new:
        raise RegistryError("nothing in it is new", mend="nothing to do")
    held = len(all_current(tx))
    if len(found.new) > max(_FEW, held * MAX_GROWTH) and not accept_growth:
        raise RegistryError(
            f"{len(found.new):,} new entries beside {held:,}: quarantined",
            mend="look at it, then `collector registry import … --accept-growth`",
        )
    owner, identifier, ref = act.id("r"), act.id("q"), act.id("o").upper()
    kind, basis = RequesterKind.OPERATOR.value, LegalBasis.RESERVATION.value
    tx.execute(insert(requester).values(id=owner, kind=kind, contact_hash="", created_at=instant(act.at)))
    row = {
        "id": identifier,
        "public_ref": ref,
        "requester_id": owner,
        "channel": Channel.IMPORT.value,
        "legal_basis": basis,
        "received_at": instant(act.at),
        "submitted_at": instant(act.at),
        "granted_at": instant(act.at),
        "due_at": instant(month_after(act.at)),
        "extension_reason": "",
        "hold_reason": "",
        "decision_reason": "",
    }
    tx.execute(insert(request).values(**row))
    append(tx, act, "imported", identifier, ref=ref, source=source, entries=len(found.new))
    entries = tuple(_entry(act, owner, identifier, one, reason) for one in found.new)
    add_versions(tx, act, entries, reason)
    return ref, entries


def _entry(act: Act, owner: str, request_id: str, one: Exchanged, reason: str) -> RegistryEntry:
    return RegistryEntry(
        act.id("e"),
        1,
        request_id,
        owner,
        one.kind,
        one.value,
        one.effect,
        one.uses,
        EntryState.IN_FORCE,
        Strength.IDENTITY_VERIFIED,
        act.at,
        act.at,
        act.by,
        reason=reason,
        collections=one.collections,
        review_at=act.at + REVIEW,
    )
