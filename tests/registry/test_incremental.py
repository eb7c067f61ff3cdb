"""What is in force, brought up to date by reading only what changed: the same as compiled from all entries."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from collector.model.errors import RegistryError
from collector.model.url import parse_url
from collector.registry import layered, lifecycle, versions
from collector.registry.entry import Effect, EntryState, RegistryEntry, ScopeKind
from collector.registry.folder import RegistryFolder, standing
from collector.registry.in_force import IN_FORCE_FILE, KIND, PERSONS_FILE, PERSONS_KIND
from collector.registry.intake import Objection, take_in
from collector.registry.layered import Layers, entry_of, layers_of, read_layers, whole, write_layers
from collector.registry.taking_effect import announce, compile_in_force
from collector.registry.versions import add_version
from tests.support.registry import Keeper, keeper, snapshot_of


def take(desk: Keeper, value: str, **more: object) -> RegistryEntry:
    """As `Keeper.take`, without bringing the files up to date."""
    with desk.store.transaction() as tx:
        return take_in(tx, desk.act, desk.keys, Objection(value, "a letter", **more)).entry  # type: ignore[arg-type]


def update(desk: Keeper) -> None:
    """As the commands do after a change; compared with what all entries together say."""
    with desk.changing():
        pass
    desk.compared()


def lines(desk: Keeper, file: str = IN_FORCE_FILE) -> int:
    return read_layers(desk.registry / file, KIND if file == IN_FORCE_FILE else PERSONS_KIND).held


def test_every_step_of_a_life_is_what_a_whole_compilation_says(desk: Keeper) -> None:
    update(desk)
    odd = take(desk, "example.org/a", collections=('"entry": "x.1"', "entry"))
    take(desk, "b.example.net", expires_at=desk.now + timedelta(days=3))
    unproven = take(desk, "c.example.com", proven=False, contact="c@example.com")
    take(desk, "someone@example.org", kind=ScopeKind.PERSON_ID, scheme="email")
    update(desk)
    assert (lines(desk), lines(desk, PERSONS_FILE)) == (3, 1)
    with desk.store.transaction() as tx:
        versions.amend(tx, desk.act, odd, "asked for it", EntryState.REVOKED)
    update(desk)
    assert lines(desk) == 2
    desk.later(days=4)  # one ends by its date
    update(desk)
    assert lines(desk) == 1
    desk.later(days=30)  # one was never verified
    update(desk)
    assert (lines(desk), lines(desk, PERSONS_FILE)) == (0, 1)
    with desk.store.transaction() as tx:  # and is verified after all
        add_version(tx, desk.act, replace(unproven, version=9, state=EntryState.IN_FORCE, provisional_until=None))
    update(desk)
    assert lines(desk) == 1


@settings(max_examples=6, deadline=None)  # each a registry of its own
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["new", "person", "allow", "withdraw", "suspend", "grant"]), st.integers(0, 9)),
        max_size=14,
    ),
    upper=st.integers(0, 6),
)
def test_any_history_folded_at_any_length_is_what_a_whole_compilation_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], upper: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, keeper(tmp_path_factory.mktemp("registry")) as desk:
        patch.setattr(layered, "MAX_UPPER", upper)
        patch.setattr(layered, "MANY", upper % 3)  # found by halving, and by reading
        made = []
        for what, which in steps:
            with desk.changing() as tx:
                old = made[which % len(made)] if made else None
                if what == "new" or old is None:
                    asked = Objection(f"s{len(made)}.test", "r", proven=bool(which % 2), contact="k@example.org")
                    made.append(take_in(tx, desk.act, desk.keys, asked))
                elif what == "person":
                    asked = Objection(f"p{len(made)}@a.test", "r", kind=ScopeKind.PERSON_ID, scheme="email")
                    made.append(take_in(tx, desk.act, desk.keys, asked))
                elif what == "allow":
                    asked = Objection(f"s{which}.test/x/", "r", effect=Effect.ALLOW, same_requester_as=old.public_ref)
                    made.append(take_in(tx, desk.act, desk.keys, asked))
                else:
                    step(tx, desk, what, old.public_ref)
            desk.compared()


def step(tx: Connection, desk: Keeper, what: str, ref: str) -> None:
    """One decision; one that the request does not allow any more changes nothing."""
    asked = desk.request(tx, ref)
    if asked.withdrawn:
        return
    if what == "withdraw":
        lifecycle.withdraw(tx, desk.act, asked, "asked")
    elif what == "suspend":
        lifecycle.suspend(tx, desk.act, asked, "sold")
    else:
        lifecycle.grant(tx, desk.act, asked, versions.of_request(tx, asked.id)[0].strength, "seen")


def test_entries_of_a_peer_that_a_date_ended_go_too(desk: Keeper) -> None:
    """Their own registry writes that down, and may be late."""
    entry = take(desk, "example.org", expires_at=desk.now + timedelta(days=1))
    with desk.store.transaction() as tx:
        add_version(tx, desk.act, replace(entry, version=2, source_registry="peer.example"))
    update(desk)
    assert lines(desk) == 1
    desk.later(days=2)
    update(desk)
    assert lines(desk) == 0


@pytest.mark.parametrize("name", ['a"b', "a\\", 'peer/"entry": "x.1"', "ä.1.2", "💥"])
def test_an_entry_of_any_name_is_found_and_taken_out(desk: Keeper, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer chooses its names."""
    monkeypatch.setattr(layered, "MAX_UPPER", 1)
    told = [replace(take(desk, f"s{n}.example.org"), id=f"{name}{n}" if n else name) for n in range(4)]
    with desk.changing() as tx:
        for one in told:
            add_version(tx, desk.act, one)
    desk.compared()
    with desk.changing() as tx:
        versions.amend(tx, desk.act, told[0], "removed", EntryState.REVOKED)
    desk.compared()


