from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.signals.path_pattern import MAX_PATTERN, MAX_WILDCARDS, Rule, compile_rules
from collector.signals.percent import normalise_target

ALPHABET = st.text("ab/", max_size=8)
PATTERNS = st.text("ab/*$", min_size=1, max_size=8).map(lambda text: "/" + text)


def verdict(rules: list[tuple[str, str]], target: str) -> tuple[bool, int | None]:
    compiled = compile_rules([[Rule(n, kind == "Allow", p.encode()) for n, (kind, p) in enumerate(rules, 1)]])
    hit = compiled.best(normalise_target(target))
    return (True, None) if hit is None else (hit.allow, hit.line)


def matches(pattern: str, target: str) -> bool:
    return not verdict([("Disallow", pattern)], target)[0]


class TestRfc9309Section223:
    """`*` and `$`."""

    @pytest.mark.parametrize(
        ("pattern", "target", "expected"),
        [
            ("/this/exactly$", "/this/exactly", True),
            ("/this/exactly$", "/this/exactly/not", False),
            ("/this/*/exactly", "/this/is/exactly/so", True),
            ("/this/*/exactly", "/this/exactly", False),
            ("*.gif$", "/a/b.gif", True),
            ("*.gif$", "/a/b.gif?x", False),
            ("/*", "/", True),
            ("/*$", "/anything", True),
            ("/", "/anything", True),
            ("/$", "/", True),
            ("/$", "/x", False),
            ("/fish*", "/fish", True),
            ("/fish*.php", "/fishheads/catfish.php?parameters", True),
            ("/a**b", "/a1b", True),
            ("/a*a$", "/a", False),
            ("/a*a$", "/aa", True),
            ("/*ab$", "/abxab", True),
            ("/*ab*ab$", "/ab", False),
            ("/a$b", "/a$b", True),  # not at the end: the character
            ("/a$b", "/a", False),
            ("/a$$", "/a$", True),
            ("/file-with-a-%2A.html", "/file-with-a-*.html", True),
            ("/file-with-a-%2A.html", "/file-with-a-b.html", False),
            ("/foo-%24", "/foo-$", True),
            ("private", "/private", False),  # §2.2: a path starts with a slash
            ("$", "/", False),
        ],
    )
    def test_pattern(self, pattern, target, expected):
        assert matches(pattern, target) is expected

    @given(PATTERNS, ALPHABET)
    @example("/*a$", "aab")
    def test_as_a_regular_expression_says(self, pattern, path):
        body, anchor = (pattern[:-1], r"\Z") if pattern.endswith("$") else (pattern, "")
        expression = ".*".join(re.escape(part) for part in body.split("*")) + anchor
        assert matches(pattern, "/" + path) is (re.match(expression, "/" + path) is not None)


class TestMostSpecific:
    """RFC 9309 §2.2.2."""

    def test_most_octets_win_whatever_the_order(self):
        rules = [("Allow", "/example/page/"), ("Disallow", "/example/page/disallowed.gif")]
        assert verdict(rules, "/example/page/disallowed.gif") == (False, 2)
        assert verdict(rules[::-1], "/example/page/disallowed.gif") == (False, 1)

    def test_allow_wins_where_two_are_equal(self):
        assert verdict([("Disallow", "/page"), ("Allow", "/page")], "/page")[0] is True
        assert verdict([("Disallow", "/p*ge"), ("Allow", "/pa*e")], "/page")[0] is True
        assert verdict([("Disallow", "/page$"), ("Allow", "/*page")], "/page")[0] is True

    def test_wildcards_count_as_octets(self):
        assert verdict([("Allow", "/page"), ("Disallow", "/*.htm")], "/page.htm") == (False, 2)

    def test_octets_are_counted_after_normalising(self):
        assert verdict([("Disallow", "/é"), ("Allow", "/%C3%A9")], "/é")[0] is True

    def test_no_match_allows(self):
        assert verdict([("Disallow", "/x")], "/y") == (True, None)

    def test_the_first_of_equal_lines_is_named(self):
        assert verdict([("Disallow", "/x"), ("Disallow", "/x")], "/x") == (False, 1)

    def test_a_prefix_and_its_anchored_twin_are_two_rules(self):
        rules = [("Disallow", "/ab$"), ("Disallow", "/abc*"), ("Allow", "/ab*")]
        assert verdict(rules, "/ab")[0] is True
        assert verdict(rules, "/abc")[0] is False

    @given(st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), PATTERNS), max_size=6), ALPHABET)
    def test_order_never_matters(self, rules, path):
        assert verdict(rules, "/" + path)[0] == verdict(rules[::-1], "/" + path)[0]

    @given(st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), PATTERNS), max_size=6), PATTERNS, ALPHABET)
    def test_another_disallow_admits_nothing(self, rules, pattern, path):
        if not verdict(rules, "/" + path)[0]:
            assert not verdict([*rules, ("Disallow", pattern)], "/" + path)[0]


class TestQueryTable:
    """RFC 9309 §2.2.2, table, second row: delimiters inside a query compare as if escaped."""

    @pytest.mark.parametrize("pattern", ["/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"])
    @pytest.mark.parametrize("target", ["/foo/bar?baz=https://foo.bar/x", "/foo/bar?baz=https%3A%2F%2Ffoo.bar/x"])
    def test_both_spellings_meet(self, pattern, target):
        assert matches(pattern, target)

    def test_a_pattern_without_a_question_mark_is_compared_as_it_stands(self):
        assert matches("/*https://foo", "/x?u=https://foo")

    def test_a_wildcard_may_swallow_the_question_mark(self):
        assert matches("/*b?c", "/a?b?c")

    def test_in_the_path_an_escaped_delimiter_stays_another_character(self):
        assert not matches("/a/b", "/a%2Fb")
        assert not matches("/q?x", "/q%3Fx")
        assert not matches("/q%3Fx", "/q?x")


class TestLimits:
    """Over the limits a Disallow covers more and an Allow nothing."""

    def test_long_disallow_is_cut(self):
        assert matches("/" + "a" * 5_000, "/" + "a" * MAX_PATTERN)

    def test_a_cut_leaves_no_half_escape(self):
        for shift in range(4):
            assert matches("/" + "a" * shift + "%2F" * 3_000, "/" + "a" * shift + "%2F" * MAX_PATTERN)

    def test_long_allow_is_dropped(self):
        rules = [("Disallow", "/"), ("Allow", "/" + "a" * 5_000)]
        assert verdict(rules, "/" + "a" * 6_000) == (False, 1)

    def test_many_wildcards(self):
        many = "/" + "*a" * (MAX_WILDCARDS + 50)
        assert matches(many, "/" + "a" * MAX_WILDCARDS)
        assert not matches(many, "/" + "a" * 50)
        assert verdict([("Disallow", "/"), ("Allow", many)], "/" + "a" * 500) == (False, 1)

    def test_a_hundred_wildcards_are_read_as_written(self):
        most = "/" + "*a" * MAX_WILDCARDS
        assert matches(most, "/" + "a" * MAX_WILDCARDS)
        assert not matches(most, "/" + "a" * (MAX_WILDCARDS - 1))

    @given(
        st.lists(st.sampled_from(["a", "*", "4", "/", "%41", "%2F", "é"]), min_size=1, max_size=12),
        st.integers(200, 900),
    )
    def test_cutting_never_unblocks(self, pieces, times):
        """Without its wildcards a pattern is a path that it matches, however long it is."""
        pattern = "/" + "".join(pieces) * times
        assert matches(pattern, pattern.replace("*", ""))
