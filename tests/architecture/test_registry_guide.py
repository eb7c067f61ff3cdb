"""docs/registry.md: its examples run in order, as a privacy officer would give them, on one registry."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli.registry import app
from collector.registry.entry import Strength
from collector.registry.request import Channel, LegalBasis, RequesterKind
from collector.registry.verification.challenge import LASTING, Method
from tests.architecture.sources import ROOT

GUIDE = (ROOT / "docs" / "registry.md").read_text()
PLACEHOLDER = "O-REFERENCE"


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_every_example_runs_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLLECTOR_DATA", str(tmp_path / "data"))
    ref = ""
    said: dict[str, str] = {}
    for command in commands():
        words = shlex.split(command.replace(PLACEHOLDER, ref) if ref else command)
        assert words[:2] == ["collector", "registry"], command
        assert PLACEHOLDER not in words, f"{command}: no request yet"
        result = CliRunner().invoke(app, words[2:])
        assert result.exit_code == 0, (command, result.output, result.exception)
        said[command.replace(PLACEHOLDER, "REF")] = result.output
        if not ref:
            found = re.search(r"O-[A-Z2-7]{16}", result.output)
            ref = found.group() if found else ""
    assert len(said) >= 18, "each shows something else"
    assert said["collector registry check https://news.example.org/page.html"].startswith("opted out")
    shown = said["collector registry show REF"]
    for step in ("received", "acknowledged", "informed", "proof_begun", "verified", "answered", "contact_erased"):
        assert step in shown, step
    assert said["collector registry review"].strip() == "nothing is due"
    assert "each bound to the one before" in said["collector registry compile"]
    assert (tmp_path / "public" / "latest.json").is_file()


def test_the_table_names_every_method_and_what_lasts() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([\w ]+) \|$", GUIDE, re.MULTILINE))
    assert rows == {method.value: "every 180 days" if method in LASTING else "no" for method in Method}


def test_words_in_the_guide_are_words_of_the_program() -> None:
    known = {one.value for kind in (Channel, LegalBasis, RequesterKind, Strength) for one in kind}
    for option in ("channel", "basis", "requester"):
        for word in re.findall(rf"--{option} (\w+)", GUIDE):
            assert word in known, word
