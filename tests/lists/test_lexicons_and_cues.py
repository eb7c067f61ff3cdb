"""blocklists/lexicons and page-cues: every file reads clean, in seven languages; faults name the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.words import words_of
from collector.lists.cues import cues
from collector.lists.cues_file import read_cues
from collector.lists.given_names import given_names
from collector.lists.lexicon import lexicons
from collector.lists.lexicon_file import read_lexicons
from collector.lists.phrases import Phrases
from collector.lists.taxonomy import taxonomy
from collector.model.errors import ListError
from collector.model.resources import resource_folder

SEVEN = {"en", "fr", "de", "es", "it", "pl", "nl"}


def test_every_category_of_article_9_and_10_in_seven_languages() -> None:
    known = lexicons()
    assert set(known.languages) == SEVEN
    assert {lexicon.category for lexicon in known.categories} == {
        "health", "orientation", "religion", "politics", "union", "origin", "offence", "minors",
    }  # fmt: skip
    for lexicon in known.categories:
        assert set(lexicon.terms) == SEVEN, lexicon.category
        assert not lexicon.community or lexicon.community in taxonomy()
        assert (set(lexicon.named) == SEVEN) == (lexicon.kind == "age")


def test_the_cues_belong_to_categories_of_the_taxonomy() -> None:
    assert set(cues()) == {"adult", "age-gate", "cv", "genealogy", "obituary", "people-search"}
    assert all(one.category in taxonomy() and one.by_first for one in cues().values())


def test_phrases_with_stems_numbers_and_ends() -> None:
    phrases = Phrases(["multiple sclerosis", "depress*", "i am # .", "multiple", "# year*"])
    words = words_of("My multiple sclerosis and depressions; 12 years. I am 12")
    assert phrases.spans(words) == [(1, 3), (4, 5), (5, 7), (7, 10)]
    assert phrases.at(words_of("i am 12 minutes"), 0) == 0
    assert phrases.at(words_of("i am 18"), 0) == 0
    assert not Phrases([]) and not Phrases([" "])  # noqa: PT018
    assert phrases.may_begin(["depressive"])
    assert not phrases.may_begin(["press"])


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=60))
def test_no_phrase_and_no_text_raises(phrases: list[str], text: str) -> None:
    words = words_of(text)
    assert all(0 <= first < last <= len(words) for first, last in Phrases(phrases).spans(words))


def test_cues_in_running_text_and_as_headings() -> None:
    cv = cues()["cv"]
    assert cv.headings(["Work experience:", "Education", "I have work experience in baking and more"]) == {
        "work experience", "education",
    }  # fmt: skip
    assert cues()["obituary"].found(words_of("She is survived by two sons; in lieu of flowers")) >= {
        "in lieu of flowers", "survived by",
    }  # fmt: skip
    assert cues()["obituary"].named_by("/local/Obituaries/1")
    assert not cues()["obituary"].named_by("/obituaries-in-literature")


def test_given_names_of_the_languages_and_no_words_among_them() -> None:
    names = given_names()
    assert {"anna", "katarzyna", "giulia", "javier", "stefan", "sanne"} <= names
    assert names.isdisjoint({"paris", "church", "union", "hope", "may", "bishop", "july", "sunday"})
    assert len(names) > 5_000


FAULTY_LEXICONS = {
    "category = 1": "x.toml",
    'category = "x"\nkind = "mood"\ncommunity = ""\nnote = "n"\n[terms]\nen = "a"': "kind",
    'category = "x"\nkind = "state"\ncommunity = ""\nnote = "n"\n[terms]\nxx = "a"': "languages.toml",
    'category = "x"\nkind = "state"\ncommunity = ""\nnote = "n"': "no terms",
    "category = ": "cannot be read",
}


@pytest.mark.parametrize("text", FAULTY_LEXICONS)
def test_a_faulty_lexicon_names_file_and_fault(tmp_path, text: str) -> None:
    source = resource_folder("blocklists") / "lexicons" / "languages.toml"
    (tmp_path / "languages.toml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(ListError) as caught:
        read_lexicons(tmp_path)
    assert FAULTY_LEXICONS[text] in str(caught.value)


def test_faulty_cues_name_the_file(tmp_path) -> None:
    (tmp_path / "x.toml").write_text('category = "a"\n')
    with pytest.raises(ListError, match=r"x\.toml"):
        read_cues(tmp_path)
