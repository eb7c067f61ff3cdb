"""What gate 4 may know of a page: values taken from one parse, whatever the media type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from collector.document.words import words_of
from collector.model.page import Language

Worked = TypeVar("Worked")


@dataclass(frozen=True, slots=True)
class Meta:
    """One `<meta>` that counts: not inside `<template>`, a comment or a `<noscript>` in the body."""

    name: str = ""  # lower case
    http_equiv: str = ""  # lower case
    property: str = ""  # lower case
    content: str = ""
    in_head: bool = True
    itemprop: str = ""  # lower case, microdata


@dataclass(frozen=True, slots=True)
class Form:
    """A form, by what it asks for."""

    action: str
    has_password: bool
    text_inputs: int


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One parsed body. Sequences keep document order. Raw: memory only, never logged."""

    media_type: str  # sniffed
    charset: str | None = None
    status: int = 200
    title: str = ""
    metas: tuple[Meta, ...] = ()
    link_rels: tuple[tuple[str, str, str], ...] = ()  # (rel lower case, type lower case, href)
    json_ld: tuple[str, ...] = ()  # script bodies, at most 64 KiB each
    script_sources: tuple[str, ...] = ()
    iframe_sources: tuple[str, ...] = ()
    element_ids: frozenset[str] = frozenset()  # ids and classes seen, lower case, at most 5,000
    forms: tuple[Form, ...] = ()
    inline_rsl: tuple[str, ...] = ()  # bodies of <script type="application/rsl+xml">
    microdata_types: tuple[str, ...] = ()
    text_sample: str = ""  # first 10,000 characters of visible text
    text: str = ""  # the first 200,000 characters of it, for what has to see more than a sample
    text_length: int = 0  # visible text, in characters
    language: Language | None = None
    html_lang: str = ""
    _worked: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def read_text(self) -> str:
        """What rules read: the long text, or the sample where somebody gave no more."""
        return self.text or self.text_sample

    @property
    def words(self) -> list[str]:
        """The words of `read_text`, divided once for all who ask. Not to be changed."""
        return self.once(_words)

    def once(self, work: Callable[[PageFacts], Worked]) -> Worked:
        """`work` of this page, done by the first who asks. It must depend on the page alone."""
        if work not in self._worked:
            self._worked[work] = work(self)
        return cast("Worked", self._worked[work])

    def __repr__(self) -> str:
        return f"PageFacts({self.media_type}, {self.text_length} characters)"


def _words(page: PageFacts) -> list[str]:
    return words_of(page.read_text)
