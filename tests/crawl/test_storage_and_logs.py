"""What is kept by `[storage]`, and what a run says of itself."""

import json

from tests.support.crawling import finished, verify


def test_text_only_keeps_no_page(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front", links=["/b"]).page("/b", "B")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.more = '[storage]\npayload = "text"'
    summary = crawling.run()
    assert summary["pages"] == 2
    assert crawling.warcs() == []
    assert len(crawling.warcs("text")) == 1
    assert {row[0] for row in crawling.rows("SELECT media_type FROM capture")} == {"text/plain"}
    assert verify(crawling) == ""


def test_without_text_there_is_no_text_file(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.more = "[storage]\ntext = false"
    crawling.run()
    assert len(crawling.warcs()) == 1
    assert crawling.warcs("text") == []
    assert verify(crawling) == ""


def test_segments_rotate_and_every_one_has_its_index(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front", links=[f"/p{i}" for i in range(12)]).pages("/p", 12)
    body = "<p>" + "".join(chr(0x4E00 + (i * 7919) % 20_000) for i in range(60_000)) + "</p>"
    for i in range(12):
        simweb.site("a.localhost").page(f"/p{i}", f"Page {i}", main=f"{body}<p>{i}</p>")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.more = "[storage]\nsegment_bytes = 1_000_000"
    crawling.run()
    files = crawling.warcs()
    assert len(files) > 1
    for file in files:
        assert (crawling.collection / "indexes" / file.name.replace(".warc.gz", ".cdxj")).is_file()
    assert verify(crawling) == ""


def test_the_log_is_json_and_names_policy_lists_and_registry(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    crawling.run()
    (log,) = (crawling.collection / "logs").glob("*.jsonl")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    started = next(line for line in lines if line["event"] == "worker started")
    for key in ("policy", "lists", "registry", "public_suffixes", "software"):
        assert started[key], key
    assert any(line["event"] == "the policy opens the network" and line["level"] == "warning" for line in lines)
    assert lines[-1]["event"] == "worker ended"
    assert "localhost/" not in log.read_text(), "a URL in the log"


def test_an_opened_network_is_said_at_the_start(crawling, simweb):
    simweb.site("a.localhost").page("/", "Front")
    crawling.seeds = [simweb.url("a.localhost")]
    command = [part for part in crawling.command() if part != "--json"]
    answer = finished(command, timeout=60)
    assert "WARNING" in answer.stderr
    assert "127.0.0.0/8" in answer.stderr
