"""The zygote and who asks it: what is open when it forks, and who ends when somebody is gone (ADR 0014)."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from collector.crawler.documents import pickled
from collector.crawler.documents.document_worker import Setup
from collector.crawler.documents.notices import NOTICE, STILLBIRTH
from collector.crawler.documents.nursery import Nursery, Reader, shared
from collector.crawler.documents.pool import DocumentPool
from collector.crawler.documents.processes import READER, ZYGOTE, processes
from collector.crawler.shards import Shards
from collector.crawler.wiring import Options
from collector.document.main_text import Extractor
from collector.model.errors import PolicyError, StorageError
from collector.pipeline import pipeline_of
from collector.policy.load import load_policy
from collector.rules.catalogue import fragments
from tests.crawler.test_pool import NOW, DocumentLostError, Minimised, capture
from tests.support.crawling import POLICY


def setup_of(folder: Path, more: str = "") -> Setup:
    path = folder / "policy.toml"
    path.write_text(POLICY.format(id="test", scope="", politeness="", more=more, min_delay=0.0, report="false"))
    return Setup(load_policy(path, fragments(), today=date(2026, 11, 22)), ())


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def gone(pid: int, within: float = 20.0) -> bool:
    until = time.monotonic() + within
    while name_of(pid) == READER and time.monotonic() < until:
        time.sleep(0.01)
    return name_of(pid) != READER


def kept_open(pid: int) -> list[str]:
    """What its descriptors are, beyond what it writes to."""
    links = [(int(one.name), str(one.readlink())) for one in Path(f"/proc/{pid}/fd").iterdir()]
    return [target.partition(":")[0] for number, target in links if number not in (1, 2)]


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def environment(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


async def born(nursery: Nursery) -> tuple[Reader, socket.socket]:
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            reader = await nursery.birth(theirs)
    except BaseException:
        ours.close()
        raise
    while name_of(reader.pid) == ZYGOTE:  # it is told of when it is forked; what it then does first takes a moment
        time.sleep(0.005)  # noqa: ASYNC251
    return reader, ours


def test_one_zygote_serves_several_crawlers_and_ends_what_each_leaves(tmp_path):
    """Readers are children of the zygote, with one thread and no file open; who hangs up takes its own with it."""
    zygote, (first, second) = shared(setup_of(tmp_path), 2)

    async def work() -> None:
        one, two = Nursery(first), Nursery(second)
        a, ends_a = await born(one)
        b, ends_b = await born(two)
        c, ends_c = await born(one)
        assert name_of(zygote.pid) == ZYGOTE
        counted = processes(os.getpid())
        assert (counted["reader"].number, counted["zygote"].number) == (3, 1)
        for pid in (zygote.pid, a.pid, b.pid, c.pid):
            assert threads(pid) == 1
        assert set(kept_open(zygote.pid)) <= {"socket", "pipe", "/dev/null"}
        assert set(kept_open(c.pid)) <= {"socket", "pipe", "/dev/null"}
        assert kept_open(c.pid).count("socket") == 1  # its own
        assert "PYTHONHASHSEED=0" in environment(c.pid)

        os.kill(a.pid, signal.SIGSTOP)  # as one that hangs: it would not see that its crawler is gone
        c.kill()
        assert c.wait() == -signal.SIGKILL
        assert (a.poll(), b.poll()) == (None, None)
        one.close()
        assert gone(a.pid)
        assert b.poll() is None

        os.kill(b.pid, signal.SIGSTOP)
        zygote.kill()
        assert gone(b.pid)
        assert b.wait() == -signal.SIGKILL
        with pytest.raises(ConnectionResetError):
            await born(two)
        two.close()
        for end in (ends_a, ends_b, ends_c):
            end.close()

    try:
        asyncio.run(work())
    finally:
        zygote.kill()
        zygote.wait()


def test_a_machine_without_room_says_so_and_how_to_mend_it():
    async def work() -> None:
        ours, zygote = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        nursery = Nursery(ours)
        asking = asyncio.ensure_future(born(nursery))
        await asyncio.sleep(0)
        order, descriptors, _, _ = socket.recv_fds(zygote, NOTICE.size, 1)
        _, number, _ = NOTICE.unpack(order)
        zygote.send(NOTICE.pack(STILLBIRTH, number, errno.EAGAIN))
        with pytest.raises(StorageError, match=r"temporarily unavailable.*\n?.*ulimit -u"):
            await asking
        for descriptor in descriptors:
            os.close(descriptor)
        nursery.close()
        zygote.close()

    asyncio.run(work())


def test_a_zygote_that_is_killed_costs_what_was_being_read_and_is_replaced(tmp_path):
    setup = setup_of(tmp_path)
    pool = DocumentPool(pipeline_of(setup.policy), 1, 60.0)

    async def work() -> None:
        await pool.ingest(capture(1), NOW)
        assert pool.nursery is not None
        zygote = pool.nursery.process
        assert zygote is not None
        (worker,) = pool._workers.values()
        os.kill(worker.process.pid, signal.SIGSTOP)
        asking = asyncio.ensure_future(pool.ingest(capture(2), NOW))
        while worker.channel._answer is None:  # noqa: ASYNC110  it waits for one: the document is with the process
            await asyncio.sleep(0)
        zygote.kill()
        with pytest.raises(DocumentLostError, match="killed the process"):
            await asking
        assert isinstance((await pool.ingest(capture(3), NOW)).result, Minimised)
        assert pool.nursery.process is not zygote
        assert zygote.returncode == -signal.SIGKILL

    async def everything() -> None:
        pool.open()
        try:
            await work()
        finally:
            pool.close()

    asyncio.run(everything())
    assert pool.nursery is None


OPEN = """
import json, os, pickle, sys
def threads():
    return len(os.listdir("/proc/self/task"))
