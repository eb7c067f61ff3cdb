"""Issue 6, Engine: a cheap look for where a pattern can begin hides nothing that the pattern finds (personal-data §4)."""

from __future__ import annotations

import importlib.util
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.minimise.engine import begun as begun_module
from collector.minimise.engine.begun import at_edges, begun
from collector.minimise.recognizers import address_stated, national_id, phone_words
from collector.minimise.recognizers.national_id_table import IDENTIFIERS
from tests.minimise.recognizers.labelled import SENTENCES, read

TEXTS = [read(sentence)[0] for _, sentence in SENTENCES]
SAID = (
    "Address: ", "address is ", "addresses are ", "Home address ", "postal address\n", "Mailing address: ",
    "street address ", "wohnhaft in ", "Lieferadresse: ", "Anschrift ist ", "adresse est ", "Indirizzo: ",
    "dirección es ", "Adres: ", "xaddress: ",
)  # fmt: skip
NUMBERS = (
    "DE T22000129", "ABCD123456HDFRRL09", "RSSMRA85M01H501Z", "XEXX-010101-000", "MX XEXX 010101 000", "&&A010101AB1",
    "ÑÑA010101AB1", "CFGHJKLM1", "A 12345678 B", "756.1234.5678.97", "+12345678901", "x-12345678901", "٣٤٥٦٧٨٩٠١٢٣",
)  # fmt: skip
WORDS = (
    "tel", "fax", "cell", "cell phone", "phones (", "m: ", "t. ", "電話", "тел", "isbn", "ids", "id", "pp.", "p.", "v. ",
    "card no", "number of", "xtel", "telx", "gsm", "dzwoń", "2 national number", "usd", "§",
)  # fmt: skip
MIXED = st.lists(st.sampled_from([*TEXTS, *SAID, *NUMBERS, *"  \n\n.,:-/+_&aA1é?", *"Ññ0"]), max_size=12).map("".join)


@settings(max_examples=200, deadline=None)
@given(MIXED, st.integers(0, 40))
def test_words_of_addresses_are_found_as_by_the_pattern_alone(text, start):
    saying, beginning = address_stated._SURE, address_stated._SURE_BEGINS
    found = [match.span() for match in begun(saying, beginning, text, start, len(text))]
    assert found == [match.span() for match in saying.finditer(text, start, len(text))]


def test_every_word_of_addresses_is_among_those_that_are_tried():
    for said in SAID[:-1]:
        assert address_stated._SURE.match(said), said


@settings(max_examples=200, deadline=None)
@given(MIXED)
def test_no_number_begins_where_none_is_looked_for(text):
    looked_at = {match.start() for match in national_id._BEGINNING.finditer(text)}
    for at in range(len(text)):
        candidate = national_id._CANDIDATE.match(text, at)
        if candidate and at not in looked_at:
            tail = text[at : at + national_id._LONGEST + national_id._LOOK_AHEAD]
            longest = max((m.end() for row in IDENTIFIERS if (m := row.pattern.match(tail))), default=0)
            assert not any(map(str.isdigit, tail[:longest]))


def test_matches_do_not_overlap_and_stay_inside():
    found = begun(re.compile("aba|ab|a"), re.compile("a"), "aababa abab", 1, 10)
    assert [match.span() for match in found] == [(1, 4), (5, 6), (7, 10)]


@pytest.mark.parametrize(
    ("written", "regrouped"),
    [
        (r"(?:\bone|two|\bthree\b)\Z", r"(?:\b(?:one|three\b)|two)\Z"),
        (r"(?:\ba[|)\]]|\b(?:c|(d))|[]|(]e\||f\))(?:g|h)", r"(?:\b(?:a[|)\]]|(?:c|(d)))|[]|(]e\||f\))(?:g|h)"),
        (r"(?:[^)\\]\(|\ba)", r"(?:\b(?:a)|[^)\\]\()"),
    ],
)
def test_alternatives_at_the_edge_of_a_word_share_one_test_of_it(written, regrouped):
    assert at_edges(re.compile(written, re.IGNORECASE)) == re.compile(regrouped, re.IGNORECASE)


@pytest.mark.parametrize("written", ["a|b", "(a|b)", "[(?:]a|b"])
def test_a_pattern_without_such_a_group_is_refused(written):
    with pytest.raises(ValueError, match="no alternatives"):
        at_edges(re.compile(written))


@pytest.fixture(scope="module")
def as_written():
    """The module of words with its patterns left as they are written."""
    spec = importlib.util.spec_from_file_location("as_written", phone_words.__file__)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(begun_module, "at_edges", lambda pattern: pattern)
        spec.loader.exec_module(module)
    assert module.NAMED.pattern != phone_words.NAMED.pattern
    return module


@settings(max_examples=200, deadline=None)
@given(before=st.lists(st.sampled_from([*WORDS, *" \n.:(1a"]), max_size=8).map("".join))
def test_words_of_numbers_are_told_as_by_their_patterns_as_written(as_written, before):
    assert bool(phone_words.NAMED.search(before)) == bool(as_written.NAMED.search(before))
    assert bool(phone_words.OTHER_NUMBER.search(before)) == bool(as_written.OTHER_NUMBER.search(before))
