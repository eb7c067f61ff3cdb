"""The phrases of the lexicons and of the cues that may stand on a page: looked for once, for all rules together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from collector.document.facts import PageFacts
from collector.document.figures import figures_of
from collector.lists.cues import cues
from collector.lists.lexicon import lexicons
from collector.lists.triggers import Sighting, Triggers

_CUE, _TERM = "cue ", "term "


@dataclass(frozen=True, slots=True)
class Seen:
    """What may stand on a page. `sightings` is None where nobody can tell: then anything may."""

    sightings: tuple[Sighting, ...] | None
    figures: bytes  # the text without its letters

    def may_hold(self, cue: str, phrases: int = 1) -> bool:
        """Whether so many distinct phrases of a kind of page may stand there."""
        if self.sightings is None:
            return True
        return sum(1 for one in self.sightings if one.label == _CUE + cue) >= phrases

    def terms(self) -> Iterator[tuple[int, str]]:
        """(place, language) of every term of a lexicon that may stand there."""
        for one in self.sightings or ():
            if one.label.startswith(_TERM):
                code = one.label.removeprefix(_TERM)
                yield from ((place, code) for place in one.places)


@lru_cache(maxsize=1)
def page_triggers() -> Triggers:
    """Of everything that travels with the program."""
    return Triggers(labelled(), frequent_words())


def frequent_words() -> frozenset[str]:
    """Frequent words of all the languages."""
    return frozenset[str]().union(*(language.stop for language in lexicons().languages.values()))


def labelled() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every phrase of every cue and lexicon, with what it is a phrase of."""
    for one in cues().values():
        for phrases in one.by_first.values():
            yield from ((_CUE + one.id, phrase) for phrase in phrases)
    for lexicon in lexicons().categories:
        for terms in (lexicon.terms, lexicon.named):
            for code, known in terms.items():
                yield from ((_TERM + code, phrase) for phrase in known)


def look_at(text: str) -> Seen:
    """What may stand in a text."""
    return Seen(page_triggers().look(text), figures_of(text))


def seen_on(page: PageFacts) -> Seen:
    """What may stand in the text of a page, looked for by the first rule that asks."""
    return page.once(_seen)


def _seen(page: PageFacts) -> Seen:
    return look_at(page.read_text)
