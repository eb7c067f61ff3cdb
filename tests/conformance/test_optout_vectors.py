"""The opt-out vectors of the specification, asked through the door that an auditor uses: `explain --jsonl`."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from collector.rules.catalogue import RULES
from tests.conformance.optout_mapping import LATER, line_of, needs, vectors

NOW = "2026-11-22T12:00:00Z"
ASKED = [vector for vector in vectors() if not needs(vector)]


@cache
def _answers() -> dict[str, Any]:
    lines = "".join(json.dumps(line_of(vector)) + "\n" for vector in ASKED)
    command = [sys.executable, "-m", "collector.cli", "explain", "--jsonl", "--policy", "strict-eu", "--now", NOW]
    answer = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    return {line["id"]: line for line in map(json.loads, answer.stdout.splitlines())}


@pytest.mark.parametrize("vector", ASKED, ids=lambda vector: vector["id"])
def test_vector(vector):
    """Every key that the specification expects, of the uses that come out."""
    answer = _answers()[vector["id"]]
    uses = {key: answer["uses"][key] for key in vector["expect"]}
    assert uses == vector["expect"], (vector["note"], answer["findings"])


@pytest.mark.parametrize("vector", ASKED, ids=lambda vector: vector["id"])
def test_a_denial_says_whether_the_standard_or_our_policy_is_the_reason(vector):
    """Specification §0: the decision record must say "policy", not "spec", where we are stricter."""
    denied = [use for use, said in vector["expect"].items() if said == "deny"]
    findings = _answers()[vector["id"]]["findings"]
    for use in denied:
        bases = {f["basis"] for f in findings if f["uses"][use] == "deny" or f["uses"]["fetch"] == "deny"}
        assert bases & ({vector["basis"]} | ({"malformed_restrictive"} if vector["basis"] == "policy" else set()))


def test_answers_come_line_by_line_in_order():
    assert list(_answers()) == [vector["id"] for vector in ASKED]


def test_every_vector_is_asked_or_waits_for_a_rule_that_is_not_there_yet():
    """Whoever adds a rule for a signal of LATER is made to bring its vectors into play."""
    waiting = {rule for vector in vectors() for rule in needs(vector)}
    assert waiting == set(LATER.values())
    assert not waiting & {rule.id for rule in RULES}
    assert len(ASKED) >= 47