def files():
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd") if int(number) > 2]
    opened = [os.readlink(link) for link in links if os.path.exists(link)]
    return [path for path in opened if path.startswith("/") and not path.startswith(("/proc", "/dev"))]
"""
READ_AHEAD = f"""{OPEN}
from collector.crawler.documents import pickled
from collector.crawler.documents.zygote import read_ahead
pickled.register()
for setup in pickle.load(sys.stdin.buffer):
    read_ahead(setup)
loaded = [name for name in ("scrapy", "twisted", "sqlalchemy", "sqlite3", "spacy", "warcio") if name in sys.modules]
print(json.dumps([threads(), files(), loaded]))
"""
FORKING = f"""{OPEN}
seen = []
os.register_at_fork(before=lambda: seen.append([threads(), files(), "twisted.internet.reactor" in sys.modules]))
from collector.cli.__main__ import main
code = main(sys.argv[1:])
print(json.dumps([code, seen]))
"""


def test_what_is_read_ahead_starts_no_thread_and_opens_nothing(tmp_path):
    """A thread's locks would stay shut in a fork, and what is open would be every reader's."""
    more = '[storage]\ntext = true\n[document]\nextractor = "{}"\n'
    setups = [setup_of(tmp_path, more.format(extractor)) for extractor in Extractor]
    pickled.register()
    answer = subprocess.run(
        [sys.executable, "-c", READ_AHEAD],
        input=pickle.dumps(setups),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(answer.stdout) == [1, [], []]


def test_workers_are_forked_while_nothing_is_open(tmp_path):
    """No thread, no file, no reactor: SQLite must not be open across a fork. They end with a start that fails."""
    setup_of(tmp_path)
    (tmp_path / "data").write_text("not a folder")
    arguments = ["crawl", str(tmp_path / "policy.toml"), "--data", str(tmp_path / "data"), "--workers", "2", "--quiet"]
    answer = subprocess.run(
        [sys.executable, "-c", FORKING, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    code, seen = json.loads(answer.stdout)
    assert code == 4, answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(seen) >= 2
    assert [one for one in seen if one != [1, [], False]] == []


def test_a_policy_that_cannot_be_bound_is_a_sentence_and_starts_nobody(tmp_path):
    """Before the zygote is asked to bind it, too: nobody sees its traceback."""
    policy = setup_of(tmp_path).policy
    with pytest.raises(PolicyError, match="asparagus"):
        Shards(
            Options(Path("policy.toml"), tmp_path),
            replace(policy, minimise=replace(policy.minimise, ner=("asparagus",))),
            2,
        )
    assert processes(os.getpid()).keys() == {"main"}
