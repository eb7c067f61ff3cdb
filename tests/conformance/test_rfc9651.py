"""RFC 9651, structured fields: its printed dictionaries, tokens and parameters, read as Content-Usage is read.

No example of the RFC names a label of AIPREF, so each of them says nothing by itself; put before a preference it
must change nothing where it is a dictionary, and void the statement where it is none (§4.2).
"""

from __future__ import annotations

import pytest
from http_sf import Token, parse

from collector.model.uses import UNSTATED, Permission, Uses
from collector.signals.content_usage import read_content_usage, read_header

NO_TRAINING = Uses(train=Permission.DENY)

DICTIONARIES = {
    "§3.2 strings and octets": b'en="Applepie", da=:w4ZibGV0w6ZydGU=:',
    "§3.2 booleans, one without its value": b"a=?0, b, c; foo=bar",
    "§3.2 a decimal and an inner list": b"rating=1.5, feelings=(joy sadness)",
    "§3.2 all kinds of members": b"a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid",
    "§3.2 two integers": b"foo=1, bar=2",
    "§3.3.1 integer": b"a=42",
    "§3.3.2 decimal": b"a=4.5",
    "§3.3.3 string": b'a="hello world"',
    "§3.3.4 token": b"a=foo123/456",
    "§3.3.5 byte sequence": b"a=:cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:",
    "§3.3.6 boolean": b"a=?1",
    "§3.3.7 date": b"a=@1659578233",
    "§3.3.8 display string": b'a=%"This is intended for display to %c3%bc users."',
}


@pytest.mark.parametrize("octets", DICTIONARIES.values(), ids=DICTIONARIES)
class TestPrintedDictionaries:
    def test_is_read_and_says_nothing(self, octets):
        statement = read_content_usage(octets)
        assert (statement.broken, statement.uses) == ("", UNSTATED)

    def test_stands_beside_a_preference(self, octets):
        assert read_content_usage(octets + b", train-ai=n").uses == NO_TRAINING
        assert read_content_usage(b"train-ai=n," + octets).uses == NO_TRAINING
        assert read_header([octets.decode(), "train-ai=n"]).uses == NO_TRAINING


@pytest.mark.parametrize("octets", [o for name, o in DICTIONARIES.items() if name.startswith("§3.3")])
def test_3_3_only_a_token_is_a_preference(octets):
    """The same values under a label of AIPREF: none of the RFC's values is the token `n`."""
    assert read_content_usage(b"train-ai" + octets[1:]).uses == UNSTATED
    assert read_content_usage(b"train-ai=n, train-ai" + octets[1:]).uses == UNSTATED, "§3.2: the last of a key counts"


@pytest.mark.parametrize("kind", ["list", "item", "dictionary"])
def test_2_1_the_top_level_type_decides_how_a_field_is_read(kind):
    """`n` is an Item and a List; as a Dictionary it is a key whose value is true."""
    value = parse(b"n", tltype=kind)
    assert value == {"item": (Token("n"), {}), "list": [(Token("n"), {})], "dictionary": {"n": (True, {})}}[kind]


class TestSection3_1_2Parameters:
    def test_a_parameter_without_value_is_true(self):
        """`1; a; b=?0` is the same as `1; a=?1; b=?0`."""
        assert parse(b"1; a; b=?0", tltype="item") == parse(b"1; a=?1; b=?0", tltype="item")

    @pytest.mark.parametrize(
        "parameters", [b";a=1;b=2", b'; q="9"; r=w', b";jk=4", b"; a; b=?0", b";n", b";train-ai=y"]
    )
    def test_parameters_change_no_preference(self, parameters):
        assert read_content_usage(b"train-ai=n" + parameters).uses == NO_TRAINING
        assert read_content_usage(b"search=y" + parameters).uses == Uses(index=Permission.ALLOW)


class TestSection3_2Dictionaries:
    def test_lines_of_one_field_are_one_dictionary(self):
        """`foo=1, bar=2` on one line or on two."""
        assert read_header(["search=y, train-ai=n"]) == read_header(["search=y", "train-ai=n"])

    def test_the_last_of_equal_keys_overwrites_also_across_lines(self):
        assert read_header(["train-ai=n", "train-ai=y"]).uses == Uses(train=Permission.ALLOW)
        assert read_content_usage(b"train-ai=y, train-ai=n").uses == NO_TRAINING

    @pytest.mark.parametrize("octets", [b"a=1 ,\t b=2, train-ai=n", b"a=1,b=2,train-ai=n", b"  a=1, train-ai=n  "])
    def test_optional_blanks_around_commas(self, octets):
        assert read_content_usage(octets).uses == NO_TRAINING


class TestSection4_2ParsingFails:
    """§4.2: when parsing fails, the entire field is ignored, whatever else stands in it."""

    @pytest.mark.parametrize(
        "octets",
        [
            pytest.param(b"train-ai=n,", id="§4.2.2 trailing comma"),
            pytest.param(b",train-ai=n", id="§4.2.3.3 a key begins with a letter or a star"),
            pytest.param(b"Train-ai=n", id="§3.1.2 keys are lower case"),
            pytest.param(b"train-ai=n a=1", id="§4.2.2 no comma"),
            pytest.param(b"train-ai =n", id="§4.2.2 blank before the equals sign"),
            pytest.param(b"train-ai= n", id="§4.2.3.1 blank before the value"),
            pytest.param(b"train-ai=", id="§4.2.3.1 no value"),
            pytest.param(b'train-ai=n, a="open', id="§4.2.5 a string without its end"),
            pytest.param(b"train-ai=n, a=1.", id="§4.2.4 a decimal without its fraction"),
            pytest.param(b"train-ai=n, a=1000000000000000", id="§4.2.4 over fifteen digits"),
            pytest.param(b"train-ai=n, a=(1", id="§4.2.1.2 an inner list without its end"),
            pytest.param(b"train-ai=n, a=?2", id="§4.2.8 no boolean"),
            pytest.param(b"train-ai=n, a=:=:", id="§4.2.7 no base64"),
            pytest.param(b"train-ai=n, a=%c3%bc", id="§4.2.10 a display string without quotes"),
            pytest.param("train-ai=n, a=é".encode(), id="§4.2 not ASCII"),
        ],
    )
    def test_nothing_of_it_counts(self, octets):
        statement = read_content_usage(octets)
        assert statement.uses == UNSTATED
        assert statement.broken
        assert read_header(["search=y", octets.decode()]).uses == UNSTATED, "§4.2: a bad line voids the others"
