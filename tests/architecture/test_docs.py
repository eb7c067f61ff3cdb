"""Docs that cannot drift: generated pages are current, examples in the README run, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from collector.model.errors import ExitCode
from tests.architecture.sources import ROOT

README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BIN = Path(sys.executable).parent
# these need a network, a crawl that has run, or a policy that a person has filled in
# They need a policy that is filled in, a collection, or a file of somebody else's.
NOT_RUN = (
    *("crawl", "status", "ledger", "archive", "policy check my-corpus", "demo"),
    *("doctor my-corpus", "frontier", "recheck", "lists import", "pilot", "minimise scan"),
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every `collector …` line of the README, without its comment."""
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("collector ")]


def collector(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "collector", *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=cwd
    )


def test_generated_pages_are_current():
    answer = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_readme_opens_with_the_two_commands():
    assert blocks("sh")[0].split()[0:2] == ["make", "demo"]
    assert "make test" in blocks("sh")[0]
    assert len(commands()) >= 12


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """Where a reader of the README would stand, with the two files that an example names."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "policies").symlink_to(ROOT / "policies")
    (folder / "robots.txt").write_text("User-agent: *\nAllow: /\n")
    (folder / "page.html").write_text("<!doctype html><title>A page</title><p>About bridges.</p>")
    return folder


def _offline(command: str) -> bool:
    rest = command.removeprefix("collector ")
    return not rest.startswith(NOT_RUN) and (not rest.startswith("explain") or "--robots" in rest)


@pytest.mark.parametrize("command", [c for c in commands() if _offline(c)])
def test_examples_that_need_no_network_run(place, command):
    answer = collector(*shlex.split(command)[1:], cwd=place)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("command", [c for c in commands() if not _offline(c)])
def test_the_other_examples_name_verbs_and_options_that_exist(command):
    words = shlex.split(command)[1:]
    known = (ROOT / "docs" / "cli.md").read_text()
    verb = next(
        " ".join(words[:count]) for count in (2, 1) if f"# `collector {' '.join(words[:count])}`\n" in known
    )  # fmt: skip
    section = known.split(f"# `collector {verb}`\n", 1)[1].split("\n#")[0]
    for option in (word for word in words if word.startswith("--")):
        assert f"`{option}`" in section, f"collector {verb} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links {target}"


def test_every_decision_is_listed():
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (ROOT / "docs/adr/README.md").read_text()))
    assert listed == {path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md")}


def test_exit_codes_are_documented():
    rows = re.findall(r"^\| (\d+) \| ([\w ]+) \|", (ROOT / "docs/exit-codes.md").read_text(), re.MULTILINE)
    assert {int(code): name.replace(" ", "_").upper() for code, name in rows} == {c.value: c.name for c in ExitCode}


def test_the_settings_of_the_readme_exist():
    settings = dict(re.findall(r"^(\w+) = (.+)$", blocks("python")[0], re.MULTILINE))
    assert settings["ADDONS"] == '{"collector.crawler.addon.CollectorAddon": 100}'
    assert "class CollectorAddon" in (ROOT / "collector/crawler/addon.py").read_text()
    assert (ROOT / settings["COLLECTOR_POLICY"].strip('"')).is_file()


def test_help_answers_without_a_terminal():
    answer = collector("--help")
    assert answer.returncode == 0, answer.stderr
    for verb in ("demo", "crawl", "explain", "ledger"):
        assert verb in answer.stdout


def test_the_lock_covers_what_is_declared_and_names_no_index():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "constraints.txt").read_text()
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", lock, re.MULTILINE | re.DOTALL))
    assert list(sections) == ["build", "crawl", "test", "lint", "postgres", "fuzz", "ner"]
    pinned = re.findall(
        r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", lock, re.MULTILINE
    )
    names = {name for name, _ in pinned}
    assert len(names) == len(re.findall(r"^[a-z]", lock, re.MULTILINE)), "every line is pinned and hashed"
    for line in [*project["dependencies"], *(x for extra in project["optional-dependencies"].values() for x in extra)]:
        assert re.split(r"[\[=<>! ]", line)[0].lower().replace("_", "-").replace(".", "-") in names, (
            f"make lock: {line} is not in it"
        )
    for minimal in ("pytest", "mypy", "ruff", "hypothesis"):
        assert f"\n{minimal}==" not in sections["crawl"]
    assert "://" not in lock
