"""Thirty kills at random instants, and a stop of a minute: the crawl ends as if nothing had happened, as politely."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.support.agreement import disagreements
from tests.support.crawling import Crawling, verify
from tests.support.processes import family
from tests.support.simweb import SimulatedWeb

HOSTS, PAGES = 20, 25  # 500 pages
DELAY = 0.15  # seconds between requests to a host
EARLY = 0.08
KILLS = 30
FURTHER = 8  # answers between the request that is waited for and the kill
STOPPED = float(os.environ.get("STOP_SECONDS", "60"))
SEED = int(os.environ.get("KILL_SEED", "20260822"))
PERSON = "annemarie.vogelsang@mail.example.org"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]


def build(web: SimulatedWeb) -> list[str]:
    """Hosts whose pages lead to each other's; every page names a person."""
    for number in range(HOSTS):
        site = web.site(f"k{number}.localhost").robots("User-agent: *\nDisallow: /private\n")
        site.redirect("/old", "/p1").serve("/same", web.site("k0.localhost").page("/same", "Same").answers["/same"][0])
        for page in range(PAGES):
            onward = f"/p{page + 1}" if page + 1 < PAGES else "/old"
            away = web.url(f"k{(number + page) % HOSTS}.localhost", f"/p{page}")
            words = f"<p>Page {page} of host {number}: letters about it go to {PERSON}, says the village.</p>" * 8
            site.page(
                f"/p{page}", f"Page {page} of host {number}", main=words, links=[onward, away, "/private", "/same"]
            )
    return [web.url(f"k{number}.localhost", "/p0") for number in range(HOSTS)]


def crawl_of(folder: Path, web: SimulatedWeb, seeds: list[str]) -> Crawling:
    """Each page leads to the next one, so the last is as many links away as there are pages."""
    return Crawling(folder, web, seeds=seeds, min_delay=DELAY, scope=f"max_depth = {2 * PAGES}")


def ends(crawling: Crawling) -> dict[str, str]:
    """How every URL ended; which of several equal pages came first is chance."""
    return {url: outcome.replace("duplicate", "archived") for url, (outcome, _, _) in crawling.outcomes().items()}


@pytest.fixture(scope="module", name="whole")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawling]:
    """The crawl that nobody disturbs."""
    with SimulatedWeb() as web:
        crawling = crawl_of(tmp_path_factory.mktemp("whole"), web, build(web))
        crawling.run("--workers", "2", timeout=300)
        assert len(ends(crawling)) == HOSTS * (PAGES + 3)
        yield crawling


def assert_as_undisturbed(crawling: Crawling, whole: Crawling) -> None:
    assert crawling.archived().items() == whole.archived().items()
    assert ends(crawling) == ends(whole)
    assert disagreements(crawling.collection) == []  # no URL captured twice among it
    assert verify(crawling) == ""


def assert_nothing_personal(folder: Path) -> None:
    """Neither in a file as it is nor in a record, also not in what a kill left behind."""
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert PERSON.encode() not in path.read_bytes(), path
    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                assert PERSON.encode() not in record.content_stream().read(), path


def assert_polite(web: SimulatedWeb) -> None:
    for number in range(HOSTS):
        gaps = web.log.gaps(f"k{number}.localhost")
        assert min(gaps) >= DELAY - EARLY, f"k{number}: {sorted(gaps)[:5]}"


def test_killed_thirty_times_it_ends_as_if_undisturbed(whole: Crawling, tmp_path: Path) -> None:
    web = whole.web
    web.log.clear()
    crawling = crawl_of(tmp_path, web, whole.seeds)
    instants, landed = random.Random(SEED), 0
    for _ in range(KILLS):
        before, share = len(web.log.exchanges), instants.randint(0, 12)
        web.hold_after(share + FURTHER)
        process = crawling.start("--workers", "2")
        deadline = time.monotonic() + 60
        while len(web.log.exchanges) - before < share and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(instants.uniform(0.0, 1.0))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            landed += 1
        process.communicate()
        web.release()
        assert_nothing_personal(crawling.data)
    crawling.run("--workers", "2", timeout=300)
    assert landed == KILLS, "it ended before it was to be killed"
    assert_as_undisturbed(crawling, whole)
    assert_nothing_personal(crawling.data)
    assert_polite(web)


def test_stopped_for_a_minute_it_goes_on(whole: Crawling, tmp_path: Path) -> None:
    """SIGSTOP to every process of it, as a suspended machine does; servers have closed their connections meanwhile."""
    web = whole.web
    web.log.clear()
    crawling = crawl_of(tmp_path, web, whole.seeds)
    process = crawling.start("--workers", "2")
    while len(web.log.exchanges) < 80 and process.poll() is None:
        time.sleep(0.01)
    pids = family(process.pid)
    assert len(pids) >= 3, "a parent and two shards"
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    asked = len(web.log.exchanges)
    time.sleep(STOPPED)
    assert len(web.log.exchanges) - asked <= HOSTS, "something of it went on"
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    process.communicate(timeout=300)
    assert process.returncode == 0
    assert_as_undisturbed(crawling, whole)
    assert_polite(web)
