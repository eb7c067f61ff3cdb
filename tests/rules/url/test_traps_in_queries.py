"""Queries that grow by themselves: a link that adds its own parameter each time it is followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rules.url.traps import repeated_parameter


@pytest.mark.parametrize(
    ("query", "times"),
    [("", 0), ("a=1", 1), ("a=1&a=2&a=3", 1), ("a=1&b=2&a=1&b=2&a=1", 3), ("&&&", 0), ("x&x", 2)],
)
def test_the_same_parameter_with_the_same_value(query, times):
    """A list (`id=1&id=2`) is none."""
    assert repeated_parameter(query) == times


@given(st.text(alphabet="ab=&", max_size=200))
def test_any_query(query):
    assert 0 <= repeated_parameter(query) <= query.count("&") + 1
