"""A later carrier of one mechanism replaces an earlier one: TDMRep, file < header < meta (opt-out signals §5, §15)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.cli.explain import open_door
from collector.model.decision import Basis, Decision, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.uses import Permission, Use, Uses, combine_uses
from collector.policy.policy import OnUnknown
from collector.rules.evaluate import BoundRule, Ruleset, overall, without_superseded
from collector.rules.rule import NoSettings, Rule
from collector.signals.tdmrep import RELEASED, RESERVED

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POLICY = PolicyRef("test", Digest.of(b"policy"))
NEED = frozenset({Use.FETCH, Use.TRAIN})
FLOOR = BoundRule(
    Rule("robots_txt", Gate.SITE, lambda *_: Finding("robots_txt", Verdict.ALLOW, ""), floor=True), NoSettings()
)
RULESET = Ruleset(POLICY, NEED, OnUnknown.KEEP, {Gate.SITE: (FLOOR,)})
CARRIERS = (
    (Gate.SITE, "tdmrep_file", ()),
    (Gate.RESPONSE, "tdm_reservation", ("tdmrep_file",)),
    (Gate.CONTENT, "meta_tdm_reservation", ("tdm_reservation", "tdmrep_file")),
)


def decide(gate: Gate, *findings: Finding) -> Decision:
    return combine(gate, findings, need=NEED, policy=POLICY, now=NOW)


def carried(values: str, *others: Finding) -> tuple[Decision, ...]:
    """One letter for each of file, header and meta: `1`, `0`, `-`; `others` stand at the site gate."""
    decisions = []
    for (gate, rule, supersedes), value in zip(CARRIERS, values, strict=True):
        uses = {"1": RESERVED, "0": RELEASED, "-": Uses()}[value]
        finding = Finding(rule, Verdict.ALLOW, value, uses, supersedes=supersedes if value != "-" else ())
        decisions.append(decide(gate, finding, *(others if gate is Gate.SITE else ())))
    return tuple(decisions)


@pytest.mark.parametrize(
    ("values", "verdict", "tdm"),
    [
        ("1--", "deny", "deny"),
        ("10-", "allow", "allow"),
        ("101", "deny", "deny"),
        ("01-", "deny", "deny"),
        ("0-1", "deny", "deny"),
        ("-10", "allow", "allow"),
        ("-01", "deny", "deny"),
        ("1-0", "allow", "allow"),
        ("110", "allow", "allow"),
        ("---", "allow", "unknown"),
    ],
)
def test_the_last_carrier_with_a_value_decides(values, verdict, tdm):
    said, uses = overall(carried(values), RULESET)
    assert (said, uses.tdm) == (verdict, tdm)


def test_the_gate_that_denied_for_that_alone_allows_again():
    standing = without_superseded(carried("10-"), RULESET)
    assert [decision.verdict for decision in standing] == [Verdict.ALLOW] * 3
    assert standing[0].findings[0].uses == RESERVED  # what it says stays on record
    assert standing[0].findings[0].verdict is Verdict.ALLOW


def test_another_mechanism_is_not_superseded():
    signal = Finding("content_signal", Verdict.ALLOW, "no", Uses.denying(Use.TRAIN))
    verdict, uses = overall(carried("10-", signal), RULESET)
    assert (verdict, uses.train, uses.tdm) == (Verdict.DENY, Permission.DENY, Permission.ALLOW)


def test_a_rule_of_the_floor_is_never_superseded():
    refused = Finding("robots_txt", Verdict.DENY, "disallowed", Uses.denying(Use.FETCH))
    clearing = Finding("tdm_reservation", Verdict.ALLOW, "0", RELEASED, supersedes=("robots_txt",))
    verdict, uses = overall((decide(Gate.SITE, refused), decide(Gate.RESPONSE, clearing)), RULESET)
    assert (verdict, uses.fetch, uses.tdm) == (Verdict.DENY, Permission.DENY, Permission.DENY)


@pytest.mark.parametrize("verdict", [Verdict.DEFER, Verdict.DENY])
def test_a_verdict_that_does_not_rest_on_uses_stays(verdict):
    own = Finding("tdmrep_file", verdict, "the rule failed", failed=True)
    clearing = Finding("tdm_reservation", Verdict.ALLOW, "0", RELEASED, supersedes=("tdmrep_file",))
    said, uses = overall((decide(Gate.SITE, own), decide(Gate.RESPONSE, clearing)), RULESET)
    assert said is verdict
    assert (uses.fetch is Permission.DENY) == (verdict is Verdict.DEFER)


def test_settling_a_finding_keeps_what_it_supersedes():
    finding = Finding("tdm_reservation", Verdict.ALLOW, "1", RESERVED, supersedes=("tdmrep_file",))
    assert finding.settled(NEED).verdict is Verdict.DENY
    assert finding.settled(NEED).supersedes == ("tdmrep_file",)


findings = st.builds(
    Finding,
    rule=st.sampled_from(["a", "b", "c"]),
    verdict=st.sampled_from(Verdict),
    reason=st.just(""),
    uses=st.builds(Uses, *[st.sampled_from(Permission)] * 5),
    basis=st.sampled_from(Basis),
)


@given(st.lists(st.tuples(st.sampled_from(Gate), st.lists(findings, min_size=1, max_size=3)), min_size=1, max_size=4))
def test_where_nothing_is_superseded_the_gates_stand_as_they_are(gates):
    decisions = tuple(decide(gate, *said) for gate, said in gates)
    assert without_superseded(decisions, RULESET) == decisions
    verdict, uses = overall(decisions, RULESET)
    assert uses == combine_uses(decision.uses for decision in decisions)
    assert (verdict is Verdict.ALLOW) == all(decision.verdict is Verdict.ALLOW for decision in decisions)


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    return open_door("strict-eu", tmp_path_factory.mktemp("data"), NOW)


class TestExplain:
    """The same through the door of audits."""

    @pytest.mark.parametrize(
        ("file", "header", "meta", "verdict", "gate"),
        [
            (1, None, None, "deny", "site"),
            (1, "0", None, "allow", None),
            (1, "0", "1", "deny", "content"),
            (None, "1", "0", "allow", None),
            (1, "yes", None, "deny", "site"),
        ],
    )
    def test_conflict_rows(self, door, file, header, meta, verdict, gate):
        line: dict[str, object] = {"url": "https://www.example.org/x"}
        if file is not None:
            rules = [{"location": "/", "tdm-reservation": file}]
            line["site_files"] = {"/.well-known/tdmrep.json": json.dumps(rules)}
        if header is not None:
            line["headers"] = [["tdm-reservation", header]]
        if meta is not None:
            line["html"] = f'<meta name="tdm-reservation" content="{meta}"><p>text'
        answer = door.answer(line)
        assert (answer["verdict"], answer["gate"]) == (verdict, gate), answer
