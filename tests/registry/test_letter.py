"""collector.registry.letter: what the requester is told in every state, with reasons, dates and counts (Art. 12 GDPR)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from collector.model.errors import RegistryError
from collector.registry import lifecycle
from collector.registry.entry import Effect, RegistryEntry, Retroactive, ScopeKind, Strength
from collector.registry.intake import Recorded, hand_in
from collector.registry.journal import events
from collector.registry.letter import contact_of, letter, record_letter
from collector.registry.propagation import Delivered, Status, Target, TargetKind
from collector.registry.request import Request
from collector.registry.versions import of_request
from tests.support.registry import Keeper

Step = Callable[[Connection, Keeper, Request], object]


def told(desk: Keeper, recorded: Recorded, *arrived: Delivered) -> str:
    with desk.store.snapshot() as tx:
        return letter(desk.find(recorded), of_request(tx, recorded.request), arrived, desk.now, "Example Lab")


def do(desk: Keeper, recorded: Recorded, step: Step) -> None:
    with desk.store.transaction() as tx:
        step(tx, desk, desk.find(recorded))


STEPS: list[tuple[list[Step], list[str]]] = [
    ([], ["We have received it.", "our answer by 22 December 2026", "as if it were in force"]),
    ([lambda tx, d, r: lifecycle.hold(tx, d.act, r, "which of your sites?")], ["which of your sites?", "by 22 December"]),
    ([lambda tx, d, r: lifecycle.extend(tx, d.act, r, "many")], ["by 22 February 2027"]),
    ([lambda tx, d, r: lifecycle.verify(tx, d.act, r, Strength.EMAIL_VERIFIED, "x")], ["are deciding", "as if it were"]),
    ([lambda tx, d, r: lifecycle.grant(tx, d.act, r, Strength.EMAIL_VERIFIED, "x")], ["It is in force", "withdraw it at"]),
    ([lambda tx, d, r: lifecycle.suspend(tx, d.act, r, "sold")], ["not in force at present", "complain"]),
    ([lambda tx, d, r: lifecycle.revoke(tx, d.act, r, "forged")], ["taken it out of force", "reason: forged", "Art. 77"]),
    ([lambda tx, d, r: lifecycle.reject(tx, d.act, r, "not yours")], ["do not follow it", "reason: not yours", "Art. 77"]),
    ([lambda tx, d, r: lifecycle.withdraw(tx, d.act, r, "note of ours")], ["You have withdrawn it"]),
    ([lambda tx, d, r: d.later(days=11), lambda tx, d, r: lifecycle.end_what_is_over(tx, d.act)], ["time it was asked for"]),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "said"), STEPS)
def test_every_state_is_told_with_what_follows(desk: Keeper, steps: list[Step], said: list[str]) -> None:
    recorded = desk.take("a.test", proven=False, expires_at=desk.now + timedelta(days=10))
    for step in steps:
        do(desk, recorded, step)
    text = told(desk, recorded)
    assert text.startswith(
        f"Reference: {recorded.public_ref}\nOn 22 November 2026 you asked Example Lab about:\n  - a.test"
    )
    for words in said:
        assert words in text, text
    assert "note of ours" not in text
    assert "letter 1" not in text, "the keeper's own note"


def test_a_draft_is_not_answered(desk: Keeper) -> None:
    recorded = desk.take("a.test", proven=False, draft=True)
    with pytest.raises(RegistryError, match="draft"):
        told(desk, recorded)
    do(desk, recorded, lambda tx, d, r: hand_in(tx, d.act, r))
    assert "We have received it." in told(desk, recorded)


def test_counts_are_told_by_what_becomes_of_them(desk: Keeper) -> None:
    recorded = desk.take("a.test", retroactive=Retroactive.STORED)

    def one(
        kind: TargetKind, name: str, status: Status, affected: int, entry: RegistryEntry = recorded.entry
    ) -> Delivered:
        return Delivered(entry.id, entry.version, Target(kind, name), status, affected, desk.now)

    text = told(
        desk, recorded,
        one(TargetKind.FRONTIER, "news", Status.APPLIED, 17), one(TargetKind.FRONTIER, "books", Status.NOT_FOUND, 0),
        one(TargetKind.STORE, "news", Status.QUEUED, 3_000), one(TargetKind.STORE, "books", Status.QUEUED, 201),
        one(TargetKind.RELEASE, "news/r1", Status.EXEMPT, 5), one(TargetKind.STORE, "old", Status.FAILED, 0),
    )  # fmt: skip
    assert "  - 17 addresses that waited to be fetched: dropped\n" in text
    assert "  - 3,201 pages in store: will be taken out\n" in text
    assert "  - 0 pages in store: could not be looked for yet\n" in text
    assert "  - 5 pages in released collections: stay" in text
    assert text.count("  - ") == 5


def test_a_person_is_not_named_and_many_things_are_counted(desk: Keeper) -> None:
    person = desk.take("a@example.net", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
    assert "yourself, by the email you named" in told(desk, person)
    entries = [desk.take(f"s{n}.test").entry for n in range(23)]
    assert "and 3 more" in letter(desk.find(person), entries, (), desk.now, "")


def test_that_it_went_out_is_noted_without_its_words(desk: Keeper) -> None:
    recorded = desk.take("a.test", proven=False, contact=" ada@example.net ")
    text = told(desk, recorded)
    with desk.store.transaction() as tx:
        assert contact_of(tx, desk.keys, desk.find(recorded)) == "ada@example.net"
        for _ in range(2):
            record_letter(tx, desk.act, desk.find(recorded), of_request(tx, recorded.request), text, "mail")
    do(desk, recorded, lambda tx, d, r: lifecycle.grant(tx, d.act, r, Strength.EMAIL_VERIFIED, "x"))
    with desk.store.transaction() as tx:
        record_letter(tx, desk.act, desk.find(recorded), of_request(tx, recorded.request), text, "letter of 4 May")
        kinds = [one.type for one in events(tx, subject=recorded.request)]
    assert [kind for kind in kinds if kind in {"acknowledged", "informed", "answered"}].count("informed") == 2
    assert kinds[-1] == "answered"
    assert desk.find(recorded).acknowledged_at == desk.now
