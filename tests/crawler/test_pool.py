"""The document pool: what hangs, dies or eats memory costs one document, and workers make the same bytes as none."""

from __future__ import annotations

import asyncio
import marshal
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.crawler.documents.messages import Answer, Job, answer_bytes, answer_of, job_bytes, job_of
from collector.crawler.documents.pool import DocumentLostError, DocumentPool
from collector.model.decision import Evidence, Finding, Gate, NoArchive, NoFollow, Verdict, combine
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, Capture, Hop, Link, Minimised
from collector.model.url import parse_url
from collector.model.uses import UNSTATED, Permission, Uses
from collector.pipeline import Ingested, pipeline_of
from collector.policy.load import load_policy
from collector.rules.catalogue import fragments
from collector.rules.evaluate import overall
from collector.signals.site_file import Reach, SiteFile
from tests.support.crawling import POLICY
from tests.support.simsite import document

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(POLICY.format(id="test", scope="", politeness="", more="", min_delay=0.0, report="false"))
    return pipeline_of(load_policy(path, fragments(), today=date(2026, 11, 22)))


def capture(number, body=None):
    mail = f"<p>Ask person{number}.quillfeather@garten-post.example.org, or +44 20 7946 {number:04d}.</p>"
    body = document(f"Page {number}", main=mail * (number % 5 + 1)).encode() if body is None else body
    admitted = Admitted(Candidate(parse_url(f"https://a.example/{number}")), ())
    return Capture(admitted, (), 200, Headers([("Content-Type", "text/html; charset=utf-8")]), body, NOW, 0.1)


async def with_pool(pool, work):
    pool.open()
    try:
        return await work(pool)
    finally:
        pool.close()


def run(pool, work):
    return asyncio.run(with_pool(pool, work))


def test_two_workers_make_the_same_bytes_as_none(pipeline):
    captures = [capture(number) for number in range(60)]

    async def everything(pool):
        return await asyncio.gather(*(pool.ingest(one, NOW) for one in captures))

    inline = run(DocumentPool(pipeline, 0, 60.0), everything)
    pool = DocumentPool(pipeline, 2, 60.0)
    pooled = run(pool, everything)
    assert [type(one.result) for one in pooled] == [Minimised] * 60
    assert pooled == inline
    assert all(b"quillfeather" not in one.result.body for one in pooled)
    assert pool.statistics.documents == 60
    assert pool.statistics.cpu_seconds > 0


def test_what_the_crawler_knows_of_a_page_is_as_it_was_beside_what_its_reader_found(pipeline):
    """Everything that a capture carries, a truncated one over TLS in a second attempt, with decisions and a language."""
    plain = capture(1)
    ref = pipeline.ruleset.policy
    said = Finding("tdmrep_file", Verdict.ALLOW, "said", Uses(tdm=Permission.ALLOW), evidence=(Evidence("header"),))
    before = combine(Gate.SITE, [said], need=frozenset(), policy=ref, now=NOW)
    candidate = Candidate(plain.admitted.candidate.url, 3, 2, "LR", "https://a.example/", 2, lastmod="2026")
    full = replace(
        plain,
        admitted=Admitted(candidate, (before,)),
        decisions=(before,),
        headers=Headers([("Content-Type", "text/html"), ("X-Robots-Tag", "noai"), ("x-robots-tag", "noimageai")]),
        ip_address="::1",
        protocol="HTTP/1.0",
        tls_verified=True,
        truncated="disconnect",
    )
    inline, pooled = (run(DocumentPool(pipeline, size, 60.0), lambda pool: pool.ingest(full, NOW)) for size in (0, 1))
    assert pooled == inline
    assert isinstance(pooled.result, Minimised)
    assert pooled.result.decisions[0] is before


class Word(StrEnum):
    """What a rule of somebody else's may use for a text."""

    SAID = "said"


