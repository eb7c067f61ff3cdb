"""The disk fails: a clear message, exit code 4 (3 where the archive contradicts the ledger), nothing lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.agreement import disagreements
from tests.support.changing import until
from tests.support.crawling import Crawling, finished, verify
from tests.support.simweb import SimulatedWeb

PAGES = 12
PAGE_BYTES = 150_000


def build(web: SimulatedWeb) -> list[str]:
    """A site whose pages do not compress."""
    noise = random.Random(7)
    site = web.site("a.localhost").page("/", "Front", links=[f"/p{n}" for n in range(PAGES)])
    for number in range(PAGES):
        words = noise.randbytes(PAGE_BYTES // 2).hex(" ", 5)
        site.page(f"/p{number}", f"Page {number}", main=f"<p>{words}</p>")
    return [web.url("a.localhost")]


@pytest.fixture(name="large")
def _large(crawling: Crawling, simweb: SimulatedWeb) -> Crawling:
    crawling.seeds = build(simweb)
    crawling.politeness = "concurrency_per_host = 4"
    return crawling


def failing(command: list[str], code: int, timeout: float = 90) -> str:
    """The message of a command that ends with `code`."""
    answer = finished(command, timeout=timeout)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr, answer.stderr
    assert answer.stderr.startswith("collector: ")
    assert "mend: " in answer.stderr
    return answer.stderr


def assert_whole(crawling: Crawling) -> None:
    """As an undisturbed crawl ends: every page once, archive and account agree."""
    pages = {url for url in crawling.archived() if "/p" in url}
    assert len(pages) == PAGES
    assert {outcome for outcome, _, _ in crawling.outcomes().values()} == {"archived"}
    assert disagreements(crawling.collection) == []
    assert verify(crawling) == ""


def assert_goes_on(crawling: Crawling) -> None:
    """The same command finishes it, and asks for nothing again that was committed."""
    rows = crawling.rows("SELECT e.url FROM capture c JOIN event e USING (url_key, visit)")
    before = {url for (url,) in rows}
    crawling.web.log.clear()
    crawling.run()
    again = {crawling.web.url(request.host, request.target) for request in crawling.web.log.requests()}
    assert not before & again
    assert_whole(crawling)


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A file system of its own of the given size, where this machine lets us mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(size: str) -> Path:
        nonlocal mounted
        options = f"remount,size={size}" if mounted else f"size={size}"
        answer = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {answer.stderr.strip()}")
        mounted = True
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("size", ["1400k", pytest.param("900k", marks=pytest.mark.slow)])
def test_a_full_disk(large, small_disk, size):
    """ENOSPC, whichever file meets it first; after space is back the same command ends as an undisturbed crawl."""
    (large.folder / "data").symlink_to(small_disk(size))
    said = failing(large.command(), 4)
    assert "No space left" in said or "the disk is full" in said or "disk" in said
    assert "free some space" in said
    small_disk("64m")
    assert_goes_on(large)


def test_a_file_that_may_not_grow(large):
    """RLIMIT_FSIZE: a write that fails with another error than ENOSPC, without any privilege."""
    said = failing(["prlimit", f"--fsize={700_000}", *large.command()], 4)
    assert "start again" in said or "check the disk" in said
    assert_goes_on(large)


def unprivileged(crawling: Crawling) -> list[str]:
    """The crawl by a user whom permissions bind: root without the capability to pass them over."""
    if os.geteuid() != 0:
        return crawling.command()
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *crawling.command()]


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """`folder` and what is in it, without the right to write."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture(name="small")
def _small(crawling: Crawling, simweb: SimulatedWeb) -> Crawling:
    simweb.site("a.localhost").page("/", "Front", links=["/b"]).page("/b", "B")
    crawling.seeds = [simweb.url("a.localhost")]
    return crawling


