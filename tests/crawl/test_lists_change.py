"""What is listed changes while a crawl goes on, and between two (design §2.1, §6; spec lists-and-registry.md §5)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from typer.testing import CliRunner

from collector.cli.lists import app as lists
from collector.lists.organisation import Generation, OrganisationLists
from tests.support.agreement import disagreements
from tests.support.changing import ask_registry, object_to, until, without_end
from tests.support.crawling import Crawling, verify

PAGES = 300


def kept(crawling: Crawling) -> OrganisationLists:
    return OrganisationLists(crawling.data / "lists")


def put_in_force(crawling: Crawling, folder: Path, *hosts: str) -> Generation:
    """As the operator does it: import, then activate, with a reason where the list grew by more than half."""
    file = folder / "forums.txt"
    file.write_text("".join(f"{host}\n" for host in hosts))
    said = ["--category", "health.forum", "--licence", "CC0-1.0", "--source", "the test", "--format", "plain"]
    data = ["--data", str(crawling.data)]
    imported = CliRunner().invoke(lists, ["import", "forums", str(file), *said, *data])
    assert imported.exit_code in {0, 1}, imported.output
    why = ["--reason", "looked at, one by one"]
    activated = CliRunner().invoke(lists, ["activate", "forums", *why, *data], catch_exceptions=False)
    assert activated.exit_code == 0, activated.output
    generation = kept(crawling).current()
    assert generation is not None
    return generation


def refusals(crawling: Crawling, rule: str, host: str) -> int:
    query = "SELECT COUNT(*) FROM event WHERE rule = ? AND outcome = 'refused' AND url LIKE ?"
    return int(crawling.rows(query, rule, f"%//{host}%")[0][0])


def test_a_list_that_is_activated_refuses_what_waits_and_the_ledger_names_the_snapshot(crawling, simweb, tmp_path):
    """No contact with what is listed at the start; what is listed later is dropped, in this crawl and in the next."""
    ask_registry(crawling, "compile")
    crawling.more = '[lists]\nsensitive = ["health.forum"]\n'
    first = put_in_force(crawling, tmp_path, "listed.localhost")
    simweb.site("listed.localhost").page("/", "Never asked for")
    simweb.site("later.localhost").page("/", "Front", links=[f"/p{n}" for n in range(PAGES)]).pages("/p", PAGES)
    without_end(simweb, "goes-on.localhost")
    crawling.seeds = [simweb.url(host) for host in ("www.listed.localhost", "later.localhost")]
    crawling.seeds.append(simweb.url("goes-on.localhost", "/p0"))
    crawling.min_delay = 0.4
    simweb.hold_after(3, host="later.localhost")
    process = crawling.start()
    until(lambda: len(simweb.log.pages("later.localhost")) == 3, process)
    second = put_in_force(crawling, tmp_path, "listed.localhost", "later.localhost")
    until(lambda: refusals(crawling, "sensitive_domain", "later.") == PAGES - 2, process)
    simweb.release()
    before = len(simweb.log.pages("goes-on.localhost"))
    until(lambda: len(simweb.log.pages("goes-on.localhost")) > before, process)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said

    assert not [r for r in simweb.log.requests() if r.host.endswith("listed.localhost")], "not even its robots.txt"
    asked = len(simweb.log.pages("later.localhost"))
    assert asked + refusals(crawling, "sensitive_domain", "later.") == PAGES + 1, "each asked for, or refused"
    ((named,),) = crawling.rows(
        "SELECT GROUP_CONCAT(body) FROM finding WHERE body LIKE '%listed in the category health.forum%'"
    )
    assert first.snapshot != second.snapshot
    for generation in (first, second):
        assert generation.snapshot in named, "the decision names the snapshot that it rests on"
    assert f"list:forums@{second.versions['forums']}" in named

    (waiting,) = crawling.rows("SELECT COUNT(*) FROM url WHERE state <> 2")[0]
    assert waiting > 0
    object_to(crawling, "goes-on.localhost")
    simweb.log.clear()
    summary = crawling.run()
    assert (summary["dropped_at_start"], summary["redecided"]) == (waiting, 0)
    assert simweb.log.requests() == []
    assert refusals(crawling, "opted_out", "goes-on.") == waiting
    acts = crawling.rows("SELECT detail FROM act WHERE verb = 'lists and registry read' ORDER BY id")
    assert all(f"lists:snapshot {one.snapshot}\n" in text for one, (text,) in zip((first, second), acts, strict=True))
    assert len({detail.partition("registry ")[2] for (detail,) in acts}) == 2
    assert verify(crawling) == ""
    assert disagreements(crawling.collection) == []
