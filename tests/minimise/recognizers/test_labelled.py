"""personal-data §1.1, §5.1: every kind in seven languages, found whole, and nothing else."""

from __future__ import annotations

import pytest

from collector.minimise.engine.context import context_of
from collector.minimise.engine.span import KINDS, OPTIONAL
from collector.minimise.replacing.recognize import RECOGNIZERS, recognize
from tests.minimise.recognizers.labelled import SENTENCES, read

ON = frozenset(KINDS) - OPTIONAL


@pytest.mark.parametrize(("language", "sentence"), SENTENCES, ids=lambda value: value[:40])
def test_what_is_labelled_is_found_and_nothing_else(language, sentence):
    text, expected = read(sentence)
    found = [(span.kind, text[span.start : span.end]) for span in recognize(text, context_of(None, language), ON)]
    assert found == expected


def test_every_kind_that_is_on_has_a_sentence():
    labelled = {kind for _, sentence in SENTENCES for kind, _ in read(sentence)[1]}
    assert {recognizer.kind for recognizer in RECOGNIZERS} - OPTIONAL - {"secret"} == labelled
