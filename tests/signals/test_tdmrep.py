"""TDMRep: the file and the values of its carriers (W3C Community Group Final Report, 2024-05-10)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals import path_scope, tdmrep
from collector.signals.path_scope import MAX_LINES
from collector.signals.tdmrep import MAX_BYTES, Reservation, TdmFile, read_file, read_values
from tests.support.growth import assert_linear


def ask(given_file: object, target: str) -> str:
    body = given_file if isinstance(given_file, bytes) else json.dumps(given_file).encode()
    rule = read_file(body).match(target)
    return rule.reservation.value if rule is not None else "none"


def rule(location: object = "/", reservation: object = 1, **more: object) -> dict[str, object]:
    return {"location": location, "tdm-reservation": reservation, **more}


class TestFile:
    """§ TDM file on the origin server."""

    @pytest.mark.parametrize(
        ("rules", "target", "said"),
        [
            ([rule("/", 0)], "/a", "0"),
            ([rule("/", 1)], "/a", "1"),
            ([rule("/", 1), rule("/a/", 0)], "/a/x", "1"),  # the first in sequence, not the longest
            ([rule("/a/", 0), rule("/", 1)], "/a/x", "0"),
            ([rule("/b/", 1)], "/a", "none"),  # no match: unset
            ([rule("/img/*.jpg", 1)], "/img/x.JPG", "none"),  # case-sensitive
            ([rule("/img/*.jpg$", 1)], "/img/x.jpg?v=1", "none"),
            ([rule("/%7Ejoe/", 1)], "/~joe/x", "1"),  # unreserved characters are decoded
            ([rule("/a%2Fb", 1)], "/a/b", "none"),
            ([], "/", "none"),
        ],
    )
    def test_matching(self, rules, target, said):
        assert ask(rules, target) == said

    @pytest.mark.parametrize(
        "entry",
        [
            {"tdm-reservation": 1},  # location is required
            {"location": "/"},
            rule(7, 1),
            rule("/", 2),
            rule("/", None),
            rule("/", "0"),
            rule("/", False),
            rule("/", "no"),
            rule("/", [1]),
            "text",
            None,
            [],
        ],
    )
    def test_an_entry_without_a_valid_rule_is_ignored(self, entry):
        assert ask([entry, rule("/", 0)], "/x") == "0"
        assert ask([entry], "/x") == "none"

    @pytest.mark.parametrize("value", ["1", True, 1.0, "true", " 1 "])
    def test_a_value_that_is_plainly_meant_as_one(self, value):
        assert ask([rule("/", value)], "/x") == "meant"

    @pytest.mark.parametrize("location", ["img/", "https://www.example.org/img/", "HTTP://www.example.org/img/"])
    def test_a_location_that_is_no_path_reserves_and_never_releases(self, location):
        assert ask([rule(location, 1)], "/img/x") == "meant"
        assert ask([rule(location, 1)], "/x") == "none"
        assert ask([rule(location, 0)], "/img/x") == "none"

    def test_an_object_in_place_of_the_array(self):
        assert ask({"tdm-reservation": 1, "tdm-policy": "https://example.org/p"}, "/x") == "meant"
        assert ask(rule("/a", 1), "/a") == "meant"
        assert ask(rule("/a", 1), "/b") == "none"
        assert ask(rule("/", 0), "/x") == "none"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b'"1"',
            b"1",
            b"[{broken",
            b"<!doctype html><title>404",
            b" \n<html>",
            b"\xff\xfe",
            b"[" * 100_000,
        ],
    )
    def test_a_page_and_what_is_no_json_are_no_file(self, body):
        read = read_file(body)
        assert read.rules == ()
        assert read.remark

    def test_trailing_commas_are_forgiven_to_a_reservation_only(self):
        assert ask(b'[{"location": "/a", "tdm-reservation": 1,},]', "/a") == "meant"
        assert ask(b'[{"location": "/a", "tdm-reservation": 0,},]', "/a") == "none"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark(self, encoding):
        assert ask(json.dumps([rule("/", 1)]).encode(encoding), "/x") == "1"

    def test_octets_that_are_no_utf_8_are_compared_as_octets(self):
        assert ask(b'[{"location": "/caf\xe9", "tdm-reservation": 1}]', "/caf%E9") == "1"

    def test_the_policy_is_kept_as_written(self):
        policy = "https://example.org/policy.json"
        found = read_file(json.dumps([rule("/", 1, **{"tdm-policy": policy})]).encode()).match("/")
        assert found is not None
        assert found.policy == policy

    def test_a_file_over_the_limit_states_nothing(self):
        body = json.dumps([rule("/", 1)]).encode() + b" " * MAX_BYTES
        assert read_file(body) == TdmFile(remark="longer than 512,000 octets")

    def test_behind_a_thousand_rules_a_reservation_counts_for_every_path(self):
        many = [rule(f"/{n}$", 0) for n in range(MAX_LINES)]
        assert ask([*many, rule("/", 0)], "/x") == "none"
        assert ask([*many, rule("/y", 1)], "/x") == "meant"
        assert ask([*many, rule("/y", 1)], "/5") == "0"

    def test_a_release_over_the_limits_of_a_pattern_is_none(self):
        assert ask([rule("/" + "a" * 3_000, 0)], "/" + "a" * 2_500) == "none"
        assert ask([rule("/" + "a" * 3_000, 1)], "/" + "a" * 2_500) == "meant"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1"], Reservation.RESERVED),
        ([" 1 "], Reservation.RESERVED),
        (["1", "1"], Reservation.RESERVED),
        (["0"], Reservation.NOT_RESERVED),
        (["1, 0"], Reservation.MEANT_RESERVED),
        (["0", "1"], Reservation.MEANT_RESERVED),
        (["1; policy=https://example.org/"], Reservation.MEANT_RESERVED),
        (['"1"'], Reservation.MEANT_RESERVED),
        (["true"], Reservation.MEANT_RESERVED),
        (["1.0"], Reservation.MEANT_RESERVED),
        (["0", "x"], Reservation.UNSET),
        (["10"], Reservation.UNSET),
        (["2"], Reservation.UNSET),
        (["false"], Reservation.UNSET),
        ([""], Reservation.UNSET),
        ([], Reservation.UNSET),
    ],
)
def test_values_of_a_header_field_or_a_meta_element(values, said):
    assert read_values(values) is said


@given(st.binary(max_size=200))
def test_never_raises_on_octets(body):
    read_file(body).match("/a")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["/", "/a*$"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["location", "tdm-reservation", "tdm-policy"]) | st.text(max_size=4), inner, max_size=4
            )
        ),
        max_leaves=12,
    ),
    st.text(max_size=12),
)
def test_never_raises_on_json(value, target):
    read_file(json.dumps(value).encode()).match(target)


@given(st.lists(st.text(max_size=30), max_size=5))
def test_only_a_nought_alone_releases(values):
    if read_values(values) is Reservation.NOT_RESERVED:
        assert {part.strip(" \t\r\n\f") for value in values for part in value.split(",")} == {"0"}


@pytest.mark.parametrize(
    "shape",
    [
        lambda size: b"[" + b'{"location":"/a","tdm-reservation":0},' * (size // 38) + b"{}]",
        lambda size: b"[" + b"," * (size - 1),
        lambda size: b"[" + b", " * (size // 2),
        lambda size: b"[{}" + b" " * size + b",",
        lambda size: b'{"' + b"a" * size,
        lambda size: (
            b"[" + b"".join(b'{"location":"/*a*%d","tdm-reservation":1},' % n for n in range(size // 42)) + b"{}]"
        ),
    ],
)
def test_time_is_linear(shape):
    def read(body):
        tdmrep.read_file.cache_clear()
        path_scope._compiled.cache_clear()
        read_file(body).match("/" + "b" * 500)

    assert_linear(read, shape, 100_000, factor=4, allowed=9)