def test_only_what_changed_is_read(desk: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layered, "MAX_UPPER", 10)
    for number in range(40):
        take(desk, f"s{number}.example.org", proven=number % 2 == 0, contact=f"{number}@example.org")
    update(desk)
    read = []
    parsed = versions.from_json
    monkeypatch.setattr(versions, "from_json", lambda body: read.append(1) or parsed(body))
    monkeypatch.setattr(layered, "read_base", lambda layers: pytest.fail(f"{layers.base} was read whole"))
    with desk.changing() as tx:
        take_in(tx, desk.act, desk.keys, Objection("new.example.org", "a letter"))
    assert len(read) == 2, "before the commit, and after it"
    assert lines(desk) == 41


def test_the_list_of_persons_is_not_touched_by_an_objection_about_a_place(desk: Keeper) -> None:
    """Crawls restart their workers where it changes."""
    take(desk, "someone@example.org", kind=ScopeKind.PERSON_ID, scheme="email")
    update(desk)
    before = (desk.registry / PERSONS_FILE).stat()
    take(desk, "example.org")
    update(desk)
    assert (desk.registry / PERSONS_FILE).stat() == before


@pytest.mark.parametrize("file", [IN_FORCE_FILE, PERSONS_FILE])
@pytest.mark.parametrize("damage", ["gone", "cut", "of another registry", "of before there were layers"])
def test_files_that_cannot_be_built_upon_are_compiled_from_all_entries(desk: Keeper, file: str, damage: str) -> None:
    take(desk, "example.org")
    update(desk)
    path = desk.registry / file
    kind = KIND if file == IN_FORCE_FILE else PERSONS_KIND
    before = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(before[:-1])
    elif damage == "of another registry":
        write_layers(whole(path, kind, 1, "0" * 64, ['{"entry": "e-other.1"}']))
    else:
        path.write_bytes(layered.seal(kind, 1, []))
    take(desk, "example.net")
    update(desk)
    assert lines(desk) == 2


def test_a_change_lost_with_its_transaction_does_not_hide_the_next_one(desk: Keeper) -> None:
    """Its number in the chain is given again: the hash tells the two apart."""
    update(desk)
    with desk.store.transaction() as tx:
        take_in(tx, desk.act, desk.keys, Objection("lost.example.org", "r"))
        compile_in_force(tx, desk.registry, desk.keys, desk.now)
        tx.rollback()
    with desk.store.transaction() as tx:
        take_in(tx, desk.act, desk.keys, Objection("kept.example.org", "r"))
    update(desk)
    assert [entry.host for entry in RegistryFolder(desk.registry).entries] == ["kept.example.org"]


