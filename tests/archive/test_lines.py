"""Index lines of an open segment: what is committed stays, byte for byte and in order, and takes little room."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from collector.archive import lines
from collector.archive.lines import Lines

STEPS = st.lists(
    st.one_of(
        st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"") + b"\n"),
        st.sampled_from(("commit", "rollback")),
    ),
    max_size=40,
)


@given(STEPS)
def test_they_are_those_that_a_plain_list_would_hold(steps):
    """Also where some are packed, some are committed and loose, and some are taken back."""
    held, plain, safe = Lines(), [], 0
    before, lines.PACKED_AT_ONCE = lines.PACKED_AT_ONCE, 3
    try:
        for step in steps:
            if step == "commit":
                held.commit()
                safe = len(plain)
            elif step == "rollback":
                held.rollback()
                del plain[safe:]
            else:
                held.append(step)
                plain.append(step)
        assert list(held) == plain
    finally:
        lines.PACKED_AT_ONCE = before


def test_committed_lines_take_a_third_of_their_size_at_most():
    held, size = Lines(), 0
    for number in range(5_000):
        line = b'org,example)/p/%d 20261122173514 {"url": "https://example.org/p/%d", "status": "200"}\n' % (
            number,
            number,
        )
        held.append(line)
        size += len(line)
        if number % 200 == 199:
            held.commit()
    assert sum(map(sys.getsizeof, (*held._packed, *held._loose))) < size / 3
    assert sum(map(len, held)) == size