def test_a_disk_that_was_full_at_the_start(small, small_disk):
    place = small_disk("300k")
    (small.folder / "data").symlink_to(place)
    (place / "filler").write_bytes(bytes(290_000))
    said = failing(small.command(), 4)
    assert "free some space" in said
    assert small.web.log.connections == []
    (place / "filler").unlink()
    small_disk("64m")
    small.run()
    assert len(small.archived()) == 2


def test_a_data_folder_that_may_not_be_written(small):
    small.data.mkdir()
    with read_only(small.data):
        said = failing(unprivileged(small), 4)
    assert "ermission denied" in said
    assert str(small.collection) in said
    assert small.web.log.connections == []
    small.run()
    assert len(small.archived()) == 2


def test_a_collection_that_may_not_be_written(small):
    small.run()
    small.web.log.connections.clear()
    with read_only(small.collection):
        said = failing(unprivileged(small), 4)
    assert str(small.collection) in said
    assert small.web.log.connections == []
    small.run()
    assert disagreements(small.collection) == []


def test_an_archive_folder_that_may_not_be_written(small, simweb):
    """The fault shows only when the first page is to be kept: nothing of it is lost."""
    small.run()
    late = simweb.url("a.localhost", "/late")
    simweb.site("a.localhost").page("/late", "Late")
    small.seeds.append(late)
    with read_only(small.collection / "archive"):
        said = failing(unprivileged(small), 4)
    assert str(small.collection / "archive") in said
    assert "right to write" in said
    assert late not in small.outcomes()
    small.run()
    assert small.outcomes()[late][0] == "archived"
    assert disagreements(small.collection) == []


def test_no_process_can_be_started_for_the_documents(small):
    """Our own fault (no memory, too many processes) is never written down as the page's."""
    broken = small.folder / "python"
    broken.write_text("not a program")
    starter = (
        "import runpy, sys; real = sys.executable; sys.executable = sys.argv.pop(1);"
        "runpy.run_module('collector.cli', run_name='__main__', alter_sys=True)"
    )
    command = small.command()
    said = failing([command[0], "-c", starter, str(broken), *command[3:]], 4)
    assert "cannot be started" in said
    small.run()
    assert len(small.archived()) == 2
    assert small.rows("SELECT COUNT(*) FROM attempt") == [(0,)]


def in_the_middle(crawling: Crawling, web: SimulatedWeb, *arguments: str) -> subprocess.Popen[str]:
    """A crawl that has committed the front page and two others; two further ones were asked for and have to wait."""
    site = web.site("a.localhost").page("/", "Front", links=[f"/p{n}" for n in range(PAGES)])
    for number in range(PAGES):
        site.page(f"/p{number}", f"Page {number}")
    crawling.seeds = [web.url("a.localhost")]
    crawling.politeness = "concurrency_per_host = 2"
    web.hold_after(4)  # with robots.txt
    process = crawling.start(*arguments)

    def committed() -> bool:
        with contextlib.suppress(sqlite3.Error):
            return crawling.rows("SELECT COUNT(*) FROM capture") == [(3,)]
        return False

    until(lambda: committed() and len(web.log.exchanges) == 6, process)
    return process


def test_the_collection_is_deleted_behind_our_back(crawling, simweb):
    """SQLite and the archive would write on into deleted files for hours: it stops at the next flush."""
    process = in_the_middle(crawling, simweb)
    shutil.rmtree(crawling.collection)
    simweb.hold_after(0)  # the two that wait are answered, and no other one
    until(lambda: process.poll() is not None, None)
    simweb.release()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 4, said
    assert "Traceback" not in said
    assert "moved or deleted" in said
    simweb.site("a.localhost").page("/", "Front", links=["/p0"])
    crawling.run()
    assert len(crawling.archived()) == 2
    assert disagreements(crawling.collection) == []


