"""Issue 6, Engine: hyperscan, RE2 and `re` give the same spans; windows hide nothing that a whole scan finds."""

from __future__ import annotations

import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.minimise.engine.context import Context
from collector.minimise.engine.prefilter import ENGINES, prefilter_of
from collector.minimise.engine.span import KINDS
from collector.minimise.replacing import recognize as module
from collector.minimise.replacing.recognize import RECOGNIZERS, recognize
from tests.minimise.recognizers.labelled import SENTENCES, read

ALL = frozenset(KINDS)
CONTEXT = Context(("DE", "GB", "US"))
TEXTS = [read(sentence)[0] for _, sentence in SENTENCES]
PIECES = st.sampled_from(
    [
        *TEXTS,
        *(word for text in TEXTS for word in text.split()),
        *"  \n\n.,;:@()[]+-/0123456789aAé?",
        "\u200b", "＠", "５", " at ", " dot ", "born ", "SSN ", "Tel. ", "&#64;", "сайт", "точка", "身份证",
    ]
)  # fmt: skip
MIXED = st.lists(PIECES, max_size=14).map("".join)


class Whole:
    """Every recognizer looks at everything: what the windows are compared with."""

    def windows(self, text):
        return [[(0, len(text))] for _ in RECOGNIZERS]


PREFILTERS = {name: prefilter_of(RECOGNIZERS, name) for name in ENGINES}


def spans(prefilter, text):
    usual = module._prefilter
    module._prefilter = lambda: prefilter
    try:
        return [(s.start, s.end, s.kind, s.rule, s.value) for s in recognize(text, CONTEXT, ALL)]
    finally:
        module._prefilter = usual


@pytest.mark.parametrize("text", [*TEXTS, "\n".join(TEXTS), " ".join(TEXTS)], ids=range(len(TEXTS) + 2))
def test_all_engines_and_no_engine_agree(text):
    expected = spans(Whole(), text)
    assert {name: spans(prefilter, text) for name, prefilter in PREFILTERS.items()} == dict.fromkeys(ENGINES, expected)


@settings(max_examples=150, deadline=None)
@given(MIXED)
def test_windows_hide_nothing(text):
    expected = spans(Whole(), text)
    for prefilter in PREFILTERS.values():
        assert spans(prefilter, text) == expected


def test_without_hyperscan_the_next_engine_serves(monkeypatch):
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    text = "jane@mail.example.org"
    windows = prefilter_of(RECOGNIZERS).windows(text)
    assert sum(map(len, windows)) > 0
    assert type(prefilter_of(RECOGNIZERS)).__name__ == "OneByOne"


def test_an_engine_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="pcre"):
        prefilter_of(RECOGNIZERS, "pcre")


@settings(deadline=None)
@given(st.text(max_size=400))
def test_windows_are_sorted_disjoint_and_inside(text):
    for windows in PREFILTERS["hyperscan"].windows(text):
        position = -1
        for start, end in windows:
            assert position < start < end <= len(text)
            position = end


def test_threads_scan_at_once():
    """One scratch space for each thread: hyperscan refuses to share one."""
    text = "\n".join(TEXTS) * 3
    expected = recognize(text, CONTEXT, ALL)
    answers: list[object] = []

    def scan():
        answers.extend(recognize(text, CONTEXT, ALL) == expected for _ in range(3))

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 12


def test_spans_do_not_depend_on_what_was_scanned_before():
    """Remembered judgements of validators are the same as fresh ones."""
    forwards = [recognize(text, CONTEXT, ALL) for text in TEXTS]
    assert [recognize(text, CONTEXT, ALL) for text in reversed(TEXTS)] == forwards[::-1]
