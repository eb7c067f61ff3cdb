"""Measures what one more objection costs, the keeper and a running crawl, at size. `python benchmarks/registry.py`."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from collector.cli.registry_desk import desk
from collector.registry.act import Act
from collector.registry.entry import Effect, EntryState, RegistryEntry, ScopeKind, Strength
from collector.registry.folder import RegistryFolder
from collector.registry.intake import Objection, take_in
from collector.registry.taking_effect import compile_in_force
from collector.registry.versions import add_version
from collector.registry.vocabulary import UseLabel

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def line(what: str, asked: str, found: str) -> None:
    print(f"{what:66} {asked:>8} {found:>10}", flush=True)


def median(run: Callable[[int], object], times: int = 5) -> float:
    """CPU seconds."""
    taken = []
    for number in range(times):
        start = time.process_time()
        run(number)
        taken.append(time.process_time() - start)
    return sorted(taken)[times // 2]


def fill(data: Path, count: int) -> None:
    """`count` objections in force, as an import brings them."""
    calls = itertools.count()
    act = Act(NOW, "benchmark", lambda size: hashlib.shake_256(f"{next(calls)}".encode()).digest(size))
    with desk(data) as at, at.store.transaction() as tx:
        for number in range(count):
            entry = RegistryEntry(
                f"e-{number:07}", 1, f"q-{number:07}", "r-1", ScopeKind.SUBTREE, f"site{number}.example.org",
                Effect.DENY_FETCH, (UseLabel.ALL,), EntryState.IN_FORCE, Strength.AUTHORITY, NOW, NOW, "bench",
                reason="benchmark",
            )  # fmt: skip
            add_version(tx, act, entry)
        compile_in_force(tx, at.layout.registry, at.keys, NOW)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--entries", type=int, default=100_000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        fill(data, given.entries)
        line(f"CPU seconds, with {given.entries:,} entries in force", "asked", "found")
        with desk(data) as at:
            folder = RegistryFolder(at.layout.registry, kept=True)

            def add(number: int) -> None:
                with at.changing() as tx:
                    take_in(tx, at.act, at.keys, Objection(f"new{number}.example.net", "a letter"))

            def whole(_: int) -> None:
                with at.store.transaction() as tx:
                    compile_in_force(tx, at.layout.registry, at.keys, NOW)

            line("one more objection, recorded and in force for every crawl", "<= 1", f"{median(add):.3f}")
            line("the same compiled from all entries (`registry compile`)", "", f"{median(whole, 3):.3f}")
            folder.reload_if_changed()

            def read(number: int) -> None:
                add(100 + number)
                start = time.process_time()
                folder.reload_if_changed()
                reading.append(time.process_time() - start)

            reading: list[float] = []
            median(read, 3)
            line("a running crawl takes it in", "<= 1", f"{sorted(reading)[1]:.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
