"""Labels by which a page says itself that it is for adults: RTA, `rating`, PICS, and the German age label."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from collector.document.facts import Meta
from collector.model.headers import Headers

RTA = "rta-5042-1996-1400-1577-rta"  # Restricted To Adults, the same string on every page that uses it
AGE_LABEL = "age-de-meta-label"  # age-de.xml 3.0, meta label: `age=18 hash=… v=1.0 kind=sl protocol=all`
MAX_CONTENT = 4_096
MAX_LABELS = 64

PICS = "pics-label"  # field and http-equiv (W3C PICS 1.1); withdrawn, and still in pages
RATING_FIELDS = ("rating", PICS)

_RATINGS = frozenset(("rating", "voluntary content rating"))
_RSACI = re.compile(r"(?<![a-z~])[ns]\s{1,4}([0-9])(?![0-9])")
_SAFESURF = re.compile(r"ss~~000\s{1,4}([0-9])(?![0-9])")
_WORD = re.compile(r"[^\s,;/|\"']+")
_AGE = re.compile(r"(?:^|[\s,;])age\s*[=:]\s*([0-9]{1,3})(?![0-9])")


@dataclass(frozen=True, slots=True)
class SelfLabel:
    """One label. Either an age in years, or words of a rating."""

    meta: Meta
    rta: bool = False
    words: tuple[str, ...] = ()  # lower case
    age: int | None = None
    adult: bool = False  # a PICS label, by the scale of its service


@dataclass(frozen=True, slots=True)
class RatingField:
    """One header field that rates the answer."""

    field: str
    value: str
    rta: bool = False
    words: tuple[str, ...] = ()  # lower case
    adult: bool = False


def read_self_labels(metas: Iterable[Meta]) -> tuple[SelfLabel, ...]:
    """The labels among the page's `<meta>` elements, in order. Never raises; linear time; at most 64.

    The RTA string counts under whatever name; `rating` also as `http-equiv` and `property`.
    """
    found: list[SelfLabel] = []
    for meta in metas:
        content = meta.content[:MAX_CONTENT].lower()
        names = (meta.name, meta.http_equiv, meta.property)
        label = None
        if RTA in content:
            label = SelfLabel(meta, rta=True)
        elif PICS in names:
            label = SelfLabel(meta, adult=_is_adult(content))
        elif AGE_LABEL in names:
            age = _AGE.search(content)
            label = SelfLabel(meta, age=int(age[1])) if age else None
        elif not _RATINGS.isdisjoint(names):
            label = SelfLabel(meta, words=tuple(_WORD.findall(content)))
        if label is not None:
            found.append(label)
            if len(found) == MAX_LABELS:
                break
    return tuple(found)


def read_rating_fields(headers: Headers) -> tuple[RatingField, ...]:
    """`Rating` and `PICS-Label`, each line. Never raises; linear time; at most 64."""
    found: list[RatingField] = []
    for field in RATING_FIELDS:
        for value in headers.all(field)[: MAX_LABELS - len(found)]:
            content = value[:MAX_CONTENT].lower()
            words = tuple(_WORD.findall(content)) if field != PICS else ()
            found.append(RatingField(field, value, RTA in content, words, field == PICS and _is_adult(content)))
    return tuple(found)


def _is_adult(label: str) -> bool:
    """The two services whose scales say `adults`: RSACi, nudity or sex at 4; SafeSurf, age range from 7."""
    if "rsac.org" in label:
        return any(int(level) >= 4 for level in _RSACI.findall(label))
    return "safesurf" in label and any(int(level) >= 7 for level in _SAFESURF.findall(label))
