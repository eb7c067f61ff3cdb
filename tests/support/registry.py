"""A registry for tests: open on SQLite or a real PostgreSQL of its own, with a clock and randomness of the test's."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.registry.act import Act
from collector.registry.in_force import compile_in_force
from collector.registry.intake import Objection, Recorded, take_in
from collector.registry.keyring import Keyring
from collector.registry.request import Request, find
from collector.registry.store import RegistryStore, open_registry

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


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

    def compile(self) -> int:
        with self.store.transaction() as tx:
            return compile_in_force(tx, self.registry, self.keys, self.now)


@contextmanager
def keeper(folder: Path, place: str | None = None, seed: str = "test") -> Iterator[Keeper]:
    folder.mkdir(exist_ok=True)
    store = open_registry(place or folder / "registry.db")
    try:
        yield Keeper(folder, store, fresh=Fresh(seed))
    finally:
        store.close()


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
