"""Every parser of collector/signals has a fuzz target; each survives what a quick generator makes, in linear time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.document_targets import DOCUMENT_TARGETS
from tests.fuzz.minimise_targets import MINIMISE_TARGETS
from tests.fuzz.recognition_targets import RECOGNITION_TARGETS
from tests.fuzz.targets import REACHED_THROUGH, TARGETS, WORDS
from tests.support.growth import assert_linear

COLLECTOR = Path(__file__).parents[2] / "collector"
SIGNALS = COLLECTOR / "signals"
# Of targets that read or minimise the same document several times: the fuzzer goes on from here (`make fuzz`).
EXAMPLES = {
    **dict.fromkeys(MINIMISE_TARGETS, 25),
    **dict.fromkeys(RECOGNITION_TARGETS, 30),
    **dict.fromkeys(DOCUMENT_TARGETS, 15),
}
# Models of others, another extractor, what rules ask of a page's facts; and what is done once, at import.
NOT_FUZZED = {"name_models", "language", "fast_text", "facts", "figures", "recognizer"}
SIZE = 40_000  # octets; twice as many are asked beside it
MANY = [(name, word) for name in TARGETS for word in WORDS[name]]


def test_every_parser_has_a_target():
    """A new module under collector/signals is fuzzed from the day it is there."""
    modules = {path.stem for path in SIGNALS.glob("*.py")} - {"__init__"}
    assert modules <= set(TARGETS) | set(REACHED_THROUGH)
    assert set(REACHED_THROUGH.values()) <= set(TARGETS)
    assert set(WORDS) == set(TARGETS)


@pytest.mark.slow
def test_every_module_that_reads_or_minimises_is_reached_by_a_target():
    """Some function of each is called for the words of some target."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for name in EXAMPLES:
            for between in (b"", b" ", b"\n"):
                TARGETS[name](between.join(WORDS[name]))
    finally:
        sys.setprofile(before)
    modules = [path for part in ("minimise", "document") for path in (COLLECTOR / part).rglob("*.py")]
    working = {path for path in modules if b"\ndef " in path.read_bytes()}
    assert {path.stem for path in working if str(path) not in called} <= NOT_FUZZED


@pytest.mark.parametrize("name", TARGETS)
def test_no_exception_escapes(name):
    """Words of the format, cut, repeated and mixed with any octets."""
    piece = st.sampled_from(WORDS[name]) | st.binary(max_size=6)
    octets = st.lists(st.tuples(piece, st.integers(1, 3)), max_size=24).map(
        lambda pieces: b"".join(octets * times for octets, times in pieces)
    )

    @settings(max_examples=EXAMPLES.get(name, 60), deadline=None, derandomize=name in EXAMPLES)
    @given(octets)
    def check(given_octets: bytes) -> None:
        TARGETS[name](given_octets)

    check()


def fresh(target: Callable[[bytes], object]) -> Callable[[bytes], object]:
    """With another comment-like tail each time, so that no memory of an earlier answer hides the work."""
    calls = iter(range(10**6))
    return lambda octets: target(octets + b"%d" % next(calls))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "word"), MANY, ids=[f"{name}-{word[:12]!r}" for name, word in MANY])
def test_time_is_linear_in_what_is_repeated(name, word):
    """One word of the format, again and again: in a row, behind the words that open a file, and each with a number."""
    target = fresh(TARGETS[name])
    for head in (b"", *WORDS[name][:2]):
        assert_linear(target, lambda size, head=head: head + word * (size // len(word)), SIZE)
    assert_linear(target, lambda size: b"".join(b"%s%d" % (word, n) for n in range(size // (len(word) + 4))), SIZE)
