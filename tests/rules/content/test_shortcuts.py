"""What spares work never changes an answer: every short cut of the content rules against the plain reading."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.document.figures import (
    at_most_emails,
    at_most_phones,
    at_most_years,
    figures_of,
    may_hold_bare_age,
)
from collector.document.words import words_of
from collector.lists.cues import cues
from collector.lists.given_names import given_names
from collector.lists.lexicon import lexicons
from collector.lists.page_triggers import frequent_words, labelled, look_at, page_triggers
from collector.lists.phrases import Phrases
from collector.lists.triggers import Triggers, Words
from collector.rules.content import linkage as linkage_module
from collector.rules.content import personal_page
from collector.rules.content.candidates import sentences
from collector.rules.content.linkage import Linkage, linkage
from tests.rules.content.test_linkage import SET

SENTENCES = [row.text for row in SET]
PHRASES = sorted({" ".join(phrase) for _, phrase in labelled()})
FIGURES = [
    "+49 30 1234 567",
    "0171/2345678",
    "(030) 12-34-56",
    "1999",
    "2015",
    "12,",
    "(14)",
    "٩",
    "jo@x.test",
    "a [at] b",
]
LIFE = "*|†|born |b. |née |geb. |(|)|–|-|20|15|3. |Mai |ca. | |\n|zm ".split("|")
MAIL = "a|b.c|@|@|.|-|+|(at)|[at]|(|[|at|)| |  |\n|é|word ".split("|")
PIECES = st.sampled_from(
    [*SENTENCES, *PHRASES, *FIGURES, "Anna Smith, 14,", "he", "x" * 601, "ŁÓDŹ", "İ", "K", "“", "ß"]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=8).flatmap(
    lambda parts: st.sampled_from([" ", "\n", ". ", ", ", "", "\u00a0", "  "]).map(lambda gap: gap.join(parts))
)
OLD_END = re.compile(r"(?<=[.!?\u2026;])\s+|\n+")
OLD_PHONE = re.compile(r"(?<![\w./-])(?:\+|\(0|0|\()\d[\d ()/.\-]{6,18}\d(?![\w-])")
OLD_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Lists of names and phrases are loaded on first use, which no example is to pay for."""
    given_names()
    page_triggers()


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where it matches."""
    return [match.span() for match in pattern.finditer(text)]


@given(TEXTS)
@example("a\ud800b" * 3)
@example("".join(map(chr, range(0x20, 0x3000))))
def test_words_are_the_runs_of_word_characters(text):
    assert words_of(text) == re.findall(r"\w+", text.lower())


@given(TEXTS)
def test_patterns_that_begin_with_a_set_match_what_the_plain_ones_match(text):
    assert spans(personal_page._PHONE, text) == spans(OLD_PHONE, text)
    whole = [part[at : at + 600] for part in OLD_END.split(text) for at in range(0, len(part), 600)]
    assert list(sentences(text)) == whole


@given(
    st.lists(st.one_of(st.sampled_from(LIFE), st.sampled_from(FIGURES)), max_size=24).map("".join), st.integers(0, 4)
)
@example("* um 3. 4. September 1999 und das ist dann doch so lange her, dass niemand mehr weiß, was geb. 1520 war", 1)
def test_dates_of_life_around_years_are_those_of_the_whole_text(text, least):
    enough = len(spans(OLD_YEAR, text)) >= least
    assert personal_page._life_dates(text, least) == (len(spans(personal_page._LIFE, text)) if enough else 0)


@given(st.lists(st.sampled_from([*MAIL, "x" * 62, "y" * 64]), max_size=14).map("".join))
def test_addresses_around_their_signs_are_those_of_the_whole_text(text):
    signs = [match.start() for match in personal_page._AT.finditer(text)]
    assert personal_page._count(personal_page._EMAIL, text, signs, before=3, behind=70) == len(
        spans(personal_page._EMAIL, text)
    )


@given(TEXTS)
@example("Call 0 1 2 3 4 5 or +1 2 3 4 5 6 7 8, +1(23)4567890")
def test_figures_never_count_less_than_the_text(text):
    figures = figures_of(text)
    assert at_most_emails(figures) >= len(spans(personal_page._EMAIL, text))
    assert at_most_phones(figures) >= len(spans(OLD_PHONE, text))
    assert at_most_years(figures) >= len(spans(OLD_YEAR, text))
    assert may_hold_bare_age(figures) or not re.search(r"[,(]\s?1?\d[,)]", text)


@given(TEXTS)
def test_every_phrase_that_stands_there_is_sighted_at_its_place(text):
    sightings = page_triggers().look(text)
    if sightings is None:
        return
    sighted = {(one.label, one.phrase) for one in sightings}
    words = words_of(text)
    for one in cues().values():
        assert {("cue " + one.id, tuple(phrase.split())) for phrase in one.found(words)} <= sighted
    for lexicon in lexicons().categories:
        for code, terms in (*lexicon.terms.items(), *lexicon.named.items()):
            if terms.spans(words):
                known = [one for one in sightings if one.label == "term " + code]
                assert known
                assert all(text[place].isalnum() for one in known for place in one.places)


@given(TEXTS)
def test_both_engines_sight_the_same(text):
    assert page_triggers().look(text) == BY_WORDS.look(text)


BY_WORDS = Triggers(labelled(), frequent_words(), Words)


@given(TEXTS)
@example("He was ill; Anna Smith, 007, has cancer.")
@example(f"{'word ' * 119}cance{'r ' * 3}I have cancer.")
@example(f"{'word ' * 119}cance{'r ' * 3}I have cancer. My son has cancer; it rained.")
@example("I am Anna Smith,\n5,6) and I have cancer. ; ; Anna Smith (7,8) went.")
@example("Anna Smith came. ... ! She has cancer. It rained.\n\nI have cancer; my son has cancer.")
def test_linkage_is_that_of_reading_every_sentence(text):
    found, whole = linkage(text, "en"), linkage_module.whole_linkage(text, "en")
    assert (found.own, found.named) == (whole.own, whole.named)
    assert not found.own or found.words == whole.words


@pytest.mark.parametrize("row", SET, ids=lambda row: f"{row.language}-{row.category or 'unlinked'}")
def test_linkage_of_the_labelled_sentences_in_running_text(row):
    text = f"The mill stands by the river.\n{row.text} It rained.\nIn 1999 nobody came."
    found, whole = linkage(text, row.language), linkage_module.whole_linkage(text, row.language)
    assert (found.own, found.named) == (whole.own, whole.named)


def test_most_unlinked_sentences_are_done_without_reading_the_whole(monkeypatch):
    asked = []
    monkeypatch.setattr(linkage_module, "whole_linkage", lambda text, *_: asked.append(text) or Linkage())
    rows = [row for row in SET if not row.category]
    for row in rows:
        linkage(row.text, row.language)
    assert len(asked) < len(rows) / 2


def test_phrases_without_a_letter_that_can_be_read_make_everything_possible():
    assert Triggers([("a", ("рак",))]).look("x") is None
    assert Triggers([("a", ("#",))]).look("x") is None


def test_texts_that_grow_when_lowered_and_texts_full_of_phrases_are_not_told():
    assert page_triggers().look("İ") is None
    assert look_at("i have cancer. " * 300).sightings is None
    assert look_at(" ".join(PHRASES)).may_hold("cv", 99)


@given(st.lists(st.sampled_from(["a", "ab", "b*", "ł*", "#", "ał", "c d"]), min_size=1, max_size=3), TEXTS)
def test_phrases_of_any_shape_are_sighted(parts, text):
    phrase = " ".join(parts)
    text = f"{text} a b ab bc łx 5 ał c d"
    sightings = Triggers([("x", next(iter(Phrases([phrase]))))]).look(text)
    assert sightings is None or sightings or not Phrases([phrase]).spans(words_of(text))
