"""`collector archive`, as a person meets it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from collector.archive.naming import index_path
from collector.archive.reader import records
from collector.cli.archive import app


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_verify_a_collection_and_a_file(bench, run):
    (file,) = bench.filled(2)
    assert run("verify", bench.root).output == "ok\n"
    assert run("verify", "--ours", bench.root / file).exit_code == 0
    path = bench.root / file
    path.write_bytes(path.read_bytes()[:-3])
    result = run("verify", bench.root)
    assert result.exit_code == 3
    assert f"error: {file}:" in result.output
    assert "the file ends inside a gzip member" in result.output
    assert result.output.splitlines()[-1].endswith("errors, 0 notes")


def test_verify_as_json_is_one_object_a_line(bench, run):
    (file,) = bench.filled(1)
    (bench.root / file).write_bytes(b"garbage")
    result = run("verify", "--json", bench.root)
    assert result.exit_code == 3
    *problems, summary = [json.loads(line) for line in result.output.splitlines()]
    assert {"file", "offset", "rule", "message", "severity"} == set(problems[0])
    assert summary["errors"] == sum(p["severity"] == "error" for p in problems) > 0


def test_a_missing_file_is_the_users_mistake(run, tmp_path):
    result = run("verify", tmp_path / "none.warc.gz")
    assert result.exit_code == 2
    assert "mend:" in result.output
    assert "Traceback" not in result.output


def test_index_equals_the_one_written_at_the_seal(bench, run, tmp_path):
    (file,) = bench.filled(4)
    sealed = index_path(bench.root, file).read_bytes()
    assert run("index", bench.root / file).stdout_bytes == sealed
    assert run("index", bench.root / file, "-o", tmp_path / "x.cdxj").exit_code == 0
    assert (tmp_path / "x.cdxj").read_bytes() == sealed
    assert run("index", tmp_path / "x.cdxj").exit_code == 3


def test_show_by_offset_and_by_url(bench, run):
    (file,) = bench.filled(2)
    *_, last = records(bench.root / file)
    shown = run("show", bench.root / file, last.offset)
    assert last.body.decode() in shown.output
    assert "WARC-JSON-Metadata" in shown.output
    by_url = run("show", "--collection", bench.root, "--json", last.target_uri)
    value = json.loads(by_url.output)
    assert (value["record_id"], value["body"], value["status"]) == (last.record_id, last.body.decode(), 200)


def test_show_says_what_is_missing(bench, run):
    (file,) = bench.filled(1)
    assert run("show", bench.root / file).exit_code == 2
    assert run("show", bench.root / file, 3).exit_code == 3
    nowhere = run("show", "--collection", bench.root, "https://example.org/none")
    assert nowhere.exit_code == 2
    assert "ledger show" in nowhere.output
