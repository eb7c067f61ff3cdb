"""An operator acts while it is crawled: in effect within seconds, in the account for ever."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from collector.cli.frontier import app
from tests.support.agreement import disagreements
from tests.support.changing import until
from tests.support.crawling import Crawling, end_all, verify
from tests.support.simweb import SimulatedWeb

DELAY = 0.15  # seconds between two requests to a host
EFFECT = 5.0  # seconds, at the most: counted by what another host, or the same, may be asked for in them
PAGES = 60


def operate(crawling: Crawling, *arguments: str) -> dict[str, Any]:
    """`collector frontier …`, in this process: a start of Python takes longer than the act."""
    said = CliRunner().invoke(app, [*arguments, "--data", str(crawling.data), "--json"], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return json.loads(said.output)


def asked(web: SimulatedWeb, host: str) -> int:
    return len(web.log.paths(host))


def taken_up(crawling: Crawling, verb: str) -> bool:
    """Whether the crawl has begun to obey, before others could be asked for more than EFFECT allows."""
    before = asked(crawling.web, "b.localhost")
    until(lambda: any(told["verb"] == verb for told in crawling.logged("order")), None)
    return asked(crawling.web, "b.localhost") - before <= EFFECT / DELAY


def served_at(crawling: Crawling) -> str:
    """Where /metrics answers: the log says so."""
    return str(crawling.logged("metrics served")[0]["url"])


@pytest.fixture(name="crawled", scope="module")
def _crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawling, dict[str, Any]]]:
    """One crawl, acted on: block a, purge b's calendar, pause, look, resume, to the end."""
    seen: dict[str, Any] = {}
    with SimulatedWeb() as web:
        for host in ("a.localhost", "b.localhost"):
            site = web.site(host)
            site.page("/", f"Front of {host}", links=[f"/{kind}/{n}" for kind in ("p", "cal") for n in range(PAGES)])
            for kind in ("p", "cal"):
                for number in range(PAGES):
                    site.page(f"/{kind}/{number}", f"{kind} {number} of {host}")
        crawling = Crawling(tmp_path_factory.mktemp("operator"), web, min_delay=DELAY, report=True)
        crawling.seeds = [web.url("a.localhost"), web.url("b.localhost")]
        process = crawling.start("--metrics", "127.0.0.1:0")
        try:
            until(lambda: min(asked(web, "a.localhost"), asked(web, "b.localhost")) > 4, process)
            seen["purged"] = operate(crawling, "purge", f"b.localhost:{web.port}/cal/*", "--reason", "a calendar")
            seen["blocked"] = operate(crawling, "block", "a.localhost", "--reason", "they called", "--by", "ann")
            seen["block was taken up"] = taken_up(crawling, "host blocked")
            of_a, of_b = asked(web, "a.localhost"), asked(web, "b.localhost")
            until(lambda: asked(web, "b.localhost") == of_b + 6, process)  # the others go on
            seen["asked of a"] = asked(web, "a.localhost") - of_a
            seen["paused"] = operate(crawling, "pause", "--reason", "a storm")
            seen["pause was taken up"] = taken_up(crawling, "crawl paused")
            before = len(web.log.exchanges)
            time.sleep(10 * DELAY)
            seen["asked while paused"] = len(web.log.exchanges) - before
            seen["asked of b"] = asked(web, "b.localhost")
            seen["stats"] = operate(crawling, "stats")
            seen["show"] = operate(crawling, "show", "a.localhost", "--limit", "3")
            with urlopen(served_at(crawling), timeout=10) as answer:
                seen["metrics"] = answer.read().decode()
            seen["alive while paused"] = process.poll() is None
            operate(crawling, "resume")
            said, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
            seen["summary"] = json.loads(said)
            yield crawling, seen
        finally:
            end_all()


def test_effect_within_seconds(crawled):
    _, seen = crawled
    assert seen["block was taken up"]
    assert seen["asked of a"] <= 1  # it was on its way
    assert seen["pause was taken up"]
    assert seen["asked while paused"] <= 1
    assert seen["alive while paused"]


def test_it_is_seen_while_it_runs(crawled):
    _, seen = crawled
    assert seen["stats"]["paused"]["reason"] == "a storm"
    assert seen["stats"]["hosts_blocked"] == 1
    assert seen["show"]["blocked"] == f"act {seen['blocked']['act']}: they called"
    assert len(seen["show"]["next"]) == 3


def test_every_candidate_ends_once_with_the_act_for_a_reason(crawled):
    crawling, seen = crawled
    ends = crawling.outcomes().values()
    purged = [end for end in ends if end[1] == "frontier_purge"]
    blocked = [end for end in ends if end[1] == "frontier_block"]
    assert {end[0] for end in purged} == {"refused"}
    assert len(purged) == seen["purged"]["closed"] > PAGES / 2
    assert {end[0] for end in blocked} == {"deferred"}
    assert len(blocked) > PAGES
    assert len(ends) == 2 * (2 * PAGES + 1)
    assert seen["summary"]["ended"] == "finished"
    assert asked(crawling.web, "b.localhost") > seen["asked of b"]  # resumed
    assert disagreements(crawling.collection) == []
    assert verify(crawling) == ""


def test_the_account_names_who_did_what_and_why(crawled):
    crawling, _ = crawled
    acts = crawling.rows(
        "SELECT verb, object, detail, actor, role, run FROM act WHERE verb NOT LIKE 'crawl %ed'"
        " AND verb <> 'lists and registry read' ORDER BY id"
    )
    port = crawling.web.port
    assert [act[:3] for act in acts] == [
        ("queue purged", f"b.localhost:{port}/cal/*", "a calendar"),
        ("host blocked", "a.localhost", "they called"),
    ]
    assert acts[1][3:] == ("ann", "operator", 1)
    verbs = [row[0] for row in crawling.rows("SELECT verb FROM act ORDER BY id")]
    assert [verb for verb in verbs if verb.startswith("crawl")] == [
        "crawl started",
        "crawl paused",
        "crawl resumed",
        "crawl ended",
    ]
    log = "".join(path.read_text() for path in (crawling.collection / "logs").iterdir())
    assert '"verb": "host blocked"' in log
    assert "they called" not in log  # the log has the number of the act; the reason is the account's


def test_prometheus_reads_the_run_beside_it(crawled):
    _, seen = crawled
    families = {family.name: family for family in text_string_to_metric_families(seen["metrics"])}

    def value(name: str, **labels: str) -> float:
        return next(
            s.value for family in families.values() for s in family.samples if s.name == name and s.labels == labels
        )

    assert value("collector_up") == 1
    assert value("collector_paused") == 1
    assert value("collector_pages_total") == seen["stats"]["done"] - value("collector_events_total", outcome="refused")
    assert value("collector_stops_total", gate="url", rule="frontier_purge", verdict="deny") == seen["purged"]["closed"]
    assert value("collector_hosts", state="blocked") == 1
    assert value("collector_resident_memory_bytes", process="main") > 10_000_000
    assert value("collector_processes", process="main") == 1
    assert "localhost" not in seen["metrics"]  # no host is a label
    assert "ann" not in seen["metrics"].split('"')


def test_a_report_is_left_at_the_end(crawled):
    crawling, _ = crawled
    (report,) = (crawling.collection / "reports").iterdir()
    text = report.read_text()
    assert report.name == "run-000001.html"
    assert "frontier_purge" in text
    assert "they called" not in text
    assert "ann" not in re.findall(r"[a-z]+", text)
