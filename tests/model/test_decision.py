"""The decision core: invariants of the design's §2 as properties."""

import copy
import pickle
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis, Decision, Finding, Gate, PolicyRef, Verdict, combine, no_objection
from collector.model.digest import Digest
from collector.model.uses import Permission, Use, Uses, combine_uses

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POLICY = PolicyRef("test", Digest.of(b"policy"))
permissions = st.sampled_from(list(Permission))
uses = st.builds(Uses, permissions, permissions, permissions, permissions, permissions)
findings = st.builds(
    Finding,
    rule=st.sampled_from(["robots_txt", "ai_tokens", "opted_out", "x_robots_tag"]),
    verdict=st.sampled_from(list(Verdict)),
    reason=st.just("because"),
    uses=uses,
    basis=st.sampled_from(list(Basis)),
)
needs = st.frozensets(st.sampled_from(list(Use)))
RANK = {Verdict.ALLOW: 0, Verdict.DEFER: 1, Verdict.DENY: 2}


def decide(found: list[Finding], need: frozenset[Use] = frozenset({Use.FETCH, Use.TRAIN})) -> Decision:
    return combine(Gate.SITE, found, need=need, policy=POLICY, now=NOW)


@given(st.lists(findings, min_size=1), findings, needs)
def test_deny_is_monotone_adding_a_rule_never_admits(found, further, need):
    assert RANK[decide([*found, further], need).verdict] >= RANK[decide(found, need).verdict]


@given(st.lists(findings, min_size=1).flatmap(lambda f: st.tuples(st.just(f), st.permutations(f))), needs)
def test_order_cannot_matter(pair, need):
    found, shuffled = pair
    one, other = decide(found, need), decide(shuffled, need)
    assert (one.verdict, one.uses) == (other.verdict, other.uses)


@given(st.lists(findings, min_size=1), findings)
def test_adding_a_statement_never_turns_a_denied_use_around(found, further):
    before, after = decide(found), decide([*found, further])
    for use, permission in before.uses:
        if permission is Permission.DENY:
            assert after.uses[use] is Permission.DENY


def test_an_empty_set_of_findings_is_an_error():
    with pytest.raises(ValueError, match="no rule answered"):
        decide([])


@given(st.lists(findings, min_size=1))
def test_unknown_is_never_turned_into_allow(found):
    decision = decide(found)
    for use, permission in decision.uses:
        if permission is Permission.ALLOW:
            assert any(f.uses[use] is Permission.ALLOW for f in found)


def test_deny_beats_defer_beats_allow():
    allow, defer, deny = (Finding("r", verdict, "because") for verdict in (Verdict.ALLOW, Verdict.DEFER, Verdict.DENY))
    assert decide([allow, defer, deny]).verdict is Verdict.DENY
    assert decide([allow, defer]).verdict is Verdict.DEFER
    assert decide([allow]).verdict is Verdict.ALLOW


def test_a_deferred_gate_denies_fetch_and_with_it_every_use():
    decision = decide([Finding("robots_txt", Verdict.DEFER, "unreachable", Uses.allowing(Use.INDEX))])
    assert all(permission is Permission.DENY for _, permission in decision.uses)


def test_a_reservation_stops_the_page_only_where_the_use_is_needed():
    reserved = Finding("ai_tokens", Verdict.ALLOW, "GPTBot is disallowed", Uses.denying(Use.TRAIN), Basis.POLICY)
    assert decide([reserved]).verdict is Verdict.DENY
    assert decide([reserved], frozenset({Use.FETCH, Use.INDEX})).verdict is Verdict.ALLOW


def test_tdm_denied_denies_training_and_input():
    decision = decide([Finding("tdmrep_file", Verdict.ALLOW, "reserved", Uses.denying(Use.TDM))])
    assert decision.verdict is Verdict.DENY
    assert decision.uses.input is Permission.DENY
    assert decision.uses.fetch is Permission.UNKNOWN


def test_search_yes_alone_leaves_training_unknown():
    assert combine_uses([Uses.allowing(Use.INDEX)]).train is Permission.UNKNOWN


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        # worked cases: an explicit allow in one mechanism never cancels a deny in another
        (["allow", "deny", "allow"], "deny"),
        (["allow", "deny"], "deny"),
        (["allow", "unknown"], "allow"),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_statements_combine_to_the_strictest(signals, expected):
    assert combine_uses(Uses(train=Permission(said)) for said in signals).train.value == expected


@given(findings, findings)
def test_equal_findings_have_one_hash_wherever_they_were_made(one, other):
    """A hash that is kept goes into no copy: in another process it would be another one."""
    known = hash(one)
    assert hash(one) == known
    for copied in (replace(one), copy.copy(one), pickle.loads(pickle.dumps(one))):
        assert copied == one
        assert not hasattr(copied, "_hash")
        assert hash(copied) == known
    assert (one == other) <= (hash(one) == hash(other))
    assert "_hash" not in {field.name for field in fields(Finding)}


def test_a_finding_that_shows_nothing_is_made_once():
    one = no_objection("x_robots_tag", "no X-Robots-Tag")
    assert one == Finding("x_robots_tag", Verdict.ALLOW, "no X-Robots-Tag", basis=Basis.POLICY)
    assert no_objection("x_robots_tag", "no X-Robots-Tag") is one
    assert no_objection("x_robots_tag", "no X-Robots-Tag", Basis.SPEC) != one
