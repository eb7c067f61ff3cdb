"""Measures what one more objection costs, the keeper and a running crawl, at size. `python benchmarks/registry.py`."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import itertools
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from collector.cli.registry import app
from collector.cli.registry_desk import Desk, desk
from collector.model.url import parse_url
from collector.registry.act import Act
from collector.registry.entry import Effect, EntryState, RegistryEntry, ScopeKind, Strength
from collector.registry.exchange.publish import publish
from collector.registry.folder import RegistryFolder
from collector.registry.intake import Objection, take_in
from collector.registry.taking_effect import compile_in_force
from collector.registry.versions import add_versions
from collector.registry.vocabulary import UseLabel

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
Figures = dict[str, float]


def seconds(run: Callable[[], object]) -> float:
    """CPU seconds."""
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        run()
    return time.process_time() - start


def median(run: Callable[[int], object], times: int = 7) -> float:
    """CPU seconds."""
    return sorted(seconds(lambda number=number: run(number)) for number in range(times))[times // 2]


def fill(at: Desk, count: int) -> None:
    """`count` objections in force, as an import brings them."""
    calls = itertools.count()
    act = Act(NOW, "benchmark", lambda size: hashlib.shake_256(f"{next(calls)}".encode()).digest(size))
    entries = (
        RegistryEntry(
            f"e-{number:07}", 1, f"q-{number:07}", "r-1", ScopeKind.SUBTREE, f"site{number}.example.org",
            Effect.DENY_FETCH, (UseLabel.ALL,), EntryState.IN_FORCE, Strength.AUTHORITY, NOW, NOW, "bench",
            reason="benchmark",
        )
        for number in range(count)
    )  # fmt: skip
    with at.store.transaction() as tx:
        add_versions(tx, act, entries)
        compile_in_force(tx, at.layout.registry, at.keys, NOW)


def measured(data: Path, count: int) -> Figures:
    found: Figures = {}
    with desk(data) as at:
        found["an import of all of them, recorded and compiled"] = seconds(lambda: fill(at, count))
        folders: list[RegistryFolder] = []
        found["a crawl opens it"] = seconds(lambda: folders.append(RegistryFolder(at.layout.registry, kept=True)))
        folder = folders[0]
        urls = [parse_url(f"https://www.site{number}.example.org/x") for number in range(count // 2, count // 2 + 500)]
        ref = ""

        def add(number: int) -> None:
            nonlocal ref
            with at.changing() as tx:
                ref = take_in(tx, at.act, at.keys, Objection(f"new{number}.example.net", "a letter")).public_ref

        found["one more objection, recorded and in force for every crawl"] = median(add)
        reading = []
        for number in range(7):
            add(100 + number)
            reading.append(seconds(folder.reload_if_changed))
        found["a running crawl takes it in"] = sorted(reading)[3]
        found["a look-up that hits"] = median(lambda _: [folder.match(url) for url in urls]) / len(urls)
        fold = [seconds(lambda number=number: add(1_000 + number)) for number in range(1_100)]
        found["the dearest of 1,100 more, which makes a new base"] = max(fold)
        found["a running crawl takes the new base in"] = seconds(folder.reload_if_changed)
        asked = CliRunner()
        for name, line in (
            ("registry show", ["show", ref]),
            ("registry list", ["list"]),
            ("registry list --all", ["list", "--all"]),
            ("registry review", ["review"]),
            ("registry compile", ["compile"]),
        ):
            found[name] = seconds(lambda line=line: asked.invoke(app, [*line, "--data", str(data)]))

        def tell() -> None:
            with at.store.snapshot() as tx:
                publish(tx, data / "public", at.keys.signing, "bench", NOW)

        found["registry publish, for the first time"] = seconds(tell)
        add(9_000)
        found["registry publish, after one change"] = seconds(tell)
    return found


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--entries", type=int, nargs="+", default=SIZES)
    given = arguments.parse_args()
    sizes = list(given.entries)
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            found.append(measured(Path(name), size))
    print(f"{'CPU seconds, with so many entries in force':60}" + "".join(f"{size:>12,}" for size in sizes))
    for what in found[0]:
        print(
            f"{what:60}" + "".join(f"{one[what]:12.6f}" if one[what] < 0.001 else f"{one[what]:12.3f}" for one in found)
        )
    print(f"largest resident set: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
