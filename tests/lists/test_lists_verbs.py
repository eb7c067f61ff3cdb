"""collector lists import … rollback: the way of a list from its file to a decision and back, as a person goes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from collector.cli.lists import app
from collector.model.errors import ExitCode, InputError, ListError


@pytest.fixture
def run(tmp_path: Path):
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data")])

    return run


def brought_in(run, folder: Path, text: str, name: str = "dates") -> Result:
    (folder / "given").write_text(text)
    return run(
        "import", name, str(folder / "given"), "--format", "plain", "--category", "dating", "--licence", "MIT",
        "--source", "our own",
    )  # fmt: skip


def verdict(run, url: str) -> str:
    return json.loads(run("match", "--json", url).stdout)["verdict"]


def test_the_way_of_a_list(run, tmp_path: Path) -> None:
    assert brought_in(run, tmp_path, "listed.test\nother.test\n").exit_code == 0
    assert verdict(run, "http://www.listed.test/") == "allow"  # a candidate is in force for nobody
    result = run("activate", "dates", "--by", "ann")
    assert result.exit_code == 0, result.output
    assert "generation 1 in force: 2 entries, sha256:" in result.output
    answer = json.loads(run("match", "--json", "http://www.listed.test/").stdout)
    assert (answer["verdict"], answer["tier"], answer["category"]) == ("deny", 2, "dating")
    assert answer["matches"][0]["list"] == "dates"
    assert answer["matches"][0]["line"] == 1

    result = brought_in(run, tmp_path, "other.test\nnew test\n")
    assert result.exit_code == ExitCode.FINISHED_WITH_FAULTS
    assert "line 2: more than one word on the line: new test" in result.output
    assert "in quarantine: it shrank by 50%" in result.output
    assert "- deny subtree listed.test" in run("diff", "dates").output
    assert "quarantined" in run("status").output
    assert isinstance(run("activate", "dates").exception, ListError)
    assert run("activate", "dates", "--reason", "the site closed").exit_code == 0
    assert verdict(run, "http://www.listed.test/") == "allow"
    assert run("rollback").exit_code == 0
    assert verdict(run, "http://www.listed.test/") == "deny"

    assert run("override", "www.listed.test", "--reason", "wrongly listed", "--by", "ann").exit_code == 0
    assert verdict(run, "http://www.listed.test/") == "allow"
    assert verdict(run, "http://m.listed.test/") == "deny"
    assert run("override", "www.listed.test", "--reason", "it was right", "--withdraw").exit_code == 0
    assert verdict(run, "http://www.listed.test/") == "deny"
    assert run("compile").exit_code == 0
    rows = [json.loads(line) for line in run("status", "--json").stdout.splitlines()]
    assert [row["state"] for row in rows if row["list"] == "dates"].count("in force") == 1
    out = tmp_path / "out"
    assert run("export", "dates", "--format", "adblock", "--out", str(out)).exit_code == 0
    assert run("deactivate", "dates").exit_code == 0
    assert verdict(run, "http://www.listed.test/") == "allow"


def test_mistakes_are_told(run, tmp_path: Path) -> None:
    assert isinstance(run("activate", "nothing").exception, ListError)
    assert isinstance(run("rollback").exception, ListError)
    assert isinstance(run("deactivate", "nothing").exception, InputError)
    assert isinstance(run("override", "a.test", "--reason", "").exception, InputError)
    brought_in(run, tmp_path, "a.test\n")
    assert isinstance(run("diff", "dates").exception, InputError)
    assert isinstance(run("import", "x", "none", "--format", "plain", "--category", "dating", "--licence", "MIT",
                          "--source", "s").exception, ListError)  # fmt: skip
