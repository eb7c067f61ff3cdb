"""Marks of near-duplicates: close for texts that differ in a few words, far apart for others."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.document import simhash as module
from collector.document.simhash import distance, simhash
from collector.document.words import words_of
from collector.ledger.placing import signed, unsigned

WORDS = [f"word{number}" for number in range(400)]
TEXT = " ".join(random.Random(1).choices(WORDS, k=600))


def test_the_same_text_has_the_same_mark_for_ever():
    """It is stored: a later version of the program must find what an earlier one marked."""
    assert simhash("The quick brown fox jumps over the lazy dog. " * 4) == 0xD13E5104DA3CF48B
    assert simhash(TEXT) == simhash(TEXT.upper().replace(" ", ",\n  "))


@pytest.mark.parametrize("seed", range(10, 15))
def test_a_few_words_change_a_few_bits_and_another_text_changes_half(seed):
    dice = random.Random(seed)
    words = TEXT.split()
    for _ in range(2):
        words[dice.randrange(len(words))] = "changed"
    assert distance(simhash(TEXT), simhash(" ".join(words))) <= 6
    assert distance(simhash(TEXT), simhash(" ".join(dice.choices(WORDS, k=600)))) > 12


@given(st.lists(st.binary(min_size=8, max_size=8), min_size=1, max_size=40))
def test_each_bit_is_the_majority_of_its_column(digests):
    """Charikar 2002: the definition, counted bit by bit."""
    numbers = [int.from_bytes(digest) for digest in digests]
    expected = sum(1 << bit for bit in range(64) if sum(n >> bit & 1 for n in numbers) > len(numbers) / 2)
    assert module._mark(digests) == expected


@given(st.lists(st.text("aé漢_", min_size=1, max_size=4), min_size=module.WORDS, max_size=30))
@example(WORDS * 2 + WORDS[:224])
def test_each_three_words_are_a_shingle(words):
    """The definition; a space behind every word, as in the marks that are stored."""
    expected = [f"{a} {b} {c} ".encode() for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    assert sorted(module._shingles(words)) == sorted(expected)


@given(st.text("aB1 \n.,'é\xa0\u2028\x1cΣ漢", max_size=60) | st.text(max_size=200), st.integers(0, 12))
def test_the_first_words_are_those_of_the_whole(text, most):
    assert words_of(text, most) == words_of(text)[:most]


@given(st.text())
def test_whatever_the_text(text):
    mark = simhash(text)
    assert mark is None or 0 <= mark < 1 << 64


def test_what_is_too_short_has_none():
    least = module.FEWEST + module.WORDS - 1
    assert simhash(" ".join(WORDS[: least - 1])) is None
    assert simhash(" ".join(WORDS[:least])) is not None
    assert simhash("") is simhash(None) is None


def test_work_is_bounded():
    assert simhash(TEXT * 3) == simhash(TEXT * 300)


@given(st.integers(0, (1 << 64) - 1))
def test_a_mark_fits_a_signed_column(mark):
    assert -(1 << 63) <= signed(mark) < 1 << 63
    assert unsigned(signed(mark)) == mark
