"""collector.registry: states, provisional protection, due dates (spec 4.3), and that order plays no part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collector.lists.memory import MemoryLookup
from collector.model.errors import RegistryError
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.registry import lifecycle
from collector.registry.agenda import agenda
from collector.registry.entry import (
    Effect,
    EntryState,
    RegistryEntry,
    ScopeKind,
    Strength,
    current,
)
from collector.registry.folder import RegistryFolder
from collector.registry.in_force import action_of
from collector.registry.intake import PER_DAY, Objection, take_in
from collector.registry.request import RequestState, month_after
from collector.registry.schema import request as request_table
from collector.registry.versions import add_version, all_current, of_request
from collector.registry.vocabulary import UseLabel, forbids, forbids_collection, normal, read_label
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.opted_out import opted_out
from tests.support.registry import START, Keeper, keeper, read_snapshot, snapshot_of

URL = parse_url("https://www.example.org/x")


def binds(desk: Keeper, address: str) -> bool:
    desk.compile()
    return bool(RegistryFolder(desk.registry, kept=True).match(parse_url(address)))


def test_an_assertion_protects_at_once_for_thirty_days(desk: Keeper) -> None:
    recorded = desk.take("example.org", proven=False)
    assert binds(desk, "https://www.example.org/")
    desk.later(days=29)
    assert binds(desk, "https://www.example.org/")
    desk.later(days=1)
    assert not binds(desk, "https://www.example.org/")
    with desk.store.transaction() as tx:
        lifecycle.end_what_is_over(tx, desk.act)
        (entry,) = of_request(tx, recorded.request)
    assert (entry.state, entry.provisional_until) == (EntryState.PENDING, None)


@pytest.mark.parametrize(
    ("value", "more", "why"),
    [
        ("192.0.2.0/24", {}, "network"),
        ("github.io", {"whole_suffix": True}, "public suffix"),
        ("popular.example", {"popular": True}, "most visited"),
        ("m.popular.example/a/", {"popular": True}, "most visited"),
    ],
)
def test_a_wide_scope_is_not_protected_on_a_bare_word(desk: Keeper, value: str, more: dict, why: str) -> None:
    """Spec 4.3: nobody can knock out others' sites."""

    popular = frozenset({"popular.example"}) if more.pop("popular", False) else frozenset()
    with desk.store.transaction() as tx:
        done = take_in(tx, desk.act, desk.keys, Objection(value, "web", proven=False, **more), popular=popular)
    assert why in done.unprotected
    assert not done.entry.in_force(desk.now)


def test_one_contact_protects_twenty_sites_a_day(desk: Keeper) -> None:
    protected = [not desk.take(f"s{n}.test", proven=False, contact="a@b.test").unprotected for n in range(PER_DAY + 2)]
    assert protected == [True] * PER_DAY + [False] * 2
    assert not desk.take("other.test", proven=False, contact="c@d.test").unprotected
    desk.later(days=1, seconds=1)
    assert not desk.take("next.test", proven=False, contact="A@b.test").unprotected


def test_a_permission_counts_only_once_it_is_proven_and_for_its_own_requester(desk: Keeper) -> None:
    first = desk.take("pub.test")
    other = desk.take("pub.test/press/", proven=False, effect=Effect.ALLOW, same_requester_as=first.public_ref)
    assert "once it is verified" in other.unprotected
    assert binds(desk, "http://pub.test/press/1")
    with pytest.raises(RegistryError, match="whose is it"):
        desk.take("pub.test/press/", effect=Effect.ALLOW)


@pytest.mark.parametrize(
    ("value", "more", "fault"),
    [
        ("co.uk", {}, "public suffix"),
        ("not a host", {}, "more than one word"),
        ("", {}, "empty"),
        ("example.org", {"reason": "  "}, "without a reason"),
        ("example.org", {"reason": "\ud800"}, "no text"),
        ("a@b", {"kind": ScopeKind.PERSON_ID, "scheme": "fax"}, "no identifier scheme"),
        ("ab", {"kind": ScopeKind.PERSON_ID, "scheme": "email"}, "no email"),
        ("a@b.test", {"kind": ScopeKind.PERSON_ID, "scheme": "email", "effect": Effect.ALLOW}, "allows nothing"),
        ("example.org", {"same_requester_as": "O-NONE"}, "no request"),
    ],
)
def test_what_cannot_be_recorded_leaves_nothing(desk: Keeper, value: str, more: dict, fault: str) -> None:
    with pytest.raises(RegistryError, match=fault):
        desk.take(value, **more)
    with desk.store.snapshot() as tx:
        assert all_current(tx) == {}
        assert tx.execute(select(request_table)).first() is None


