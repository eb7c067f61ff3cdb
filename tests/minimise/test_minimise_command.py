"""`collector minimise`, design §8."""

from __future__ import annotations

import gzip
import io
import json

import pytest
from typer.testing import CliRunner

from collector.cli import minimise
from collector.ledger.account import RunStart, begin_run, record_policy
from collector.minimise.replacing.rendering import Style
from collector.model.errors import InputError
from collector.policy.load import load_policy
from collector.rules.catalogue import fragments
from tests.ledger.sample_account import NOW, OPERATOR, open_store
from tests.minimise.test_other_documents import pdf
from tests.support.minimal_policy import MINIMAL

KEYS = {"id", "text", "spans", "locations", "counts", "action"}


def run(*arguments, stdin=b""):
    return CliRunner().invoke(minimise.app, list(arguments), input=stdin)


def lines(*requests, options=()):
    stdin = b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in requests)
    result = run("--jsonl", *options, stdin=stdin)
    return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


def test_a_text_line():
    (answer,), code = lines({"id": "t", "text": "😀 a@b.example", "url": "https://x.de/", "lang": "de"})
    assert code == 0
    assert answer == {
        "id": "t",
        "text": "😀 [[EMAIL_1]]",
        "spans": [{"start": 2, "end": 13, "kind": "email", "rule": "email_plain"}],
        "locations": [],
        "counts": {"email": 1},
        "action": "keep",
    }


def test_a_page_line():
    request = {"id": 7, "html": "<p title='to a@b.example'>Mail <b>a@b</b>.example</p>"}
    (answer,), code = lines(request)
    assert code == 0
    assert set(answer) == KEYS | {"html"}
    assert answer["locations"] == [
        {"xpath": "/html/body/p", "attr": "title", "start": 3, "end": 14, "kind": "email", "rule": "email_plain"}
    ]
    (shown,), _ = lines(request, options=("--show-input",))
    (span,) = answer["spans"]
    assert shown["visible"][span["start"] : span["end"]] == "a@b.example"
    assert "visible" not in answer


def test_bad_lines_are_answered_in_order_and_the_run_goes_on():
    answers, code = lines(
        {"id": 1, "text": "x"}, b"{nonsense", b"\xff\xfe", b"[]", {"id": 2}, {"id": 3, "text": 4}, {"id": 4, "text": "x", "html": "y"},
        {"id": 5, "text": "x", "url": "::"}, {"id": 6, "text": None}, b"[" * 5_000, b"", {"id": 7, "text": "y"},
    )  # fmt: skip
    assert code == 1
    assert [answer.get("id") for answer in answers] == [1, None, None, None, 2, 3, 4, 5, 6, None, 7]
    assert all(set(answer) == {"id", "error"} for answer in answers[1:-1])
    assert answers[-1]["text"] == "y"


def test_on_withhold_nothing_but_counts_comes_back(monkeypatch):
    monkeypatch.setattr("collector.minimise.html._look_over", lambda *_: ("", False))
    (answer,), _ = lines({"id": 1, "html": "<p>a@b.example"})
    assert answer == {"id": 1, "counts": {"email": 1}, "action": "withhold"}


def test_a_line_without_end_is_refused_and_skipped(monkeypatch):
    monkeypatch.setattr(minimise, "MAX_LINE", 64)
    answers, code = lines(b"x" * 1_000, {"id": 1, "text": "y"})
    assert code == 1
    assert [answer["id"] for answer in answers] == [None, 1]


def test_files_and_standard_input(tmp_path):
    page = tmp_path / "page"
    page.write_text("<html><p>a@b.example")
    result = run(str(page))
    assert "<p>[[EMAIL_1]]" in result.stdout
    assert "taken out: 1 email" in result.stderr
    assert run("-", "--text", stdin=b"<p>a@b.example").stdout == "<p>[[EMAIL_1]]"
    assert json.loads(run("--json", stdin=b"x").stdout)["action"] == "keep"


def test_a_file_that_is_not_there():
    result = run("/nowhere/at/all")
    assert isinstance(result.exception, InputError)
    assert result.exception.mend


@pytest.mark.parametrize("options", [("--html",), ()])
def test_lone_surrogates_do_not_stop_it(options):
    (answer,), code = lines(b'{"id": 1, "text": "\\ud800 a@b.example"}')
    assert (code, answer["counts"]) == (0, {"email": 1})
    (answer,), code = lines(b'{"id": 1, "html": "<p>\\ud800 a@b.example"}')
    assert (code, answer["counts"]) == (0, {"email": 1})


def test_bounded_reading():
    assert list(minimise._bounded(io.BytesIO(b"a\n\nb"))) == [b"a\n", b"\n", b"b"]


def test_show_and_report(tmp_path):
    report = tmp_path / "report.html"
    result = run("--show", "--report", str(report), "-", stdin=b"By Jane Doe\njane@b.example <b> & so")
    assert result.exit_code == 0
    for text in ("By Jane Doe", "By [[PERSON_1]]", "jane@b.example", "[[EMAIL_1]]"):
        assert text in result.stdout
    page = report.read_text()
    assert '<mark class="email" title="email">jane@b.example</mark>' in page
    assert "&amp; so" in page
    assert "<script" not in page


