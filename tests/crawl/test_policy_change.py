"""What binds a crawl changes while it goes on: the policy, the budget, an objection (design §2.1, §6, §7)."""

from __future__ import annotations

import os
import signal
import sqlite3
import time

import pytest

from collector.policy.load import load_policy
from collector.rules.catalogue import fragments
from tests.support.agreement import disagreements
from tests.support.changing import ask_registry, object_to, until, without_end
from tests.support.crawling import Crawling, verify
from tests.support.simsite import HTML, Reply, document


@pytest.fixture(autouse=True)
def registry_is_there(crawling: Crawling) -> None:
    """As in an organisation that has one: made before the crawl, empty."""
    ask_registry(crawling, "compile")


def test_an_edited_policy_redecides_what_waits(crawling, simweb):
    """Design §6: a changed policy re-decides what waits; both are kept, and every decision names its own."""
    site = simweb.site("a.localhost")
    site.page("/", "Front", links=[*(f"/news/{n}" for n in range(6)), *(f"/blog/{n}" for n in range(6))])
    for number in range(6):
        site.page(f"/news/{number}", f"News {number}").page(f"/blog/{number}", f"Blog {number}")
    crawling.seeds = [simweb.url("a.localhost")]
    simweb.hold_after(3)  # robots.txt, the front page and one more
    process = crawling.start()
    until(lambda: len(simweb.log.pages("a.localhost")) == 3, process)
    os.killpg(process.pid, signal.SIGINT)
    until(lambda: bool(crawling.logged("stopping")), process)
    simweb.release()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    done = set(crawling.outcomes())
    (waiting,) = crawling.rows("SELECT COUNT(*) FROM url WHERE state = 0 AND href LIKE '%/blog/%'")[0]
    assert waiting > 0
    crawling.scope = 'exclude = ["*/blog/*"]'
    simweb.log.clear()
    summary = crawling.run()
    assert summary["redecided"] == waiting
    assert [path for path in simweb.log.pages("a.localhost") if path.startswith("/blog/")] == []
    outcomes = crawling.outcomes()
    for number in range(6):
        url = simweb.url("a.localhost", f"/blog/{number}")
        if url not in done:
            assert outcomes[url][:2] == ("refused", "in_scope")
            assert "*/blog/*" in outcomes[url][2]
        assert outcomes[simweb.url("a.localhost", f"/news/{number}")][0] == "archived"
    kept = {path.stem: path for path in (crawling.collection / "policies").iterdir()}
    assert len(kept) == 2
    for digest, path in kept.items():
        assert load_policy(path, fragments(), kept=True).digest.hex == digest
    runs = [digest for (digest,) in crawling.rows("SELECT policy_digest FROM run ORDER BY id")]
    assert [digest.removeprefix("sha256:") in kept for digest in runs] == [True, True]
    assert runs[0] != runs[1]
    assert verify(crawling) == ""
    assert disagreements(crawling.collection) == []


def test_an_objection_during_the_crawl_is_in_force_at_once(crawling, simweb):
    """Design §2.1, §6: no contact from then on, what waits is refused, what was not committed is not kept."""
    site = simweb.site("objects.localhost").page("/", "Front", links=[f"/p{n}" for n in range(31)])
    site.pages("/p", 31)
    simweb.site("goes-on.localhost").pages("/p", 12)
    crawling.seeds = [simweb.url("objects.localhost"), simweb.url("goes-on.localhost", "/p0")]
    crawling.politeness = "concurrency_per_host = 2"
    crawling.min_delay = 0.2  # without, all of it would be claimed at once
    log = simweb.log
    simweb.hold_after(4, host="objects.localhost")  # robots.txt, the front page and two more
    simweb.hold_after(4, host="goes-on.localhost")
    process = crawling.start()
    until(lambda: len(log.paths("objects.localhost")) == 6, process)
    under_way = log.paths("objects.localhost")[4:]
    object_to(crawling, "objects.localhost")
    until(lambda: opted_out(crawling, "refused") >= 15, process)  # what waits; some may have been claimed already
    simweb.release()
    _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said
    assert log.paths("objects.localhost")[4:] == under_way, "asked for after the objection"
    assert simweb.url("goes-on.localhost", "/p11") in crawling.archived(), "the others go on"
    ends = {u: end for u, end in crawling.outcomes().items() if "//objects." in u}
    assert len(ends) == 32, "every URL has its outcome"
    for path in under_way:
        assert ends[simweb.url("objects.localhost", path)][:2] == ("withheld", "opted_out")
    for url, (outcome, rule, _) in ends.items():
        if outcome not in ("archived", "duplicate"):
            assert rule == "opted_out", url
    assert verify(crawling) == ""
    assert disagreements(crawling.collection) == []


def test_a_page_that_was_fetched_and_not_committed_is_not_kept(crawling, simweb):
    """Design §6, commit: the objection is looked for once more inside the transaction that would keep the page."""
    begun, objected = [], []

    def answer(_request: object) -> Reply:
        begun.append(time.monotonic())
        while not objected and time.monotonic() < begun[0] + 30:
            time.sleep(0.005)
        return Reply(200, document("A page that came too late").encode(), (("Content-Type", HTML),))

    simweb.site("objects.localhost").serve("/", answer)
    crawling.seeds = [simweb.url("objects.localhost")]
    process = crawling.start()
    until(lambda: bool(begun), process)
    object_to(crawling, "objects.localhost")
    objected.append(True)
    _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said
    assert crawling.outcomes()[simweb.url("objects.localhost")][:2] == ("withheld", "opted_out")
    assert crawling.archived() == {}
    for path in crawling.collection.rglob("*"):
        if path.is_file():
            assert b"came too late" not in path.read_bytes()
    assert crawling.warcs() == [], "no file without a page"
    assert disagreements(crawling.collection) == []