def test_the_same_key_again_answers_with_the_first_request(desk: Keeper) -> None:
    first = desk.take("a.test", once="k1")
    assert desk.take("a.test", once="k1").public_ref == first.public_ref
    with desk.store.snapshot() as tx:
        assert len(all_current(tx)) == 1


def test_states_holds_and_dates(desk: Keeper) -> None:
    """Art. 12(3) GDPR: a month, and two further ones where that is told within the first."""
    recorded = desk.take("a.test", proven=False)
    assert recorded.due_at == datetime(2026, 12, 22, 9, 30, tzinfo=UTC)

    def state() -> RequestState:
        with desk.store.snapshot() as tx:
            return desk.find(recorded).state(of_request(tx, recorded.request), desk.now)

    def do(step: object, *more: object) -> object:
        with desk.store.transaction() as tx:
            return step(tx, desk.act, desk.find(recorded), *more)  # type: ignore[operator]

    assert state() is RequestState.RECEIVED
    do(lifecycle.hold, "which of your sites?")
    assert state() is RequestState.NEEDS_INFO
    with desk.store.snapshot() as tx:
        (point,) = agenda(tx, desk.now)
    assert "which of your sites?" in point.what
    assert not point.overdue
    do(lifecycle.release)
    assert do(lifecycle.extend, "many sites") == datetime(2027, 2, 22, 9, 30, tzinfo=UTC)
    with pytest.raises(RegistryError, match="extended once"):
        do(lifecycle.extend, "more")
    desk.later(days=100)
    with desk.store.snapshot() as tx:
        assert agenda(tx, desk.now)[0].overdue
    do(lifecycle.grant, Strength.CONTROL_VERIFIED, "dns")
    assert state() is RequestState.IN_FORCE
    with desk.store.snapshot() as tx:
        assert agenda(tx, desk.now) == ()
    do(lifecycle.suspend, "the domain was sold; looked at by K.")
    assert state() is RequestState.SUSPENDED
    do(lifecycle.grant, Strength.CONTROL_VERIFIED, "the new owner wants it too")
    do(lifecycle.withdraw, "asked for it")
    assert state() is RequestState.WITHDRAWN
    with pytest.raises(RegistryError, match="was withdrawn"):
        do(lifecycle.grant, Strength.AUTHORITY, "again")
    for step in (lifecycle.hold, lifecycle.reject, lifecycle.withdraw, lifecycle.suspend):
        with pytest.raises(RegistryError):
            do(step, " ")


def test_the_month_begins_when_the_letter_came_in(desk: Keeper) -> None:
    """Art. 12(3) GDPR: of receipt, not of the day somebody typed it in."""
    recorded = desk.take("a.test", received_at=START - timedelta(days=20))
    assert recorded.due_at == datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
    with pytest.raises(RegistryError, match="in the future"):
        desk.take("b.test", received_at=START + timedelta(seconds=1))


def test_an_extension_is_told_within_the_month(desk: Keeper) -> None:
    recorded = desk.take("a.test", proven=False)
    desk.later(days=31)
    with desk.store.transaction() as tx, pytest.raises(RegistryError, match="month is over"):
        lifecycle.extend(tx, desk.act, desk.find(recorded), "late")


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [((2026, 1, 31), 1, (2026, 2, 28)), ((2027, 12, 30), 2, (2028, 2, 29)), ((2026, 11, 22), 3, (2027, 2, 22))],
)
def test_months_are_counted_by_regulation_1182_71(day: tuple, months: int, after: tuple) -> None:
    assert month_after(datetime(*day, tzinfo=UTC), months) == datetime(*after, tzinfo=UTC)


def test_an_end_that_was_asked_for(desk: Keeper) -> None:
    recorded = desk.take("a.test", expires_at=START + timedelta(days=10))
    desk.later(days=9)
    assert binds(desk, "http://a.test/")
    desk.later(days=1)
    assert not binds(desk, "http://a.test/")
    with desk.store.transaction() as tx:
        (ended,) = lifecycle.end_what_is_over(tx, desk.act)
        assert ended.state is EntryState.EXPIRED
        assert desk.find(recorded).state([ended], desk.now) is RequestState.EXPIRED
        assert lifecycle.end_what_is_over(tx, desk.act) == ()


