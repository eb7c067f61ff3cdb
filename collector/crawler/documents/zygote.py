"""The process that readers are forked from: it has imported and read all that one needs, and knows nothing of a crawl.

Written by hand because `multiprocessing`'s fork server is one for a whole program, hashes by chance and outlives who
asked it; each reader here is that of one crawler, which may be one of several, and is killed when that one is gone.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import NoReturn, cast

from collector.crawler.documents import document_worker, pickled
from collector.crawler.documents.document_worker import Setup
from collector.crawler.documents.messages import Job
from collector.crawler.documents.notices import BIRTH, DEATH, NOTICE, STILLBIRTH
from collector.crawler.documents.orphan import die_with
from collector.crawler.documents.processes import READER, ZYGOTE, call_this_process
from collector.document import main_text
from collector.minimise.names.gazetteer import given_and_family
from collector.minimise.replacing.plan import OFF, needs_key
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, Capture
from collector.model.url import parse_url
from collector.pipeline import pipeline_of

_PAGE = b"<!doctype html><title>A page</title><h1>A page</h1><p>Written by Ada Example, ada@example.org.</p>" + (
    b"<p>Words enough to make a text of them, and a <a href='/next'>link</a> to another page.</p>" * 5
)


@dataclass(eq=False)
class _Crawler:
    """Who asks for readers, and those that live, by the numbers it has given them."""

    channel: socket.socket
    readers: dict[int, ForkProcess] = field(default_factory=dict)


def serve(crawlers: list[_Crawler], setup: Setup) -> None:
    """Fork readers, and tell of their ends, until the last crawler hangs up."""
    try:
        while crawlers:
            channels = {crawler.channel.fileno(): crawler for crawler in crawlers}
            sentinels = {reader.sentinel: crawler for crawler in crawlers for reader in crawler.readers.values()}
            for descriptor in cast("list[int]", wait([*channels, *sentinels])):
                if descriptor in sentinels:
                    _tell_of_the_dead(sentinels[descriptor])
                elif not _obey(channels[descriptor], crawlers, setup):
                    crawlers.remove(channels[descriptor])
                    _end(channels[descriptor])
    finally:
        for crawler in crawlers:
            _end(crawler)


def _obey(crawler: _Crawler, crawlers: list[_Crawler], setup: Setup) -> bool:
    """Do what is asked next. False when the crawler has hung up, or is gone."""
    try:
        order, sockets, _, _ = socket.recv_fds(crawler.channel, NOTICE.size, 1)
    except OSError:
        return False
    if not order:
        return False
    what, number, _ = NOTICE.unpack(order)
    if what == DEATH:
        if number in crawler.readers:
            crawler.readers[number].kill()
        return True
    (descriptor,) = sockets
    try:
        reader = get_context("fork").Process(target=_be_a_reader, args=(descriptor, crawlers, setup, os.getpid()))
        reader.start()
    except OSError as exc:
        return _tell(crawler, STILLBIRTH, number, exc.errno or 0)
    finally:
        os.close(descriptor)
    crawler.readers[number] = reader
    return _tell(crawler, BIRTH, number, reader.pid or 0)


def _be_a_reader(descriptor: int, crawlers: list[_Crawler], setup: Setup, parent: int) -> None:
    """In the new process: nothing of the zygote's is held on to, and no other reader's end."""
    die_with(parent, 0)
    call_this_process(READER)
    for crawler in crawlers:
        crawler.channel.close()
    with suppress(ConnectionError):  # the crawler is gone: nobody waits for the answer
        document_worker.serve(socket.socket(fileno=descriptor), setup)


def _tell_of_the_dead(crawler: _Crawler) -> None:
    for number, reader in list(crawler.readers.items()):
        if reader.exitcode is not None:
            del crawler.readers[number]
            _tell(crawler, DEATH, number, reader.exitcode)
            reader.close()


def _tell(crawler: _Crawler, what: bytes, number: int, value: int) -> bool:
    try:
        crawler.channel.send(NOTICE.pack(what, number, value))
    except OSError:
        return False
    return True


def _end(crawler: _Crawler) -> None:
    for reader in crawler.readers.values():
        reader.kill()
        reader.join()
    crawler.channel.close()


def read_ahead(setup: Setup) -> None:
    """Load what every reader would load for its first document. No model of names: theirs may start threads."""
    if setup.policy.storage.text:
        main_text.load(main_text.Extractor(setup.policy.document.extractor))
    import_module("collector.minimise.document")
    key = b"\0" * 32 if needs_key(setup.policy.minimise) else b""  # of nobody: the crawl's is told to readers only
    pipeline = pipeline_of(setup.policy, setup.training_tokens, key)
    pipeline = replace(pipeline, plan=replace(pipeline.plan, ner=()))
    if pipeline.plan.names != OFF:
        given_and_family()
    now = datetime.now(UTC)
    admitted = Admitted(Candidate(parse_url("https://page.example/")), ())
    kind = Headers([("Content-Type", "text/html; charset=utf-8")])
    document_worker.ingest(pipeline, Job(Capture(admitted, (), 200, kind, _PAGE, now, 0.1), now))


def main() -> NoReturn:
    """`python -m collector.crawler.documents.zygote PARENT DESCRIPTOR…`, with the setup on standard input."""
    call_this_process(ZYGOTE)
    die_with(int(sys.argv[1]), 0)  # a document that hangs would keep an orphan busy for ever
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever stops a whole group lets the crawler finish what is in flight
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold raw pages
    pickled.register()
    setup: Setup = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own parent, in memory that nobody else sees
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    read_ahead(setup)
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector of garbage writes to all that it looks at
    serve([_Crawler(socket.socket(fileno=int(descriptor))) for descriptor in sys.argv[2:]], setup)
    sys.exit(0)


if __name__ == "__main__":
    gc.disable()  # nothing of what is loaded is garbage
    main()
