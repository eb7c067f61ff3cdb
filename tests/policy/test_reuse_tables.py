"""[research] and [[sources]]: what the law asks to be written down before material is kept or used again."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.policy.faults import FaultyPolicyError
from collector.policy.load import load_policy
from collector.policy.policy import OnUnknown, Policy, SourceKind
from collector.policy.ready import ready_policies
from collector.rules.catalogue import fragments

BLOCK = """
[[sources]]
id = "their-crawl"
kind = "crawled"
title = "Their crawl"
publisher = "Somebody"
url = "https://example.org/their-crawl"
licence = "their terms of use, 2026"
lawful = "their documentation was read; no decision against it is known"
sensitive = "it holds pages of all kinds: our lists and recognizers are applied to it"
checked_by = "Ann Other, compliance"
checked_on = 2026-11-02
"""


@pytest.fixture
def load(tmp_path: Path):
    def made(more: str, base: str = "demo") -> Policy:
        path = tmp_path / "policy.toml"
        text = ready_policies()[base].read_text(encoding="utf-8")
        beside = ready_policies()[base].parent
        for name in beside.glob("*.*"):
            (tmp_path / name.name).write_bytes(name.read_bytes())
        path.write_text(text + more, encoding="utf-8")
        return load_policy(path, fragments())

    return made


def test_a_source_is_read_whole(load):
    (source,) = load(BLOCK).sources
    assert (source.id, source.kind, source.without_robots) == ("their-crawl", SourceKind.CRAWLED, OnUnknown.KEEP)
    assert source.sensitive.startswith("it holds pages")


@pytest.mark.parametrize("key", ["title", "publisher", "url", "licence", "lawful", "sensitive", "checked_by"])
@pytest.mark.parametrize("blank", ["left out", "blank"])
def test_every_line_of_the_checklist_is_owed(load, key, blank):
    """CNIL, re-use of databases: source named, not manifestly unlawful, sensitive data, conditions of use."""
    lines = [line for line in BLOCK.splitlines() if not line.startswith(f"{key} =")]
    if blank == "blank":
        lines.append(f'{key} = "<to be filled in>"')
    with pytest.raises(FaultyPolicyError, match=rf"sources\[0\]\.{key}"):
        load("\n".join(lines) + "\n")


def test_who_crawled_grants_nothing(load):
    with pytest.raises(FaultyPolicyError, match="no uses to grant"):
        load(BLOCK + 'uses = ["train"]\n')


def test_two_sources_have_two_names(load):
    with pytest.raises(FaultyPolicyError, match="same id"):
        load(BLOCK + BLOCK)


def test_research_says_who_relies_on_it(load):
    """Directive (EU) 2019/790, Art. 2(1) and 3: the exception is that of research organisations."""
    assert load("", base="research").research is not None
    assert load("", base="strict-eu").research is None
    with pytest.raises(FaultyPolicyError, match=r"research\.status"):
        load('[research]\norganisation = "A firm"\nproject = "x"\nstatus = "for_profit"\n')
