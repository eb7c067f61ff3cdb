"""`ledger show`, `ledger verify` and `status`: what a person reads, what a script reads, and the exit codes."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
from datetime import timedelta

import pytest

from collector.cli.__main__ import main
from collector.frontier.pace import Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.account import Attempt, RunStart, begin_run, close, end_run, record_attempt, record_policy
from collector.ledger.keys import load_or_create, url_key
from collector.ledger.segments import segment_committed
from collector.ledger.store import Store
from collector.model.decision import Gate, Verdict
from collector.model.layout import Layout
from collector.model.page import Candidate
from collector.model.url import parse_url
from tests.ledger.sample_account import NOW, OPERATOR, POLICY, SEGMENT, archived, decided, found, refused

KEPT = "https://a.example.org/kept"
REFUSED = "https://b.example.org/private"
PERSONAL = "https://c.example.org/jane"
WAITING = "https://d.example.org/later"


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A collection in mid-crawl; its writer stays open."""
    monkeypatch.delenv("COLLECTOR_KEYS", raising=False)
    layout = Layout(tmp_path / "data")
    here = layout.collection("corpus")
    here.create()
    secret = load_or_create(layout.keys("corpus"))
    store = Store.open(here.database, write=True)
    frontier = SqliteFrontier(Pace(), fence=1)
    urls = [
        dataclasses.replace(f, key=url_key(secret, f.url.href), hops="L", depth=1, via="https://seed.example.org/")
        for f in found([KEPT, REFUSED, PERSONAL, WAITING])
    ]
    with store.transaction() as tx:
        record_policy(tx, POLICY.id, str(POLICY.digest), "", NOW)
        start = RunStart(str(POLICY.digest), "collector/0", OPERATOR, socket.gethostname(), os.getpid())
        run = begin_run(tx, start, NOW - timedelta(seconds=10))
        frontier.discover(tx, urls, NOW.timestamp() - 7_200)
        claims = {c.href: c for c in frontier.claim(tx, NOW.timestamp(), 3)}
        segment_committed(tx, SEGMENT, "archive", 5_000)
        kept, private, personal = (claims[h] for h in (KEPT, REFUSED, PERSONAL))
        late = decided(Gate.SITE, Verdict.DEFER, reason="robots.txt is unreachable (503)")
        candidate = Candidate(parse_url(KEPT))
        tried = Attempt(kept.key, candidate, "robots.txt is unreachable (503)", (late,), NOW - timedelta(hours=1), NOW)
        record_attempt(tx, run, tried)
        close(tx, run, kept.key, archived(KEPT, 1))
        close(tx, run, private.key, refused(REFUSED))
        close(tx, run, personal.key, refused(PERSONAL, keep_url=False))
        frontier.done(tx, list(claims.values()))
    (here.root / (SEGMENT + ".open")).write_bytes(bytes(5_000))
    yield layout.data
    store.close()


def test_the_story_in_plain_words(data, capsys):
    assert main(["ledger", "show", KEPT + "#top", "--data", str(data), "-c", "corpus"]) == 0
    story = capsys.readouterr().out
    steps = [
        KEPT,
        "found through a link on https://seed.example.org/, 1 hop from the seed",
        "attempt 1 in run 1: robots.txt is unreachable (503)",
        "site gate: defer",
        "comes back at 2026-03-04 05:06:07 UTC",
        "closed in run 1, visit 1: archived",
        "url gate: allow",
        "robots_txt: allow [fetch: allow]: allow by line 12",
        "seen in https://a.example.org/robots.txt sha256:",
        "at line 12",
        "fetched 2026-03-04 05:06:07 UTC: HTTP 200, text/html, en",
        "minimised (strict): 2 EMAIL, 1 PHONE",
        "kept 11 bytes, sha256:",
        "fetch allow, train unknown",
        f"page record urn:uuid:00000000-0000-0000-0000-000000000002 in {SEGMENT}, 900 bytes from 1,000",
    ]
    at = 0
    for step in steps:
        at = story.find(step, at)
        assert at >= 0, f"{step!r} is not told, or not in its place:\n{story}"


def test_the_story_for_scripts(data, capsys):
    assert main(["ledger", "show", KEPT, "--data", str(data), "-c", "corpus", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [c["chapter"] for c in told["chapters"]] == ["queued", "tried", "closed"]
    closed = told["chapters"][2]
    assert closed["capture"]["page"]["offset"] == 1_000
    assert closed["capture"]["redactions"] == {"EMAIL": 2, "PHONE": 1}
    assert closed["decisions"]["gates"][0]["findings"][0]["evidence"][0]["locator"] == "line 12"


def test_a_personal_url_can_be_looked_up_only_with_the_key(data, capsys):
    assert main(["ledger", "show", PERSONAL, "--data", str(data), "-c", "corpus"]) == 0
    assert "keyed name only" in capsys.readouterr().out
    next((data / "keys" / "corpus").iterdir()).unlink()
    assert main(["ledger", "show", PERSONAL, "--data", str(data), "-c", "corpus"]) == 2
    assert "never met" in capsys.readouterr().err
    assert main(["ledger", "show", REFUSED, "--data", str(data), "-c", "corpus"]) == 0
    assert main(["ledger", "show", WAITING, "--data", str(data), "-c", "corpus"]) == 0
    assert "now waiting, attempt 1" in capsys.readouterr().out


def test_verify(data, capsys):
    arguments = ["ledger", "verify", "--data", str(data), "-c", "corpus"]
    assert main(arguments) == 0
    assert capsys.readouterr().out == "3 events, 1 segments: the account agrees with itself\n"
    next((data / "corpus" / "archive").iterdir()).write_bytes(b"")
    assert main([*arguments, "--json"]) == 3
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["check"], problem["where"]) == ("files", SEGMENT)


def test_status_beside_a_running_crawl(data, capsys):
    assert main(["status", "--data", str(data)]) == 0
    shown = capsys.readouterr().out
    assert "corpus: run 1, running" in shown
    assert "1 kept" in shown
    assert "1 waiting, 0 in flight" in shown
    assert "1 archived (text/html)" in shown
    assert "2 site robots_txt: disallowed by line N" in shown
    assert main(["status", "corpus", "--data", str(data), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pages"], told["events"], told["queue"]["waiting"]) == (1, 3, 1)
    assert told["stops"] == [
        {"gate": "site", "rule": "robots_txt", "verdict": "deny", "reason": "disallowed by line N", "events": 2}
    ]


def test_status_of_a_finished_and_of_a_killed_crawl(data, capsys):
    store = Store.open(data / "corpus" / "collection.db", write=True)
    with store.transaction() as tx:
        tx.exec_driver_sql("UPDATE run SET pid = 4194304")  # beyond the largest there is
    assert main(["status", "--data", str(data)]) == 0
    assert "run 1, killed" in capsys.readouterr().out
    with store.transaction() as tx:
        end_run(tx, 1, OPERATOR, "finished", NOW)
    store.close()
    assert main(["status", "--data", str(data)]) == 0
    shown = capsys.readouterr().out
    assert "run 1, finished" in shown
    assert "0.10 pages/s" in shown


def test_wrong_folders_and_urls(tmp_path, data, capsys):
    assert main(["status", "--data", str(tmp_path / "nowhere")]) == 2
    assert main(["status", "other", "--data", str(data)]) == 4
    assert main(["ledger", "show", "not a url", "--data", str(data), "-c", "corpus"]) == 2
    said = capsys.readouterr().err
    assert said.count("mend:") == 3
    assert "Traceback" not in said
