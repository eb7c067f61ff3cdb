"""sensitive_domain: sources sensitive by nature are not contacted (CNIL, fiche on web scraping)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.lists.match import Action, ListMatch, Tier
from collector.model.decision import Basis, Finding, Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.listed import lists_evidence
from collector.rules.url.sensitive_domain import sensitive_domain


def match(
    action: Action = Action.DENY, category: str = "health.forum", tier: Tier = Tier.LIST, note: str = ""
) -> ListMatch:
    return ListMatch("forum.example.org", "health.forum", "2026-11-01", 7, category, action, tier, "subtree", note)


def ask(*matches: ListMatch) -> Finding:
    return sensitive_domain(
        UrlFacts(Candidate(parse_url("https://forum.example.org/")), sensitive=matches), NoSettings()
    )


def test_in_no_list() -> None:
    assert ask().verdict is Verdict.ALLOW


def test_listed_names_entry_category_list_version_and_line() -> None:
    finding = ask(match())
    assert finding.verdict is Verdict.DENY
    assert finding.basis is Basis.POLICY
    assert "forum.example.org" in finding.reason
    assert "health.forum" in finding.reason
    assert finding.evidence[0].source == "list:health.forum@2026-11-01"
    assert finding.evidence[0].locator.endswith("line 7")


def test_a_list_without_categories_is_named() -> None:
    assert "the list health.forum" in ask(match(category="")).reason


def test_an_operators_allow_that_wins_lifts_it_with_its_reason() -> None:
    finding = ask(match(Action.ALLOW, "", Tier.OPERATOR, note="listed by mistake, letter 4"), match())
    assert finding.verdict is Verdict.ALLOW
    assert "letter 4" in finding.reason


def test_an_allow_that_does_not_win_lifts_nothing() -> None:
    assert ask(match(), match(Action.ALLOW, "", Tier.OPERATOR)).verdict is Verdict.DENY


def test_a_flag_before_it_lifts_nothing() -> None:
    assert ask(match(Action.FLAG), match()).verdict is Verdict.DENY
    finding = ask(match(Action.FLAG))
    assert finding.verdict is Verdict.ALLOW
    assert "does not refuse" in finding.reason


MATCHES = st.lists(
    st.builds(match, st.sampled_from(list(Action)), st.text(max_size=5), st.sampled_from(list(Tier))), max_size=6
)


@given(MATCHES, MATCHES)
def test_another_denial_never_admits(one: list[ListMatch], other: list[ListMatch]) -> None:
    before = ask(*one, *other)
    after = ask(*one, match(), *other)
    assert before.verdict is Verdict.ALLOW or after.verdict is Verdict.DENY


def test_the_digest_of_what_was_looked_up_stands_in_every_finding() -> None:
    # Issue 5: which snapshot a decision rests on, whatever the answer was.
    parts = lists_evidence([("snapshot", f"sha256:{'a' * 64}")])
    url = Candidate(parse_url("https://forum.example.org/"))
    for matches in ((), (match(),), (match(Action.FLAG),), (match(Action.ALLOW),)):
        finding = sensitive_domain(UrlFacts(url, sensitive=matches, lists=parts), NoSettings())
        assert finding.evidence[-1].source == "lists:snapshot"
        assert str(finding.evidence[-1].digest) == f"sha256:{'a' * 64}"
