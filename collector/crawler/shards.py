"""`--workers N`: one process per shard, host-affine, one database, WARC files of their own.

Workers are forked before anything is open, from a process that has imported what they need; their readers come from
one zygote of them all.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import time
from dataclasses import replace
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from types import FrameType

from collector.crawler.crawl import Crawl
from collector.crawler.documents.document_worker import Setup
from collector.crawler.documents.nursery import Nursery, shared
from collector.crawler.documents.orphan import die_with
from collector.crawler.documents.processes import WORKER, call_this_process
from collector.crawler.wiring import Options, close_crawl, open_crawl, training_tokens
from collector.lists.suffixes import registrable_domain
from collector.minimise.replacing.plan import needs_key
from collector.minimise.site_file import minimise_site_file
from collector.minimise.structure.url import personal_kinds
from collector.model.errors import FAULTS, CollectorError, ExitCode, StorageError
from collector.model.url import parse_url
from collector.pipeline import pipeline_of
from collector.policy.policy import Policy

POLL_SECONDS = 0.1
STOPS = (signal.SIGINT, signal.SIGTERM)
_FAULTS = {int(fault.exit_code): fault for fault in FAULTS}  # a worker's exit code becomes the run's
_ENDINGS = {0: "finished", 10: "budget", 11: "stopped", 12: "patience"}
_CODES = {"budget": 10, "stopped": 11, "now": 11, "patience": 12}
_READ_AHEAD = (  # what Scrapy would import once it runs. Not the reactor: each worker has one of its own
    "collector.crawler.gating.gate_middleware",
    "collector.crawler.network.download_handler",
    "scrapy.core.downloader",
    "scrapy.core.downloader.contextfactory",
    "scrapy.core.scheduler",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
)
Told = tuple[int, frozenset[str]]  # the run, and registrable domains of seeds


class Shards:
    """The workers of one run: born before anything is open, told to begin when all of it is."""

    def __init__(self, options: Options, policy: Policy, workers: int) -> None:
        """Fork them. The caller has no thread that holds a lock, no database open and no reactor.

        Raises PolicyError where the policy cannot be bound, StorageError where the machine has no room for them.
        """
        key = b"\0" * 32 if needs_key(policy.minimise) else b""  # of nobody
        pipeline_of(policy, training_tokens(), key)
        self._processes: list[ForkProcess] = []
        self._lines: list[Connection] = []
        self._zygote, nurseries = shared(Setup(policy, training_tokens()), workers)
        _read_ahead()
        context = get_context("fork")
        # a shard is born with these blocked and lets them in when it can stop in an orderly way: none is lost
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            for shard, nursery in enumerate(nurseries):
                ours, theirs = context.Pipe()
                self._lines.append(ours)
                others = [*self._lines, *(one for one in nurseries if one is not nursery)]
                work = _Work(replace(options, shard=shard, shards=workers), policy, os.getpid())
                process = context.Process(target=work.run, args=(nursery, theirs, others))
                process.start()
                theirs.close()
                self._processes.append(process)
        except OSError as exc:
            self.close()
            raise StorageError(
                f"a worker cannot be started: {exc.strerror or exc}",
                where=sys.executable,
                mend="check free memory and the limit of processes (ulimit -u), then start again",
            ) from exc
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            for nursery in nurseries:
                nursery.close()

    def run(self, crawl: Crawl) -> str:
        """Let them crawl, wait for all of them, end all when one fails. Returns how the run ended."""
        interrupts = 0

        def interrupted(_number: int, _frame: FrameType | None) -> None:
            nonlocal interrupts
            interrupts += 1
            self._interrupt()

        for number in STOPS:
            signal.signal(number, interrupted)
        for line in self._lines:
            try:
                line.send((crawl.run, frozenset(crawl.gates.scope_domains)))
            except OSError:
                continue  # it has ended, and is seen below
        try:
            while any(process.exitcode is None for process in self._processes):
                time.sleep(POLL_SECONDS)
                if any(process.exitcode not in (None, *_ENDINGS) for process in self._processes):
                    self._interrupt()
        finally:
            self._end()
        codes = [process.exitcode or 0 for process in self._processes]
        bad = next((code for code in codes if code not in _ENDINGS), None)
        if bad is not None:
            crawl.fault = _FAULTS.get(bad, StorageError)(
                f"a worker ended with {bad}; the others were stopped",
                where=str(crawl.paths.root),
                mend="its message stands above; start the same command again to go on",
            )
            return "fault"
        if interrupts:
            return "stopped" if interrupts == 1 else "now"
        return max((_ENDINGS[code] for code in codes), key=("finished", "patience", "stopped", "budget").index)

    def close(self) -> None:
        """End whoever is left."""
        self._end()
        self._zygote.kill()
        self._zygote.wait()
        for line in self._lines:
            line.close()

    def _end(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()

    def _interrupt(self) -> None:
        for process in self._processes:
            if process.exitcode is None and process.pid is not None:
                os.kill(process.pid, signal.SIGINT)


def _read_ahead() -> None:
    """Everything that workers would load, once, so that they share it."""
    for name in _READ_AHEAD:
        import_module(name)
    registrable_domain("www.example.org")
    personal_kinds(parse_url("https://www.example.org/a@example.org"))
    minimise_site_file(b"# a@example.org")
    gc.freeze()  # what is shared stays shared: the collector of garbage writes to all that it looks at


class _Work:
    """What one shard does."""

    def __init__(self, options: Options, policy: Policy, parent: int) -> None:
        self._options, self._policy, self._parent = options, policy, parent

    def run(self, nursery: socket.socket, told: Connection, others: list[Connection | socket.socket]) -> None:
        """In the new process, to its end."""
        os.setsid()  # Ctrl-C is for the parent to pass on
        die_with(self._parent, ExitCode.STORAGE)  # without its parent nobody holds the collection's lock
        call_this_process(WORKER)
        for one in others:
            one.close()
        try:
            run, scope_domains = told.recv()
        except EOFError:
            return
        try:
            code = self._crawl(run, scope_domains, Nursery(nursery))
        except CollectorError as exc:
            print(f"collector: {exc}", file=sys.stderr)
            code = exc.exit_code
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # it ends already
        sys.exit(code)

    def _crawl(self, run: int, scope_domains: frozenset[str], nursery: Nursery) -> int:
        from collector.crawler.run import run_worker  # noqa: PLC0415  run imports this module

        crawl = open_crawl(replace(self._options, run=run), self._policy)
        crawl.pool.nursery = nursery
        crawl.gates.scope_domains |= scope_domains
        run_worker(crawl)
        close_crawl(crawl, crawl.ended_as)
        if crawl.fault is not None:
            raise crawl.fault
        return _CODES.get(crawl.ended_as, ExitCode.OK)
