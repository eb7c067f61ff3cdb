"""Readings of one signal: what the standard says, what policy adds, what was meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.model.decision import Basis
from collector.model.uses import UNSTATED, Permission, Use, Uses
from collector.rules.layered import denials, layered, told

uses = st.builds(Uses, *[st.sampled_from(Permission)] * 5)


def test_the_basis_is_the_weakest_reading_that_adds_a_denial():
    train, index = Uses.denying(Use.TRAIN), Uses.denying(Use.INDEX)
    assert layered(train) == (train, Basis.SPEC)
    assert layered(train, train, train) == (train, Basis.SPEC)
    assert layered(index, train) == (Uses.denying(Use.TRAIN, Use.INDEX), Basis.POLICY)
    assert layered(UNSTATED, index, train)[1] is Basis.MALFORMED_RESTRICTIVE
    assert layered(Uses.denying(Use.TDM), train)[1] is Basis.SPEC  # mining denied denies training already


@given(uses, uses, uses)
def test_only_the_standard_allows(spec, policy, malformed):
    result, basis = layered(spec, policy, malformed)
    for use, said in result:
        assert said in (spec[use], Permission.DENY)
    if denials(result.closed()) != denials(spec.closed()):
        assert basis is not Basis.SPEC


def test_in_words():
    said = Uses(train=Permission.DENY, index=Permission.ALLOW)
    assert told(said, "Content-Usage") == "Content-Usage denies train and allows index"
    assert told(UNSTATED, "Content-Usage") == "Content-Usage says nothing that we know of a use"
