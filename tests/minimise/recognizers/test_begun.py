"""Issue 6, Engine: a cheap look for where a pattern can begin hides nothing that the pattern finds (personal-data §4)."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.minimise.engine.begun import begun
from collector.minimise.recognizers import address_stated, national_id
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
