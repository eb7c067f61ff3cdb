"""Design §2.7 and §2.8: kill it anywhere; nothing committed is lost or asked again, and the end is the same."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.crawler.documents.processes import READER, WORKER, ZYGOTE
from tests.support.agreement import disagreements
from tests.support.changing import until
from tests.support.crawling import Crawling, verify
from tests.support.processes import cpu_ticks, family
from tests.support.simsite import HANG, HTML, Reply, document
from tests.support.simweb import SimulatedWeb

SEED = 20260801
HOSTS = 5
PAGES = 4
READING = 10  # ticks: more than a reader needs to begin, less than a long document costs
FURTHER = 4  # answers between the request that is waited for and the kill


def build(web: SimulatedWeb) -> list[str]:
    """A web with links across hosts, redirects, refusals, equal pages and broken links. Returns the seeds."""
    for number in range(HOSTS):
        host = f"h{number}.localhost"
        site = web.site(host).robots("User-agent: *\nDisallow: /private\n")
        links = [f"/p{i}" for i in range(PAGES)] + ["/private", "/old", "/same", "/gone", "mailto:a@example.org"]
        site.page("/", f"Front of {host}", links=[*links, web.url(f"h{(number + 1) % HOSTS}.localhost", "/p0")])
        for page in range(PAGES):
            further = [web.url(f"h{(number + 2) % HOSTS}.localhost", f"/deep{page}")]
            site.page(f"/p{page}", f"Page {page} of {host}", links=further, delay=0.03)
            site.page(f"/deep{page}", f"Deep page {page} of {host}", links=["/"])
        site.redirect("/old", "/new").page("/new", f"New home of {host}")
        site.page("/same", "The same everywhere").page("/private", "Private", links=["/private/more"])
    return [web.url(f"h{number}.localhost") for number in range(HOSTS)]


def crawl_of(folder: Path, web: SimulatedWeb) -> Crawling:
    folder.mkdir()
    return Crawling(folder, web, seeds=build(web), politeness="concurrency_per_host = 3")


def ends(crawling: Crawling) -> dict[str, str]:
    """How every URL ended; which of several equal pages came first is chance."""
    return {url: outcome.replace("duplicate", "archived") for url, (outcome, _, _) in crawling.outcomes().items()}


@pytest.fixture(name="whole", scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawling]:
    """A crawl from start to end, to compare with; its web goes on."""
    with SimulatedWeb() as web:
        crawling = crawl_of(tmp_path_factory.mktemp("whole") / "undisturbed", web)
        crawling.run()
        assert len(crawling.archived()) == HOSTS * (2 * PAGES + 3)
        assert disagreements(crawling.collection) == []
        yield crawling


@pytest.fixture(name="undisturbed")
def _undisturbed(whole: Crawling) -> Crawling:
    whole.web.log.clear()
    whole.web.release()
    return whole


@pytest.fixture(name="web")
def _web(whole: Crawling) -> SimulatedWeb:
    return whole.web


def wait_for(web: SimulatedWeb, process: subprocess.Popen[str], asked: int) -> None:
    """Until the web was asked for `asked` things, or the crawl ended."""
    deadline = time.monotonic() + 60
    while len(web.log.exchanges) < asked and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def kill(process: subprocess.Popen[str]) -> bool:
    """SIGKILL to the whole group. False when it had ended before."""
    if process.poll() is not None:
        process.communicate()
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return True


def committed(crawling: Crawling) -> set[str]:
    """URLs whose capture the account has."""
    if not (crawling.collection / "collection.db").exists():
        return set()
    try:
        rows = crawling.rows("SELECT e.url FROM capture c JOIN event e USING (url_key, visit)")
    except Exception:  # noqa: BLE001  killed before its tables were made
        return set()
    return {url for (url,) in rows}


def asked(web: SimulatedWeb) -> list[str]:
    return [web.url(request.host, request.target) for request in web.log.requests()]


def crawl_through_kills(crawling: Crawling, web: SimulatedWeb, *arguments: str, kills: int = 5) -> int:
    """Kill `kills` times at random instants, then finish; nothing that was committed may be asked for again."""
    instants = random.Random(SEED)
    landed = 0
    for number in range(kills):
        # some of it while the start before is still being recovered from: nothing is asked for then
        share = 0 if number == 2 else instants.randint(3, 14)
        pause = instants.uniform(0.0, 0.6)
        print(f"kill {number}: after {share} requests and {pause:.3f} s")
        before = committed(crawling)
        web.log.clear()
        web.hold_after(share + FURTHER)
        process = crawling.start(*arguments)
        wait_for(web, process, share)
        time.sleep(pause)
        landed += kill(process)
        web.release()
        assert not before & set(asked(web)), "a committed capture was asked for again"
        assert before <= committed(crawling), "what was committed is gone"
    before = committed(crawling)
    web.log.clear()
    crawling.run(*arguments, timeout=120)
    assert not before & set(asked(web)), "a committed capture was asked for again"
    return landed


def assert_same(crawling: Crawling, undisturbed: Crawling) -> None:
    assert crawling.archived() == undisturbed.archived()
    assert ends(crawling) == ends(undisturbed)
    assert disagreements(crawling.collection) == []
    assert verify(crawling) == ""


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_killed_five_times_it_ends_as_if_undisturbed(undisturbed, web, tmp_path, workers):
    crawling = crawl_of(tmp_path / "killed", web)
    landed = crawl_through_kills(crawling, web, "--workers", workers)
    assert landed == 5, "a crawl ended before it was to be killed"
    assert_same(crawling, undisturbed)
    runs = [reason for (reason,) in crawling.rows("SELECT exit_reason FROM run ORDER BY id")]
    assert runs.count("killed") >= 4
    assert runs[-1] == "finished"


def test_killed_while_it_recovers_from_a_kill(undisturbed, web, tmp_path):
    """§2.8: recovering is as safe as crawling: from the moment the lock is taken to the first request."""
    crawling = crawl_of(tmp_path / "killed", web)
    web.hold_after(30)
    process = crawling.start()
    wait_for(web, process, 25)
    assert kill(process)
    opened = list(crawling.collection.rglob("*.open"))
    assert opened, "nothing to recover"
    instants = random.Random(SEED)
    for _ in range(2):
        process = crawling.start()
        lock = crawling.collection / "crawl.lock"
        deadline = time.monotonic() + 30
        while f'"pid": {process.pid},' not in lock.read_text() and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(instants.uniform(0.0, 0.12))
        assert kill(process)
    web.release()
    crawling.run()
    assert_same(crawling, undisturbed)


def children(process: subprocess.Popen[str], *names: str) -> list[int]:
    """Living descendants of the crawl that go by one of `names`; of all without one."""
    return [pid for pid in family(process.pid) if pid != process.pid and (not names or name_of(pid) in names)]


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""  # it has ended


def test_a_killed_shard_stops_the_run_and_costs_nothing(undisturbed, web, tmp_path):
    crawling = crawl_of(tmp_path / "killed", web)
    web.hold_after(30)
    process = crawling.start("--workers", "2")
    wait_for(web, process, 20)
    until(lambda: len(children(process, WORKER)) == 2, process)  # one of them may have asked for all of it
    shards = children(process, WORKER)
    born = children(process)
    assert len([pid for pid in born if name_of(pid) == ZYGOTE]) == 1
    os.kill(shards[0], signal.SIGKILL)
    until(lambda: not Path(f"/proc/{shards[0]}").exists(), process)  # the parent knows of it
    web.release()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 4, said
    assert "Traceback" not in said
    assert "the others were stopped" in said
    assert "start the same command again" in said
    deadline = time.monotonic() + 10  # the kernel ends readers a moment after their zygote
    while (left := [pid for pid in born if name_of(pid)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left == []
    before = committed(crawling)
    web.log.clear()
    crawling.run("--workers", "2")
    assert not before & set(asked(web))
    assert_same(crawling, undisturbed)


def test_a_killed_document_worker_costs_one_document(crawling, simweb):
    """Design §6: a page that kills its worker is withheld with that reason, and the pool goes on."""
    site = simweb.site("a.localhost").page("/", "Front", links=["/long", "/other"])
    words = "<p>word <b>word</b> and more words of it" * 60_000  # seconds of reading
    site.page("/long", "Long", main=words).page("/other", "Other", links=["/more"]).page("/more", "More")
    crawling.seeds = [simweb.url("a.localhost")]
    simweb.hold_after(2)  # robots.txt and the front page
    process = crawling.start()
    until(lambda: len(simweb.log.paths("a.localhost")) == 3, process)  # the front page has been read
    (killed,) = children(process, READER)
    os.kill(killed, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{killed}").exists(), process)  # between two documents, to its end
    simweb.release()
    until(lambda: bool(fresh := set(children(process, READER)) - {killed}) and cpu_ticks(*fresh) > READING, process)
    (fresh,) = children(process, READER)
    os.kill(fresh, signal.SIGKILL)  # in the middle of the long document
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    ends_by_path = {url.rpartition("/")[2]: end for url, end in crawling.outcomes().items()}
    outcome, _, reason = ends_by_path.pop("long")
    assert outcome == "withheld", out
    assert "killed the process that read it" in reason
    assert {path: outcome for path, (outcome, _, _) in ends_by_path.items()} == dict.fromkeys(
        ("", "other", "more"), "archived"
    )
    assert verify(crawling) == ""
    assert disagreements(crawling.collection) == []


def stop_with(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """As a terminal does it: to the foreground group."""
    os.killpg(process.pid, number)


@pytest.mark.parametrize(
    ("number", "workers"),
    [
        (signal.SIGINT, "1"),
        pytest.param(signal.SIGTERM, "1", marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, "2", marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_stopped_once_it_finishes_what_is_in_flight_and_seals(undisturbed, web, tmp_path, number, workers):
    crawling = crawl_of(tmp_path / "stopped", web)
    web.hold_after(20)
    process = crawling.start("--workers", workers)
    wait_for(web, process, 21)  # and one of them is held
    stop_with(process, number)
    until(lambda: len(crawling.logged("stopping")) == int(workers), process)
    web.release()
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert said == ""
    assert json.loads(out)["ended"] == "stopped"
    assert disagreements(crawling.collection) == []
    assert verify(crawling) == ""
    pages = {url for url in asked(web) if not url.endswith("/robots.txt")}
    assert pages <= set(crawling.outcomes()), "it was asked for and its answer thrown away"
    (waiting, in_flight) = crawling.rows("SELECT SUM(waiting), SUM(in_flight) FROM host")[0]
    assert waiting > 0, "it had finished before it was stopped"
    assert in_flight == 0
    deferred = [url for url, (outcome, _, _) in crawling.outcomes().items() if outcome == "deferred"]
    assert deferred == [], "what waits goes on waiting"
    web.log.clear()
    crawling.run("--workers", workers)
    assert not pages & set(asked(web))
    assert_same(crawling, undisturbed)


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_stopped_twice_it_stops_now_and_is_still_consistent(crawling, simweb, workers):
    site = simweb.site("a.localhost").page("/", "Front", links=["/hangs", "/waits"])
    site.serve("/hangs", HANG, Reply(200, document("At last").encode(), (("Content-Type", HTML),))).page(
        "/waits", "Waits"
    )
    crawling.seeds = [simweb.url("a.localhost")]
    process = crawling.start("--workers", workers)
    until(lambda: "/hangs" in simweb.log.paths("a.localhost"), process)
    stop_with(process, signal.SIGINT)
    until(lambda: len(crawling.logged("stopping")) == int(workers), process)
    time.sleep(0.5)
    assert process.poll() is None, "the first one waits for what is in flight"
    stop_with(process, signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert json.loads(out)["ended"] in ("now", "stopped")
    hangs = simweb.url("a.localhost", "/hangs")
    assert crawling.rows("SELECT COUNT(*) FROM attempt") == [(0,)], "it waited for the answer until the time limit"
    assert hangs not in crawling.outcomes()
    assert disagreements(crawling.collection) == []
    assert verify(crawling) == ""
    crawling.run("--workers", workers)
    assert crawling.outcomes()[hangs][0] == "archived"
    assert disagreements(crawling.collection) == []
