"""RFC 9562."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.identifiers import MonotonicIds, record_id, uuid7


def test_example_of_rfc_9562_appendix_a6():
    # 017F22E2-79B0-7CC3-98C4-DC0C0C07398F: ms 0x17F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
    tail = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    made = uuid7(0x017F22E279B0, (tail << 6).to_bytes(10, "big"))
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    assert record_id(made) == "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_version_variant_and_time_are_in_their_places(ms, random_bytes):
    made = uuid7(ms, random_bytes)
    assert (made.version, made.variant, made.int >> 80) == (7, "specified in RFC 4122", ms)


@pytest.mark.parametrize(("ms", "entropy"), [(-1, b"x" * 10), (2**48, b"x" * 10), (0, b"x" * 9)])
def test_what_does_not_fit_is_refused(ms, entropy):
    with pytest.raises(ValueError, match="UUIDv7"):
        uuid7(ms, entropy)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=200), st.randoms(use_true_random=False))
def test_ids_grow_whatever_the_clock_does(clock, generator):
    ticks = itertools.chain(clock, itertools.repeat(clock[-1]))
    ids = MonotonicIds(lambda: next(ticks), generator.randbytes)
    made = [ids() for _ in range(len(clock) + 5)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_full_millisecond_moves_on_to_the_next():
    ids = MonotonicIds(lambda: 5, lambda n: b"\xff" * n)
    made = [ids() for _ in range(3)]
    ids._tail = (1 << 74) - 1
    after = ids()
    assert after > made[-1]
    assert after.int >> 80 == 6
