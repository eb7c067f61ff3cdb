"""What a person sees while it crawls: a live table on a terminal, a line every ten seconds elsewhere.

Read from the database in a thread of its own, so it shows the same for one worker and for many.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from collector.frontier.frontier import QueueCounts
from collector.frontier.sqlite import queue_counts
from collector.ledger.orders import pause_in_force
from collector.ledger.store import Store
from collector.ledger.tally import Counts, counts
from collector.model.errors import CollectorError
from collector.policy.policy import Policy

LIVE_SECONDS = 1.0
LINE_SECONDS = 10.0
SHOWN = 8


@dataclass(frozen=True, slots=True)
class View:
    """One look at a running crawl."""

    totals: Counts
    queue: QueueCounts
    seconds: float
    paused: str = ""  # since when, by whom and why, while an operator has it stand still

    @property
    def rate(self) -> float:
        """Pages per second since the start of the run."""
        return self.totals.pages / self.seconds if self.seconds > 0 else 0.0


class Progress:
    """A context manager; after it `last` is the final view."""

    def __init__(self, database: Path, run: int, policy: Policy, *, quiet: bool = False) -> None:
        self._database, self._run, self._policy, self._quiet = database, run, policy, quiet
        self._console = Console(stderr=True)
        self._started = time.monotonic()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._live: Live | None = None
        self.last: View | None = None

    def __enter__(self) -> Self:
        if not self._quiet:
            if self._console.is_terminal:
                self._live = Live(console=self._console, auto_refresh=False, transient=True)
                self._live.start()
            self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._live is not None:
            self._live.stop()
        if kind is None:
            self.look()

    @property
    def rule_failures(self) -> int:
        """Answers of rules that raised."""
        return self.last.totals.rule_failures if self.last is not None else 0

    def say(self, text: str) -> None:
        """One line for the person at the terminal."""
        if not self._quiet:
            self._console.print(text)

    def look(self) -> View:
        """The crawl as of now."""
        store = Store.open(self._database, write=False)
        try:
            with store.snapshot() as tx:
                seconds, order = time.monotonic() - self._started, pause_in_force(tx)
                self.last = View(
                    counts(tx, self._run), queue_counts(tx), seconds, order.told if order is not None else ""
                )
        finally:
            store.close()
        return self.last

    def _watch(self) -> None:
        pause = LIVE_SECONDS if self._live is not None else LINE_SECONDS
        while not self._over.wait(pause):
            try:
                view = self.look()
            except CollectorError:
                continue  # whoever writes will meet the same fault, and say it
            if self._live is not None:
                self._live.update(table(view, self._policy), refresh=True)
            else:
                print(line(view), file=sys.stderr, flush=True)


def line(view: View) -> str:
    """One line of plain text."""
    queue = view.queue
    return (
        f"{view.seconds:7.0f} s  {view.totals.pages:,} pages  {view.totals.bytes / 1e6:,.1f} MB  {view.rate:,.2f}/s  "
        f"{queue.hosts_active:,} hosts active, {queue.hosts_waiting:,} waiting  {queue.waiting:,} URLs waiting, "
        f"{queue.deferred:,} deferred{f'  PAUSED {view.paused}' if view.paused else ''}"
    )


def table(view: View, policy: Policy) -> Table:
    """The live table."""
    shown = Table(title=f"{policy.collection.id}: {policy.collection.title}", show_header=False, title_justify="left")
    shown.add_column(style="bold")
    shown.add_column()
    queue = view.queue
    if view.paused:
        shown.add_row("PAUSED", view.paused)
    shown.add_row("pages", f"{view.totals.pages:,}  ({view.totals.bytes / 1e6:,.1f} MB, {view.rate:,.2f}/s)")
    shown.add_row("hosts", f"{queue.hosts_active:,} active, {queue.hosts_waiting:,} waiting")
    shown.add_row("queue", f"{queue.waiting:,} waiting, {queue.in_flight:,} in flight, {queue.deferred:,} deferred")
    left = remaining(view, policy)
    if left:
        shown.add_row("budget", left)
    for stop in view.totals.stops[:SHOWN]:
        shown.add_row(f"{stop.gate or 'network'} {stop.rule}".strip(), f"{stop.decided:,}  {stop.reason}")
    return shown


def remaining(view: View, policy: Policy) -> str:
    """How far the page budget is, and how long the rest takes at this rate."""
    limit = policy.scope.max_pages
    if limit is None:
        return ""
    left = max(0, limit - view.totals.pages)
    eta = f", about {left / view.rate / 60:,.0f} min left" if view.rate > 0 else ""
    return f"{view.totals.pages:,} of {limit:,} pages{eta}"
