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
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from collector.minimise.names import name_models
from collector.minimise.names.asked import Persons
from collector.minimise.names.gazetteer import given_and_family
from collector.model.decision import Decision, Finding, Verdict
from collector.model.page import Admitted, Capture, Hop, Link
from collector.model.uses import UNSTATED
from collector.pipeline import Ingested, Pipeline, Wanting, pipeline_of
from collector.policy.policy import Policy
from collector.signals.site_file import SiteFile

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


@dataclass(frozen=True, slots=True)
class Job:
    """One document."""

    capture: Capture
    now: datetime
    files: Mapping[str, SiteFile] | None = None  # what the page names; None: not known yet what that is


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it; `failure` names the class of an error, never its text, which may quote the page."""

    ingested: Ingested | Wanting | None
    failure: str
    cpu_seconds: float
    plain: str = ""  # hrefs of its links, a line each, in the place of links of which there is no more to say


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


def without_known(answer: Answer, job: Job) -> Answer:
    """The answer without the decisions that came with the job, which whoever asked has, and plain links as text."""
    ingested = answer.ingested
    if not isinstance(ingested, Ingested):
        return answer
    result, links = ingested.result, ingested.links
    result = replace(result, decisions=result.decisions[len(job.capture.decisions) :])
    if not all(map(_is_plain, links)):
        return replace(answer, ingested=Ingested(result, links))
    return replace(answer, ingested=Ingested(result), plain="\n".join([link.href for link in links]))


def _is_plain(link: Link) -> bool:
    more = link.nofollow or link.lastmod is not None or link.licence
    return link.hop is Hop.LINK and not more and "\n" not in link.href


def with_known(answer: Answer, decisions: tuple[Decision, ...], known: Container[str]) -> Answer:
    """The reverse of `without_known`, but for those plain links that are known: most of a site's are, on each page."""
    ingested = answer.ingested
    if not isinstance(ingested, Ingested):
        return answer
    result = replace(ingested.result, decisions=(*decisions, *ingested.result.decisions))
    links = ingested.links
    if answer.plain:
        links = tuple([Link(href) for href in answer.plain.split("\n") if href not in known])
    return replace(answer, ingested=Ingested(result, links))


def light(capture: Capture) -> Capture:
    """The capture with those findings alone that bear on what is done with its page: most of a page's only allow it.

    What is dropped allows, says nothing of any use, obliges to nothing and supersedes nothing: no reader asks for it.
    """
    decisions = tuple(replace(d, findings=tuple(filter(_bears, d.findings))) for d in capture.decisions)
    return replace(capture, admitted=Admitted(capture.admitted.candidate, ()), decisions=decisions)


def _bears(finding: Finding) -> bool:
    allows = finding.verdict is Verdict.ALLOW and finding.uses is UNSTATED
    return not allows or bool(finding.obligations or finding.supersedes or finding.failed)


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
        job: Job = pickle.loads(frame)  # noqa: S301  as above
        answer = pickle.dumps(without_known(ingest(pipeline, job), job), pickle.HIGHEST_PROTOCOL)
        channel.sendall(FRAME.pack(len(answer)) + answer)
        if not settled:
            gc.collect()
            gc.freeze()  # what the first document made us load stays: looking through it again costs half of our time
            settled = True
