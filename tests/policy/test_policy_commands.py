"""collector policy, collector init: exit codes and what a person reads (design §8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli.init import app as init_app
from collector.cli.policy import app as policy_app
from collector.model.errors import ExitCode, InputError, PolicyError
from collector.policy.faults import FaultyPolicyError

RUN = CliRunner()


def test_check_a_ready_policy() -> None:
    result = RUN.invoke(policy_app, ["check", "demo"])
    assert (result.exit_code, result.output.startswith("ok: demo, sha256:")) == (0, True)
    assert "[network] opens the wall: 127.0.0.0/8" in result.output
    assert json.loads(RUN.invoke(policy_app, ["check", "strict-eu", "--json"]).output)["ok"] is True


def test_check_a_faulty_policy(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("[collection]\nid = 3\n")
    result = RUN.invoke(policy_app, ["check", str(path)])
    assert isinstance(result.exception, FaultyPolicyError)
    rows = RUN.invoke(policy_app, ["check", str(path), "--json"])
    assert rows.exit_code == ExitCode.BAD_INPUT
    assert {"file", "line", "key", "error", "mend"} == set(json.loads(rows.output.splitlines()[0]))
    assert isinstance(RUN.invoke(policy_app, ["check", "no-such"]).exception, PolicyError)
    assert json.loads(RUN.invoke(policy_app, ["check", "no-such", "--json"]).output)["error"] == "no such policy"


def test_show_has_every_default() -> None:
    shown = json.loads(RUN.invoke(policy_app, ["show", "demo", "--json"]).output)
    assert shown["politeness"]["min_delay"] == 0.05
    assert shown["storage"]["segment_bytes"] == 1_000_000_000
    assert "[politeness]" in RUN.invoke(policy_app, ["show", "demo"]).output


def test_schema_is_json() -> None:
    assert json.loads(RUN.invoke(policy_app, ["schema"]).output)["title"] == "Policy"


def test_init_writes_three_files_and_never_over_one(tmp_path: Path) -> None:
    result = RUN.invoke(init_app, [str(tmp_path / "my-corpus")])
    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "my-corpus-assessment.md",
        "my-corpus-dpia.md",
        "my-corpus.toml",
    ]
    assert "title, purpose, name, contact, info_url, contact" in result.output
    again = RUN.invoke(init_app, [str(tmp_path / "my-corpus")])
    assert isinstance(again.exception, InputError)
    assert "is there already" in str(again.exception)


def test_what_init_wrote_is_refused_until_it_is_filled_in(tmp_path: Path) -> None:
    RUN.invoke(init_app, [str(tmp_path / "my-corpus")])
    path = tmp_path / "my-corpus.toml"
    error = RUN.invoke(policy_app, ["check", str(path)]).exception
    assert isinstance(error, FaultyPolicyError)
    assert {fault.key for fault in error.faults} == {
        "collection.title", "collection.purpose", "controller.name", "controller.contact", "crawler.info_url",
        "crawler.contact",
    }  # fmt: skip
    filled = path.read_text().replace("<https://page-about-the-crawler>", "https://example.org/bot")
    path.write_text(filled.replace("<", "").replace(">", ""))
    error = RUN.invoke(policy_app, ["check", str(path)]).exception
    assert isinstance(error, FaultyPolicyError)
    assert [fault.key for fault in error.faults] == ["collection.assessment"]
    assessment = tmp_path / "my-corpus-assessment.md"
    assessment.write_text(assessment.read_text().replace("<answer>", "Considered and written down."))
    assert RUN.invoke(policy_app, ["check", str(path)]).exit_code == 0


@pytest.mark.parametrize("name", ["My Corpus", "-x", ".toml"])
def test_init_refuses_names_that_cannot_name_a_collection(tmp_path: Path, name: str) -> None:
    assert isinstance(RUN.invoke(init_app, ["--", str(tmp_path / name)]).exception, InputError)
    assert not list(tmp_path.iterdir())
