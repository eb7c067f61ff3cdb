"""opted_out: an objection in the registry binds every crawl (AI Act code of practice; GDPR Art. 21)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.lists.match import Action, ListMatch, Tier
from collector.model.decision import Finding, Verdict
from collector.model.page import Candidate
from collector.model.url import parse_url
from collector.model.uses import Permission, Use
from collector.rules.facts import UrlFacts
from collector.rules.rule import NoSettings
from collector.rules.url.opted_out import opted_out


def match(action: Action = Action.DENY, source: str = "registry:recorded.jsonl") -> ListMatch:
    return ListMatch("example.org", source, "", 3, "optout", action, Tier.OPT_OUT, "subtree")


def ask(*matches: ListMatch) -> Finding:
    return opted_out(UrlFacts(Candidate(parse_url("https://example.org/")), opted_out=matches), NoSettings())


def test_no_objection() -> None:
    assert ask().verdict is Verdict.ALLOW


def test_an_objection_denies_every_use_and_names_its_line() -> None:
    finding = ask(match())
    assert finding.verdict is Verdict.DENY
    assert all(finding.uses.closed()[use] is Permission.DENY for use in Use)
    assert finding.evidence[0].source == "list:registry:recorded.jsonl"
    assert "line 3" in finding.evidence[0].locator


def test_the_requesters_own_narrower_entry_allows() -> None:
    finding = ask(match(Action.ALLOW), match())
    assert finding.verdict is Verdict.ALLOW
    assert finding.evidence


def test_an_allow_of_another_source_lifts_nothing() -> None:
    # "nothing beats tier 0 except the requester's own narrower allow": a peer's file speaks for others.
    assert ask(match(Action.ALLOW, "registry:peer.jsonl"), match()).verdict is Verdict.DENY


def test_an_allow_that_is_wider_lifts_nothing() -> None:
    assert ask(match(), match(Action.ALLOW)).verdict is Verdict.DENY


MATCHES = st.lists(st.builds(match, st.sampled_from(list(Action)), st.sampled_from("ab")), max_size=6)


@given(MATCHES, MATCHES)
def test_another_objection_never_admits(one: list[ListMatch], other: list[ListMatch]) -> None:
    before = ask(*one, *other)
    after = ask(*one, match(source="a"), *other)
    assert before.verdict is Verdict.ALLOW or after.verdict is Verdict.DENY
