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
    assert "nothing in force -> " in run("diff", "dates", "--limit", "1").output
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


def test_licences_that_do_not_go_together_are_told_when_they_are_combined_and_hinder_no_own_use(run, tmp_path) -> None:
    for name, licence in (("one", "CC-BY-SA-4.0"), ("two", "GPL-3.0")):
        (tmp_path / "given").write_text(f"{name}.test\n")
        run("import", name, str(tmp_path / "given"), "--format", "plain", "--category", "dating", "--licence", licence,
            "--source", "a test")  # fmt: skip
        result = run("activate", name)
        assert result.exit_code == 0, result.output
    assert "own use only" in result.output
    assert "not to be passed on: CC-BY-SA-4.0 and GPL-3.0 each ask that the whole bear their name" in result.output
    assert verdict(run, "http://one.test/") == verdict(run, "http://two.test/") == "deny"


def test_what_programs_read(run, tmp_path: Path) -> None:
    (tmp_path / "given").write_text("a.test\nco.uk\nno host\n")
    words = ("--format", "plain", "--category", "dating", "--licence", "MIT", "--source", "ours", "--json")
    imported = json.loads(run("import", "dates", str(tmp_path / "given"), *words).stdout)
    assert (imported["entries"], imported["rejected"], imported["aside"]) == (1, 1, 1)
    first = json.loads(run("activate", "dates", "--json", "--seed", "1").stdout)
    again = json.loads(run("compile", "--json", "--seed", "1").stdout)
    assert (first["number"], again["number"]) == (1, 2)
    assert first["snapshot"] == again["snapshot"], "the same entries and seed make the same file"
    (tmp_path / "given").write_text("b.test\n")
    run("import", "dates", str(tmp_path / "given"), *words)
    changes = [json.loads(line) for line in run("diff", "dates", "--json").stdout.splitlines()]
    assert [(row["change"], row["value"]) for row in changes] == [("-", "a.test"), ("+", "b.test"), ("-", "co.uk")]
    back = json.loads(run("deactivate", "dates", "--json").stdout)
    assert back["versions"] == {}
    assert json.loads(run("rollback", "--json").stdout)["versions"] == first["versions"]


def test_mistakes_are_told(run, tmp_path: Path) -> None:
    assert isinstance(run("activate", "nothing").exception, ListError)
    assert isinstance(run("rollback").exception, ListError)
    assert isinstance(run("deactivate", "nothing").exception, InputError)
    assert isinstance(run("override", "a.test", "--reason", "").exception, InputError)
    brought_in(run, tmp_path, "a.test\n")
    assert isinstance(run("diff", "dates", "", "2020").exception, ListError)
    assert isinstance(run("import", "x", "none", "--format", "plain", "--category", "dating", "--licence", "MIT",
                          "--source", "s").exception, ListError)  # fmt: skip
