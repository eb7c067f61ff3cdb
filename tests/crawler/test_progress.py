"""collector.crawler.watching.progress and `collector status`: who looks at a crawl that stands still reads why."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from collector.cli.status import app
from collector.crawler.queue import operating
from collector.crawler.queue.operating import Operator
from collector.crawler.watching.progress import Progress, line, table
from collector.policy.load import load_policy
from collector.policy.ready import find_policy
from collector.rules.catalogue import fragments
from tests.ledger.sample_account import NOW, OPERATOR, begin, open_store

BY = Operator(OPERATOR, "a storm", lambda: NOW)
TOLD = "since 2026-03-04 05:06:07 UTC by ann: a storm"


@pytest.fixture(name="store")
def _store(tmp_path):
    (tmp_path / "c").mkdir()
    store = open_store(tmp_path / "c")
    with store.transaction() as tx:
        begin(tx)
    yield store
    store.close()


def test_a_pause_is_shown_until_it_is_lifted(store, tmp_path):
    policy = load_policy(find_policy("demo"), fragments())
    progress = Progress(tmp_path / "c" / "collection.db", 1, policy, quiet=True)
    assert "PAUSED" not in line(progress.look())
    operating.pause(store, BY)
    view = progress.look()
    assert line(view).endswith(f"PAUSED {TOLD}")
    assert next(iter(table(view, policy).columns[1].cells)) == TOLD
    operating.resume(store, BY)
    assert "PAUSED" not in line(progress.look())


def test_status_says_it_first(store, tmp_path):
    operating.pause(store, BY)
    said = CliRunner().invoke(app, ["--data", str(tmp_path)]).output.splitlines()
    assert said[1] == f"PAUSED    {TOLD}"
    assert json.loads(CliRunner().invoke(app, ["--data", str(tmp_path), "--json"]).output)["paused"] == TOLD
    operating.resume(store, BY)
    assert "PAUSED" not in CliRunner().invoke(app, ["--data", str(tmp_path)]).output
