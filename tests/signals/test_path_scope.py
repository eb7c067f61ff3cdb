"""Lines with a path: which speak for a target (RFC 9309 §2.2.2, §2.2.3; AIPREF attach-05)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.signals.path_pattern import MAX_PATTERN, MAX_WILDCARDS
from collector.signals.path_scope import covers, longest, over_limits, split_path
from collector.signals.percent import normalise_target


@pytest.mark.parametrize(
    ("octets", "path", "rest"),
    [
        (b"train-ai=n", b"", b"train-ai=n"),
        (b"/a train-ai=n", b"/a", b"train-ai=n"),
        (b"/a\ttrain-ai=n", b"/a", b"train-ai=n"),
        (b"/a \t  train-ai=n, search=y", b"/a", b"train-ai=n, search=y"),
        (b"/a", b"/a", b""),
        (b"*.pdf train-ai=n", b"", b"*.pdf train-ai=n"),
        (b"", b"", b""),
    ],
)
def test_the_path_ends_at_the_first_blank(octets, path, rest):
    assert split_path(octets) == (path, rest)


@pytest.mark.parametrize(
    ("path", "target", "octets"),
    [
        (b"", "/anything", 0),
        (b"/", "/anything", 1),
        (b"/any", "/anything", 4),
        (b"/Any", "/anything", None),
        (b"/*.pdf$", "/d/a.pdf", 7),
        (b"/*.pdf$", "/d/a.pdf?x", None),
        (b"/caf\xe9/", "/caf%E9/x", 8),
        (b"/%7ejoe", "/~joe/", 5),
        (b"/a%2Fb", "/a/b", None),
    ],
)
def test_covers_by_octets_after_normalising(path, target, octets):
    assert covers(path, normalise_target(target)) == octets


def test_longest_keeps_all_of_equal_length():
    lines = [(b"", "any"), (b"/a", "one"), (b"/*", "glob"), (b"/%61", "same"), (b"/ab", "other")]
    assert longest(lines, b"/a/x") == (2, ["one", "glob", "same"])
    assert longest([(b"/b", "b")], b"/a") == (-1, [])


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (b"/" + b"a" * MAX_PATTERN, "/" + "a" * (MAX_PATTERN - 1)),
        (b"/" + b"*a" * (MAX_WILDCARDS + 1) + b"z", "/" + "a" * MAX_WILDCARDS),
        (b"/" + b"\xe9" * 700, "/" + "%E9" * 682),
    ],
)
def test_over_the_limits_a_pattern_covers_more_and_says_so(path, target):
    assert over_limits(path)
    assert covers(path, normalise_target(target)) is not None


@pytest.mark.parametrize("path", [b"/" + b"a" * 2_000, b"/" + b"*a" * (MAX_WILDCARDS - 1), b"/" + b"\xe9" * 600, b""])
def test_within_the_limits_it_is_not_cut(path):
    assert not over_limits(path)


@given(st.binary(max_size=80), st.text(max_size=40))
def test_never_raises(path, target):
    octets = covers(path, normalise_target(target))
    assert octets is None or 0 <= octets <= 3 * len(path)
