from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.signals.excerpt import excerpt


def test_controls_and_direction_marks_cannot_reach_a_terminal():
    assert excerpt(b"/a\x1b[31m\xff") == "/a\\x1b[31m\\xff"
    assert excerpt("a\u202eb\u2028c") == "a\\x202eb\\x2028c"


def test_cut_with_a_mark():
    assert excerpt("x" * 600) == "x" * 512
    assert excerpt("\x00" * 600, 10) == "\\x00\\x00\\…"


@given(st.binary(max_size=300) | st.text(max_size=300), st.integers(8, 64))
def test_bounded_and_printable(raw, limit):
    shown = excerpt(raw, limit)
    assert len(shown) <= limit
    assert not any(ord(c) < 32 for c in shown)
    shown.encode("utf-8")
