"""A registry for tests: open on SQLite or a real PostgreSQL of its own, with a clock and randomness of the test's."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from collector.lists.entry import Entry
from collector.registry.act import Act
from collector.registry.entry import RegistryEntry
from collector.registry.folder import RegistryFolder, standing
from collector.registry.in_force import (
    IN_FORCE_FILE,
    KIND,
    PERSONS_FILE,
    PERSONS_KIND,
    person_line,
    place_line,
    read_place_line,
)
from collector.registry.intake import Objection, Recorded, take_in
from collector.registry.keyring import Keyring
from collector.registry.layered import layers_of, read_layers, sealed_layers, whole
from collector.registry.lifecycle import end_what_is_over
from collector.registry.person import pepper_id
from collector.registry.persons import PersonList
from collector.registry.request import Request, find
from collector.registry.store import RegistryStore, open_registry
from collector.registry.taking_effect import announce, compile_in_force, settle
from collector.registry.versions import all_current

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def snapshot_of(entries: Iterable[RegistryEntry], seq: int, now: datetime) -> bytes:
    """The file of places as a whole compilation writes it, in one layer; the order of `entries` plays no part."""
    lines = [line for entry in entries if (line := place_line(entry, now)) is not None]
    return sealed_layers(whole(Path("x"), KIND, seq, "", lines))


def read_snapshot(data: bytes) -> tuple[int, tuple[Entry, ...]]:
    """Its event and its entries, as crawls read them."""
    layers = layers_of(data, Path("x"), KIND)
    found = (read_place_line(line, "x") for line in layers.lines)
    return layers.seq, tuple(entry for entry in found if entry is not None)


@dataclass
class Fresh:
    """Unpredictable to nobody but different every time."""

    seed: str = "test"
    calls: int = 0

    def __call__(self, count: int) -> bytes:
        self.calls += 1
        return hashlib.shake_256(f"{self.seed} {self.calls}".encode()).digest(count)


@dataclass
class Keeper:
    """An open registry and who keeps it; `later` moves the clock."""

    folder: Path
    store: RegistryStore
    now: datetime = START
    fresh: Fresh = field(default_factory=Fresh)

    @property
    def keys(self) -> Keyring:
        return Keyring(self.folder / "keys", self.fresh)

    @property
    def registry(self) -> Path:
        return self.folder / "registry"

    @property
    def act(self) -> Act:
        return Act(self.now, "keeper", self.fresh)

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def take(self, value: str, reason: str = "letter 1", **more: object) -> Recorded:
        with self.store.transaction() as tx:
            done = take_in(tx, self.act, self.keys, Objection(value, reason, **more))  # type: ignore[arg-type]
            compile_in_force(tx, self.registry, self.keys, self.now)
        return done

    def find(self, recorded: Recorded) -> Request:
        with self.store.snapshot() as tx:
            return find(tx, recorded.public_ref)

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """As the commands change something."""
        with self.store.transaction() as tx:
            yield tx
            end_what_is_over(tx, self.act)
            announce(tx, self.registry, self.keys, self.now)
        with self.store.transaction() as tx:
            settle(tx, self.registry, self.keys, self.now)

    def compared(self) -> None:
        """What the files hold is what all entries together say."""
        with self.store.snapshot() as tx:
            entries = list(all_current(tx).values())
        pepper = pepper_id(self.keys.pepper)
        places = sorted(line for one in entries if (line := place_line(one, self.now)))
        persons = sorted(line for one in entries if (line := person_line(one, self.now, pepper)))
        for file, kind, expected in ((IN_FORCE_FILE, KIND, places), (PERSONS_FILE, PERSONS_KIND, persons)):
            layers = read_layers(self.registry / file, kind)
            assert sorted(line.decode() for line in (*layers.lower(), *layers.lines)) == expected
            assert (layers.held, layers.unsettled) == (len(expected), frozenset())
        folder = RegistryFolder(self.registry, kept=True)
        assert len(folder.entries) == len(places)
        assert standing(self.registry).digest == folder.digest
        assert len(PersonList(self.registry, self.keys.pepper)) == len(persons)

    def request(self, tx: Connection, ref: str) -> Request:
        return find(tx, ref)

    def compile(self) -> int:
        with self.store.transaction() as tx:
            return compile_in_force(tx, self.registry, self.keys, self.now)


@contextmanager
def keeper(folder: Path, place: str | None = None, seed: str = "test") -> Iterator[Keeper]:
    folder.mkdir(exist_ok=True)
    file = folder / "registry.db"
    if place is None and not file.exists():
        file.write_bytes(_empty())
    store = open_registry(place or file)
    try:
        yield Keeper(folder, store, fresh=Fresh(seed))
    finally:
        store.close()


@cache
def _empty() -> bytes:
    """A registry as migrations make it, once for all tests: they cost more than most of them."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "registry.db"
        open_registry(path).close()
        return path.read_bytes()


def postgresql_programs() -> Path | None:
    """Where initdb and pg_ctl lie; Debian keeps them off the path."""
    found = shutil.which("pg_ctl")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((path for path in candidates if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


@contextmanager
def postgresql(programs: Path) -> Iterator[str]:
    """A server of the test's own, on a Unix socket in a folder of its own; ended and removed afterwards."""
    # short: a socket's path ends at 107 bytes; the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = _server_user()
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"
        _run(user, programs / "initdb", "-D", data, "-U", "keeper", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c max_connections=20"
        _run(user, programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://keeper@/postgres?host={folder}"
        finally:
            _run(user, programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _run(user: pwd.struct_passwd | None, program: Path, *arguments: object) -> None:
    answer = subprocess.run(
        [str(program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the server keeps these open: a pipe would never end
        stderr=subprocess.DEVNULL,
        timeout=90,
        check=False,
        cwd="/",
        user=user.pw_uid if user is not None else None,
        group=user.pw_gid if user is not None else None,
    )
    assert answer.returncode == 0, f"{program.name} answered {answer.returncode}"
