"""Rule `personal_page`: pages mostly about persons: people search, obituaries, CVs, directories, family trees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collector.document.facts import PageFacts
from collector.document.figures import at_most_emails, at_most_phones, at_most_years
from collector.document.words import words_of
from collector.lists.cues import cues
from collector.lists.page_triggers import Seen, seen_on
from collector.model.decision import Finding
from collector.rules.content.marks import denied, flagged, passed
from collector.rules.content.named import names_in, words_in
from collector.rules.facts import ContentFacts
from collector.signals.declared_types import DeclaredTypes, read_declared_types

RULE = "personal_page"
MAX_TEXT = 60_000  # characters that are judged
_MAX_OBITUARY = 1_500  # words: a biography is longer than a notice
_EMAIL = re.compile(r"[\w.+-]@[\w-]{1,63}\.|[\w.+-]\s?[\[(]at[\])]\s?[\w-]")
_PHONE = re.compile(r"[+(0](?<![\w./-].)(?:(?<=\()0)?\d[\d ()/.\-]{6,18}\d(?![\w-])", re.DOTALL)
_YEARS = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s{0,2}(?:[-\u2013\u2014]|to|bis|à|al|do|tot)\s{0,2}(?:(?:19|20)\d\d|\w{4,8})"
)
_LIFE = re.compile(
    r"[*\u2020\u271d\u2720]\s{0,2}(?:(?:um|vor|ca\.?)\s)?(?:\d{1,2}\.\s?){0,2}(?:\w{3,9}\.?\s)?(?:1[5-9]|20)\d\d"
    r"|\b(?:b|d|born|died|née?|geb|gest|ur|zm|n|m)\.?\s{1,2}(?:\d{1,2}[. ]\s?){0,2}(?:\w{3,9}\.?\s)?(?:1[5-9]|20)\d\d\b"
    r"|\((?:1[5-9]|20)\d\d\s?[-\u2013]\s?(?:(?:1[5-9]|20)\d\d)?\s?\)",
    re.IGNORECASE,
)
# A set comes first, what it has to be before it after: `re` then skips what cannot begin a match.
_YEAR = re.compile(r"[12](?:(?<=1)[5-9]|(?<=2)0)(?=\d\d)")
_AT = re.compile(r"[@\[(](?:(?<=@)|at[\])])")  # in every match of `_EMAIL`, as a year is in every one of `_LIFE`
_FIGURE = re.compile(r"(?:about )?\d+")
COUNTED = (_EMAIL, _PHONE, _YEARS, _LIFE)


@dataclass(frozen=True, slots=True)
class Settings:
    """`[rules.personal_page]`."""

    persons: int = 8  # distinct persons of a directory, with contacts in like number
    contacts_per_thousand: float = 15.0  # e-mail addresses and telephone numbers per thousand words of a directory
    life_dates: int = 10  # dates of birth and death of a family tree
    life_dates_per_thousand: float = 20.0
    cues: int = 3  # distinct phrases of obituaries and people search


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is judged: the beginning of the page's text."""

    text: str
    page: PageFacts
    seen: Seen  # of the whole text
    path: str

    @property
    def words(self) -> Sequence[str]:
        """The words of `text`."""
        return self.page.words if len(self.text) == len(self.page.read_text) else self.page.once(_first_words)


def kind_told(reason: str) -> str:
    """The kind of page that a refusal of this rule names, without figures."""
    kind = reason.partition(": ")[2].rpartition(" (")[0]
    return _FIGURE.sub("some", kind) or "not said"


def _first_words(page: PageFacts) -> list[str]:
    return words_of(page.read_text[:MAX_TEXT])


def personal_page(facts: ContentFacts, settings: Settings) -> Finding:
    """Is the page mostly about persons: people search, an obituary, a CV, a directory, a family tree?

    CNIL: sources with a lot of personal data are left out; GDPR Art. 5(1)(c). Told by what such pages say
    (blocklists/page-cues, seven languages) together with persons, contact data and dates in density; either
    alone only flags. The finding holds a kind and counts; the event keeps no URL.
    """
    page = facts.page
    judged = _Judged(page.read_text[:MAX_TEXT], page, seen_on(page), facts.url.path)
    for kind, category, told in (
        _obituary(judged, page.once(read_declared_types), settings),
        _people_search(judged, settings),
        _cv(judged),
        *_dense(judged, settings),
    ):
        if told == "deny":
            return denied(RULE, f"mostly about persons: {kind} ({category})", (kind,))
        if told == "flag":
            return flagged(RULE, f"perhaps mostly about persons: {kind}", category, (kind,))
    return passed(RULE, "not mostly about persons")


_Told = tuple[str, str, str]
_NOTHING: _Told = ("", "", "")


