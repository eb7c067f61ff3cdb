"""The document pool: extraction and recognition in processes of their own, with a time limit per document.

Written by hand because the standard pool dies whole when one worker is killed, and killing one worker is
the only way to stop a document that hangs: here that costs the one document and a fork.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from collector.crawler.documents import pickled
from collector.crawler.documents.channel import Channel
from collector.crawler.documents.document_worker import MEMORY_LIMIT, Confided, Setup, ingest
from collector.crawler.documents.messages import Answer, Job, Unknown, answer_of, job_bytes
from collector.crawler.documents.nursery import Nursery, Reader
from collector.crawler.documents.processes import cpu_seconds
from collector.minimise.names.asked import Persons
from collector.model.errors import CollectorError
from collector.model.page import Capture
from collector.model.url import Url
from collector.pipeline import Ingested, Pipeline, Wanting
from collector.rules.rule import Needed
from collector.signals.site_file import SiteFile

UNWATCHED = 0.5  # seconds that nobody looks at its clock: most documents are read before
SHORTEST = 0.05  # seconds between looks at a worker that is near its limit
AT_WORK = 0.01  # share of the time between two looks in which a worker computes, on whatever machine
IDLE_LOOKS = 2  # in a row that find it idle: it hangs

Fetch = Callable[[tuple[Needed, ...], Url], Awaitable[Mapping[str, SiteFile]]]


class DocumentLostError(Exception):
    """The document could not be ingested: `reason` says why, without quoting it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class _UnreadableError(Exception):
    """What a reader said is no answer: whatever it read has done something to it."""


@dataclass
class _Worker:
    process: Reader
    channel: Channel
    pipeline: Pipeline


@dataclass
class PoolStatistics:
    """What the pool did so far."""

    documents: int = 0
    timeouts: int = 0
    deaths: int = 0
    failures: int = 0
    cpu_seconds: float = 0.0


