"""Which pages may leave for which use: Directive (EU) 2019/790, Art. 3 and 4(3); opt-out signals §0."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.model.leaving import Purpose, Restriction, may_leave, restriction_of
from collector.model.uses import Permission, Use, Uses, stricter

PERMISSIONS = st.sampled_from(Permission)
ANY_USES = st.builds(Uses, PERMISSIONS, PERMISSIONS, PERMISSIONS, PERMISSIONS, PERMISSIONS).map(Uses.closed)
RESERVED = Uses(fetch=Permission.ALLOW).and_(Uses.denying(Use.TDM)).closed()


def test_a_reserved_page_of_a_research_crawl_is_for_research_only():
    """Art. 3(2): retained for the purposes of scientific research."""
    restriction = restriction_of(RESERVED, research=True)
    assert restriction is Restriction.RESEARCH
    for use in Use:
        assert not may_leave(RESERVED, restriction, use, Purpose.GENERAL, keep_unknown=True).may, use
    for use in (Use.TDM, Use.TRAIN, Use.INPUT):
        assert may_leave(RESERVED, restriction, use, Purpose.RESEARCH, keep_unknown=True).may, use


def test_without_the_exception_a_reservation_holds_for_research_too():
    """Art. 4(3): who does not rely on Art. 3 is bound by the reservation, whatever for."""
    assert restriction_of(RESERVED, research=False) is Restriction.NONE
    assert not may_leave(RESERVED, Restriction.NONE, Use.TRAIN, Purpose.RESEARCH, keep_unknown=True).may


def test_an_unreserved_page_of_a_research_crawl_is_free():
    uses = Uses(fetch=Permission.ALLOW)
    assert restriction_of(uses, research=True) is Restriction.NONE
    assert may_leave(uses, Restriction.NONE, Use.TRAIN, Purpose.GENERAL, keep_unknown=True).may
    assert not may_leave(uses, Restriction.NONE, Use.TRAIN, Purpose.GENERAL, keep_unknown=False).may


def test_the_exception_does_not_reach_indexing():
    """Art. 3 is about text and data mining: `noindex` stays a no."""
    uses = RESERVED.and_(Uses.denying(Use.INDEX))
    assert not may_leave(uses, Restriction.RESEARCH, Use.INDEX, Purpose.RESEARCH, keep_unknown=True).may


@given(ANY_USES, st.sampled_from(Use), st.sampled_from(Purpose), st.booleans(), st.booleans())
def test_what_must_not_be_fetched_leaves_for_nothing(uses, use, purpose, research, keep):
    if uses.fetch is Permission.DENY:
        assert not may_leave(uses, restriction_of(uses, research=research), use, purpose, keep_unknown=keep).may


@given(ANY_USES, ANY_USES, st.sampled_from(Use), st.booleans())
def test_a_further_statement_never_frees_a_page_that_a_denial_holds(one, other, use, keep):
    """Design §2.4: deny is monotone, at export as at the gates."""
    both = one.and_(other).closed()
    if stricter(one[use], other[use]) is Permission.DENY:
        assert not may_leave(both, Restriction.NONE, use, Purpose.GENERAL, keep_unknown=keep).may


@given(ANY_USES, st.sampled_from(Use), st.booleans(), st.booleans())
def test_research_is_never_less_than_everybody(uses, use, research, keep):
    restriction = restriction_of(uses, research=research)
    if may_leave(uses, restriction, use, Purpose.GENERAL, keep_unknown=keep).may:
        assert may_leave(uses, restriction, use, Purpose.RESEARCH, keep_unknown=keep).may
