"""Proves of most pages, from the few sentences that hold a term at all, that no sentence of theirs ties anything.

Of the others it says which sentences those are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from collector.document.figures import may_hold_bare_age
from collector.lists.given_names import given_names
from collector.lists.lexicon import lexicons
from collector.lists.page_triggers import Seen
from collector.lists.phrases import Phrases
from collector.rules.content.sentence import judge, sentence_of

MAX_TEXT = 200_000  # characters that are judged
MAX_SENTENCE = 600  # characters
MAX_JUDGED = 48  # sentences; a text with more of them is worth reading as a whole
_WORD = re.compile(r"\w+")
_BARE_AGE = re.compile(r"[,(](?=\s?1?\d[,)])")  # the second of `(5,6)` begins with what ends the first
# White space after the end of a sentence, or line breaks. A set first: `re` then skips what is no space.
_END = re.compile(r"\s(?:(?<=[.!?\u2026;]\s)\s*|(?<=\n)\n*)")
_STOPS = (". ", "? ", "! ", "; ", "\u2026 ")


def sentences(text: str) -> Iterator[str]:
    """The text in sentences; those of more than 600 characters in pieces of that length."""
    for sentence in _END.split(text):
        for start in range(0, len(sentence), MAX_SENTENCE):
            yield sentence[start : start + MAX_SENTENCE]


def holds_bare_age(raw: str) -> bool:
    """Whether a number below 20 stands between a comma or bracket and another, as an age after a name does."""
    return _BARE_AGE.search(raw) is not None


Mark = tuple[int, str]


def marks_of(text: str, seen: Seen) -> list[Mark] | None:
    """(place, language) of all that a sentence can tie to anybody, in order; None where that cannot be told.

    `seen` is of `text` or of a text that begins with it. A sentence without a mark ties nothing, if it is not so long
    that it is read in pieces, which may end in the middle of a word.
    """
    if seen.sightings is None:
        return None
    marks = [(place, code) for place, code in seen.terms() if place < len(text)]
    if may_hold_bare_age(seen.figures):
        any_language = next(iter(lexicons().languages))  # an age after a name is one in all
        marks += [(match.start(), any_language) for match in _BARE_AGE.finditer(text)]
    return sorted(marks)


def none_tied(text: str, marks: Sequence[Mark]) -> bool:
    """Whether it is certain that no sentence ties a category to anybody, in whatever language. False: nobody knows.

    Every sentence that may hold a term is judged in the language of the term and as if the one before had named a
    person: what ties nothing so ties nothing at all.
    """
    lines = text.split("\n")
    if not all(_short_sentences(line) for line in lines if len(line) > MAX_SENTENCE):
        return False
    return not marks or not _any_tied(lines, marks)


def marked_sentences(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, bool]]:
    """The text in `sentences`, and whether each may tie something: one of `marks` is in it, or it was too long."""
    places = [place for place, _ in marks]
    start = first = 0
    for match in (*_END.finditer(text), None):
        end, behind = match.span() if match else (len(text), len(text))
        later = bisect_left(places, behind, lo=first)
        if end - start <= MAX_SENTENCE:
            yield text[start:end], later > first
        else:
            for at in range(start, end, MAX_SENTENCE):
                yield text[at : min(at + MAX_SENTENCE, end)], True
        start, first = behind, later


def _any_tied(lines: list[str], marks: Sequence[Mark]) -> bool:
    """Whether a sentence with a mark may tie something; `marks`: (place, language), in order."""
    places = [place for place, _ in marks]
    judged, start = 0, 0
    for line in lines:
        end = start + len(line)
        here = marks[bisect_left(places, start) : bisect_left(places, end)]
        if here:
            at = start
            for piece in _pieces(line):
                codes = tuple(dict.fromkeys(code for place, code in here if at <= place < at + len(piece)))
                if codes:
                    judged += 1
                    if judged > MAX_JUDGED or _may_tie(piece, codes):
                        return True
                at += len(piece)
        start = end + 1
    return False


def _pieces(line: str) -> Iterator[str]:
    """The sentences of a line, each with the white space after it."""
    start = 0
    for match in _END.finditer(line):
        yield line[start : match.end()]
        start = match.end()
    yield line[start:]


@lru_cache(maxsize=16)
def _subjects(code: str) -> Phrases:
    """Everything but a name that a term can be tied to in the language, as `judge` asks for it."""
    language = lexicons().languages[code]
    ages = (lexicon.terms.get(code) for lexicon in lexicons().categories if lexicon.kind == "age")
    known = (language.own_has, language.own_is, language.my, language.kin, *(terms for terms in ages if terms))
    return Phrases((*(" ".join(words) for phrases in known for words in phrases), *language.pronoun))


def _holds_subject(raw: str, codes: tuple[str, ...]) -> bool:
    """Whether the sentence says or may name whom a term could be tied to: most do not, and need not be judged."""
    written = _WORD.findall(raw)
    words = [word.lower() for word in written]
    if any(_subjects(code).spans(words) for code in codes):
        return True
    given = given_names()
    return any(word in given and whole[0].isupper() for word, whole in zip(words, written, strict=True))


def _may_tie(raw: str, codes: tuple[str, ...]) -> bool:
    if not _holds_subject(raw, codes):
        return False
    sentence = replace(sentence_of(raw, ""), named_before=True)
    return next(judge(sentence, codes), None) is not None


def _short_sentences(line: str) -> bool:
    """Whether no sentence of the line is so long that it is cut in pieces."""
    at = 0
    while len(line) - at > MAX_SENTENCE:
        found = max(line.rfind(stop, at, at + MAX_SENTENCE) for stop in _STOPS)
        if found < 0:
            return False
        at = found + 2
    return True
