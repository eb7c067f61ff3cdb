"""`/metrics` for Prometheus: numbers of the run, read from the account when somebody asks, beside the event loop.

The account is the one place where all workers' numbers meet, so one address answers for any number of them.
Labels are outcomes, gates, rules and states: bounded in number; no host, no URL, no reason.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from collector import __version__
from collector.crawler.documents.processes import processes
from collector.frontier.desk import stats
from collector.ledger.orders import pause_in_force
from collector.ledger.runs import Run, last_event_at, runs
from collector.ledger.store import Store
from collector.ledger.tally import Counts, counts
from collector.model.errors import CollectorError, InputError

PATH = "/metrics"
MEDIA_TYPES = 20  # of their own; the others are counted as `other`
ASKING_SECONDS = 5.0  # for a scraper to say what it wants
Metric = CounterMetricFamily | GaugeMetricFamily | InfoMetricFamily


@dataclass(frozen=True, slots=True)
class Numbers(Collector):
    """The metrics of one run, as of the moment of the question."""

    database: Path
    run: int

    def collect(self) -> Iterator[Metric]:
        """Every metric. A collection that cannot be read answers `collector_up 0` and what the machine says."""
        up = GaugeMetricFamily("collector_up", "Whether the account could be read.")
        found: list[Metric] = []
        try:
            found += self._of_account()
        except CollectorError:
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
        yield up
        yield from found
        yield from self._of_machine()

    def _of_account(self) -> Iterator[Metric]:
        store = Store.open(self.database, write=False)
        try:
            with store.snapshot() as tx:
                run = next(one for one in runs(tx) if one.id == self.run)
                totals, queue, last, paused = counts(tx, self.run), stats(tx), last_event_at(tx), pause_in_force(tx)
        finally:
            store.close()
        yield _info(run)
        yield _gauge("run_start_timestamp_seconds", "When the run began.", run.started_at.timestamp())
        if last is not None:
            yield _gauge("last_event_timestamp_seconds", "When the last candidate was closed.", last.timestamp())
        yield _gauge("paused", "Whether an operator has paused the crawl.", float(paused is not None))
        yield from _totals(totals)
        states = {
            "waiting": queue.waiting,
            "in_flight": queue.in_flight,
            "deferred": queue.deferred,
            "done": queue.done,
        }
        yield _by("queue_urls", "URLs of the queue.", "state", states)
        hosts = {
            "known": queue.hosts,
            "active": queue.hosts_active,
            "waiting": queue.hosts_waiting,
            "blocked": queue.hosts_blocked,
            "backing_off": queue.hosts_backing_off,
        }
        yield _by("hosts", "Hosts; one may be in several states.", "state", hosts)

    def _of_machine(self) -> Iterator[Metric]:
        folder = self.database.parent
        try:
            yield _gauge("disk_free_bytes", "Free where the collection lies.", shutil.disk_usage(folder).free)
        except OSError:
            return
        sizes = {suffix or "database": _size(folder / f"{self.database.name}{suffix}") for suffix in ("", "-wal")}
        yield _by("database_bytes", "Size of the account and the queue on disk.", "file", sizes)
        memory = GaugeMetricFamily("collector_resident_memory_bytes", "Resident memory.", labels=["process"])
        cpu = CounterMetricFamily("collector_cpu_seconds", "CPU time of the living processes.", labels=["process"])
        number = GaugeMetricFamily("collector_processes", "Processes of this crawl.", labels=["process"])
        for kind, used in processes(os.getpid()).items():
            memory.add_metric([kind], used.memory)
            cpu.add_metric([kind], used.cpu)
            number.add_metric([kind], used.number)
        yield from (memory, cpu, number)


def _info(run: Run) -> Metric:
    said = InfoMetricFamily("collector_run", "What runs, and under what.")
    value = {
        "collection": run.policy_id,
        "run": str(run.id),
        "policy": run.policy_digest,
        "version": __version__,
        "shards": str(run.shards),
    }
    said.add_metric([], value)
    return said


def _totals(totals: Counts) -> Iterator[Metric]:
    yield CounterMetricFamily("collector_pages", "Pages kept in this run, duplicates included.", value=totals.pages)
    yield CounterMetricFamily("collector_rule_failures", "Answers of rules that raised.", value=totals.rule_failures)
    events: dict[str, int] = {}
    size: dict[str, int] = {}
    for one in sorted(totals.outcomes, key=lambda o: (-o.events, o.media_type)):
        events[one.outcome.value] = events.get(one.outcome.value, 0) + one.events
        if one.media_type:
            media = one.media_type if one.media_type in size or len(size) < MEDIA_TYPES else "other"
            size[media] = size.get(media, 0) + one.bytes
    yield _counter("events", "Candidates closed in this run.", "outcome", events)
    yield _counter("kept_bytes", "Bytes of stored bodies.", "media_type", size)
    stops = CounterMetricFamily(
        "collector_stops", "What ended candidates without a page.", labels=["gate", "rule", "verdict"]
    )
    decided: dict[tuple[str, str, str], int] = {}
    for stop in totals.stops:
        key = (stop.gate, stop.rule, stop.verdict)
        decided[key] = decided.get(key, 0) + stop.decided
    for labels, number in decided.items():
        stops.add_metric(labels, number)
    yield stops


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"collector_{name}", what, value=value)


def _by(name: str, what: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"collector_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, what: str, label: str, values: dict[str, int]) -> Metric:
    family = CounterMetricFamily(f"collector_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class _Server(WSGIServer):
    """One question at a time: one scraper asks, and a slow one holds nothing but itself."""

    allow_reuse_address = True

    def server_bind(self) -> None:
        """Without the reverse look-up of the address, which would go out to the network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A scraper that hangs up is no event."""


class _Asking(WSGIRequestHandler):
    timeout = ASKING_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's signature
        """Nothing: the journal is for the crawl."""


class MetricsServer:
    """A context manager: answers on `address` (`127.0.0.1:9400`) from a thread of its own until it is left.

    Raises InputError where the address cannot be listened on.
    """

    def __init__(self, address: str, database: Path, run: int) -> None:
        host, _, port = address.rpartition(":")
        registry = CollectorRegistry()
        registry.register(Numbers(database, run))
        try:
            self._server = _Server((host.strip("[]"), int(port)), _Asking)
        except (OSError, ValueError, OverflowError) as exc:
            mend = "[monitoring] metrics or --metrics: an address of this machine and a free port, 127.0.0.1:9400"
            raise InputError(f"metrics cannot be served there ({exc})", where=address, mend=mend) from exc
        self._server.set_app(_only_metrics(make_wsgi_app(registry)))
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        host = f"[{self._server.server_name}]" if ":" in self._server.server_name else self._server.server_name
        return f"http://{host}:{self._server.server_port}{PATH}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _only_metrics(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return app(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"only /metrics\n"]

    return answer