@pytest.mark.parametrize("stop", ["announced", "committed"])
@pytest.mark.parametrize("upper", [0, 1_000])
def test_stopped_between_the_writes_crawls_honour_more_and_never_less(
    desk: Keeper, stop: str, upper: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New, withdrawn, and a permission taken back and one given, in one change that is cut off."""
    monkeypatch.setattr(layered, "MAX_UPPER", upper)
    gone = desk.take("gone.test")
    lifted = desk.take("open.test")
    allow = desk.take("open.test/x/", effect=Effect.ALLOW, same_requester_as=lifted.public_ref)
    update(desk)
    running = RegistryFolder(desk.registry, kept=True)

    with suppress(ZeroDivisionError), desk.store.transaction() as tx:
        lifecycle.withdraw(tx, desk.act, desk.find(gone), "asked")
        lifecycle.withdraw(tx, desk.act, desk.find(allow), "asked")
        ask = Objection("gone.test/y/", "r", effect=Effect.ALLOW, same_requester_as=gone.public_ref)
        take_in(tx, desk.act, desk.keys, ask)
        take_in(tx, desk.act, desk.keys, Objection("new.test", "r"))
        announce(tx, desk.registry, desk.keys, desk.now)
        if stop == "committed":
            tx.commit()
        raise ZeroDivisionError
    running.reload_if_changed()
    for registry in (running, RegistryFolder(desk.registry, kept=True)):
        for address in ("http://gone.test/", "http://gone.test/y/", "http://open.test/x/", "http://new.test/"):
            assert [one.action for one in registry.match(parse_url(address))] == ["deny"], address
    monkeypatch.undo()
    update(desk)  # whatever comes next puts it right
    held = sorted(f"{entry.action} {entry.rule}" for entry in RegistryFolder(desk.registry).entries)
    assert (
        held
        == {
            "announced": ["allow open.test/x/", "deny gone.test", "deny open.test"],
            "committed": ["allow gone.test/y/", "deny new.test", "deny open.test"],
        }[stop]
    )


def test_a_running_crawl_reads_the_base_once(desk: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layered, "MAX_UPPER", 4)
    for number in range(6):
        take(desk, f"s{number}.test")
    update(desk)
    running = RegistryFolder(desk.registry, kept=True)
    read = []
    parse = layered.unseal
    monkeypatch.setattr(layered, "unseal", lambda data, kind, where: read.append(kind) or parse(data, kind, where))
    for number in range(3):
        with desk.changing() as tx:
            take_in(tx, desk.act, desk.keys, Objection(f"new{number}.test", "r"))
        read.clear()
        assert running.reload_if_changed()
        assert read == [KIND]
    assert len(running.entries) == 9


@pytest.mark.parametrize("damage", ["gone", "cut", "other", "changed"])
def test_a_base_that_is_not_the_one_named_stops_crawls_and_changes(
    desk: Keeper, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layered, "MAX_UPPER", 1)
    for number in range(3):
        take(desk, f"s{number}.test")
    update(desk)
    running = RegistryFolder(desk.registry, kept=True)
    path = read_layers(desk.registry / IN_FORCE_FILE, KIND).base_path
    assert path is not None
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": data[:-9], "other": snapshot_of([], 1, desk.now), "changed": data[:-1] + b"x"}[damage])
    with pytest.raises(RegistryError):
        RegistryFolder(desk.registry, kept=True)
    with pytest.raises(RegistryError):
        running.reload_if_changed()
    assert running.match(parse_url("http://s1.test/")), "what was in force stays in force"
    if damage != "changed":  # seen by its length; a crawl compares the digest
        with pytest.raises(RegistryError):
            standing(desk.registry)
    desk.compile()
    assert not running.reload_if_changed()
    desk.compared()


def test_two_bases_are_kept_for_whoever_is_reading(desk: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layered, "MAX_UPPER", 0)
    for number in range(4):
        take(desk, f"s{number}.test")
        update(desk)
    assert len(list(desk.registry.glob("in-force-*.base"))) == 2


@given(st.sets(st.text(min_size=1, max_size=8), max_size=30), st.text(max_size=8))
def test_a_line_of_the_base_is_found_by_halving(
    tmp_path_factory: pytest.TempPathFactory, names: set[str], other: str
) -> None:
    folder = tmp_path_factory.mktemp("base")
    made = [layered.json.dumps({"entry": f"{name}.1", "x": "y" * (len(name) * 900)}) for name in names]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layered, "MAX_UPPER", -1)
        write_layers(whole(folder / "f", KIND, 1, "e", made))
    held = read_layers(folder / "f", KIND)
    for name in names:
        found = held.in_base(name)
        assert found is not None
        assert entry_of(found) == name
    assert (held.in_base(other) is not None) is (other in names)


def test_an_announcement_is_read_like_any_other_file(desk: Keeper) -> None:
    path = Path("x")
    layers = Layers(path, KIND, 7, "e" * 64, unsettled=frozenset({"e-1"}), hidden=frozenset(), lines=())
    assert layers_of(layered.sealed_layers(layers), path, KIND) == layers
    broken = layered.seal(KIND, 7, ['{"base": 1}'])
    with pytest.raises(RegistryError, match="second line"):
        layers_of(broken, path, KIND)


def test_a_whole_compilation_heals_what_somebody_wrote_into_the_file(desk: Keeper) -> None:
    """`collector registry compile` reads the database only."""
    entry = take(desk, "example.org")
    update(desk)
    (desk.registry / IN_FORCE_FILE).write_bytes(snapshot_of([], 1, desk.now))
    with desk.store.transaction() as tx:
        assert compile_in_force(tx, desk.registry, desk.keys, desk.now) == 1
    assert entry.id.encode() in (desk.registry / IN_FORCE_FILE).read_bytes()
