"""The keeper's process is killed at any moment of a change: crawls honour more or the same, and the next change heals."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.model.url import parse_url
from collector.registry import layered, lifecycle
from collector.registry.entry import Effect, ScopeKind
from collector.registry.folder import RegistryFolder
from collector.registry.in_force import PERSONS_FILE
from collector.registry.intake import Objection, take_in
from collector.registry.persons import PersonList
from collector.registry.request import requests
from collector.registry.versions import all_current
from tests.support.registry import keeper

GIVEN = ("gone.test", "open.test")


def prepare(folder: Path) -> None:
    """Two objections, a permission within the second, and a person."""
    with keeper(folder) as desk:
        first = [desk.take(value) for value in GIVEN][1]
        desk.take("open.test/x/", effect=Effect.ALLOW, same_requester_as=first.public_ref)
        desk.take("a@example.org", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
        with desk.changing():
            pass


def change(folder: Path) -> None:
    """Everything that was asked for is taken back, other things are asked for."""
    with keeper(folder, seed="other") as desk, desk.changing() as tx:
        for asked in requests(tx):
            lifecycle.withdraw(tx, desk.act, asked, "asked")
        one = take_in(tx, desk.act, desk.keys, Objection("new.test", "r"))
        allow = Objection("new.test/x/", "r", effect=Effect.ALLOW, same_requester_as=one.public_ref)
        take_in(tx, desk.act, desk.keys, allow)
        person = Objection("b@example.org", "r", kind=ScopeKind.PERSON_ID, scheme="email", effect=Effect.REDACT)
        take_in(tx, desk.act, desk.keys, person)


def killed_at(moment: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run `change` in a process that is killed before its n-th step on the disk; False where it came to its end."""
    child = os.fork()
    if child == 0:
        left = iter(range(moment, 0, -1))

        def stopping(step: Callable[..., object]) -> Callable[..., object]:
            def stopped(*given: object, **named: object) -> object:
                if next(left, 1) == 1:
                    os.kill(os.getpid(), signal.SIGKILL)
                return step(*given, **named)

            return stopped

        for name in ("fsync", "replace", "unlink"):
            monkeypatch.setattr(os, name, stopping(getattr(os, name)))
        try:
            change(folder)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("upper", [1, pytest.param(1_000, marks=pytest.mark.slow)])
def test_a_keeper_killed_at_any_moment(tmp_path: Path, upper: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Design §2.8: what the database holds is honoured, what the crawl honoured is taken back only by a commit."""
    monkeypatch.setattr(layered, "MAX_UPPER", upper)
    prepare(tmp_path / "given")
    seen, moment, killed = set(), 0, True
    while killed:
        moment += 1
        folder = tmp_path / str(moment)
        shutil.copytree(tmp_path / "given", folder)
        killed = killed_at(moment, folder, monkeypatch)
        with keeper(folder, seed="third") as desk:
            registry = RegistryFolder(desk.registry, kept=True)
            with desk.store.snapshot() as tx:
                entries = [one for one in all_current(tx).values() if one.in_force(desk.now)]
            committed = any(one.scope_value == "new.test" for one in entries)
            for host in ("new.test",) if committed else GIVEN:
                assert registry.match(parse_url(f"http://{host}/")), (moment, host)
            opened = [one.rule for one in registry.entries if one.action == "allow"]
            assert set(opened) <= {one.scope_value for one in entries if one.effect is Effect.ALLOW}
            persons = PersonList(desk.registry, desk.keys.pepper)
            assert persons.find("email", "b@example.org" if committed else "a@example.org")
            exact = {entry.version for entry in registry.entries} == {
                f"{one.id}.{one.version}" for one in entries if one.scope_value
            }
            seen.add((committed, exact))
            with desk.changing():
                pass
            desk.compared()
            assert (desk.registry / PERSONS_FILE).exists()
    assert moment > 12, "steps on the disk"
    assert seen >= {(False, True), (False, False), (True, False), (True, True)}
