"""The opt-out vectors of the specification, asked through the door that an auditor uses: `explain --jsonl`."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from collector.model.resources import resource_folder
from collector.rules.catalogue import RULES
from tests.conformance.optout_mapping import line_of, needs, vectors

NOW = "2026-11-22T12:00:00Z"
THERE = {rule.id for rule in RULES}
ASKED = [vector for vector in vectors() if needs(vector) <= THERE]


# Vectors of what a draft says, where a policy may take for a no what the draft does not read (§0.4, §6 b)
BEYOND_THE_DRAFT = {"aipref-dict-13"}
AS_MEANT = '[rules.content_usage]\nmalformed = "unreadable"\n'


@cache
def _answers(policy: str = "strict-eu") -> dict[str, Any]:
    lines = "".join(json.dumps(line_of(vector)) + "\n" for vector in ASKED)
    command = [sys.executable, "-m", "collector.cli", "explain", "--jsonl", "--policy", policy, "--now", NOW]
    answer = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    return {line["id"]: line for line in map(json.loads, answer.stdout.splitlines())}


@pytest.fixture(scope="session")
def as_meant(tmp_path_factory):
    """The default policy, with a plainly meant no taken for one."""
    folder = tmp_path_factory.mktemp("policy")
    for file in resource_folder("policies").glob("strict-eu*"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text + AS_MEANT if file.suffix == ".toml" else text, encoding="utf-8")
    return str(folder / "strict-eu.toml")


@pytest.mark.parametrize("vector", ASKED, ids=lambda vector: vector["id"])
def test_vector(vector):
    """Every key that the specification expects, of the uses that come out."""
    answer = _answers()[vector["id"]]
    uses = {key: answer["uses"][key] for key in vector["expect"]}
    assert uses == vector["expect"], (vector["note"], answer["findings"])


@pytest.mark.parametrize("identifier", sorted(BEYOND_THE_DRAFT))
def test_a_no_that_is_only_meant_is_called_so(identifier, as_meant):
    """Specification §0.4: unknown by the draft, denied by a policy that asks for it, and the record says why."""
    answer = _answers(as_meant)[identifier]
    assert answer["uses"]["train"] == "deny"
    assert {f["basis"] for f in answer["findings"] if f["uses"]["train"] == "deny"} == {"malformed_restrictive"}


@pytest.mark.parametrize("vector", [v for v in ASKED if v["signal"] != "combine"], ids=lambda vector: vector["id"])
def test_a_denial_says_whether_the_standard_or_our_policy_is_the_reason(vector):
    """Specification §0: the decision record must say "policy", not "spec", where we are stricter."""
    denied = [use for use, said in vector["expect"].items() if said == "deny"]
    findings = _answers()[vector["id"]]["findings"]
    for use in denied:
        bases = {f["basis"] for f in findings if f["uses"][use] == "deny" or f["uses"]["fetch"] == "deny"}
        assert bases & ({vector["basis"]} | ({"malformed_restrictive"} if vector["basis"] == "policy" else set()))


def test_answers_come_line_by_line_in_order():
    assert list(_answers()) == [vector["id"] for vector in ASKED]


def test_every_vector_can_be_asked():
    """Those of rules that are not there yet, too: they wait for nothing but the rule."""
    assert len(vectors()) == 100
    assert {line_of(vector)["id"] for vector in vectors()} == {vector["id"] for vector in vectors()}
    assert len(ASKED) >= 48
