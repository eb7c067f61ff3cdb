"""Proves of most pages, from the few sentences that hold a term at all, that no sentence of theirs ties anything."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
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
_BARE_AGE = re.compile(r"[,(]\s?1?\d[,)]")
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


def none_tied(text: str, seen: Seen) -> bool:
    """Whether it is certain that no sentence ties a category to anybody, in whatever language. False: nobody knows.

    `seen` is of `text` or of a text that begins with it. Every sentence that may hold a term is judged in the
    language of the term and as if the one before had named a person: what ties nothing so ties nothing at all.
    """
    if seen.sightings is None:
        return False
    any_language = next(iter(lexicons().languages))  # an age after a name is one in all
    marks = [(place, code) for place, code in seen.terms() if place < len(text)]
    if may_hold_bare_age(seen.figures):
        marks += [(match.start(), any_language) for match in _BARE_AGE.finditer(text)]
    lines = text.split("\n")
    if not all(_short_sentences(line) for line in lines if len(line) > MAX_SENTENCE):
        return False
    return not marks or not _any_tied(lines, sorted(marks))


def _any_tied(lines: list[str], marks: list[tuple[int, str]]) -> bool:
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
    """Whether no sentence of the line is so long that it is cut in pieces, which may end in the middle of a word."""
    at = 0
    while len(line) - at > MAX_SENTENCE:
        found = max(line.rfind(stop, at, at + MAX_SENTENCE) for stop in _STOPS)
        if found < 0:
            return False
        at = found + 2
    return True
