"""A sentence that is passed over for want of somebody is one that judging it would pass, too (GDPR Art. 9)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.lists.lexicon import lexicons
from collector.rules.content.candidates import _holds_subject
from collector.rules.content.sentence import judge, sentence_of

_CODES = sorted(lexicons().languages)
_WORDS = (
    "Jane",
    "Doe",
    "my",
    "son",
    "I",
    "am",
    "have",
    "has",
    "is",
    "she",
    "he",
    "we",
    "a",
    "the",
    "12",
    ",",
    "years",
    "old",
)


def _phrases(code: str) -> list[str]:
    language = lexicons().languages[code]
    terms = [lexicon.terms[code] for lexicon in lexicons().categories if code in lexicon.terms]
    kinds = (*terms, language.own_has, language.own_is, language.my, language.kin, language.has, language.is_)
    said = [" ".join(words).replace("*", "").replace("#", "12").rstrip(" .") for kind in kinds for words in kind]
    return [*said, *language.pronoun, *_WORDS]


_SENTENCES = st.sampled_from(_CODES).flatmap(
    lambda code: st.tuples(
        st.just(code), st.lists(st.sampled_from(_phrases(code)), min_size=1, max_size=8).map(" ".join)
    )
)


@settings(max_examples=300, deadline=None)
@given(_SENTENCES)
def test_nothing_is_tied_where_nobody_is_said(drawn: tuple[str, str]) -> None:
    code, raw = drawn
    tied = list(judge(replace(sentence_of(raw, ""), named_before=True), (code,)))
    assert not tied or _holds_subject(raw, (code,))
