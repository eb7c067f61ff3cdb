"""The second scan looks around replacements only, and says what a scan of everything would (personal-data §3.6)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.minimise import rescan
from collector.minimise.engine.context import NO_CONTEXT
from collector.minimise.names import attributions
from collector.minimise.replacing.plan import STRICT
from collector.minimise.replacing.redact import Redactor
from collector.minimise.text import named_spans

_LINES = (
    "Written by Jane Doe", "Best regards,", "Jane", "Jane Doe", "--", "", "> ", "By", "Bo Qvist, Ann Lee, Jane Doe",
    "write to jane.doe@mail.example.org", "a bo and an ann stood by the lake", "ann", "Thanks to Bo Qvist for it.",
    "Ann Lee <ann@mail.example.org>", "and nothing else, on a line that is longer than most of the others " * 3,
    "- Fixed the margin. (Bo Qvist, closes #12)", "On Monday Jane Doe wrote:", "Call +49 30 901820 now", "Marta Maier",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_LINES), min_size=1, max_size=40))
def test_what_is_near_a_replacement_says_what_the_whole_would_say(lines: list[str]) -> None:
    text = "\n".join(lines)
    redactor = Redactor(STRICT, NO_CONTEXT)
    spans = named_spans(text, redactor)
    written = {index: redactor.replacement(span.kind, span.value) for index, span in enumerate(spans)}
    minimised, clean = rescan.after(text, spans, written, redactor)
    if clean:
        assert not named_spans(minimised, Redactor(STRICT, NO_CONTEXT))


def test_a_word_that_stood_small_in_what_was_replaced_is_a_name_now() -> None:
    text = "jane@mail.example.org asked\n" + "nothing is said in this line\n" * 60 + "Jane Qwertz\n"
    redactor = Redactor(STRICT, NO_CONTEXT)
    spans = [span for span in redactor.spans(text) if span.kind == "email"]
    assert [text[span.start : span.end] for span in spans] == ["jane@mail.example.org"]
    assert next(attributions.find(text), None) is None
    _, clean = rescan.after(text, spans, {0: "[[EMAIL_1]]"}, redactor)
    assert not clean


def test_far_from_a_replacement_lines_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "write to info@mail.example.org\n" + "The Quick Fox went to the Lazy Dog in this line\n" * 500
    redactor = Redactor(STRICT, NO_CONTEXT)
    spans = redactor.spans(text)
    read: list[int] = []
    find = rescan.bylines.find
    monkeypatch.setattr(rescan.bylines, "find", lambda part, words=None: read.append(len(part)) or find(part, words))
    _, clean = rescan.after(text, spans, {0: "[[EMAIL_1]]"}, redactor)
    assert clean
    assert sum(read) < len(text) / 20