@dataclass
class DocumentPool:
    """`size` workers; 0 ingests in this process, without a time limit (tests and tiny crawls)."""

    pipeline: Pipeline
    size: int
    seconds: float
    memory_limit: int = MEMORY_LIMIT  # bytes of address space for each worker
    nursery: Nursery | None = None  # where its readers come from; None: one of its own, when it first needs one
    statistics: PoolStatistics = field(default_factory=PoolStatistics)
    _idle: asyncio.LifoQueue[_Worker | None] = field(default_factory=asyncio.LifoQueue)
    _workers: dict[int, _Worker] = field(default_factory=dict)  # by process id

    def open(self) -> None:
        """Make room for `size` workers; each starts when it is first needed."""
        pickled.register()
        for _ in range(self.size):
            self._idle.put_nowait(None)

    async def ingest(
        self, capture: Capture, now: datetime, fetch: Fetch | None = None, unknown: Unknown | None = None
    ) -> Ingested:
        """Ingest one capture. Raises DocumentLostError when it hangs, kills its worker or breaks the parser.

        `fetch` gets the documents that the page names and that decide on it; no worker is held meanwhile. Of links of
        which nothing but the URL is to be said those may be left out that `unknown` does not give back.
        """
        ingested = await self._run(Job(capture, now), unknown)
        if isinstance(ingested, Wanting):
            files = await fetch(ingested.needed, capture.admitted.candidate.url) if fetch is not None else {}
            ingested = await self._run(Job(capture, now, files), unknown)
        assert isinstance(ingested, Ingested)  # with `files` nothing is wanting
        return ingested

    async def _run(self, job: Job, unknown: Unknown | None) -> Ingested | Wanting:
        if self.size == 0:
            return self._account(ingest(self.pipeline, job))
        worker = await self._idle.get()
        replacement: _Worker | None = None
        try:
            if worker is not None and worker.pipeline is not self.pipeline:
                self._kill(worker)  # it knows less than we do: who asked not to be named has changed
                worker = None
            if worker is None or worker.channel.ended or worker.process.poll() is not None:
                if worker is not None:
                    self._end(worker)
                    worker = None
                worker = await self._start()
            answer = _read(await self._in_time(worker, job_bytes(job)), job, unknown)
            replacement = worker
        except _UnreadableError as exc:
            self.statistics.failures += 1
            raise DocumentLostError(f"was answered for in no way that can be read ({exc})") from None
        except TimeoutError:
            self.statistics.timeouts += 1
            raise DocumentLostError(f"took more than {self.seconds:g} s to read") from None
        except (ConnectionError, EOFError):
            self.statistics.deaths += 1
            raise DocumentLostError("killed the process that read it") from None
        finally:
            if replacement is None and worker is not None:
                self._kill(worker)
            self._idle.put_nowait(replacement)
        return self._account(answer)

    async def _in_time(self, worker: _Worker, message: bytes) -> bytes:
        """The worker's answer. Raises TimeoutError when it has computed for `seconds`, or waits for nothing.

        Its CPU time counts: that the machine was busy, or suspended for a while, is no fault of the document.
        """
        answer = await worker.channel.ask(message, min(self.seconds, UNWATCHED))
        return await self._watch(worker) if answer is None else answer

    async def _watch(self, worker: _Worker) -> bytes:
        """Its answer that has not come yet. Raises TimeoutError as `_in_time`."""
        pid = worker.process.pid
        used, idle = 0.0, 0
        began = cpu_seconds(pid)
        while True:
            left = max(self.seconds - used, SHORTEST)
            answer = await worker.channel.wait(left)
            if answer is not None:
                return answer
            now = cpu_seconds(pid)
            if began is None or now is None or now - began >= self.seconds:
                raise TimeoutError
            idle = idle + 1 if now - began - used < left * AT_WORK else 0
            if idle == IDLE_LOOKS:
                raise TimeoutError
            used = now - began

    def renew(self, persons: Persons) -> None:
        """From the next document on these asked not to be named; workers that do not know of them end."""
        self.pipeline = replace(self.pipeline, plan=replace(self.pipeline.plan, persons=persons))

    def close(self) -> None:
        """End every worker. They hold nothing that is not also here."""
        for worker in tuple(self._workers.values()):
            self._kill(worker)
        if self.nursery is not None:
            self.nursery.close()
            self.nursery = None

    def _account(self, answer: Answer) -> Ingested | Wanting:
        self.statistics.documents += not isinstance(answer.ingested, Wanting)
        self.statistics.cpu_seconds += answer.cpu_seconds
        if answer.ingested is None:
            self.statistics.failures += 1
            raise DocumentLostError(f"could not be read ({answer.failure})")
        return answer.ingested

    async def _start(self) -> _Worker:
        if self.nursery is None or self.nursery.lost:
            if self.nursery is not None:
                self.nursery.close()
            self.nursery = Nursery.open(self._setup())
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003  the socket's signature
        try:
            with theirs:
                process = await self.nursery.birth(theirs)
            _, channel = await asyncio.get_running_loop().create_connection(Channel, sock=ours)
        except BaseException:
            ours.close()
            raise
        plan = self.pipeline.plan
        worker = _Worker(process, channel, self.pipeline)
        self._workers[process.pid] = worker
        channel.tell(pickle.dumps(Confided(plan.key, plan.persons), pickle.HIGHEST_PROTOCOL))
        return worker

    def _setup(self) -> Setup:
        return Setup(self.pipeline.policy, self.pipeline.training_tokens, self.memory_limit)

    def _kill(self, worker: _Worker) -> None:
        self._end(worker)
        worker.process.wait()

    def _end(self, worker: _Worker) -> None:
        """Like `_kill`, and wait for nobody."""
        worker.channel.abort()
        worker.process.kill()
        self._workers.pop(worker.process.pid, None)


def _read(message: bytes, job: Job, unknown: Unknown | None) -> Answer:
    """Raises _UnreadableError for what no reader says that is in order, and what `unknown` raises of ours."""
    try:
        return answer_of(message, job, unknown)
    except CollectorError:
        raise
    except Exception as exc:  # noqa: BLE001  it has parsed hostile bytes: anything may be said
        raise _UnreadableError(type(exc).__name__) from None
