"""Rule `adult_signals`: pages for adults, told by what they declare and by two marks that agree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.document.facts import PageFacts
from collector.lists.cues import cues
from collector.lists.page_triggers import Seen, seen_on
from collector.model.decision import Finding
from collector.model.url import Url
from collector.rules.content.marks import denied, flagged, guarded, passed
from collector.rules.facts import ContentFacts
from collector.signals.declared_types import DeclaredTypes, read_declared_types

RULE = "adult_signals"
CATEGORY = "adult.pornography"
_ADULT_AGE = 18
_RATINGS = re.compile(r"\b(?:adults? only|adult|x-?rated|nc-?17|pegi ?18|usk ?18|fsk ?18|ao)\b|\b18\s?\+|^18$")
_NOTICE = re.compile(r"\b18\s{0,2}u\.?\s?s\.?\s?c\.?\s{0,2}(?:§{1,2}\s?|sections?\s)?2257\b"
                     r"|\b2257\s(?:record|compliance|statement|notice|exempt)", re.IGNORECASE)  # fmt: skip
_GATE_MARKS = frozenset(
    """age-gate agegate age_gate age-verification ageverification age_verification age-verify ageverify age-check
    agecheck age-warning adult-warning adultwarning over18 over-18 disclaimer18 warning-18 age-modal agemodal""".split()
)
_GATE_SOURCES = ("agechecked.", "ageverify", "verifymy.io", "verifymyage.", "yoti.com", "avsecure.", "veratad.",
                 "agego.com", "go.cam/", "age-verification")  # fmt: skip
_PICS = re.compile(r"\b(?:nz|sz|ln|n|s)\s+[2-4]\b|\bxxx\b|\bnudity\b|\bsex\b", re.IGNORECASE)
_HOST_WORDS = frozenset(
    """porn porno porn0 xxx sex sexy adult milf hentai nude nudes camgirls cams escort escorts erotik erotic tits
    bdsm fetish webcamsex sexcam sexcams""".split()
)
_ADULT_TLDS = frozenset(("xxx", "porn", "adult", "sex", "cam", "sexy"))
_PARTS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.adult_signals]`."""

    words: int = 3  # distinct phrases of pornography in the text that count as one mark
    family_friendly: bool = True  # `isFamilyFriendly: false` refuses the page


def adult_signals(facts: ContentFacts, settings: Settings) -> Finding:
    """Does the page declare in schema.org that it is for adults, or show two marks of pornography at once?

    `isFamilyFriendly: false`, an audience from 18 on and a content rating for adults refuse the page. Of a 2257
    notice (18 U.S.C. 2257), an age gate and the vocabulary of pornography any two refuse it; one alone, a PICS
    label and words in the host's name only flag it: museums warn, wine merchants ask for the age, and
    middlesexbank.example is a bank. A guarded source (sex education, medical authorities) is flagged, not refused.
    """
    page = facts.page
    declared = _declared(page.once(read_declared_types), settings)
    if declared:
        return denied(RULE, f"the page declares that it is for adults: {declared}", (declared,))
    seen = seen_on(page)
    marks = tuple(mark for mark in (_notice(page), _gate(page, seen), _vocabulary(page, seen, settings)) if mark)
    if len(marks) >= 2:
        named = " and ".join(marks)
        if guarded(facts.url, CATEGORY):
            return flagged(RULE, f"{named}, but the source is guarded", CATEGORY, marks)
        return denied(RULE, f"two marks of content for adults: {named}", marks)
    weak = tuple(mark for mark in (*marks, _pics(page), _host(facts.url)) if mark)
    if weak:
        return flagged(RULE, f"only a weak mark of content for adults: {', '.join(weak)}", CATEGORY, weak)
    return passed(RULE, "no mark of content for adults")


def _declared(declared: DeclaredTypes, settings: Settings) -> str:
    if settings.family_friendly and declared.family_friendly is False:
        return "isFamilyFriendly is false"
    if declared.min_age is not None and declared.min_age >= _ADULT_AGE:
        return f"an audience from {declared.min_age} years on"
    rating = _RATINGS.search(declared.rating)
    return f"contentRating {rating[0]}" if rating else ""


def _notice(page: PageFacts) -> str:
    text = page.read_text
    return "a 2257 notice" if "2257" in text and _NOTICE.search(text) else ""


def _gate(page: PageFacts, seen: Seen) -> str:
    mark = next(iter(sorted(_GATE_MARKS & page.element_ids)), "")
    if mark:
        return f"an age gate ({mark})"
    sources = [source.lower() for source in (*page.script_sources, *page.iframe_sources)]
    if any(part in source for source in sources for part in _GATE_SOURCES):
        return "an age gate (script)"
    if not seen.may_hold("age-gate"):
        return ""
    return "an age gate (text)" if cues()["age-gate"].found(page.words) else ""


def _vocabulary(page: PageFacts, seen: Seen, settings: Settings) -> str:
    if not seen.may_hold("adult", settings.words):
        return ""
    found = len(cues()["adult"].found(page.words))
    return f"{found} phrases of pornography" if found >= max(settings.words, 1) else ""


def _pics(page: PageFacts) -> str:
    said = (meta.content for meta in page.metas if "pics-label" in (meta.http_equiv, meta.name))
    return "a PICS label" if any(_PICS.search(content[:4_096]) for content in said) else ""


def _host(url: Url) -> str:
    labels = url.host.split(".")
    if labels[-1] in _ADULT_TLDS:
        return "the top-level domain"
    parts = {part for label in labels[:-1] for part in _PARTS.split(label)}
    return "a word in the host's name" if parts & _HOST_WORDS else ""