def test_a_finding_in_words_of_an_enumeration_comes_back_in_plain_ones(pipeline):
    job = Job(capture(1), NOW)
    said = Finding(Word.SAID, Verdict.DENY, Word.SAID, evidence=(Evidence(Word.SAID, locator=Word.SAID),))
    decision = combine(Gate.CONTENT, [said], need=frozenset(), policy=pipeline.ruleset.policy, now=NOW)
    stop = Stop(job.capture.admitted.candidate, Outcome.WITHHELD, Word.SAID, (decision,))
    back = answer_of(answer_bytes(Answer(Ingested(stop), "", 0.0), job), job).ingested
    assert back == Ingested(stop)
    assert type(back.result.decisions[0].findings[0].reason) is str


def test_the_same_decision_of_two_pages_has_the_time_of_each(pipeline):
    for second in (1, 2):
        now = NOW.replace(second=second)
        job = Job(capture(second), now)
        said = Finding("x", Verdict.DENY, "said")
        decision = combine(Gate.CONTENT, [said], need=frozenset(), policy=pipeline.ruleset.policy, now=now)
        stop = Stop(job.capture.admitted.candidate, Outcome.WITHHELD, "said", (decision,))
        assert answer_of(answer_bytes(Answer(Ingested(stop), "", 0.0), job), job).ingested == Ingested(stop)


def processes(pool):
    return [worker.process for worker in pool._workers.values()]


async def during(pool, number, what):
    """Ingest a document while `what(pid)` happens to its worker."""
    await pool.ingest(capture(1), NOW)
    (process,) = processes(pool)
    os.kill(process.pid, signal.SIGSTOP)
    channel = pool._workers[process.pid].channel
    task = asyncio.ensure_future(pool.ingest(capture(number), NOW))
    while channel._answer is None:  # noqa: ASYNC110  it waits for one: the document is with the process
        await asyncio.sleep(0)
    what(process.pid)
    with pytest.raises(DocumentLostError) as lost:
        await task
    after = await pool.ingest(capture(3), NOW)
    return lost.value.reason, after, process


def test_a_document_that_hangs_is_given_up_and_the_next_one_is_read(pipeline):
    """One that was only suspended for a while is not: the limit is one on computing, not on the clock."""
    pool = DocumentPool(pipeline, 1, 20.0)

    async def work(pool):
        await pool.ingest(capture(0), NOW)
        pool.seconds = 0.6
        (process,) = processes(pool)
        os.kill(process.pid, signal.SIGSTOP)
        asyncio.get_running_loop().call_later(0.9, os.kill, process.pid, signal.SIGCONT)
        assert isinstance((await pool.ingest(capture(1), NOW)).result, Minimised)
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(DocumentLostError) as lost:
            await pool.ingest(capture(2), NOW)
        pool.seconds = 60.0
        return lost.value.reason, await pool.ingest(capture(3), NOW), process

    reason, after, process = run(pool, work)
    assert reason == "took more than 0.6 s to read"
    assert isinstance(after.result, Minimised)
    assert process.poll() == -signal.SIGKILL
    assert (pool.statistics.timeouts, pool.statistics.deaths) == (1, 0)


def test_a_document_that_computes_for_too_long_is_given_up(pipeline):
    pool = DocumentPool(pipeline, 1, 20.0)
    long = capture(2, b"<!doctype html><title>x</title>" + b"<p>word <b>word</b> and more words of it" * 60_000)

    async def work(pool):
        await pool.ingest(capture(0), NOW)
        pool.seconds = 0.05
        with pytest.raises(DocumentLostError) as lost:
            await pool.ingest(long, NOW)
        return lost.value.reason

    assert run(pool, work) == "took more than 0.05 s to read"
    assert pool.statistics.timeouts == 1


def test_a_document_that_kills_its_process_costs_itself_only(pipeline):
    pool = DocumentPool(pipeline, 1, 60.0)

    async def work(pool):
        return await during(pool, 2, lambda pid: os.kill(pid, signal.SIGKILL))

    reason, after, _ = run(pool, work)
    assert reason == "killed the process that read it"
    assert isinstance(after.result, Minimised)
    assert pool.statistics.deaths == 1


