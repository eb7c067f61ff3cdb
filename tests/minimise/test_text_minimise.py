"""personal-data §5.6, §6: placeholders, idempotence, no residue; the plan of a policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.minimise.engine.span import KINDS
from collector.minimise.replacing.plan import STRICT, Plan, plan_of
from collector.minimise.replacing.redact import Redactor
from collector.minimise.text import minimise_text
from collector.model.errors import PolicyError
from collector.policy.policy import Minimise, Treatment

PIECES = st.sampled_from(
    ["john@example.org", "a [at] b.example", "+49 30 1234567", "91.198.174.192", "DE89370400440532013000", "[[EMAIL_1]]", "[[", "]]",
     "4111 1111 1111 1111", "Tel. 030 1234", "@", ".org", "x", " ", "\n", "(", ",", "\u200b", "é", "＠", "%40", "5"]
)  # fmt: skip


def strict(text):
    return minimise_text(text, STRICT, url=None, lang="de")


def test_alike_values_get_the_same_number_by_first_appearance():
    result = strict("b@example.org, a@example.org, B@Example.org")
    assert result.text == "[[EMAIL_1]], [[EMAIL_2]], [[EMAIL_1]]"
    assert result.counts == {"email": 3}
    assert [(s.start, s.end) for s in result.spans] == [(0, 13), (15, 28), (30, 43)]


def test_offsets_are_code_points():
    result = strict("😀 john@example.org")
    assert [(s.start, s.end) for s in result.spans] == [(2, 18)]


def test_longer_strings_are_not_rewritten():
    """§1.2: `str.replace` also rewrites inside longer strings."""
    assert strict("a@b.example xa@b.example").text == "[[EMAIL_1]] [[EMAIL_2]]"


def test_a_forged_placeholder_is_escaped_beside_ours():
    assert strict("[[EMAIL_1]] john@example.org [[PERSON_22]]").text == r"[\[EMAIL_1]] [[EMAIL_1]] [\[PERSON_22]]"


def test_without_ours_it_stays():
    result = strict("[[EMAIL_1]] only")
    assert (result.text, dict(result.counts)) == ("[[EMAIL_1]] only", {})


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_second_scan_finds_nothing_and_a_second_run_changes_nothing(text):
    result = strict(text)
    assert not result.withhold
    assert Redactor(STRICT).spans(result.text) == []
    again = strict(result.text)
    assert again.text == result.text
    assert again.counts == {}


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_lies_outside_the_spans_stays(text):
    result = strict(text)
    if not result.spans:
        assert result.text == text


@given(st.text(max_size=300))
def test_never_raises(text):
    assert strict(text).text is not None


def test_a_result_shows_neither_text_nor_values():
    assert "example.org" not in repr(strict("john@example.org Secret"))
    assert "Secret" not in repr(strict("john@example.org Secret"))


def treated(kinds, text, profile="strict"):
    return minimise_text(text, plan_of(Minimise(profile=profile, kinds=kinds)), url=None, lang=None).text


def test_treatments():
    assert treated({"email": Treatment.DROP}, "to john@example.org!") == "to !"
    assert treated({"email": Treatment.KEEP}, "to john@example.org!") == "to john@example.org!"
    assert treated({"ip": Treatment.GENERALISE}, "from 91.198.174.192") == "from 91.198.174.x"
    assert treated({"ip": Treatment.GENERALISE}, "from 2a00:1450:4001:81b::200e") == "from 2a00:1450:4001:x"


def test_standard_keeps_role_mailboxes_and_strict_does_not():
    assert treated({}, "press@example.org john@example.org", "standard") == "press@example.org [[EMAIL_1]]"
    assert treated({}, "press@example.org john@example.org") == "[[ORG_CONTACT_1]] [[EMAIL_1]]"


def test_off_changes_nothing():
    assert treated({}, "john@example.org", "off") == "john@example.org"


@pytest.mark.parametrize(
    ("minimise", "where", "said"),
    [
        (Minimise(kinds={"emial": Treatment.DROP}), "emial", "did you mean email"),
        (Minimise(kinds={"email": Treatment.PSEUDONYM}), "email", "key"),
        (Minimise(kinds={"card": Treatment.GENERALISE}), "card", "generalised"),
        (Minimise(profile="lax"), "profile", "strict"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(minimise, where, said):
    with pytest.raises(PolicyError) as caught:
        plan_of(minimise)
    assert where in caught.value.where
    assert said in str(caught.value)


def test_every_kind_is_taken_out_by_default():
    assert Plan().kinds == set(KINDS) - {"plate", "person_date"}
    assert "plate" in plan_of(Minimise(kinds={"plate": Treatment.PLACEHOLDER})).kinds
