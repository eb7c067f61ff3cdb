"""collector registry add, list, check: the registry keeper's three questions."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from collector.cli.registry import app
from collector.model.errors import RegistryError

RUN = CliRunner()


def test_add_list_check(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    result = RUN.invoke(app, ["add", "example.org", "--reason", "letter 1", "--by", "keeper", *data])
    assert result.exit_code == 0, result.output
    assert "in force: subtree example.org, recorded by keeper" in result.output
    second = json.loads(
        RUN.invoke(app, ["add", "https://b.test/private/", "--reason", "mail 2", "--json", *data]).output
    )
    assert (second["kind"], second["state"], second["entries"]) == ("prefix", "in_force", 2)
    assert f"{second['entry']}.1  mail 2" in RUN.invoke(app, ["list", *data]).output
    assert len(RUN.invoke(app, ["list", "--json", *data]).output.splitlines()) == 2
    assert RUN.invoke(app, ["check", "https://www.example.org/x", *data]).output.startswith("opted out")
    assert RUN.invoke(app, ["check", "b.test", *data]).output.startswith("free")
    answer = json.loads(RUN.invoke(app, ["check", "https://b.test/private/1", "--json", *data]).output)
    assert answer["opted_out"] is True
    assert answer["evidence"][0]["source"].endswith(f"@{second['entry']}.1"), "the entry that did it"


def test_what_is_no_host_is_refused(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["add", "co.uk", "--reason", "x", "--data", str(tmp_path)])
    assert isinstance(result.exception, RegistryError)
    assert not (tmp_path / "registry").exists()
    assert "0 entries in force" in RUN.invoke(app, ["list", "--data", str(tmp_path / "other")]).output


def test_a_registry_that_cannot_be_read_is_mended_first(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "a.txt").write_text("not a host at all\n")
    for arguments in (["add", "b.test", "--reason", "x"], ["list"], ["check", "b.test"]):
        assert isinstance(RUN.invoke(app, [*arguments, "--data", str(tmp_path)]).exception, RegistryError)
    assert not (tmp_path / "registry" / "in-force.snapshot").exists()
