"""What a run has spent is read from the account where somebody asks for it, and only there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from collector.cli.explain import open_door
from collector.crawler.gating.gates import Gates, Sources
from collector.lists.memory import MemoryLookup
from collector.model.decision import Gate, Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.pipeline import Pipeline, pipeline_of
from collector.policy.policy import Policy
from collector.rules.facts import Spent

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = Candidate(parse_url("https://a.test/page"))


class Erased:
    digest = "sha256:0"

    def __call__(self, _url) -> tuple[str, ...]:
        return ()


@pytest.fixture(scope="module", name="policy")
def _policy(tmp_path_factory) -> Policy:
    policy = open_door("strict-eu", tmp_path_factory.mktemp("none"), NOW).pipeline.policy
    return replace(policy, scope=replace(policy.scope, domains=("a.test",)))


def considered(pipeline: Pipeline, spent: Spent) -> tuple[Verdict, list[str]]:
    """What gate 1 says, and of which hosts it was asked what they have spent."""
    asked: list[str] = []

    def told(host: str) -> Spent:
        asked.append(host)
        return spent

    sources = Sources(MemoryLookup(()), MemoryLookup(()), Erased(), lambda _: "a.test")
    return Gates(pipeline, sources, told, lambda: None).consider(PAGE, NOW).verdict, asked


@pytest.mark.parametrize("budget", ["max_pages", "max_pages_per_host", "max_bytes"])
def test_every_budget_is_kept(policy, budget):
    pipeline = pipeline_of(replace(policy, scope=replace(policy.scope, **{budget: 5})))
    assert considered(pipeline, Spent(4, 4, 4)) == (Verdict.ALLOW, ["a.test"])
    assert considered(pipeline, Spent(5, 5, 5)) == (Verdict.DEFER, ["a.test"])


def test_without_a_budget_nobody_is_asked(policy):
    scope = replace(policy.scope, max_pages=None, max_pages_per_host=None, max_bytes=None)
    assert considered(pipeline_of(replace(policy, scope=scope)), Spent(5, 5, 5)) == (Verdict.ALLOW, [])


def test_a_rule_that_somebody_brought_along_is_told(policy):
    scope = replace(policy.scope, max_pages=None, max_pages_per_host=None, max_bytes=None)
    pipeline = pipeline_of(replace(policy, scope=scope))
    first, *rest = pipeline.ruleset.by_gate[Gate.URL]
    foreign = replace(first, rule=replace(first.rule, source="another 1.0"))
    by_gate = {**pipeline.ruleset.by_gate, Gate.URL: (foreign, *rest)}
    pipeline = replace(pipeline, ruleset=replace(pipeline.ruleset, by_gate=by_gate))
    assert considered(pipeline, Spent(5, 5, 5)) == (Verdict.ALLOW, ["a.test"])
