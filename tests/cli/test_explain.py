"""`collector explain --jsonl` by the letter of its format, and `explain URL` with given facts."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector.cli.explain import open_door
from collector.rules.catalogue import RULES
from tests.support import assets
from tests.support.crawling import POLICY

NOW = "2026-11-22T12:00:00Z"
URL = "https://www.example.org/a/page"
CLOSED = "User-agent: *\nDisallow: /\n"
USES = {"fetch", "train", "input", "index", "tdm"}


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    return open_door("strict-eu", tmp_path_factory.mktemp("nothing"), datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def ask(door):
    def asked(**line: Any) -> dict[str, Any]:
        answer = door.answer_line(json.dumps({"id": "x", "url": URL, **line}))
        assert answer["id"] == "x"
        return answer

    return asked


def finding(answer: dict[str, Any], rule: str) -> dict[str, Any]:
    (found,) = [f for f in answer["findings"] if f["rule"] == rule]
    return found


def explain(*arguments: str, lines: bytes = b"", code: int = 0) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "collector.cli", "explain", *arguments]
    answer = subprocess.run(command, input=lines, capture_output=True, timeout=60, check=False)
    assert answer.returncode == code, answer.stderr.decode()
    assert b"Traceback" not in answer.stderr
    return answer


def test_the_shape_of_an_answer(ask):
    answer = ask(html="<p>Hello</p>", headers=[["X-Robots-Tag", "nofollow"]])
    assert set(answer) == {"id", "verdict", "gate", "uses", "findings", "obligations"}
    assert set(answer["uses"]) == USES
    for found in answer["findings"]:
        assert {"rule", "verdict", "uses", "basis", "reason", "evidence"} <= set(found)
        assert set(found["uses"]) == USES
        assert found["reason"]
        for evidence in found["evidence"]:
            assert set(evidence) == {"source", "digest", "locator"}
    assert {"obligation": "NoFollow"} in answer["obligations"]
    assert answer["gate"] is None
    assert answer["verdict"] == "allow"


def test_every_rule_of_every_gate_answers_when_all_facts_are_given(ask):
    """No short circuit: the site refuses, and the page is judged all the same."""
    answer = ask(robots=CLOSED, status=403, headers=[["X-Robots-Tag", "noai"]], html="<meta name=robots content=noai>")
    assert {f["rule"] for f in answer["findings"]} == {rule.id for rule in RULES}
    denied = {f["rule"] for f in answer["findings"] if f["verdict"] == "deny"}
    assert {"robots_txt", "access_barrier", "x_robots_tag", "meta_robots"} <= denied
    assert answer["gate"] == "site"
    assert answer["verdict"] == "deny"


@pytest.mark.parametrize(
    ("given", "gates"),
    [
        ({}, {"url", "site"}),
        ({"status": 200}, {"url", "site", "response"}),
        ({"headers": []}, {"url", "site", "response"}),
        ({"html": ""}, {"url", "site", "response", "content"}),
        ({"body_base64": ""}, {"url", "site", "response", "content"}),
        ({"html": None, "headers": None, "status": None, "robots": None}, {"url", "site"}),
    ],
)
def test_the_gates_whose_facts_are_given_are_asked(ask, given, gates):
    assert {f["gate"] for f in ask(**given)["findings"]} == gates


@pytest.mark.parametrize(
    ("robots", "fetch", "verdict"),
    [
        (None, "allow", "allow"),  # absent is 404
        (CLOSED, "deny", "deny"),
        ({"status": 200, "body_base64": b64(CLOSED)}, "deny", "deny"),
        ({"body_base64": b64(CLOSED)}, "deny", "deny"),
        ({"status": 404, "body_base64": b64(CLOSED)}, "allow", "allow"),
        ({"status": 403}, "deny", "deny"),
        ({"status": 503}, "deny", "defer"),
        ({"status": 429}, "deny", "defer"),
        *(({"error": error}, "deny", "defer") for error in ("timeout", "dns", "tls", "reset")),
        ([{"error": "timeout"}, {"status": 503}, CLOSED], "deny", "deny"),
        ([{"status": 503}, "User-agent: *\nAllow: /\n"], "allow", "allow"),
        ([{"status": 503}, {"status": 503}], "deny", "defer"),
        # a chain from its beginning: the 3xx, then what followed; or from its end: the answer, and what led to it
        ({"status": 301, "redirects": [{"url": "https://b.test/r", "status": 200, "body_base64": b64(CLOSED)}]},
         "deny", "deny"),
        ({"status": 200, "body_base64": b64(CLOSED), "redirects": [{"url": "https://b.test/r", "status": 301}]},
         "deny", "deny"),
        ({"status": 301, "redirects": [{"url": "https://b.test/r", "status": 404}]}, "allow", "allow"),
        ({"status": 301, "redirects": [{"url": "https://b.test/r", "status": 500}]}, "deny", "defer"),
        ({"status": 301, "redirects": [{"url": f"https://b.test/{i}", "status": 301} for i in range(5)]
          + [{"url": "https://b.test/r", "status": 404}]}, "deny", "defer"),
        ({"status": 301, "redirects": [{"url": f"https://b.test/{i}", "status": 301} for i in range(4)]
          + [{"url": "https://b.test/r", "status": 200, "body_base64": b64(CLOSED)}]}, "deny", "deny"),
        ({"status": 301, "redirects": [{"url": "http://169.254.169.254/robots.txt", "status": 404}]}, "deny", "defer"),
        ({"status": 301}, "deny", "defer"),  # leads nowhere
    ],
)  # fmt: skip
def test_every_form_of_robots(ask, robots, fetch, verdict):
    answer = ask(robots=robots)
    assert (answer["uses"]["fetch"], answer["verdict"]) == (fetch, verdict), finding(answer, "robots_txt")["reason"]
    if verdict == "defer":
        assert set(answer["uses"].values()) == {"deny"}  # fetch denied denies everything


def test_the_product_token_of_the_line_is_the_one_that_is_asked_for(ask):
    robots = "User-agent: otherbot\nDisallow: /a/\n\nUser-agent: *\nDisallow: /b/\n"
    assert ask(robots=robots, product_token="otherbot")["verdict"] == "deny"
    assert ask(robots=robots, product_token="OtherBot")["verdict"] == "deny"
    assert ask(robots=robots)["verdict"] == "allow"
    assert ask(url="https://www.example.org/b/x", robots=robots, product_token="otherbot")["verdict"] == "allow"
    assert ask(url="https://www.example.org/b/x", robots=robots)["verdict"] == "deny"
    assert ask(headers=[["X-Robots-Tag", "otherbot: noai"]], product_token="otherbot")["uses"]["train"] == "deny"
    assert ask(headers=[["X-Robots-Tag", "otherbot: noai"]])["uses"]["train"] == "unknown"
    html = "<head><meta name=otherbot content=noai></head>"
    assert ask(html=html, product_token="otherbot")["uses"]["train"] == "deny"
    assert ask(html=html)["uses"]["train"] == "unknown"


def test_a_group_that_names_scrapy_binds_every_token(ask):
    """Design §5: denied too if a group that names `Scrapy` denies; `*` only where no group names our token."""
    scrapy = "User-agent: Scrapy\nDisallow: /\n\nUser-agent: otherbot\nAllow: /\n"
    for token in ("otherbot", "corpusbot"):
        answer = ask(robots=scrapy, product_token=token)
        assert answer["verdict"] == "deny"
        assert "Scrapy" in finding(answer, "robots_txt")["reason"]
        assert finding(answer, "robots_txt")["basis"] == "policy"
    star = "User-agent: *\nDisallow: /\n\nUser-agent: otherbot\nAllow: /\n"
    assert ask(robots=star, product_token="otherbot")["verdict"] == "allow"
    assert ask(robots=star, product_token="corpusbot")["verdict"] == "deny"
    own = "User-agent: Scrapy\nAllow: /\n\nUser-agent: *\nDisallow: /\n"
    assert ask(robots=own, product_token="corpusbot")["verdict"] == "deny"


def test_evidence_names_the_line_and_the_digest_of_the_file(ask):
    (evidence,) = finding(ask(robots="# ours\n" + CLOSED), "robots_txt")["evidence"]
    assert evidence["source"] == "https://www.example.org/robots.txt"
    assert "line 3" in evidence["locator"]
    assert evidence["digest"].startswith("sha256:")


def test_bodies_are_judged_by_their_bytes(ask):
    page = "<head><meta name=robots content=noai></head>"
    typed = [["Content-Type", "text/html"]]
    assert ask(body_base64=b64(page.encode("utf-16")), headers=typed)["uses"]["train"] == "deny"
    assert ask(body_base64=b64(page))["uses"]["train"] == "deny"
    assert ask(html="<title>Log in</title><form><input type=password></form>")["gate"] == "content"
    assert ask(headers=[["Content-Length", "99999999999"]])["gate"] == "response"
    assert ask(headers=[["Content-Type", "image/png"]])["gate"] == "response"


def test_site_files_are_taken_by_path_and_by_url(ask):
    files = {"/ai.txt": "User-Agent: *\n", "https://www.example.org/x.xml": {"status": 200, "body_base64": b64("<a/>")}}
    assert ask(site_files=files)["verdict"] == "allow"
    assert "error" in ask(site_files={"/ai.txt": 5})
    assert "error" in ask(site_files=["/ai.txt"])


def test_a_crawl_delay_is_an_obligation_and_one_too_long_a_deferral(ask):
    assert {"obligation": "CrawlDelay", "seconds": 7.0} in ask(robots="User-agent: *\nCrawl-delay: 7\n")["obligations"]
    answer = ask(robots="User-agent: *\nCrawl-delay: 86400\n")
    assert (answer["verdict"], answer["uses"]["fetch"]) == ("defer", "deny")


def test_now_is_the_instant_of_the_decision():
    headers = [["X-Robots-Tag", "unavailable_after: 2027-01-01"]]
    line = json.dumps({"id": 1, "url": URL, "headers": headers}).encode() + b"\n"
    before, after = (
        json.loads(explain("--jsonl", "--now", now, lines=line).stdout)
        for now in ("2026-12-31T00:00:00Z", "2027-01-02T00:00:00Z")
    )
    assert (before["uses"]["train"], after["uses"]["train"]) == ("unknown", "deny")
    explain("--jsonl", "--now", "tomorrow", code=2)


BAD = [
    b"nonsense",
    b"[1]",
    b"7",
    b'{"id":"bad"}',
    b'{"id":"bad","url":7}',
    b'{"id":"bad","url":"ftp://example.org/"}',
    b'{"id":"bad","url":"not a url"}',
    b'{"id":"bad","url":"https://example.org/\xff"}',
    b'{"id":"bad","url":"https://example.org/\\ud800"}',
    b'{"id":NaN,"url":"https://example.org/"}',
    b'{"id":1e999,"url":"https://example.org/"}',
    b'{"id":"bad","url":"https://example.org/","robots":7}',
    b'{"id":"bad","url":"https://example.org/","robots":[]}',
    b'{"id":"bad","url":"https://example.org/","robots":{"body_base64":"%%%"}}',
    b'{"id":"bad","url":"https://example.org/","robots":{"status":"x"}}',
    b'{"id":"bad","url":"https://example.org/","robots":{"redirects":"x"}}',
    b'{"id":"bad","url":"https://example.org/","status":99999}',
    b'{"id":"bad","url":"https://example.org/","status":true}',
    b'{"id":"bad","url":"https://example.org/","headers":{"a":"b"}}',
    b'{"id":"bad","url":"https://example.org/","headers":[["a"]]}',
    b'{"id":"bad","url":"https://example.org/","html":7}',
    b'{"id":"bad","url":"https://example.org/","body_base64":"%%"}',
    b'{"id":"bad","url":"https://example.org/","product_token":7}',
    b'{"id":"bad","url":"https://example.org/","product_token":"*"}',
    b'{"id":"bad","url":"https://example.org/","product_token":""}',
    b'{"id":"bad","url":"https://example.org/","robot":"typo"}',
    b"[" * 100_000,
]


def test_a_bad_line_answers_with_an_error_and_the_run_goes_on():
    good = json.dumps({"id": {"any": ["thing"]}, "url": URL}).encode()
    odd = b'{"id":"\\ud800","url":"https://example.org/"}'
    lines = b"\n".join([good, b"", *(each for bad in BAD for each in (bad, good)), odd]) + b"\n"
    answers = [json.loads(line) for line in explain("--jsonl", "--now", NOW, lines=lines, code=1).stdout.splitlines()]
    assert len(answers) == 2 * len(BAD) + 2
    for bad, answer in zip(BAD, answers[1::2], strict=False):
        assert set(answer) == {"id", "error"}, bad
        assert answer["id"] == ("bad" if b'"bad"' in bad and b"\xff" not in bad else None)
    for answer in answers[0:-1:2]:
        assert (answer["id"], answer["verdict"]) == ({"any": ["thing"]}, "allow")
    assert (answers[-1]["id"], answers[-1]["verdict"]) == ("\ud800", "allow")


def test_order_is_kept_and_good_lines_exit_zero():
    lines = b"".join(
        json.dumps({"id": n, "url": f"https://h{n % 7}.example.org/{n}"}).encode() + b"\n" for n in range(300)
    )
    answers = [json.loads(line) for line in explain("--jsonl", lines=lines).stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(300))


def test_each_answer_is_out_before_the_next_line_comes():
    """Somebody who talks to it over a pipe is answered."""
    command = [sys.executable, "-m", "collector.cli", "explain", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "url": URL}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(30) == 0


def test_the_registry_of_the_data_folder_counts(tmp_path):
    command = [sys.executable, "-m", "collector.cli", "registry", "add", "example.net", "--data", str(tmp_path)]
    command += ["--reason", "letter, case 1"]
    added = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert added.returncode == 0, added.stderr
    line = json.dumps({"id": 1, "url": "https://shop.example.net/x"}).encode() + b"\n"
    answer = json.loads(explain("--jsonl", "--data", str(tmp_path), lines=line).stdout)
    assert (answer["verdict"], answer["gate"], answer["uses"]["fetch"]) == ("deny", "url", "deny")
    assert finding(answer, "opted_out")["verdict"] == "deny"


def test_given_facts_keep_it_off_the_network(tmp_path: Path):
    robots, page, terms = tmp_path / "robots.txt", tmp_path / "page.html", tmp_path / "ai.txt"
    robots.write_text("User-agent: *\nDisallow: /closed\n")
    page.write_text("<head><meta name=robots content=noai></head>")
    terms.write_text("User-Agent: *\n")
    facts = ["--robots", str(robots), "--header", "X-Robots-Tag: noarchive", "--html", str(page)]
    facts += ["--site-file", f"/ai.txt={terms}", "--json"]
    answer = json.loads(explain("https://no-such-host.invalid/open", *facts).stdout)
    assert finding(answer, "meta_robots")["verdict"] == "deny"
    assert finding(answer, "x_robots_tag")["verdict"] == "deny"
    assert finding(answer, "robots_txt")["verdict"] == "allow"
    closed = explain("https://no-such-host.invalid/closed", *facts[:-1]).stdout.decode()
    assert closed.startswith("DENY")
    assert "line 2" in closed


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["https://example.org/", "--header", "no colon"],
        ["https://example.org/", "--site-file", "/ai.txt"],
        ["https://example.org/", "--robots", "no-such-file"],
        ["not a url", "--status", "200", "--header", "a: b"],
        ["https://example.org/", "--policy", "no-such-policy"],
    ],
)
def test_a_users_mistake_is_told_and_exits_2(arguments):
    assert explain(*arguments, code=2).stderr


def test_an_image_is_given_as_its_bytes(tmp_path):
    """A policy that admits images sees what they carry (PLUS, CAWG)."""
    own = tmp_path / "images.toml"
    scope = 'media_types = ["text/html", "image/png"]'
    own.write_text(POLICY.format(id="images", scope=scope, politeness="", more="", min_delay=0.0, report="false"))
    door = open_door(str(own), tmp_path, datetime(2026, 11, 22, 12, tzinfo=UTC))
    store = assets.store(assets.manifest(assets.assertion({"cawg.ai_training": "notAllowed"})))
    line = {"id": 1, "url": URL, "headers": [["Content-Type", "image/png"]], "body_base64": b64(assets.png(c2pa=store))}
    findings = {finding["rule"]: finding for finding in door.answer_line(json.dumps(line))["findings"]}
    assert findings["training_mining"]["uses"]["train"] == "deny"
    assert findings["media_type"]["verdict"] == "allow"
