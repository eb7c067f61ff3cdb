"""`collector crawl`: crawl the web under a policy."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from collector.model.errors import InputError

if TYPE_CHECKING:
    from collector.crawler.run import Finished
    from collector.crawler.watching.progress import View

app = typer.Typer(add_completion=False)

MAX_LINE = 65_536  # characters


@app.command()
def crawl(
    policy: Annotated[str, typer.Argument(help="Policy file, or the name of a ready policy.")],
    seed: Annotated[list[str] | None, typer.Option("--seed", help="A URL to begin with; may be repeated.")] = None,
    seeds: Annotated[str, typer.Option("--seeds", help="A file of seeds, one a line; - is standard input.")] = "",
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA", help="Where collections are kept.")] = Path(
        "data"
    ),
    max_pages: Annotated[
        int | None, typer.Option(help="Stop after this many pages; only ever tightens.", min=1)
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes that fetch, each with hosts of its own.", min=1, max=64)] = 1,
    readers: Annotated[
        int | None,
        typer.Option(help="Processes that read documents, per worker; default: the cores shared out.", min=1),
    ] = None,
    metrics: Annotated[str, typer.Option(help="Answer Prometheus at this address and port: 127.0.0.1:9400.")] = "",
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable summary.")] = False,
) -> int:
    """Crawl until nothing is left, the budget is spent, or Ctrl-C (once: finish and seal; twice: now)."""
    gc.disable()  # what is loaded now stays: looking through it for garbage again and again is a fifth of the start
    from collector.crawler.run import run_crawl
    from collector.crawler.wiring import Options
    from collector.policy.ready import find_policy

    gc.freeze()  # on again when the spider is open (crawler.lifecycle)
    options = Options(
        find_policy(policy), data, seeds=tuple(seed or ()), max_pages=max_pages, pool_size=readers, metrics=metrics
    )
    finished = run_crawl(options, seed_lines(seeds), workers=workers, quiet=quiet or as_json)
    summarise(finished, options.data, as_json=as_json)
    return finished.exit_code


def seed_lines(source: str) -> Iterator[str]:
    """The lines of a file or of standard input, read as they are needed; undecodable bytes make a line that is no URL.

    The file is opened at once: raises InputError before anything is begun.
    """
    if not source:
        return iter(())
    try:
        file = sys.stdin.fileno() if source == "-" else source
        stream = open(file, encoding="utf-8", errors="surrogateescape", closefd=source != "-")  # noqa: SIM115
    except OSError as exc:
        mend = "name a file of seeds, one a line, or - for standard input"
        raise InputError(exc.strerror or "cannot be read", where=source, mend=mend) from exc
    return _uncommented(stream)


def _uncommented(stream: TextIO) -> Iterator[str]:
    with stream:
        while line := stream.readline(MAX_LINE):
            rest = line
            while not rest.endswith("\n") and (rest := stream.readline(MAX_LINE)):
                pass  # longer than any URL: its beginning is enough to say so
            stripped = line.strip()
            if stripped and not stripped.startswith("#"):
                yield stripped


def summarise(finished: Finished, data: Path, *, as_json: bool) -> None:
    """What happened, as text or JSON."""
    view = finished.view
    assert view is not None
    if as_json:
        print(json.dumps(_as_json(finished, view), indent=2))
        return
    print_summary(finished, view)
    collection = data / finished.collection
    print(f"files: {collection}")
    print(f"next: collector status {finished.collection} --data {data}")


def print_summary(finished: Finished, view: View) -> None:
    """Pages kept, and every refusal by gate, rule and reason."""
    totals = view.totals
    print(
        f"{finished.reason}: {totals.pages:,} pages kept, {totals.bytes / 1e6:,.2f} MB, "
        f"{view.seconds:,.1f} s, {totals.events:,} candidates closed"
    )
    if view.queue.waiting + view.queue.deferred:
        print(f"  {view.queue.waiting + view.queue.deferred:,} candidates still wait: the same command goes on")
    if finished.reopened:
        print(f"  {finished.reopened:,} candidates that an earlier run had deferred were taken up again")
    if finished.due:
        print(f"  {finished.due:,} pages that were kept before were due for another visit")
    if finished.redecided.by_policy:
        print(f"  {finished.redecided.by_policy:,} candidates that waited were refused: the policy has changed")
    if finished.redecided.by_sources:
        print(f"  {finished.redecided.by_sources:,} candidates that waited were refused: lists or registry changed")
    if totals.stops:
        print("not kept, by gate, rule and reason:")
    for stop in totals.stops:
        who = f"{stop.gate} {stop.rule}" if stop.rule else f"network ({stop.verdict})"
        print(f"  {stop.decided:>6,}  {who}: {stop.reason}")
    for name, number in sorted(finished.counters.items()):
        print(f"  {number:>6,}  {name.replace('_', ' ').replace('/', ': ')}")
    seeded = finished.seeded
    if seeded.rejected:
        print(f"{seeded.rejected:,} seeds could not be used; the first:")
        for message in seeded.first_rejected:
            print(f"  {message}")
    if finished.rule_failures:
        print(f"{finished.rule_failures:,} answers of rules that failed: those URLs were deferred, not allowed")


def _as_json(finished: Finished, view: View) -> dict[str, object]:
    totals = view.totals
    return {
        "collection": finished.collection,
        "run": finished.run,
        "ended": finished.reason,
        "seconds": round(view.seconds, 3),
        "pages": totals.pages,
        "bytes": totals.bytes,
        "candidates": totals.events,
        "seeds": {
            "admitted": finished.seeded.admitted,
            "refused": finished.seeded.refused,
            "known": finished.seeded.known,
            "rejected": finished.seeded.rejected,
            "first_rejected": finished.seeded.first_rejected,
        },
        "redecided": finished.redecided.by_policy,
        "dropped_at_start": finished.redecided.by_sources,
        "reopened": finished.reopened,
        "due": finished.due,
        "stops": [
            {"gate": s.gate, "rule": s.rule, "verdict": s.verdict, "reason": s.reason, "events": s.decided}
            for s in totals.stops
        ],
        "rule_failures": totals.rule_failures,
        "counters": finished.counters,
    }