def test_a_reservation_is_reviewed_after_five_years_and_stays_in_force(desk: Keeper) -> None:
    desk.take("a.test")
    desk.later(days=5 * 365 + 1)
    with desk.store.snapshot() as tx:
        assert ["review of" in point.what for point in agenda(tx, desk.now)] == [True]
    assert binds(desk, "http://a.test/")


# --- the vocabulary of uses -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "fetched"),
    [("all", False), ("tdm", False), ("train-ai", False), ("Train_GenAI", False), ("archive", False), ("search", True),
     ("inference", True), ("redistribute", True), ("search archive", False), ("somethingnew", False)],
)  # fmt: skip
def test_which_uses_mean_that_nothing_is_fetched(labels: str, fetched: bool) -> None:
    """Spec 4.1: all, tdm, train-ai and archive do, search alone does not; an unknown word is `all`."""
    assert forbids_collection([read_label(word) for word in labels.split()]) is not fetched


@given(st.sets(st.sampled_from(UseLabel)), st.sampled_from(UseLabel))
def test_the_fewest_labels_say_the_same(labels: set[UseLabel], use: UseLabel) -> None:
    fewest = normal(labels)
    assert forbids(fewest, use) is forbids(labels or {UseLabel.ALL}, use)
    assert not forbids(fewest, UseLabel.ALL) or fewest == (UseLabel.ALL,)
    assert all(not forbids(set(fewest) - {one}, one) for one in fewest)


# --- order plays no part ----------------------------------------------------------------------

SCOPES = st.sampled_from(["a.test", "www.a.test", "b.test", "b.test/x/", "b.test/x/y"])


@st.composite
def entries(draw: st.DrawFn) -> RegistryEntry:
    value = draw(SCOPES)
    return RegistryEntry(
        draw(st.sampled_from(["e1", "e2", "e3"])),
        draw(st.integers(1, 4)),
        "q",
        draw(st.sampled_from(["r1", "r2"])),
        ScopeKind.PREFIX if "/" in value else ScopeKind.SUBTREE,
        value,
        draw(st.sampled_from([Effect.DENY_FETCH, Effect.ALLOW])),
        (draw(st.sampled_from(UseLabel)),),
        draw(st.sampled_from(EntryState)),
        Strength.CONTROL_VERIFIED,
        START,
        START,
        "keeper",
        provisional_until=draw(st.none() | st.just(START + timedelta(days=30))),
    )


@given(st.lists(entries(), max_size=12), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_of_versions_gives_the_same_state(
    given: list[RegistryEntry], dice: object
) -> None:
    shuffled = given + given[: len(given) // 2]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert current(shuffled) == current(given)
    assert snapshot_of(current(shuffled).values(), 7, START) == snapshot_of(current(given).values(), 7, START)


@settings(max_examples=10, deadline=None)
@given(given=st.lists(entries(), max_size=8), dice=st.randoms(use_true_random=False))
def test_any_order_in_the_database(
    tmp_path_factory: pytest.TempPathFactory, given: list[RegistryEntry], dice: object
) -> None:

    states = []
    for turn in range(2):
        with keeper(tmp_path_factory.mktemp("registry")) as desk:
            with desk.store.transaction() as tx:
                for entry in given:
                    add_version(tx, desk.act, entry)
            with desk.store.snapshot() as tx:
                states.append(all_current(tx))
        if not turn:
            dice.shuffle(given)  # type: ignore[attr-defined]
    assert states[0] == states[1]


@given(
    st.lists(entries(), max_size=8),
    entries(),
    st.sampled_from(["http://a.test/", "http://b.test/x/y/z", "http://b.test/"]),
)
def test_a_further_refusing_entry_never_admits(held: list[RegistryEntry], more: RegistryEntry, address: str) -> None:
    """Issue: adding a tier-0 entry never admits."""

    more = replace(more, id="e9", version=1, effect=Effect.DENY_FETCH)

    def verdict(given: list[RegistryEntry]) -> str:
        _, found = read_snapshot(snapshot_of(current(given).values(), 1, START))
        url = parse_url(address)
        return opted_out(UrlFacts(Candidate(url), opted_out=MemoryLookup(found).match(url)), NoSettings()).verdict

    if verdict(held) == "deny":
        assert verdict([*held, more]) == "deny"


@given(entries())
def test_what_is_in_force_is_in_the_snapshot_and_nothing_else(entry: RegistryEntry) -> None:
    seq, found = read_snapshot(snapshot_of([entry], 5, START))
    assert seq == 5
    assert len(found) == entry.in_force(START)
    for one in found:
        assert (one.version, one.action) == (f"{entry.id}.{entry.version}", action_of(entry))
        assert one.list == f"registry:{entry.owner}"