def store_page(path, *bodies):
    stored = b""
    for body in bodies:
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        head = (
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0198a5c0-0000-7000-8000-000000000000>\r\n"
            "WARC-Date: 2026-11-22T00:00:00Z\r\nWARC-Target-URI: https://site.test/\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        stored += gzip.compress(head.encode() + block + b"\r\n\r\n")
    path.write_bytes(stored)


def test_scan_finds_what_is_archived_and_prints_no_value(tmp_path):
    (tmp_path / "archive").mkdir()
    store_page(tmp_path / "archive" / "a.warc.gz", b"<p>clean [[EMAIL_1]]</p>", b"<p>jane@b.example</p>")
    result = run("scan", str(tmp_path), "--json")
    assert result.exit_code == 1
    found, summary = map(json.loads, result.stdout.splitlines())
    assert (found["file"], found["counts"]) == ("archive/a.warc.gz", {"email": 1})
    assert found["offset"] > 0
    assert summary == {"records": 2, "with_personal_data": 1, "counts": {"email": 1}}
    assert "jane" not in result.stdout
    missing = run("scan", str(tmp_path / "none"))
    assert isinstance(missing.exception, InputError)


@pytest.mark.parametrize(
    ("style", "expected"),
    [("typed", "[[EMAIL_1]] at"), ("fineweb", "email@example.com at"), ("dolma", "|||EMAIL_ADDRESS||| at"),
     ("starcoder", "<EMAIL> at"), ("apertus", "<email-pii> at"), ("drop", "Mail at")],
)  # fmt: skip
def test_placeholders_as_other_corpora_write_them(style, expected):
    plain = run("--rendering", style, "--text", stdin=b"Mail jane@b.example at noon")
    assert expected in plain.stdout
    page = run("--rendering", style, "--html", stdin=b"<p>Mail jane@b.example at noon</p>")
    assert expected in page.stdout
    assert ("<p>" in page.stdout) == (style == "typed")
    (answer,), _ = lines({"id": 1, "html": "<p>Mail jane@b.example at noon</p>"}, options=("--rendering", style))
    assert expected in answer["text"]
    assert "[[EMAIL_1]]" in answer["html"]


def test_every_style_of_the_library_can_be_asked_for():
    assert [each.value for each in minimise.Rendering] == [each.value for each in Style]


def test_documents_that_are_neither_text_nor_page(tmp_path):
    json_, feed, odd = tmp_path / "a.json", tmp_path / "b", tmp_path / "c"
    json_.write_text('{"author": {"@type": "Person", "name": "Jane Doe"}, "mail": "jane@b.example", "n": [1, 2]}')
    feed.write_text(
        '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>x</title>'
        "<author>jane@b.example (Jane Doe)</author></item></channel></rss>"
    )
    odd.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00jane@b.example")
    answer = json.loads(run(str(json_), "--json").stdout)
    assert answer["media_type"] == "application/json"
    assert json.loads(answer["text"])["n"] == [1, 2]
    for path in (json_, feed):
        said = run(str(path))
        assert said.exit_code == 0
        assert "[[EMAIL_1]]" in said.stdout
        assert "jane" not in said.stdout.lower()
    assert "<rss" in run(str(feed)).stdout
    refused = run(str(odd))
    assert isinstance(refused.exception, InputError)
    assert "image/png" in str(refused.exception)
    assert "jane" not in refused.stdout


def test_a_pdf_is_minimised_as_the_text_that_a_crawl_would_keep(tmp_path):
    path = tmp_path / "cv.pdf"
    path.write_bytes(pdf("Write to jane@b.example about it"))
    assert run(str(path)).stdout.strip() == "Write to [[EMAIL_1]] about it"
    shown = run(str(path), "--show").stdout
    assert "jane@b.example" in shown
    assert "[[EMAIL_1]]" in shown


def test_a_collection_is_scanned_by_its_id_and_under_its_own_policy(tmp_path):
    folder = tmp_path / "data" / "test"
    (folder / "archive").mkdir(parents=True)
    (folder / "policies").mkdir()
    store_page(folder / "archive" / "a.warc.gz", b"<p>Call 020 7946 0958 or jane@b.example</p>")
    text = MINIMAL + '[minimise.kinds]\nemail = "keep"\n'
    path = tmp_path / "p.toml"
    path.write_text(text)
    digest = load_policy(path, fragments()).digest
    (folder / "policies" / f"{digest.hex}.toml").write_text(text)
    store = open_store(folder)
    with store.transaction() as tx:
        record_policy(tx, "test", str(digest), text, NOW)
        begin_run(tx, RunStart(str(digest), "collector/0", OPERATOR, "here", 4711), NOW)
    store.close()

    def found(*arguments: str) -> dict[str, int]:
        return json.loads(run("scan", *arguments, "--json").stdout.splitlines()[-1])["counts"]

    assert found("test", "--data", str(tmp_path / "data")) == found(str(folder)) == {"phone": 1}
    assert found(str(folder), "--policy", "strict-eu") == {"email": 1, "phone": 1}