def test_a_larger_budget_goes_on_with_what_was_deferred(crawling, simweb):
    """Design §2.2: `Deferred` closes a visit; the next run asks again, as visit 2, what its policy still lets in."""
    site = simweb.site("a.localhost").page("/", "Front", links=[f"/p{n}" for n in range(8)])
    for number in range(8):
        site.page(f"/p{number}", f"Page {number}", links=[f"/deep{number}"]).page(f"/deep{number}", f"Deep {number}")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.politeness = "concurrency_per_host = 4"
    first = crawling.run("--max-pages", "4")
    assert (first["ended"], first["pages"]) == ("budget", 4)
    ends = crawling.outcomes()
    outcomes = {outcome for outcome, _, _ in ends.values()}
    assert outcomes == {"archived", "deferred"}, "a spent budget refuses nothing for ever"
    deferred = sorted(url for url, (outcome, _, _) in ends.items() if outcome == "deferred")
    simweb.log.clear()
    same = crawling.run("--max-pages", "4")
    assert (same["reopened"], same["candidates"]) == (0, 0), "the budget is spent: nothing to take up"
    assert simweb.log.paths("a.localhost") == []
    excluded = next(url for url in deferred if "/p" in url)
    crawling.scope = f'exclude = ["{excluded}"]'
    larger = crawling.run("--max-pages", "40")
    assert larger["reopened"] == len(deferred) - 1
    ends = crawling.outcomes()
    assert ends.pop(excluded)[0] == "deferred", "what the new policy excludes stays as it is"
    assert {outcome for outcome, _, _ in ends.values()} == {"archived"}
    assert len(crawling.archived()) == 15
    asked = simweb.log.pages("a.localhost")
    assert len(asked) == len(set(asked)) == 11
    assert crawling.rows("SELECT MAX(visit) FROM event") == [(2,)]
    assert verify(crawling) == ""
    assert disagreements(crawling.collection) == []


def test_a_site_that_was_unreachable_is_asked_again_by_the_next_run(crawling, simweb):
    """RFC 9309 §2.3.1.4: unreachable robots.txt means no; it is not a no for ever."""
    simweb.site("a.localhost").robots(Reply(503), Reply(503), "User-agent: *\nDisallow: /x\n").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    assert crawling.outcomes()[simweb.url("a.localhost")][:2] == ("deferred", "robots_txt")
    assert simweb.log.pages("a.localhost") == []
    assert crawling.run()["reopened"] == 1
    assert crawling.outcomes()[simweb.url("a.localhost")][0] == "archived"
    assert verify(crawling) == ""


def test_what_waits_for_an_objected_site_is_dropped_at_once_and_the_ledger_names_the_entry(crawling, simweb):
    """Issue: a running crawl sees a new entry, drops what waits in the frontier for it, and says which entry did it.

    It holds back its answers meanwhile, and the other site has always one page more until the test has seen enough:
    how fast this machine is plays no part.
    """
    site = simweb.site("objects.localhost").page("/", "Front", links=[f"/p{n}" for n in range(400)])
    site.pages("/p", 400)
    enough = without_end(simweb, "goes-on.localhost")
    crawling.seeds = [simweb.url("objects.localhost"), simweb.url("goes-on.localhost", "/p0")]
    crawling.min_delay = 0.4  # its 400 pages would take minutes, one refusal at a time as well
    simweb.hold_after(3, host="objects.localhost")
    process = crawling.start()
    until(lambda: len(simweb.log.pages("objects.localhost")) == 3, process)
    object_to(crawling, "objects.localhost")
    until(lambda: opted_out(crawling, "refused") == 400 - 2, process)
    simweb.release()
    before = len(simweb.log.pages("goes-on.localhost"))
    until(lambda: len(simweb.log.pages("goes-on.localhost")) > before, process)
    enough.set()
    _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said
    ((entry, version),) = _entries_of(crawling)
    (bodies,) = crawling.rows("SELECT GROUP_CONCAT(body) FROM finding WHERE body LIKE '%an objection is in force%'")[0]
    assert f"@{entry}.{version}" in bodies
    shown = ask_registry(crawling, "review", _reference(crawling), "--propagate")
    (closed,) = crawling.rows("SELECT COUNT(*) FROM event WHERE rule = 'opted_out'")[0]
    assert f"frontier:test: applied, {closed}" in shown
    assert "warc_store:test: exempt" in shown
    assert verify(crawling) == ""


def opted_out(crawling: Crawling, outcome: str) -> int:
    """How many URLs ended so because somebody objects."""
    query = "SELECT COUNT(*) FROM event WHERE rule = 'opted_out' AND outcome = ?"
    return int(crawling.rows(query, outcome)[0][0])


def _entries_of(crawling: Crawling) -> list[tuple[str, int]]:
    with sqlite3.connect(crawling.data / "registry.db") as connection:
        return list(connection.execute("SELECT id, version FROM entry"))


def _reference(crawling: Crawling) -> str:
    with sqlite3.connect(crawling.data / "registry.db") as connection:
        return str(connection.execute("SELECT public_ref FROM request").fetchone()[0])
