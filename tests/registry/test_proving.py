"""collector.registry.proving: how often, how long, and what a lapsed proof changes (spec 4.4)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from collector.model.errors import RegistryError
from collector.registry import lifecycle
from collector.registry.agenda import agenda
from collector.registry.entry import Effect, ScopeKind
from collector.registry.proving import (
    begin,
    due_again,
    may_check,
    pending,
    record,
    record_again,
    scope_to_prove,
)
from collector.registry.schema import verification
from collector.registry.verification.challenge import MAX_ATTEMPTS, Method, Seen
from collector.registry.versions import of_request
from tests.support.registry import Keeper


def test_ten_attempts_with_growing_pauses_and_fourteen_days(desk: Keeper) -> None:
    recorded = desk.take("a.test", proven=False)
    with desk.store.transaction() as tx:
        begin(tx, desk.act, desk.keys, desk.find(recorded), Method.DNS_TXT)
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        with desk.store.transaction() as tx:
            proof = pending(tx, desk.find(recorded))
            may_check(proof, desk.now)
            record(tx, desk.act, desk.find(recorded), proof, Seen(ok=False, detail="not there"))
        begun = desk.now
        with desk.store.snapshot() as tx:
            if tx.execute(select(verification.c.result)).scalar_one() == "failed":
                break
            with pytest.raises(RegistryError, match="a moment ago"):
                may_check(pending(tx, desk.find(recorded)), desk.now)
            while True:
                desk.later(seconds=5)
                try:
                    may_check(pending(tx, desk.find(recorded)), desk.now)
                    break
                except RegistryError:
                    continue
        pauses.append((desk.now - begun).total_seconds())
    assert pauses == [5 * 2**n for n in range(9)]
    with desk.store.snapshot() as tx, pytest.raises(RegistryError, match="no proof is under way"):
        pending(tx, desk.find(recorded))
    with desk.store.transaction() as tx:
        proof, _ = begin(tx, desk.act, desk.keys, desk.find(recorded), Method.DNS_TXT)
    desk.later(days=14)
    with pytest.raises(RegistryError, match="14 days"):
        may_check(proof, desk.now)


def test_a_lapsed_proof_never_opens_anything_by_itself(desk: Keeper) -> None:
    """Spec 4.3: control again after 180 days; failing open needs a person."""
    recorded = desk.take("a.test", proven=False)
    with desk.store.transaction() as tx:
        proof, _ = begin(tx, desk.act, desk.keys, desk.find(recorded), Method.WELL_KNOWN)
        record(tx, desk.act, desk.find(recorded), proof, Seen(ok=True, detail="seen"))
    desk.later(days=179)
    with desk.store.transaction() as tx:
        assert due_again(tx, desk.now) == ()
    desk.later(days=1)
    with desk.store.snapshot() as tx:
        assert ["to be looked at again" in point.what for point in agenda(tx, desk.now)] == [True]
    for seen, result in (
        (Seen(ok=False, detail="no answer", unknown=True), "ok"),
        (Seen(ok=False, detail="gone"), "lapsed"),
    ):
        with desk.store.transaction() as tx:
            (again,) = due_again(tx, desk.now)
            assert record_again(tx, desk.act, desk.find(recorded), again, seen) == result
            (entry,) = of_request(tx, recorded.request)
        assert entry.in_force(desk.now)
        desk.later(days=7)
    with desk.store.snapshot() as tx:
        assert any("control lapsed (well_known: gone)" in point.what for point in agenda(tx, desk.now))
    with desk.store.transaction() as tx:
        (again,) = due_again(tx, desk.now)
        assert record_again(tx, desk.act, desk.find(recorded), again, Seen(ok=True, detail="back")) == "ok"
        assert due_again(tx, desk.now) == ()
        lifecycle.withdraw(tx, desk.act, desk.find(recorded), "asked")
    desk.later(days=200)
    with desk.store.snapshot() as tx:
        assert due_again(tx, desk.now) == (), "nothing rests on it any more"
        assert agenda(tx, desk.now) == ()


def test_who_a_person_is_is_not_proven_by_a_site(desk: Keeper) -> None:
    recorded = desk.take("a@b.test", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT, proven=False)
    with desk.store.snapshot() as tx, pytest.raises(RegistryError, match="not who somebody is"):
        scope_to_prove(tx, desk.find(recorded), Method.DNS_TXT)
