"""Judges one sentence: does it tie a special category to its writer, to somebody close, or to a person it names?

Written by hand: no library judges linkage in seven languages without a model, and a model would have to be
shipped. The grammar is small and stands in blocklists/lexicons, where people can correct it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.lists.lexicon import Language, Lexicon, lexicons
from collector.lists.phrases import Phrases
from collector.rules.content.named import names_in, words_in

_GAP_HAS, _GAP_IS, _GAP_MY = 9, 5, 2  # words between link and term
_GAP_AFTER = 5  # words between term and a link that follows it
_GAP_SUBJECT = 14  # words between a named person and the term
_GAP_AGE = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, read."""

    words: tuple[str, ...]
    names: tuple[tuple[int, int], ...]
    ages: tuple[int, ...]  # places of a bare age after a name: `Jane Doe, 14,`
    named_before: bool  # the sentence before names a person


def sentence_of(raw: str, before: str) -> Sentence:
    """`raw` as it is judged, after the sentence `before`."""
    words = words_in(raw)
    names = tuple(names_in(raw, words))
    named_before = not names and bool(names_in(before, words_in(before)))
    ages = []
    for _, end in names:
        if end < len(words) and raw[words[end - 1].end : words[end].start].strip() in (",", "("):
            number, following = words[end].text, raw[words[end].end : words[end].end + 1]
            if number.isdecimal() and 0 < int(number[:3]) < 18 and following in (",", ")"):
                ages.append(end)
    return Sentence(tuple(word.text for word in words), names, tuple(ages), named_before)


def judge(sentence: Sentence, codes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(category, `own` or `named`), each category once per sentence."""
    known = lexicons()
    for lexicon in known.categories:
        for code in codes:
            whose = ""
            if lexicon.kind == "age":
                whose = _age(sentence, lexicon, known.languages[code])
            elif terms := lexicon.terms.get(code):
                whose = _tied(sentence, lexicon, terms, known.languages[code])
            if whose:
                yield lexicon.category, whose
                break


def _tied(sentence: Sentence, lexicon: Lexicon, terms: Phrases, language: Language) -> str:
    words = sentence.words
    spans = _apart(terms.spans(words), sentence.names)
    if not spans:
        return ""
    state = lexicon.kind == "state"
    breaks = frozenset(start for start, _ in language.breaks.spans(words))
    own = language.own_has if state else language.own_is
    link = language.has if state else language.is_
    named = False
    for first, last in spans:
        if last < len(words) and language.after.at(words, last):
            continue
        if _own(words, own, breaks, first, last, state=state):
            return "own"
        if state and _mine(words, language.my, breaks, first):
            return "own"
        if _said_of(words, language.kin.spans(words), link, breaks, first, last, state=state):
            return "own"
        named = named or _said_of(words, _subjects(sentence, language), link, breaks, first, last, state=state)
    return "named" if named else ""


def _apart(spans: Sequence[tuple[int, int]], names: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that no name covers, and none that lies inside the one before."""
    kept: list[tuple[int, int]] = []
    for first, last in spans:
        if any(start < last and first < end for start, end in names) or (kept and last <= kept[-1][1]):
            continue
        kept.append((first, last))
    return kept


def _subjects(sentence: Sentence, language: Language) -> list[tuple[int, int]]:
    subjects = list(sentence.names)
    if sentence.named_before or sentence.names:
        subjects += [(place, place + 1) for place, word in enumerate(sentence.words) if word in language.pronoun]
    return subjects


def _free(breaks: frozenset[int], start: int, end: int) -> bool:
    return not any(place in breaks for place in range(start, end))


def _own(words: Sequence[str], links: Phrases, breaks: frozenset[int], first: int, last: int, *, state: bool) -> bool:
    gap = _GAP_HAS if state else _GAP_IS
    for start, end in links.spans(words):
        if start and start - 1 in breaks:
            continue
        if 0 <= first - end <= gap and _free(breaks, end, first):
            return True
        if state and 0 <= start - last <= 1 and _free(breaks, last, start):
            return True
    return False


def _mine(words: Sequence[str], mine: Phrases, breaks: frozenset[int], first: int) -> bool:
    return any(0 <= first - end <= _GAP_MY and _free(breaks, end, first) for _, end in mine.spans(words))


def _said_of(
    words: Sequence[str],
    subjects: Sequence[tuple[int, int]],
    links: Phrases,
    breaks: frozenset[int],
    first: int,
    last: int,
    *,
    state: bool,
) -> bool:
    if not subjects:
        return False
    spans = links.spans(words)
    for _, end in subjects:
        if not 0 <= first - end <= _GAP_SUBJECT or not _free(breaks, end, first):
            continue
        if state and end < len(words) and words[end] == "s" and first - end <= 2:
            return True
        between = any(end <= start and stop <= first for start, stop in spans)
        follows = any(0 <= start - last <= _GAP_AFTER and _free(breaks, last, start) for start, _ in spans)
        if between or (state and follows):
            return True
    return False


def _age(sentence: Sentence, lexicon: Lexicon, language: Language) -> str:
    words = sentence.words
    own = lexicon.terms.get(language.code)
    if own and own.spans(words):
        return "own"
    named = lexicon.named.get(language.code)
    spans = named.spans(words) if named else []
    for group, whose in ((language.kin.spans(words), "own"), (sentence.names, "named")):
        for start, end in group:
            if any(0 <= first - end <= _GAP_AGE or 0 <= start - last <= 2 for first, last in spans):
                return whose
    return "named" if sentence.ages else ""
