"""Labels by which a page says itself that it is for adults: RTA, `rating`, and the German age label."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from collector.document.facts import Meta

RTA = "rta-5042-1996-1400-1577-rta"  # Restricted To Adults, the same string on every page that uses it
AGE_LABEL = "age-de-meta-label"  # age-de.xml 3.0, meta label: `age=18 hash=… v=1.0 kind=sl protocol=all`
MAX_CONTENT = 4_096
MAX_LABELS = 64

_RATINGS = frozenset(("rating", "voluntary content rating"))
_WORD = re.compile(r"[^\s,;/|\"']+")
_AGE = re.compile(r"(?:^|[\s,;])age\s*[=:]\s*([0-9]{1,3})(?![0-9])")


@dataclass(frozen=True, slots=True)
class SelfLabel:
    """One label. Either an age in years, or words of a rating."""

    meta: Meta
    rta: bool = False
    words: tuple[str, ...] = ()  # lower case
    age: int | None = None


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
