"""Asking a gate: a rule that raises defers, licences lift uses and nothing else, silence is judged by the policy."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations_with_replacement

from collector.model.decision import Finding, Gate, PolicyRef, Verdict, combine
from collector.model.digest import Digest
from collector.model.url import parse_url
from collector.model.uses import Permission, Use, Uses
from collector.policy.policy import Licence, OnUnknown
from collector.rules.evaluate import BoundRule, Ruleset, bind_licences, evaluate, judge_silence, verdict_of
from collector.rules.rule import NoSettings, Rule

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = parse_url("https://example.org/a")
POLICY = PolicyRef("test", Digest.of(b"policy"))


def reserved(_facts, _settings):
    """Reserves training."""
    return Finding("reserved", Verdict.ALLOW, "training is reserved", Uses.denying(Use.TRAIN))


def reserved_tdm(_facts, _settings):
    """Reserves text and data mining."""
    return Finding("reserved_tdm", Verdict.ALLOW, "mining is reserved", Uses.denying(Use.TDM))


def broken(_facts, _settings):
    """Always raises."""
    raise RuntimeError("the page said bob@example.org")


def allowing(_facts, _settings):
    """Allows."""
    return Finding("allowing", Verdict.ALLOW, "nothing against it")


def refusing(_facts, _settings):
    """Denies."""
    return Finding("refusing", Verdict.DENY, "no")


def rules(*asks, floor=False, licences=(), unknown=OnUnknown.KEEP):
    bound = tuple(BoundRule(Rule(ask.__name__, Gate.SITE, ask, floor=floor), NoSettings()) for ask in asks)
    return Ruleset(POLICY, frozenset({Use.FETCH, Use.TRAIN}), unknown, {Gate.SITE: bound}, bind_licences(licences))


def decide(ruleset):
    return evaluate(Gate.SITE, object(), URL, ruleset, NOW)


def test_a_rule_that_raises_becomes_defer_and_quotes_nothing():
    decision = decide(rules(allowing, broken))
    assert decision.verdict is Verdict.DEFER
    finding = next(f for f in decision.findings if f.rule == "broken")
    assert finding.failed
    assert "RuntimeError" in finding.reason
    assert "bob" not in finding.reason


def test_a_licence_lifts_the_denial_of_its_uses_and_appears_as_a_finding():
    licence = Licence(("https://example.org/*",), frozenset({Use.TRAIN}), "contract 12")
    decision = decide(rules(reserved, licences=[licence]))
    assert decision.verdict is Verdict.ALLOW
    assert decision.uses.train is Permission.ALLOW
    assert any(f.rule == "licence" and "contract 12" in f.reason for f in decision.findings)


def test_a_licence_never_lifts_the_floor():
    licence = Licence(("https://example.org/*",), frozenset(Use), "contract 12")
    assert decide(rules(reserved, floor=True, licences=[licence])).verdict is Verdict.DENY


def test_a_licence_outside_its_scope_or_after_its_end_lifts_nothing():
    elsewhere = Licence(("https://other.test/*",), frozenset({Use.TRAIN}), "contract 12")
    over = Licence(("https://example.org/*",), frozenset({Use.TRAIN}), "contract 12", date(2026, 11, 21))
    assert decide(rules(reserved, licences=[elsewhere, over])).verdict is Verdict.DENY


def test_a_licence_to_train_must_name_tdm_where_tdm_is_reserved():
    train = Licence(("https://example.org/*",), frozenset({Use.TRAIN}), "contract 12")
    both = replace(train, uses=frozenset({Use.TRAIN, Use.TDM}))
    assert decide(rules(reserved_tdm, licences=[train])).verdict is Verdict.DENY
    assert decide(rules(reserved_tdm, licences=[both])).verdict is Verdict.ALLOW


def test_silence_is_kept_under_an_opt_out_regime_and_dropped_under_an_opt_in_one():
    decision = decide(rules(allowing))
    assert judge_silence((decision,), rules(allowing)) is None
    finding = judge_silence((decision,), rules(allowing, unknown=OnUnknown.DROP))
    assert finding is not None
    assert finding.verdict is Verdict.DENY
    spoken = combine(
        Gate.SITE,
        [Finding("r", Verdict.ALLOW, "licensed", Uses.allowing(Use.TRAIN))],
        need=frozenset({Use.TRAIN}),
        policy=POLICY,
        now=NOW,
    )
    assert judge_silence((spoken,), rules(allowing, unknown=OnUnknown.DROP)) is None


def test_the_verdict_alone_is_that_of_the_decision():
    """By every three of all kinds of answers: allowed, refused, failed, reserved for a use that is needed or not."""
    kinds = (reserved, reserved_tdm, broken, allowing, refusing)
    for asks in combinations_with_replacement(kinds, 3):
        ruleset = rules(*asks, floor=True)
        assert verdict_of(ruleset.by_gate[Gate.SITE], object(), ruleset.need) is decide(ruleset).verdict


def test_no_rule_is_no_permission():
    assert verdict_of((), object(), frozenset()) is Verdict.DENY
