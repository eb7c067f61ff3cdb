"""personal-data §6: special categories count where a sentence ties them to a person, measured on labelled sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.words import words_of
from collector.rules.content.linkage import guess_languages, linkage
from tests.support.growth import assert_linear

LANGUAGES = ("en", "fr", "de", "es", "it", "pl", "nl")


@dataclass(frozen=True)
class Labelled:
    """One sentence of the set. `category` is empty where it ties nothing to anybody."""

    language: str
    half: str  # d: seen while the lexicons were written; t: not
    category: str
    text: str


def labelled() -> list[Labelled]:
    """The set beside this module."""
    rows = []
    for line in (Path(__file__).parent / "linked_sentences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, _, text = line.partition("|")
        language, half, sign, *category = head.split()
        assert (sign == "+") == bool(category)
        rows.append(Labelled(language, half, category[0] if category else "", text))
    return rows


SET = labelled()


def measured(rows: list[Labelled]) -> tuple[float, float]:
    """(precision, recall) of finding a linked sentence, whatever the category."""
    found = [bool(linkage(row.text).categories) for row in rows]
    right = sum(1 for row, hit in zip(rows, found, strict=True) if hit and row.category)
    return right / max(sum(found), 1), right / sum(1 for row in rows if row.category)


def test_the_set_has_200_sentences_half_of_them_linked_in_seven_languages():
    assert len(SET) >= 200
    assert len({row.text for row in SET}) == len(SET)
    for language in LANGUAGES:
        rows = [row for row in SET if row.language == language]
        assert len(rows) >= 30, language
        assert sum(1 for row in rows if row.category) * 2 == len(rows), language


def test_precision_and_recall_on_the_half_that_was_not_looked_at():
    precision, recall = measured([row for row in SET if row.half == "t"])
    assert precision >= 0.97
    assert recall >= 0.97


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_holds(language):
    precision, recall = measured([row for row in SET if row.language == language])
    assert precision >= 0.93
    assert recall >= 0.93


def test_the_category_found_is_the_one_meant():
    linked = [row for row in SET if row.category]
    right = sum(row.category in linkage(row.text).categories for row in linked)
    assert right / len(linked) >= 0.97


def test_encyclopaedic_text_of_every_language_ties_nothing():
    for language in LANGUAGES:
        text = " ".join(row.text for row in SET if row.language == language and not row.category) * 10
        assert sum(linkage(text).named.values()) + sum(linkage(text).own.values()) <= 10, language


def test_a_pronoun_stands_for_the_person_named_before():
    text = "Peter Collins left the stage in May. He has Parkinson's disease."
    assert linkage(text).named == {"health": 1}
    assert linkage("The rain fell all day. He has Parkinson's disease.").named == {}


def test_a_name_is_no_faith():
    assert linkage("Christian Müller ist seit gestern Bürgermeister.", "de").categories == ()


@pytest.mark.parametrize(
    "text", ["I am 45 years old.", "I am 5 minutes late.", "The wine is 12 years old.", "I am 13th in the list."]
)
def test_what_is_no_childs_age(text):
    assert linkage(text).categories == ()


@pytest.mark.parametrize(
    "text", ["Anna Smith, 14, plays the piano.", "Anna Smith (9) won.", "My 12-year-old son sings.", "I'm 15 and shy."]
)
def test_what_is_a_childs_age(text):
    assert linkage(text).categories == ("minors",)


def test_languages_are_guessed_and_declared_ones_added():
    words = words_of("Ich habe das Buch und die Karte, und es ist nicht von mir.")
    assert guess_languages(words) == ("de",)
    assert guess_languages(words, "pl-PL") == ("de", "pl")
    assert set(guess_languages([])) == set(LANGUAGES)


@given(st.text(max_size=300))
def test_it_never_raises(text):
    assert linkage(text).words >= 0


@given(st.lists(st.sampled_from([row.text for row in SET if not row.category]), max_size=6))
def test_more_sentences_never_take_a_finding_back(more):
    text = "\n".join([*more, "I was diagnosed with multiple sclerosis when I was thirty."])
    assert linkage(text, "en").own.get("health", 0) >= 1


@pytest.mark.parametrize(
    "part", ["I have cancer ", "my ", "Anna Smith ", "I am 13. ", "is gay ", "x. ", "a", "cancer,"]
)
def test_time_grows_with_the_text_and_no_faster(part):
    assert_linear(linkage, lambda size: part * (size // len(part)), 3_000)
