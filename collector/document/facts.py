"""What gate 4 may know of a page: values taken from one parse, whatever the media type."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.page import Language


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

    def __repr__(self) -> str:
        return f"PageFacts({self.media_type}, {self.text_length} characters)"
