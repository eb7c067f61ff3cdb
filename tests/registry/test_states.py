"""collector.registry: every state of spec 4.3 is reached, by whatever order of events, and protects as it says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import Connection

from collector.model.errors import RegistryError
from collector.model.url import parse_url
from collector.registry import lifecycle
from collector.registry.agenda import agenda
from collector.registry.entry import Effect, EntryState, ScopeKind, Strength
from collector.registry.folder import RegistryFolder
from collector.registry.intake import Objection, Recorded, hand_in, take_in
from collector.registry.proving import begin
from collector.registry.request import RequestState, find, month_after
from collector.registry.verification.challenge import Method
from collector.registry.versions import of_request
from tests.support.registry import Keeper

Step = Callable[[Connection, Keeper, Recorded], object]


def asked(tx: Connection, recorded: Recorded) -> lifecycle.Request:
    return find(tx, recorded.public_ref)


STEPS: dict[str, Step] = {
    "hand in": lambda tx, desk, one: hand_in(tx, desk.act, asked(tx, one)),
    "begin": lambda tx, desk, one: begin(tx, desk.act, desk.keys, asked(tx, one), Method.WELL_KNOWN),
    "verify": lambda tx, desk, one: lifecycle.verify(tx, desk.act, asked(tx, one), Strength.EMAIL_VERIFIED, "seen"),
    "grant": lambda tx, desk, one: lifecycle.grant(tx, desk.act, asked(tx, one), Strength.CONTROL_VERIFIED, "seen"),
    "hold": lambda tx, desk, one: lifecycle.hold(tx, desk.act, asked(tx, one), "which site?"),
    "release": lambda tx, desk, one: lifecycle.release(tx, desk.act, asked(tx, one)),
    "extend": lambda tx, desk, one: lifecycle.extend(tx, desk.act, asked(tx, one), "many sites"),
    "acknowledge": lambda tx, desk, one: lifecycle.acknowledge(tx, desk.act, asked(tx, one), "letter"),
    "decide": lambda tx, desk, one: lifecycle.decide(tx, desk.act, asked(tx, one), "no grounds against it"),
    "suspend": lambda tx, desk, one: lifecycle.suspend(tx, desk.act, asked(tx, one), "sold"),
    "revoke": lambda tx, desk, one: lifecycle.revoke(tx, desk.act, asked(tx, one), "the proof was forged"),
    "reject": lambda tx, desk, one: lifecycle.reject(tx, desk.act, asked(tx, one), "not the holder"),
    "withdraw": lambda tx, desk, one: lifecycle.withdraw(tx, desk.act, asked(tx, one), "asked for it"),
}


def run(desk: Keeper, recorded: Recorded, steps: str) -> tuple[RequestState, bool, Strength]:
    """The state after these steps, whether a crawl is refused, and how strong the entry is."""
    for name in filter(None, steps.split(", ")):
        with desk.changing() as tx:
            STEPS[name](tx, desk, recorded)
    return stands(desk, recorded)


def stands(desk: Keeper, recorded: Recorded) -> tuple[RequestState, bool, Strength]:
    with desk.changing() as tx:
        entries = of_request(tx, recorded.request)
        state = asked(tx, recorded).state(entries, desk.now)
    refused = bool(RegistryFolder(desk.registry, kept=True).match(parse_url(f"http://{entries[0].scope_value}/")))
    return state, refused, entries[0].strength


@pytest.mark.parametrize(
    ("steps", "state", "refused"),
    [
        ("", "draft", False),
        ("hold", "draft", False),
        ("hand in", "received", True),
        ("hand in, hold", "needs_info", True),
        ("hand in, hold, release", "received", True),
        ("hand in, begin", "verifying", True),
        ("hand in, begin, verify", "verified", True),
        ("verify", "draft", False),
        ("hand in, verify, hold", "needs_info", True),
        ("hand in, verify, decide", "in_force", True),
        ("hand in, grant", "in_force", True),
        ("grant", "draft", False),
        ("hand in, grant, suspend", "suspended", False),
        ("hand in, grant, suspend, verify", "suspended", False),
        ("hand in, grant, suspend, grant", "in_force", True),
        ("hand in, grant, revoke", "revoked", False),
        ("hand in, reject", "rejected", False),
        ("hand in, verify, reject", "rejected", False),
        ("reject", "rejected", False),
        ("hand in, grant, withdraw", "withdrawn", False),
        ("withdraw", "withdrawn", False),
    ],
)
def test_every_step_leads_to_its_state(desk: Keeper, steps: str, state: str, *, refused: bool) -> None:
    recorded = desk.take("a.test", proven=False, draft=True)
    assert run(desk, recorded, steps)[:2] == (state, refused)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("hand in, grant", (RequestState.IN_FORCE, True, Strength.CONTROL_VERIFIED)),
        ("hand in, verify, hold", (RequestState.NEEDS_INFO, True, Strength.EMAIL_VERIFIED)),
        ("hand in, verify, acknowledge", (RequestState.VERIFIED, True, Strength.EMAIL_VERIFIED)),
        ("hand in, verify, grant", (RequestState.IN_FORCE, True, Strength.CONTROL_VERIFIED)),
    ],
)
def test_any_order_of_events_gives_the_same_state(
    desk: Keeper, steps: str, expected: tuple[RequestState, bool, Strength]
) -> None:
    """Issue: also where the proof comes before the request is handed in, as in a form with several pages."""
    for number, order in enumerate(permutations(steps.split(", "))):
        recorded = desk.take(f"s{number}.test", proven=False, draft=True)
        assert run(desk, recorded, ", ".join(order)) == expected, order


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ("hand in, hand in", "was handed in before"),
        ("extend", "a draft"),
        ("hand in, decide", "is not proven"),
        ("hand in, reject, grant", "was rejected: not the holder"),
        ("hand in, grant, revoke, grant", "was closed: the proof was forged"),
        ("hand in, grant, revoke, hold", "was closed"),
        ("withdraw, hand in", "was withdrawn"),
    ],
)
def test_what_cannot_follow_is_told(desk: Keeper, steps: str, fault: str) -> None:
    recorded = desk.take("a.test", proven=False, draft=True)
    with pytest.raises(RegistryError, match=fault):
        run(desk, recorded, steps)


def test_a_draft_owes_nobody_an_answer_and_its_month_begins_when_it_is_handed_in(desk: Keeper) -> None:
    recorded = desk.take("a.test", proven=False, draft=True)
    desk.later(days=40)
    with desk.store.snapshot() as tx:
        assert agenda(tx, desk.now) == ()
    run(desk, recorded, "hand in")
    with desk.store.snapshot() as tx:
        (point,) = agenda(tx, desk.now)
        assert asked(tx, recorded).received_at == desk.now
    assert not point.overdue
    assert point.when == month_after(desk.now)
    with pytest.raises(RegistryError, match="a draft is not proven"):
        desk.take("b.test", draft=True)


def test_a_verified_objection_protects_until_somebody_decides(desk: Keeper) -> None:
    """Art. 18(1)(d) GDPR: no date of ours ends it, only a person does; it is owed an answer meanwhile."""
    recorded = desk.take("a.test", proven=False)
    run(desk, recorded, "verify")
    desk.later(days=400)
    assert stands(desk, recorded) == (RequestState.VERIFIED, True, Strength.EMAIL_VERIFIED)
    with desk.store.snapshot() as tx:
        assert [point.overdue for point in agenda(tx, desk.now)] == [True]
    assert run(desk, recorded, "reject")[:2] == (RequestState.REJECTED, False)


def test_what_is_too_wide_for_a_bare_word_is_protected_once_it_is_verified(desk: Keeper) -> None:
    recorded = desk.take("192.0.2.0/24", proven=False)
    with desk.changing() as tx:
        lifecycle.verify(tx, desk.act, asked(tx, recorded), Strength.IDENTITY_VERIFIED, "called back")
    assert RegistryFolder(desk.registry).match(parse_url("http://192.0.2.7/"))


def test_a_verified_permission_opens_nothing_before_it_is_granted(desk: Keeper) -> None:
    first = desk.take("a.test")
    allow = desk.take("a.test/x/", proven=False, effect=Effect.ALLOW, same_requester_as=first.public_ref)

    def winner() -> str:
        return RegistryFolder(desk.registry).match(parse_url("http://a.test/x/1"))[0].action

    run(desk, allow, "verify")
    assert winner() == "deny"
    run(desk, allow, "decide")
    assert winner() == "allow"


def test_a_verified_persons_identifier_goes_and_a_drafts_stays_sealed(desk: Keeper) -> None:
    """Spec 4.2: the plain form only until it is verified."""
    person = {"kind": ScopeKind.PERSON_ID, "scheme": "email", "effect": Effect.REDACT, "proven": False}
    recorded = desk.take("a@example.net", draft=True, **person)
    for steps, kept in (("hand in", True), ("verify", False)):
        with desk.changing() as tx:
            STEPS[steps](tx, desk, recorded)
            sealed = tx.exec_driver_sql("SELECT plain_enc FROM request").scalar()
        assert (sealed is not None) is kept


def test_a_newer_request_of_the_same_requester_takes_the_place(desk: Keeper) -> None:
    """Superseded: never a moment in which neither is in force."""
    old = desk.take("a.test")
    new = desk.take("a.test/private/", proven=False, same_requester_as=old.public_ref)
    other = desk.take("b.test")

    def supersede(by: Recorded) -> None:
        with desk.changing() as tx:
            lifecycle.supersede(tx, desk.act, asked(tx, old), asked(tx, by), "only this part")

    with pytest.raises(RegistryError, match="another requester"):
        supersede(other)
    with pytest.raises(RegistryError, match="its own place"):
        supersede(old)
    run(desk, new, "grant")
    supersede(new)
    assert stands(desk, old)[0] is RequestState.SUPERSEDED
    registry = RegistryFolder(desk.registry)
    assert registry.match(parse_url("http://a.test/private/1"))
    assert not registry.match(parse_url("http://a.test/other"))
    with desk.store.snapshot() as tx:
        (entry,) = of_request(tx, old.request)
    assert (entry.state, entry.superseded_by) == (EntryState.SUPERSEDED, new.entry.id)
    with pytest.raises(RegistryError, match="is not in force"):
        supersede_nothing(desk, other)


def supersede_nothing(desk: Keeper, old: Recorded) -> None:
    """By a permission: then nothing would be refused any more."""
    with desk.changing() as tx:
        allow = Objection("b.test/x/", "r", effect=Effect.ALLOW, same_requester_as=old.public_ref)
        by = take_in(tx, desk.act, desk.keys, allow)
        lifecycle.supersede(tx, desk.act, asked(tx, old), asked(tx, by), "r")


def test_the_acknowledgement_is_dated_once(desk: Keeper) -> None:
    recorded = desk.take("a.test", proven=False)
    first = desk.now
    run(desk, recorded, "acknowledge")
    desk.later(days=1)
    run(desk, recorded, "acknowledge")
    with desk.store.snapshot() as tx:
        assert asked(tx, recorded).acknowledged_at == first
