"""docs/lists.md: every example runs, one after the other in one folder, and prints what the page says."""

from __future__ import annotations

import io
import re
import shlex
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli.lists import app
from collector.model.errors import ExitCode
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "lists.md").read_text(encoding="utf-8")
WORDS = re.compile(r"^```(sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# These tell by the exit code that lines were rejected, or that entries do not fit.
WITH_FAULTS = ("import ", "export ")


def archive(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as out:
        for name, data in files.items():
            info = tarfile.TarInfo(f"blacklists/{name}")
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader of the page would stand, with the files that it names."""
    adult = {"adult/domains": b"videos.example\nphotos.example\nco.uk\n", "adult/urls": b"host.example/private\n"}
    others = {"press/domains": b"news.example\n", "forums/domains": b"talk.example\nb ad\nhelp.example\n"}
    archive(tmp_path / "blacklists.tar.gz", adult | others)
    archive(tmp_path / "newer.tar.gz", {"adult/domains": b"videos.example\n"})
    urls = ("https://host.example/private/x", "https://free.example/")
    lines = [f'{{"id": {number}, "url": "{url}"}}\n' for number, url in enumerate(urls, start=1)]
    (tmp_path / "urls.jsonl").write_text("".join(lines))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLLECTOR_DATA", raising=False)
    return tmp_path


def run(command: str, place: Path) -> str:
    words = shlex.split(command.removeprefix("collector lists "))
    given = None
    if "<" in words:
        at = words.index("<")
        words, given = words[:at], (place / words[at + 1]).read_bytes()
    result = CliRunner().invoke(app, words, input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
    allowed = {0, ExitCode.FINISHED_WITH_FAULTS} if words[0] + " " in WITH_FAULTS else {0}
    assert result.exit_code in allowed, (command, result.output)
    return result.output


def test_every_example_runs_and_prints_what_the_page_says(place: Path) -> None:
    printed, ran, compared = "", 0, 0
    for language, block in WORDS.findall(PAGE):
        if language == "sh":
            printed = ""
            for command in block.replace("\\\n", " ").splitlines():
                assert command.startswith("collector lists "), command
                printed += run(command, place)
                ran += 1
            continue
        for line in block.splitlines():
            wanted = ".*".join(re.escape(part) for part in line.split("…"))
            assert re.search(f"^{wanted}$", printed, re.MULTILINE), f"{line!r} is not in\n{printed}"
            compared += 1
    assert (ran, compared) >= (14, 25)


def test_every_verb_of_the_lists_is_shown_on_the_page() -> None:
    verbs = re.findall(r"^#### `collector lists (\w+)`", (ROOT / "docs" / "cli.md").read_text(), re.MULTILINE)
    assert len(verbs) >= 11
    assert [verb for verb in verbs if f"lists {verb}" not in PAGE] == []
