"""Permission is a fact at a time: sites change their minds after a crawl, and `recheck` finds out (issue 4, Time)."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from collector.cli.__main__ import main
from tests.support.crawling import Crawling, finished, verify
from tests.support.simsite import Reply, text
from tests.support.simweb import SimulatedWeb

HOSTS = ("stays", "closes", "reserves", "trains", "narrows", "objects", "down")
RESERVED = text('[{"location": "/", "tdm-reservation": 1}]', headers=(("Content-Type", "application/json"),))


@dataclass
class Told:
    """What one `recheck` said."""

    code: int
    summary: dict[str, Any]
    lines: dict[str, dict[str, Any]]  # by host and path
    asked: list[str] = field(default_factory=list)


@dataclass
class Changed:
    """A collection, and two looks at it: by its archive before anybody is asked, and after everybody was."""

    crawling: Crawling
    web: SimulatedWeb
    before: Told
    tightened: Told
    after: Told

    def url(self, host: str, path: str) -> str:
        return self.web.url(f"{host}.localhost", path)


def look(crawling: Crawling, web: SimulatedWeb, policy: Path, *options: str, live: bool = False) -> Told:
    web.log.clear()
    connections = len(web.log.connections)
    out = crawling.folder / "lines.jsonl"
    command = ["recheck", str(policy), "--data", str(crawling.data), "--json", "--out", str(out), *options]
    if live:
        ran = [sys.executable, "-m", "collector.cli", *command]
        answer = finished(ran, timeout=60)
        code, stdout, stderr = answer.returncode, answer.stdout, answer.stderr
    else:
        with redirect_stdout(StringIO()) as said:
            code = main(command)
        stdout, stderr = said.getvalue(), ""
    assert stdout.startswith("{"), stderr
    lines = {}
    for line in out.read_text().splitlines():
        told = json.loads(line)
        host, _, path = told["url"].removeprefix("http://").partition("/")
        lines[f"{host.partition('.')[0]}/{path}"] = told
    if not live:
        assert len(web.log.connections) == connections, "from the archive means without the network"
    return Told(code, json.loads(stdout), lines, [r.host for r in web.log.requests()])


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recheck")
    with SimulatedWeb() as web:
        crawling = Crawling(folder, web, site_files=True, more="[rules.meta_robots]\nrespect_noindex = false\n")
        for host in HOSTS:
            site = web.site(f"{host}.localhost").robots("User-agent: *\nAllow: /\n")
            site.page("/", f"Front of {host}", links=["/b"]).page("/b", f"B of {host}")
        stays = web.site("stays.localhost").page("/", "Front of stays", links=["/b", "/twin"])
        for path in ("/b", "/twin"):  # the second one is stored as a revisit of the first
            stays.page(path, "B of stays", head='<meta name="robots" content="noindex">')
        crawling.seeds = [web.url(f"{host}.localhost") for host in HOSTS]
        crawling.run()
        before = look(crawling, web, crawling.policy, "--from-archive")
        stricter = folder / "stricter.toml"
        stricter.write_text(crawling.policy.read_text().replace("respect_noindex = false", "respect_noindex = true"))
        tightened = look(crawling, web, stricter, "--from-archive")

        web.site("closes.localhost").robots("User-agent: *\nDisallow: /b\n")
        web.site("reserves.localhost").serve("/.well-known/tdmrep.json", RESERVED)
        web.site("trains.localhost").robots("User-agent: GPTBot\nDisallow: /b\n")
        web.site("narrows.localhost").robots("User-agent: *\nContent-Signal: search=no\n")
        web.site("down.localhost").robots(Reply(503))
        objection = ["registry", "add", "objects.localhost", "--reason", "letter, case 7", "--data", str(crawling.data)]
        assert main(objection) == 0
        after = look(crawling, web, crawling.policy, live=True)
        yield Changed(crawling, web, before, tightened, after)


def test_right_after_the_crawl_everything_stands(changed):
    assert (changed.before.code, changed.before.lines) == (0, {})
    assert changed.before.summary["captures"]["stands"] == 2 * len(HOSTS) + 1


def test_a_changed_policy_is_judged_from_the_archive_alone(changed):
    """The meta tag that the first policy let pass is read again from the archived page."""
    assert changed.tightened.code == 5
    assert changed.tightened.lines.keys() == {"stays/b", "stays/twin"}
    for line in changed.tightened.lines.values():
        assert (line["change"], line["gate"], line["rule"]) == ("withdrawn", "content", "meta_robots")
        assert line["uses_then"]["train"] != "deny"
        assert line["uses_now"]["train"] == "deny"


@pytest.mark.parametrize(
    ("where", "change", "rule"),
    [
        ("closes/b", "withdrawn", "robots_txt"),
        ("reserves/", "withdrawn", "tdmrep_file"),
        ("reserves/b", "withdrawn", "tdmrep_file"),
        ("trains/b", "withdrawn", "ai_tokens"),
        ("narrows/", "narrowed", "content_signal"),
        ("narrows/b", "narrowed", "content_signal"),
        ("objects/", "withdrawn", "opted_out"),
        ("objects/b", "withdrawn", "opted_out"),
        ("down/", "undecided", "robots_txt"),
        ("down/b", "undecided", "robots_txt"),
    ],
)
def test_what_was_withdrawn_since_is_listed_with_its_reason(changed, where, change, rule):
    line = changed.after.lines[where]
    assert (line["change"], line["rule"]) == (change, rule)
    assert line["reason"]
    assert line["record"].startswith("urn:uuid:")
    if change == "narrowed":
        assert line["denied"] == ["index"]


def test_nothing_else_is_listed_and_the_exit_code_says_so(changed):
    assert len(changed.after.lines) == 10
    assert changed.after.code == 5
    captures = changed.after.summary["captures"]
    assert captures == {"stands": 5, "withdrawn": 6, "narrowed": 2, "undecided": 2}
    assert changed.after.summary["origins"] == {
        "answered": 5, "unreachable": 1, "not_contacted": 1, "stopped": False,
    }  # fmt: skip


def test_only_site_files_are_asked_for_and_never_where_somebody_objected(changed):
    assert "objects.localhost" not in changed.after.asked
    paths = {r.path for r in changed.web.log.requests()}
    assert paths == {"/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/trust.txt", "/.well-known/trust.txt"}


def test_then_and_now_are_two_answers_with_digest_time_and_record(changed):
    """Signals are a fact at a time: fetched-at, valid-until, digest, record."""
    line = changed.after.lines["closes/b"]
    (then,), (now,) = line["evidence_then"], line["evidence_now"]
    assert then["digest"] != now["digest"]
    assert now["digest"] == line["robots_txt"]["digest"]
    assert line["kept_at"] < line["robots_txt"]["fetched_at"] <= line["checked_at"][:10] + "Z"
    query = (
        "SELECT COUNT(*) FROM signal WHERE path = '/robots.txt' AND origin LIKE '%closes%' AND record_id IS NOT NULL"
    )
    assert changed.crawling.rows(query) == [(2,)]
    assert verify(changed.crawling) == ""


def test_a_recheck_takes_nothing_out_of_the_queue_and_is_in_the_log_of_acts(changed):
    runs = changed.crawling.rows("SELECT exit_reason FROM run ORDER BY id")
    assert runs == [("finished",), ("recheck",)]
    assert ("origins asked again",) in changed.crawling.rows("SELECT verb FROM act")


def test_signals_show_tells_from_the_collection_who_won_when(changed, capsys):
    """`--collection`: the page as the collection met it, under the policy of that day."""
    url = changed.url("stays", "/b")
    arguments = ["signals", "show", url, "--collection", "test", "--data", str(changed.crawling.data)]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outcome"] == "archived"
    found = {signal["rule"] for signal in told["signals"] if signal["found"]}
    assert found == {"robots_txt", "meta_robots"}
    assert {u["use"]: u["permission"] for u in told["uses"]}["index"] == "deny"
    assert {file["path"] for file in told["files"]} >= {"/robots.txt", "/ai.txt"}
    assert all(file["fetched_at"] for file in told["files"])
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "robots meta tags" in text
    assert "INDEX" not in text
    assert "noindex" in text
    assert "A denial by any mechanism beats a permission by another" in text