@pytest.mark.parametrize(
    "nonsense", [b"", b"\xff\xff", marshal.dumps((0.1, "", 9, b"", "", b"")), marshal.dumps((0.1, "", 1, b"no"))]
)
def test_a_process_that_answers_nonsense_ends_and_costs_one_document(pipeline, monkeypatch, nonsense):
    pool = DocumentPool(pipeline, 1, 60.0)
    known = DocumentPool._in_time

    async def answering(self, worker, message):
        await known(self, worker, message)
        return nonsense

    async def work(pool):
        with monkeypatch.context() as patched:
            patched.setattr(DocumentPool, "_in_time", answering)
            with pytest.raises(DocumentLostError, match="answered for in no way") as lost:
                await pool.ingest(capture(1), NOW)
            left = processes(pool)
        return str(lost.value), left, await pool.ingest(capture(2), NOW)

    _, left, after = run(pool, work)
    assert left == []
    assert isinstance(after.result, Minimised)
    assert pool.statistics.failures == 1


def test_a_process_that_dies_between_documents_costs_none(pipeline):
    pool = DocumentPool(pipeline, 1, 60.0)

    async def work(pool):
        await pool.ingest(capture(1), NOW)
        (process,) = processes(pool)
        process.kill()
        process.wait()
        return await pool.ingest(capture(2), NOW)

    assert isinstance(run(pool, work).result, Minimised)
    assert pool.statistics.deaths == 0


def until_ended(pid):
    """Until it is over with it, although its parent has not looked after it."""
    while not Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].startswith(" Z"):
        time.sleep(0.001)


def test_a_process_whose_death_nobody_has_told_of_yet_costs_no_document(pipeline):
    """Its parent may be slow to say so; a document that was never sent to it did not kill it."""
    pool = DocumentPool(pipeline, 1, 60.0)

    async def work(pool):
        await pool.ingest(capture(1), NOW)
        (process,) = processes(pool)
        zygote = pool.nursery.process.pid
        os.kill(zygote, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGKILL)
        until_ended(process.pid)
        assert process.poll() is None
        asking = asyncio.ensure_future(pool.ingest(capture(2), NOW))
        asyncio.get_running_loop().call_later(0.01, os.kill, zygote, signal.SIGCONT)
        return await asking

    assert isinstance(run(pool, work).result, Minimised)
    assert pool.statistics.deaths == 0


def test_a_document_that_exceeds_memory_is_lost_alone(pipeline):
    """A worker takes 100 MB of address space, and five more for each MB of such a page."""
    huge = capture(2, b"<!doctype html><title>x</title>" + b"<p>word <b>word</b>" * 300_000)
    pool = DocumentPool(pipeline, 1, 100.0, memory_limit=300_000_000)

    async def work(pool):
        before = await pool.ingest(capture(1), NOW)
        with pytest.raises(DocumentLostError) as lost:
            await pool.ingest(huge, NOW)
        return before, lost.value.reason, await pool.ingest(capture(3), NOW)

    before, reason, after = run(pool, work)
    assert isinstance(before.result, Minimised)
    assert isinstance(after.result, Minimised)
    assert reason.startswith(("could not be read (", "killed the process"))  # libxml2 has an error class of its own


def test_closing_leaves_no_process(pipeline):
    pool = DocumentPool(pipeline, 2, 60.0)

    async def work(pool):
        await asyncio.gather(pool.ingest(capture(1), NOW), pool.ingest(capture(2), NOW))
        return processes(pool)

    started = run(pool, work)
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_a_fault_of_the_parser_is_told_by_class_and_quotes_nothing(pipeline, monkeypatch):
    pool = DocumentPool(pipeline, 0, 60.0)
    monkeypatch.setattr("collector.pipeline.read", lambda *given, **named: 1 / 0)

    async def work(pool):
        with pytest.raises(DocumentLostError) as lost:
            await pool.ingest(capture(1), NOW)
        return lost.value.reason

    assert run(pool, work) == "could not be read (ZeroDivisionError)"
    assert pool.statistics.failures == 1


