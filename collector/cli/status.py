"""`collector status`: what a running or finished crawl has done, read beside it without disturbing it."""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.chosen import chosen
from collector.frontier.frontier import QueueCounts
from collector.frontier.sqlite import queue_counts
from collector.ledger.orders import Order, pause_in_force
from collector.ledger.runs import Run, last_event_at, runs
from collector.ledger.store import Store
from collector.ledger.tally import Counts, counts
from collector.model.layout import Layout

app = typer.Typer(add_completion=False)

_SHOWN = 20  # refusals on the terminal; --json has all of them


@app.command()
def status(
    collection: Annotated[str, typer.Argument(help="The collection's id; may be left out where there is one.")] = "",
    data: Annotated[Path, typer.Option("--data", envvar="COLLECTOR_DATA")] = Path("data"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Pages, bytes, rates, queue, hosts, and refusals by gate, rule and reason, of a running or finished crawl."""
    name = chosen(data, collection)
    store = Store.open(Layout(data).collection(name).database, write=False)
    try:
        with store.snapshot() as tx:
            every, totals, queue, last = runs(tx), counts(tx), queue_counts(tx), last_event_at(tx)
            paused = pause_in_force(tx)
            newest = counts(tx, every[-1].id) if every else totals
    finally:
        store.close()
    run = every[-1] if every else None
    seconds = _seconds(run, last)
    rate = newest.pages / seconds if seconds else 0.0
    if as_json:
        print(json.dumps(_as_json(name, every, totals, queue, rate, paused), indent=2))
    else:
        _print(name, run, totals, queue, rate, paused)


def _seconds(run: Run | None, last: datetime | None) -> float:
    """How long the newest run has worked: to its end, to now while it lives, else to its last event."""
    if run is None:
        return 0.0
    if run.ended_at is None and _state(run) == "running":
        return (datetime.now(UTC) - run.started_at).total_seconds()
    end = run.ended_at if run.ended_at and run.exit_reason != "killed" else last
    return max((end - run.started_at).total_seconds(), 0.0) if end else 0.0


def _state(run: Run) -> str:

    if run.ended_at is not None:
        return run.exit_reason or "ended"
    if run.machine != socket.gethostname():
        return f"running on {run.machine}, or killed there"
    try:
        os.kill(run.pid, 0)
    except ProcessLookupError:
        return "killed"
    except PermissionError:
        pass  # alive, and somebody else's
    return "running"


def _as_json(
    name: str, every: list[Run], totals: Counts, queue: QueueCounts, rate: float, paused: Order | None
) -> dict[str, object]:
    return {
        "collection": name,
        "runs": [
            {
                "id": run.id,
                "state": _state(run),
                "started_at": run.started_at.isoformat(),
                "ended_at": run.ended_at.isoformat() if run.ended_at else None,
                "policy": run.policy_digest,
                "actor": run.actor,
                "pid": run.pid,
            }
            for run in every
        ],
        "paused": paused.told if paused is not None else None,
        "pages": totals.pages,
        "bytes": totals.bytes,
        "events": totals.events,
        "pages_per_second": round(rate, 3),
        "rule_failures": totals.rule_failures,
        "outcomes": [
            {"outcome": o.outcome.value, "media_type": o.media_type, "events": o.events, "bytes": o.bytes}
            for o in totals.outcomes
        ],
        "stops": [
            {"gate": s.gate, "rule": s.rule, "verdict": s.verdict, "reason": s.reason, "events": s.decided}
            for s in totals.stops
        ],
        "queue": {
            "waiting": queue.waiting,
            "in_flight": queue.in_flight,
            "deferred": queue.deferred,
            "done": queue.done,
            "hosts_active": queue.hosts_active,
            "hosts_waiting": queue.hosts_waiting,
        },
    }


def _print(name: str, run: Run | None, totals: Counts, queue: QueueCounts, rate: float, paused: Order | None) -> None:
    if run is None:
        print(f"{name}: never crawled")
        return
    print(f"{name}: run {run.id}, {_state(run)}, started {run.started_at:%Y-%m-%d %H:%M:%S} UTC by {run.actor}")
    if paused is not None:
        print(f"PAUSED    {paused.told}")
    print(f"pages     {totals.pages:,} kept, {totals.bytes / 1e6:,.1f} MB, {rate:,.2f} pages/s in this run")
    print(f"queue     {queue.waiting:,} waiting, {queue.in_flight:,} in flight, {queue.deferred:,} to be asked again")
    print(f"hosts     {queue.hosts_active:,} active, {queue.hosts_waiting:,} with something waiting")
    for outcome in totals.outcomes:
        kind = f" ({outcome.media_type})" if outcome.media_type else ""
        print(f"{outcome.events:>9,} {outcome.outcome.value}{kind}")
    if totals.stops:
        print("not kept, by gate, rule and reason:")
    for stop in totals.stops[:_SHOWN]:
        who = f"{stop.gate} {stop.rule}" if stop.rule else f"network {stop.verdict}"
        print(f"{stop.decided:>9,} {who}: {stop.reason}")
    if len(totals.stops) > _SHOWN:
        print(f"          … and {len(totals.stops) - _SHOWN} more kinds: --json has all")
    if totals.rule_failures:
        print(f"{totals.rule_failures:>9,} answers of rules that failed: these URLs were deferred, not allowed")
