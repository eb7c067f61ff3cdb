"""Labels by which pages say themselves whom they are for: lists and registry §3.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.document.facts import Meta
from collector.signals.self_label import MAX_LABELS, read_self_labels


def label(**meta: str):
    found = read_self_labels([Meta(**meta)])
    return found[0] if found else None


@pytest.mark.parametrize("name", ["rating", "RATING".lower(), "rta", ""])
def test_the_rta_string_counts_under_any_name(name):
    assert label(name=name, content="RTA-5042-1996-1400-1577-RTA").rta


@pytest.mark.parametrize(("content", "words"), [("adult", ("adult",)), ("Mature", ("mature",)),
                                                ("general, safe for kids", ("general", "safe", "for", "kids")),
                                                ('"adult"', ("adult",)), ("", ())])  # fmt: skip
def test_words_of_a_rating(content, words):
    assert label(name="rating", content=content).words == words
    assert label(http_equiv="rating", content=content).words == words


@pytest.mark.parametrize(
    ("content", "age"),
    [
        ("age=18 hash=a1b2 v=1.0 kind=sl protocol=all", 18),
        ("info=www.example.org/age-de.xml v=1.0 age=16 area=*.example.org/games", 16),
        ("AGE = 0", 0),
        ("page=18", None),
        ("age=1800", None),
        ("v=1.0", None),
    ],
)
def test_the_german_age_label(content, age):
    found = label(name="age-de-meta-label", content=content)
    assert (found.age if found else None) == age


@pytest.mark.parametrize("meta", [{"name": "description", "content": "adult"}, {"name": "robots", "content": "age=18"},
                                  {"content": ""}])  # fmt: skip
def test_no_label(meta):
    assert label(**meta) is None


def test_limits():
    assert len(read_self_labels([Meta(name="rating", content="adult")] * 1_000)) == MAX_LABELS
    assert label(name="rating", content="x " * 100_000 + "adult").words[-1] == "x"


@given(st.lists(st.builds(Meta, name=st.sampled_from(["rating", "age-de-meta-label", "x"]), content=st.text())))
def test_no_exception(metas):
    for found in read_self_labels(metas):
        assert found.meta in metas
