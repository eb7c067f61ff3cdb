from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.percent import normalise, normalise_target, plain_query

URI_LIKE = st.lists(
    st.sampled_from(
        [b"%", b"%4", b"%41", b"%7e", b"%2F", b"%2f", b"%C3%A9", b"%ff", b"a", b"/", b"?", b"*", b"$", b" ", b"\xc3"]
    )
).map(b"".join)


class TestRfc9309Section222:
    """Comparison happens on octets in one spelling."""

    @pytest.mark.parametrize(
        ("written", "compared"),
        [
            (b"/%7ejoe", b"/~joe"),  # unreserved: decoded
            (b"/foo/bar/%62%61%7A", b"/foo/bar/baz"),  # the table, last row
            (b"/foo/bar/\xe3\x83\x84", b"/foo/bar/%E3%83%84"),  # the table, third row
            (b"/foo/bar/%e3%83%84", b"/foo/bar/%E3%83%84"),  # hex digits without case
            (b"/a%2fb", b"/a%2Fb"),  # reserved: stays escaped
            (b"/q%3fx", b"/q%3Fx"),
            (b"/caf\xe9/", b"/caf%E9/"),  # an octet that is no UTF-8 is an octet all the same
            (b"/a b", b"/a%20b"),
            (b"/100%", b"/100%25"),
            (b"/%zz", b"/%25zz"),
            (b"/%%341", b"/%2541"),  # decoding makes no new escape
        ],
    )
    def test_spelling(self, written, compared):
        assert normalise(written) == compared

    @given(st.binary(max_size=80) | URI_LIKE)
    def test_a_second_pass_changes_nothing(self, octets):
        assert normalise(normalise(octets)) == normalise(octets)

    @given(st.binary(max_size=80) | URI_LIKE)
    def test_the_result_is_ascii_and_every_percent_starts_an_escape(self, octets):
        result = normalise(octets)
        assert result.isascii()
        assert all(rest[:2].isalnum() and len(rest) >= 2 for rest in result.split(b"%")[1:])

    def test_an_escaped_slash_is_no_slash(self):
        assert normalise(b"/a%2Fb") != normalise(b"/a/b")

    def test_long_input_takes_linear_time(self):
        assert len(normalise(b"%41" * 170_000)) == 170_000


class TestTarget:
    @pytest.mark.parametrize(
        ("target", "compared"),
        [
            ("", b"/"),
            ("/", b"/"),
            ("?q=1", b"/?q=1"),
            ("/a#b", b"/a"),
            ("/a*b$", b"/a%2Ab%24"),  # RFC 9309 §2.2.3: the characters themselves, in a URI
            ("/ツ", b"/%E3%83%84"),
            ("/\udcff", b"/%ED%B3%BF"),  # a lone surrogate is no reason to fail
        ],
    )
    def test_spelling(self, target, compared):
        assert normalise_target(target) == compared

    @given(st.text(max_size=60))
    def test_never_raises_and_starts_with_a_slash(self, target):
        assert normalise_target(target).startswith(b"/")

    def test_query_delimiters_only_behind_the_first_question_mark(self):
        """RFC 9309 §2.2.2, table, second row."""
        assert plain_query(b"/a%3Ab/?u=https%3A%2F%2Fx.test%2F%3Fy=%5B1%5D&z") == b"/a%3Ab/?u=https://x.test/?y=[1]&z"
        assert plain_query(b"/a%3Ab/") == b"/a%3Ab/"
        assert plain_query(b"/?a%26b%3Dc") == b"/?a%26b%3Dc"
