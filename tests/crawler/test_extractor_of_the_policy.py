"""`[document] extractor`: the one that the policy names makes the text, and a crawl without it does not begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version

import pytest

from collector.crawler.wiring import Options, read_policy
from collector.document import fast_text
from collector.model.errors import PolicyError
from collector.model.headers import Headers
from collector.model.page import Admitted, Candidate, Capture, Minimised
from collector.model.url import parse_url
from collector.pipeline import pipeline_of
from collector.policy.load import load_policy
from collector.rules.catalogue import fragments
from tests.support.crawling import POLICY
from tests.support.simsite import document

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROSE = "<p>" + "The harbour was rebuilt after the flood, and the market moved into the new hall. " * 5 + "</p>"


@pytest.fixture
def written(tmp_path):
    def write(more):
        path = tmp_path / "policy.toml"
        path.write_text(POLICY.format(id="test", scope="", politeness="", more=more, min_delay=0.0, report="false"))
        return path

    return write


@pytest.mark.parametrize("name", ["trafilatura", "resiliparse"])
def test_it_makes_the_text_and_is_named(written, name):
    pytest.importorskip(name)
    policy = load_policy(written(f'[document]\nextractor = "{name}"'), fragments(), today=date(2026, 11, 22))
    admitted = Admitted(Candidate(parse_url("https://a.example/1")), ())
    headers = Headers([("Content-Type", "text/html; charset=utf-8")])
    body = document("Harbour", main=PROSE).encode()
    capture = Capture(admitted, (), 200, headers, body, NOW, 0.1)
    kept = pipeline_of(policy).ingest(capture, NOW).result
    assert isinstance(kept, Minimised)
    assert "moved into the new hall" in (kept.text or "")
    assert kept.extractor == f"{name} {version(name)}"
    without = replace(policy, storage=replace(policy.storage, text=False))
    kept = pipeline_of(without).ingest(capture, NOW).result
    assert isinstance(kept, Minimised)
    assert (kept.text, kept.extractor) == (None, "")


def test_a_crawl_says_at_its_start_what_is_missing(written, monkeypatch):
    monkeypatch.setattr(fast_text, "installed", lambda: False)
    path = written('[document]\nextractor = "resiliparse"')
    with pytest.raises(PolicyError, match="resiliparse is not installed") as said:
        read_policy(Options(policy=path, data=path.parent))
    assert said.value.where == f"{path}: document.extractor"
    assert "collector[fast-text]" in said.value.mend
    assert read_policy(Options(policy=written(""), data=path.parent)).document.extractor == "trafilatura"


def test_no_other_one_can_be_named(written):
    with pytest.raises(PolicyError, match="trafilatura"):
        load_policy(written('[document]\nextractor = "readability"'), fragments(), today=date(2026, 11, 22))