def test_what_a_page_names_is_fetched_between_two_looks_at_it(pipeline):
    """RSL §4.6.1: the page is judged once the documents it names are at hand; no worker is held meanwhile."""
    licence = "https://a.example/l.xml"
    head = f'<link rel="license" type="application/rsl+xml" href="{licence}">'
    page = capture(1, document("Named", head=head).encode())
    body = b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>%s</license></content></rsl>'
    prohibits = body % b'<prohibits type="usage">all</prohibits>'
    asked = []

    def fetching(pool, answer):
        async def fetch(needed, url):
            asked.append(([one.address for one in needed], url.href))
            assert pool._idle.full() or pool._idle.qsize() == pool.size
            return {licence: SiteFile(licence, Reach.AVAILABLE, 200, answer)}

        return fetch

    async def work(pool):
        permits = body % b'<permits type="usage">all</permits>'
        return [await pool.ingest(page, NOW, fetching(pool, answer)) for answer in (permits, prohibits)]

    for size in (0, 1):
        pool = DocumentPool(pipeline, size, 60.0)
        kept, withheld = run(pool, work)
        assert isinstance(kept.result, Minimised)
        assert (withheld.result.outcome, withheld.result.decisions[-1].deciding.rule) == ("withheld", "inline_rsl")
        assert pool.statistics.documents == 2
    assert asked == [([licence], "https://a.example/1")] * 4


PERMISSIONS = st.builds(Uses, *[st.sampled_from(Permission)] * 5)
FINDINGS = st.builds(
    Finding,
    st.sampled_from(("robots_txt", "tdmrep_file", "tdm_reservation", "ai_txt")),
    st.just(Verdict.ALLOW),
    st.just("said"),
    st.one_of(st.just(UNSTATED), PERMISSIONS),
    obligations=st.sampled_from(((), (NoFollow(),), (NoArchive(), NoFollow()))),
    supersedes=st.sampled_from(((), ("tdmrep_file",), ("tdmrep_file", "tdm_reservation"))),
)


@given(st.lists(st.lists(FINDINGS, min_size=1, max_size=5), min_size=1, max_size=3))
def test_what_a_worker_is_not_told_bears_on_nothing(pipeline, gates):
    """A reader's share in a page's uses and obligations is what it would be with every finding of the earlier gates."""
    ref = pipeline.ruleset.policy
    decisions = tuple(combine(Gate.SITE, findings, need=frozenset(), policy=ref, now=NOW) for findings in gates)
    told = job_of(job_bytes(Job(replace(capture(1), decisions=decisions), NOW))).capture.decisions
    assert overall(told, pipeline.ruleset) == overall(decisions, pipeline.ruleset)
    assert [d.obligations for d in told] == [d.obligations for d in decisions]


LINKS = st.builds(
    Link,
    st.sampled_from(("https://a.example/x", "https://a.example/y?z=1")),
    st.sampled_from(Hop),
    st.booleans(),
    st.sampled_from((None, "2026-11-22")),
    st.sampled_from((b"", b"<rsl/>")),
)


@given(st.lists(st.one_of(LINKS, st.builds(Link, st.just("https://a.example/plain"))), max_size=4))
def test_every_link_comes_back_from_a_worker_as_it_was(links):
    """One that is a hop of its own kind, dated, not to be followed or licensed among them, also where it is alone."""
    job = Job(capture(1), NOW)
    stop = Stop(job.capture.admitted.candidate, Outcome.WITHHELD, "read for its links only")
    told = answer_bytes(Answer(Ingested(stop, tuple(links)), "", 0.0), job)
    assert answer_of(told, job).ingested == Ingested(stop, tuple(links))


@pytest.mark.parametrize("size", [0, 1])
def test_links_that_are_known_are_left_out_where_nothing_else_is_said_of_them(pipeline, size):
    async def work(pool):
        async def hrefs(links: str, *known: str) -> list[str]:
            page = capture(1, document("Page", main=f"<p>{'words ' * 30}</p>{links}").encode())
            left = lambda hrefs: [href for href in hrefs if href not in known]  # noqa: E731
            return [link.href for link in (await pool.ingest(page, NOW, unknown=left)).links]

        both = '<a href="/x">x</a> <a href="/y">y</a>'
        assert await hrefs(both) == ["https://a.example/x", "https://a.example/y"]
        if size:
            assert await hrefs(both, "https://a.example/x") == ["https://a.example/y"]
            assert await hrefs(both, "https://a.example/x", "https://a.example/y") == []
            assert await hrefs("", "https://a.example/x") == []

    run(DocumentPool(pipeline, size, 60), work)