def _obituary(judged: _Judged, declared: DeclaredTypes, settings: Settings) -> _Told:
    obituary = cues()["obituary"]
    here = obituary.named_by(judged.path)
    if not (declared.death_date or judged.seen.may_hold("obituary", 1 if here else settings.cues)):
        return _NOTHING
    words, text = judged.words, judged.text
    count = len(obituary.found(words))
    if not (count or declared.death_date):
        return _NOTHING
    short = len(words) <= _MAX_OBITUARY
    person = declared.death_date or _persons(text) > 0
    agree = (count >= settings.cues) + here + declared.death_date
    if person and short and (agree >= 2 or (count >= settings.cues) or (here and count)):
        return "an obituary", obituary.category, "deny"
    if agree and judged.page.title:
        return "perhaps an obituary", obituary.category, "flag"
    return _NOTHING


def _people_search(judged: _Judged, settings: Settings) -> _Told:
    search = cues()["people-search"]
    here = search.named_by(judged.path)
    if not judged.seen.may_hold("people-search", max(settings.cues - here, 1)):
        return _NOTHING
    count = len(search.found(judged.words))
    if count + here < settings.cues or not count:
        return _NOTHING
    if _contacts(judged) and _persons(judged.text):
        return "a result of people search", search.category, "deny"
    return "phrases of people search", search.category, "flag"


def _cv(judged: _Judged) -> _Told:
    if not judged.seen.may_hold("cv", 3):
        return _NOTHING
    text, cv = judged.text, cues()["cv"]
    headings = len(cv.headings(text.splitlines()))
    if headings < 3:
        return _NOTHING
    dated = sum(1 for _ in _YEARS.finditer(text))
    if headings + cv.named_by(judged.path) >= 4 and dated >= 2 and _contacts(judged):
        return "a curriculum vitae", cv.category, "deny"
    return ("headings of a curriculum vitae", cv.category, "flag") if dated >= 2 else _NOTHING


def _dense(judged: _Judged, settings: Settings) -> tuple[_Told, ...]:
    text, figures = judged.text, judged.seen.figures
    enough = at_most_emails(figures) + at_most_phones(figures) >= settings.persons
    contacts = _contacts(judged) if enough else 0
    life = _life_dates(text, settings.life_dates) if at_most_years(figures) >= settings.life_dates else 0
    if not (contacts >= settings.persons or life >= settings.life_dates):
        return ()
    words = judged.words
    many_contacts = contacts >= settings.persons and _per_thousand(contacts, words) >= settings.contacts_per_thousand
    many_dates = life >= settings.life_dates and _per_thousand(life, words) >= settings.life_dates_per_thousand
    if not (many_contacts or many_dates):
        return ()
    persons = _persons(text)
    told: list[_Told] = []
    if many_contacts and persons >= settings.persons:
        told.append((f"a directory of {_rounded(persons)} persons with contact data", "people_search", "deny"))
    elif many_contacts:
        told.append(("contact data in density", "people_search", "flag"))
    if many_dates and persons >= settings.persons:
        family = len(cues()["genealogy"].found(words)) >= settings.cues
        kind = f"{_rounded(persons)} persons with dates of life"
        told.append((f"a family tree, {kind}" if family else kind, "genealogy", "deny" if family else "flag"))
    return tuple(told)


def _per_thousand(count: int, words: Sequence[str]) -> float:
    return count * 1_000 / max(len(words), 1)


def _contacts(judged: _Judged) -> int:
    """E-mail addresses and telephone numbers."""
    emails = phones = 0
    if at_most_emails(judged.seen.figures):
        signs = [match.start() for match in _AT.finditer(judged.text)]
        emails = _count(_EMAIL, judged.text, signs, before=3, behind=70)
    if at_most_phones(judged.seen.figures):
        phones = sum(1 for _ in _PHONE.finditer(judged.text))
    return emails + phones


def _life_dates(text: str, least: int) -> int:
    """Dates of birth and death, of a text with so many years; looked for around the years, which are few."""
    starts = [match.start() for match in _YEAR.finditer(text)]
    alone = (not (text[start - 1 : start].isdecimal() or text[start + 4 : start + 5].isdecimal()) for start in starts)
    if sum(alone) < least:
        return 0
    return _count(_LIFE, text, starts, before=40, behind=24)


def _count(pattern: re.Pattern[str], text: str, places: list[int], *, before: int, behind: int) -> int:
    """How often `pattern` matches, where each match holds a place and reaches no further from it than is said."""
    windows: list[list[int]] = []
    for place in places:
        if windows and place - before <= windows[-1][1]:
            windows[-1][1] = place + behind
        else:
            windows.append([max(place - before, 0), place + behind])
    return sum(1 for start, end in windows for _ in pattern.finditer(text, start, end))


def _persons(text: str) -> int:
    """Distinct full names."""
    words = words_in(text)
    return len({tuple(word.text for word in words[start:end]) for start, end in names_in(text, words)})


def _rounded(count: int) -> str:
    """A coarse number: an exact one would be a fingerprint of the page."""
    return "more than 100" if count > 100 else f"about {max(10, round(count, -1))}"