def test_an_archive_file_is_gone(crawling, simweb):
    """Design §2.7: a row without a record is a lie; the next start says so, and asks nobody for anything."""
    simweb.site("a.localhost").page("/", "Front", links=["/b"]).page("/b", "B")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    (warc,) = crawling.warcs()
    kept = warc.read_bytes()
    simweb.log.connections.clear()
    for damage in (warc.unlink, lambda: warc.write_bytes(kept[:-10])):
        damage()
        said = failing(crawling.command(), 3)
        assert str(warc) in said
        assert simweb.log.connections == []
    warc.write_bytes(kept)
    crawling.run()
    assert disagreements(crawling.collection) == []


def test_an_open_archive_file_is_gone_after_a_kill(crawling, simweb):
    process = in_the_middle(crawling, simweb)
    process.kill()
    process.communicate()
    simweb.release()
    (warc,) = (crawling.collection / "archive").glob("*.open")
    kept = warc.read_bytes()
    for damage in (warc.unlink, lambda: warc.write_bytes(kept[:40])):
        damage()
        said = failing(crawling.command(), 3)
        assert warc.name.removesuffix(".open") in said
    warc.write_bytes(kept)
    crawling.run()
    assert len(crawling.archived()) == PAGES + 1
    assert disagreements(crawling.collection) == []
    assert verify(crawling) == ""


@pytest.mark.slow
def test_an_open_archive_file_is_deleted_while_it_crawls(crawling, simweb):
    """It stops at the next flush, before the account vouches for records that nobody can find."""
    process = in_the_middle(crawling, simweb)
    (warc,) = (crawling.collection / "archive").glob("*.open")
    warc.unlink()
    simweb.release()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    assert str(warc) in said
    assert "Traceback" not in said
    assert crawling.rows("SELECT COUNT(*) FROM capture") == [(3,)]
    assert warc.name.removesuffix(".open") in failing(crawling.command(), 3)


def test_a_damaged_database(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    simweb.log.connections.clear()
    database = crawling.collection / "collection.db"
    database.write_bytes(b"this is no database " * 1_000)
    said = failing(crawling.command(), 3)
    assert str(database) in said
    assert simweb.log.connections == []


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_the_registry_breaks_while_it_crawls(crawling, simweb, workers):
    """A registry that cannot be read any more stops the crawl: it could hold an objection."""
    registry = crawling.data / "registry"
    registry.mkdir(parents=True)
    (registry / "objections.txt").write_text("objects.example.org\n")
    process = in_the_middle(crawling, simweb, "--workers", workers)
    (registry / "objections.txt").write_bytes(b"objects.example.org\n\xff\xfe\x00\n")
    until(lambda: process.poll() is not None, None)
    simweb.release()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "objections.txt:2" in said
    assert "Traceback" not in said
    (registry / "objections.txt").write_text("objects.example.org\n")
    crawling.run()
    assert len(crawling.archived()) == PAGES + 1
    assert disagreements(crawling.collection) == []


@pytest.mark.slow
def test_somebody_else_keeps_the_database_locked(crawling, simweb):
    """After 30 s of waiting it says so and stops; nothing is lost, and no site is blamed for it."""
    process = in_the_middle(crawling, simweb)
    with sqlite3.connect(crawling.collection / "collection.db", isolation_level=None, timeout=30) as other:
        other.execute("BEGIN IMMEDIATE")
        simweb.release()
        _, said = process.communicate(timeout=120)
        other.execute("ROLLBACK")
    other.close()
    assert process.returncode == 4, said
    assert "another process is writing to this collection" in said
    assert "Traceback" not in said
    crawling.run()
    assert len(crawling.archived()) == PAGES + 1
    assert {outcome for outcome, _, _ in crawling.outcomes().values()} == {"archived"}
    assert crawling.rows("SELECT COUNT(*) FROM attempt") == [(0,)]
    assert disagreements(crawling.collection) == []


def test_the_summary_cannot_be_written(crawling, simweb):
    """`| head` is no fault of the crawl."""
    simweb.site("a.localhost").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(crawling.command(), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert answer.returncode == 4
    assert "Traceback" not in answer.stderr
    assert len(crawling.archived()) == 1
    assert disagreements(crawling.collection) == []
