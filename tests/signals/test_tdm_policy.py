"""TDMRep §7: the policy document, read and never obeyed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.tdm_policy import MAX_BYTES, read_tdm_policy

OFFER = {
    "@context": ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"],
    "@type": "Offer",
    "profile": "http://www.w3.org/ns/tdmrep",
    "uid": "https://site.test/p",
    "assigner": {"uid": "https://site.test", "vcard:fn": "A Publisher"},
    "permission": [
        {
            "target": "https://site.test/all",
            "action": "tdm:mine",
            "duty": [{"action": "obtainConsent"}, {"action": "compensate"}],
        },
        {
            "action": {"@id": "tdm:mine"},
            "constraint": [
                {"leftOperand": "purpose", "operator": "eq", "rightOperand": {"@id": "tdm:research"}},
            ],
        },
    ],
}


def read(**changes: object):
    return read_tdm_policy(json.dumps({**OFFER, **changes}).encode())


def test_duties_and_constraints():
    """§7.2.3 and §7.2.4."""
    policy = read()
    assert (policy.fault, policy.uid, policy.named_assigner) == ("", "https://site.test/p", True)
    first, second = policy.offers
    assert (first.action, first.duties) == ("tdm:mine", ("obtainConsent", "compensate"))
    assert second.told == "tdm:mine (purpose eq tdm:research)"
    assert policy.told == (
        "TDMRep policy https://site.test/p offers tdm:mine, duty obtainConsent, compensate; "
        "tdm:mine (purpose eq tdm:research)"
    )
    assert "Publisher" not in policy.told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"@context": "http://www.w3.org/ns/odrl.jsonld"}, "contexts"),
        ({"@type": "Set"}, "no Offer"),
        ({"profile": ""}, "profile"),
    ],
)
def test_what_the_report_asks_of_it(changes, said):
    """§7.2."""
    policy = read(**changes)
    assert said in policy.fault
    assert policy.told.startswith("no readable TDMRep policy")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"1", b"[" * 100_000, b"{" + b" " * MAX_BYTES + b"}", b'{"permission": [1, [], {}]}'],
)
def test_what_is_none(body):
    assert read_tdm_policy(body).fault


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(("permission", "action", "duty", "constraint", "@id", "target", "uid", "rightOperand")), inner, max_size=4)))  # fmt: skip
def test_any_json(value):
    assert isinstance(read_tdm_policy(json.dumps({**OFFER, "permission": value}).encode()).told, str)
    assert isinstance(read_tdm_policy(json.dumps(value).encode()).told, str)
