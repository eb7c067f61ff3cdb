"""One process of the document pool, a reader: captures come over a socket, it ingests them and answers.

Forked from a zygote that was started anew, never from the crawler, whose memory, keys and open files stay out of the
process that parses hostile bytes. It imports no Scrapy.
"""

from __future__ import annotations

import gc
import pickle
import resource
import socket
import struct
import time
from dataclasses import dataclass, field

from collector.crawler.documents.messages import Answer, Job, answer_bytes, job_of
from collector.minimise.names import name_models
from collector.minimise.names.asked import Persons
from collector.minimise.names.gazetteer import given_and_family
from collector.pipeline import Ingested, Pipeline, Wanting, pipeline_of
from collector.policy.policy import Policy

FRAME = struct.Struct("!Q")
MEMORY_LIMIT = 2_000_000_000  # bytes of address space for one worker


@dataclass(frozen=True, slots=True)
class Setup:
    """What binds the documents of every reader of a crawl; no secret."""

    policy: Policy
    training_tokens: tuple[str, ...]
    memory_limit: int = MEMORY_LIMIT


@dataclass(frozen=True, slots=True)
class Confided:
    """First frame: what only readers are told."""

    key: bytes = field(default=b"", repr=False)  # of the campaign, for pseudonyms
    persons: Persons | None = field(default=None, repr=False)  # keyed hashes of who asked not to be named


def ingest(pipeline: Pipeline, job: Job) -> Answer:
    """Run one document through gate 4, minimising and extraction; nothing escapes."""
    started = time.process_time()
    try:
        ingested = _ingested(pipeline, job)
    except Exception as exc:  # noqa: BLE001  a page that breaks the parser is withheld, and the crawl goes on
        return Answer(None, type(exc).__name__, time.process_time() - started)
    return Answer(ingested, "", time.process_time() - started)


def _ingested(pipeline: Pipeline, job: Job) -> Ingested | Wanting:
    if job.files is None:
        return pipeline.attempt(job.capture, job.now)
    return pipeline.ingest(job.capture, job.now, files=job.files)


def read_frame(channel: socket.socket) -> bytes | None:
    """One length-prefixed message, or None at end of file."""
    head = _read_exactly(channel, FRAME.size)
    return None if head is None else _read_exactly(channel, FRAME.unpack(head)[0])


def _read_exactly(channel: socket.socket, size: int) -> bytes | None:
    buffer = bytearray()
    while len(buffer) < size:
        chunk = channel.recv(min(size - len(buffer), 1 << 20))
        if not chunk:
            return None
        buffer += chunk
    return bytes(buffer)


def serve(channel: socket.socket, setup: Setup) -> None:
    """Answer jobs until the crawler hangs up."""
    first = read_frame(channel)
    if first is None:
        return
    confided: Confided = pickle.loads(first)  # noqa: S301  from our own crawler, over an unnamed socket pair
    resource.setrlimit(resource.RLIMIT_AS, (setup.memory_limit, setup.memory_limit))
    pipeline = pipeline_of(setup.policy, setup.training_tokens, confided.key, confided.persons)
    if confided.persons:
        given_and_family()  # now, so that the first document's time limit is not spent on it
    name_models.load(pipeline.plan.ner)  # likewise
    gc.enable()
    settled = False
    while (frame := read_frame(channel)) is not None:
        job = job_of(frame)
        answer = answer_bytes(ingest(pipeline, job), job)
        channel.sendall(FRAME.pack(len(answer)) + answer)
        if not settled:
            gc.collect()
            gc.freeze()  # what the first document made us load stays: looking through it again costs half of our time
            settled = True
