"""Finds special categories that a sentence ties to a person; a word alone, as an encyclopaedia has it, is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from collector.document.words import words_of
from collector.lists.lexicon import lexicons
from collector.lists.page_triggers import Seen, look_at
from collector.lists.phrases import Phrases
from collector.rules.content.candidates import (
    MAX_TEXT,
    Mark,
    holds_bare_age,
    marked_sentences,
    marks_of,
    none_tied,
    sentences,
)
from collector.rules.content.sentence import judge, sentence_of


@dataclass(frozen=True, slots=True)
class Linkage:
    """How many sentences tie a category to the writer (or somebody close), and to a person who is named."""

    words: int = 0  # of the text; not counted where nothing is tied
    own: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category found, by name."""
        return tuple(sorted(self.own.keys() | self.named.keys()))


def linkage(text: str, html_lang: str = "", seen: Seen | None = None) -> Linkage:
    """Count the sentences of `text` that tie a special category or a child's age to a person. Linear time.

    `seen`: what may stand in the text, where somebody has looked already. Most pages hold a few terms that nothing
    ties to anybody, and are done when those have been looked at.
    """
    text = text[:MAX_TEXT]
    marks = marks_of(text, look_at(text) if seen is None else seen)
    if marks is not None and none_tied(text, marks):
        return Linkage()
    return whole_linkage(text, html_lang, marks)


def whole_linkage(text: str, html_lang: str, marks: Sequence[Mark] | None = None) -> Linkage:
    """`linkage` in the languages of the text: by the sentences that `marks` stand in, without them by all."""
    page = words_of(text)
    languages = guess_languages(page, html_lang)
    every = ((raw, True) for raw in sentences(text)) if marks is None else marked_sentences(text, marks)
    own: Counter[str] = Counter()
    named: Counter[str] = Counter()
    before: list[str] = []  # since the last sentence that was looked at, it included
    for raw, asked in every:
        # few sentences hold a term or a bare age: only they are looked at closely
        if asked and (words := words_of(raw)):
            if _holds_term(words, languages) or holds_bare_age(raw):
                for category, whose in judge(sentence_of(raw, _last_with_words(before)), languages):
                    (own if whose == "own" else named)[category] += 1
            before = []
        before.append(raw)
    return Linkage(len(page), dict(own), dict(named))


def _last_with_words(texts: Sequence[str]) -> str:
    return next((raw for raw in reversed(texts) if words_of(raw)), "")


def guess_languages(words: Sequence[str], html_lang: str = "") -> tuple[str, ...]:
    """The languages whose frequent words the text uses most, and the one that the page names."""
    counted = Counter(words)
    known = lexicons().languages
    votes = {code: sum(counted[word] for word in language.stop) for code, language in known.items()}
    most = max(votes.values())
    chosen = [code for code, vote in votes.items() if vote >= 0.6 * most]
    said = html_lang.partition("-")[0].lower()
    if said in known and said not in chosen:
        chosen.append(said)
    return tuple(chosen)


@lru_cache(maxsize=16)
def _terms_of(code: str) -> tuple[Phrases, ...]:
    """Every term of the language, by lexicon."""
    both = ((lexicon.terms.get(code), lexicon.named.get(code)) for lexicon in lexicons().categories)
    return tuple(phrases for pair in both for phrases in pair if phrases)


@lru_cache(maxsize=65_536)
def _begun_by(codes: tuple[str, ...], word: str) -> tuple[Phrases, ...]:
    """The terms of the languages, by lexicon, of which some begin with the word."""
    return tuple(phrases for code in codes for phrases in _terms_of(code) if phrases.may_begin((word,)))


def _holds_term(words: Sequence[str], codes: tuple[str, ...]) -> bool:
    """Whether some term of the languages stands in the sentence."""
    return any(phrases.at(words, place) for place, word in enumerate(words) for phrases in _begun_by(codes, word))
