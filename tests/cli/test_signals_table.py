"""`signals show` without sockets: who wins per use, and why (opt-out signals §0, §5, §15)."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from collector.cli.signals_table import MECHANISMS, OWN_CRITERIA, signal_table
from collector.model.decision import Basis, Decision, Evidence, Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.uses import Permission, Use, Uses, combine_uses
from collector.policy.policy import OnUnknown
from collector.rules.catalogue import RULES
from collector.rules.evaluate import BoundRule, Ruleset
from collector.rules.rule import NoSettings, Rule

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POLICY = PolicyRef("test", Digest.of(b"policy"))
NEED = frozenset({Use.FETCH, Use.TRAIN})
FLOOR = Rule("robots_txt", Gate.SITE, lambda *_: Finding("robots_txt", Verdict.ALLOW, ""), floor=True)
RULESET = Ruleset(POLICY, NEED, OnUnknown.KEEP, {Gate.SITE: (BoundRule(FLOOR, NoSettings()),)})
ROBOTS = Finding("robots_txt", Verdict.ALLOW, "allowed", Uses.allowing(Use.FETCH))


def decided(*findings: Finding, gate: Gate = Gate.SITE) -> Decision:
    return combine(gate, findings, need=NEED, policy=POLICY, now=NOW)


def rulings(*decisions: Decision) -> dict[Use, tuple[Permission, tuple[str, ...], str]]:
    return {r.use: (r.permission, r.by, r.why) for r in signal_table(decisions, RULESET).rulings}


def test_a_denial_beats_a_permission_and_says_whose():
    yes = Finding("content_signal", Verdict.ALLOW, "ai-train=yes", Uses.allowing(Use.TRAIN))
    no = Finding("content_usage_robots", Verdict.ALLOW, "train-ai=n", Uses.denying(Use.TRAIN))
    permission, by, why = rulings(decided(ROBOTS, yes, no))[Use.TRAIN]
    assert (permission, by) == (Permission.DENY, ("content_usage_robots",))
    assert "beats the permission of Content-Signal in robots.txt" in why


def test_what_follows_from_a_denial_is_said_to_follow():
    tdm = Finding("tdmrep_file", Verdict.ALLOW, "1", Uses.denying(Use.TDM))
    permission, by, why = rulings(decided(ROBOTS, tdm))[Use.TRAIN]
    assert (permission, by) == (Permission.DENY, ("tdmrep_file",))
    assert "what follows from it" in why


def test_a_superseded_carrier_does_not_win_and_says_who_spoke_instead():
    """TDMRep §5: header 0 clears file 1."""
    file = Finding("tdmrep_file", Verdict.ALLOW, "1", Uses.denying(Use.TDM))
    header = Finding("tdm_reservation", Verdict.ALLOW, "0", Uses.allowing(Use.TDM), supersedes=("tdmrep_file",))
    table = signal_table((decided(ROBOTS, file), decided(header, gate=Gate.RESPONSE)), RULESET)
    row = next(said for said in table.said if said.rule == "tdmrep_file")
    assert row.superseded_by == "tdm_reservation"
    assert {r.use: (r.permission, r.by) for r in table.rulings}[Use.TDM] == (Permission.ALLOW, ("tdm_reservation",))
    assert table.verdict is Verdict.ALLOW


def test_silence_is_no_permission():
    permission, by, why = rulings(decided(ROBOTS))[Use.TRAIN]
    assert (permission, by) == (Permission.UNKNOWN, ())
    assert "no permission; the policy keeps" in why


def test_what_could_not_be_decided_denies_and_is_named():
    deferred = Finding("robots_txt", Verdict.DEFER, "503", Uses.denying(Use.FETCH))
    unclear = Finding("opted_out", Verdict.DEFER, "the rule failed", basis=Basis.POLICY, failed=True)
    assert rulings(decided(deferred))[Use.TRAIN][:2] == (Permission.DENY, ("robots_txt",))
    assert rulings(decided(unclear, gate=Gate.URL))[Use.FETCH][1] == ("opted_out",)


def test_our_own_criteria_are_no_signals():
    scope = Finding("in_scope", Verdict.ALLOW, "in scope", evidence=(Evidence("policy"),))
    assert [said.rule for said in signal_table((decided(scope, ROBOTS, gate=Gate.URL),), RULESET).said] == [
        "robots_txt"
    ]


def test_every_rule_is_a_signal_or_a_criterion_of_ours():
    """A rule that has no name here yet is shown by its id: nothing is left out."""
    assert not OWN_CRITERIA & MECHANISMS.keys()
    shown = {rule.id for rule in RULES} - OWN_CRITERIA
    decision = decided(*(Finding(rule, Verdict.ALLOW, "said") for rule in shown))
    assert {said.rule for said in signal_table((decision,), RULESET).said} == shown
    assert all(said.mechanism and "_" not in said.mechanism for said in signal_table((decision,), RULESET).said)


PERMISSIONS = st.sampled_from(Permission)
USES = st.builds(Uses, PERMISSIONS, PERMISSIONS, PERMISSIONS, PERMISSIONS, PERMISSIONS)


@given(st.lists(st.tuples(st.sampled_from(sorted(MECHANISMS)), st.sampled_from(Verdict), USES), min_size=1, max_size=6))
def test_every_answer_names_who_gave_it(said):
    """The table never shows a denial or a permission that comes from nowhere."""
    findings = [Finding(rule, verdict, "said", uses) for rule, verdict, uses in said]
    decision = decided(*findings)
    table = signal_table((decision,), RULESET)
    assert {r.use: r.permission for r in table.rulings} == dict(combine_uses([decision.uses]))
    for ruling in table.rulings:
        assert bool(ruling.by) == (ruling.permission is not Permission.UNKNOWN), ruling
