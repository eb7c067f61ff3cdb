"""One process of the document pool: reads captures from its standard input, ingests them, answers on a socket.

Started as `python -m collector.crawler.documents.document_worker`, never forked: the crawler's memory, keys and open
files stay out of the process that parses hostile bytes. It imports no Scrapy.
"""

from __future__ import annotations

import gc
import pickle
import resource
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module

from collector.crawler.documents import pickled
from collector.crawler.documents.messages import Answer, Job, answer_bytes, job_of
from collector.crawler.documents.orphan import die_with
from collector.document import main_text
from collector.minimise.names import name_models
from collector.minimise.names.asked import Persons
from collector.minimise.names.gazetteer import given_and_family
from collector.minimise.replacing.plan import OFF
from collector.pipeline import Ingested, Pipeline, Wanting, pipeline_of
from collector.policy.policy import Policy

FRAME = struct.Struct("!Q")
MEMORY_LIMIT = 2_000_000_000  # bytes of address space for one worker


@dataclass(frozen=True, slots=True)
class Setup:
    """First frame: what binds every document that follows."""

    policy: Policy
    training_tokens: tuple[str, ...]
    key: bytes = field(default=b"", repr=False)  # of the campaign, for pseudonyms
    persons: Persons | None = field(default=None, repr=False)  # keyed hashes of who asked not to be named
    memory_limit: int = MEMORY_LIMIT


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


def serve(channel: socket.socket) -> None:
    """Answer jobs until the crawler hangs up."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold raw pages
    pickled.register()
    first = read_frame(channel)
    if first is None:
        return
    setup: Setup = pickle.loads(first)  # noqa: S301  from our own parent, over an unnamed socket pair
    resource.setrlimit(resource.RLIMIT_AS, (setup.memory_limit, setup.memory_limit))
    pipeline = pipeline_of(setup.policy, setup.training_tokens, setup.key, setup.persons)
    if setup.policy.storage.text:
        main_text.load(main_text.Extractor(setup.policy.document.extractor))
    import_module("collector.minimise.document")  # now, so that the first document's time limit is not spent on it
    if pipeline.plan.names != OFF or setup.persons:
        given_and_family()  # likewise
    name_models.load(pipeline.plan.ner)
    settled = False
    while (frame := read_frame(channel)) is not None:
        job = job_of(frame)
        answer = answer_bytes(ingest(pipeline, job), job)
        channel.sendall(FRAME.pack(len(answer)) + answer)
        if not settled:
            gc.collect()
            gc.freeze()  # what the first document made us load stays: looking through it again costs half of our time
            settled = True


if __name__ == "__main__":
    from collector.crawler.documents import document_worker  # noqa: PLW0406  under its own name: what it pickles must be found there

    die_with(int(sys.argv[2]), 0)  # a document that hangs would keep an orphan busy for ever
    with suppress(ConnectionError):  # the crawler is gone: nobody waits for the answer
        document_worker.serve(socket.socket(fileno=int(sys.argv[1])))
