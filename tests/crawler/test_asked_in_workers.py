"""Who asked not to be named is known to the document workers, by hash, and those who ask later are too."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli.minimise import app
from collector.crawler.documents.pool import DocumentPool
from collector.crawler.sources import SourceFiles
from collector.model.headers import Headers
from collector.model.layout import Layout
from collector.model.page import Admitted, Candidate, Capture, Minimised
from collector.model.url import parse_url
from collector.pipeline import pipeline_of
from collector.policy.load import load_policy
from collector.registry.entry import Effect, ScopeKind
from collector.rules.catalogue import fragments
from tests.support.crawling import POLICY
from tests.support.registry import Keeper, keeper
from tests.support.simsite import document

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = "nobody knows what Vsevolod Quxton and Wassilissa Qarl had in mind"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("COLLECTOR_KEYS", str(tmp_path / "data" / "keys"))
    with keeper(tmp_path / "data") as opened:
        opened.folder.joinpath("keys").mkdir()
        opened.folder.joinpath("keys", "registry").symlink_to(opened.folder / "keys")  # the test's keys lie flat
        yield opened


def ask(desk: Keeper, name: str) -> None:
    desk.take(name, kind=ScopeKind.PERSON_NAME, scheme="name", effect=Effect.REDACT)


def capture() -> Capture:
    admitted = Admitted(Candidate(parse_url("https://a.example/1")), ())
    body = document("Page", main=f"<p>{TEXT}</p>").encode()
    return Capture(admitted, (), 200, Headers([("Content-Type", "text/html; charset=utf-8")]), body, NOW, 0.1)


def test_a_worker_learns_who_asked_and_who_asked_later(desk, tmp_path):
    path = tmp_path / "policy.toml"
    more = '[minimise]\nnames = "off"'
    path.write_text(POLICY.format(id="test", scope="", politeness="", more=more, min_delay=0.0, report="false"))
    policy = load_policy(path, fragments(), today=date(2026, 11, 22))
    ask(desk, "Vsevolod Quxton")
    files = SourceFiles(policy, Layout(desk.folder), b"k" * 32, tmp_path)
    pool = DocumentPool(pipeline_of(policy, persons=files.persons()), 1, 60.0)
    files.when_persons_change(pool.renew)

    async def work() -> tuple[bytes, bytes]:
        pool.open()
        try:
            first = (await pool.ingest(capture(), NOW)).result
            ask(desk, "Wassilissa Qarl")
            files.reload()
            second = (await pool.ingest(capture(), NOW)).result
        finally:
            pool.close()
        assert isinstance(first, Minimised)
        assert isinstance(second, Minimised)
        return first.body, second.body

    first, second = asyncio.run(work())
    assert b"Quxton" not in first
    assert b"Qarl" in first
    assert b"Quxton" not in second
    assert b"Qarl" not in second


def test_the_command_takes_out_who_asked(desk):
    ask(desk, "Vsevolod Quxton")
    lines = json.dumps({"id": 1, "text": TEXT}) + "\n"
    answer = CliRunner().invoke(app, ["page", "--jsonl", "--data", str(desk.folder)], input=lines)
    assert "Quxton" not in json.loads(answer.stdout)["text"]
    assert "Qarl" in json.loads(answer.stdout)["text"]
