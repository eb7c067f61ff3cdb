"""`<meta name="robots">` and its kin: which elements of a page speak to robots, and what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from collector.document.facts import Meta
from collector.signals.product_token import key_of
from collector.signals.robots_values import MAX_FIELDS, MAX_TOTAL, Directive, read_values
from collector.signals.x_robots_tag import FIELD


def read_meta_robots(metas: Iterable[Meta], tokens: Collection[str]) -> tuple[tuple[Meta, tuple[Directive, ...]], ...]:
    """(element, its values) for every element that is named `robots` or like one of `tokens`.

    `http-equiv="X-Robots-Tag"` is read like the header field. `property` is no `name`; elements in the body
    count like those in the head, since parsers close the head early. At most 64 are read.
    """
    keys = _keys(tuple(tokens))
    found: list[tuple[Meta, tuple[Directive, ...]]] = []
    left = MAX_TOTAL
    for meta in metas:
        agents = ("",) if meta.http_equiv == FIELD else tuple(_agents(meta.name, keys)) if meta.name else ()
        for agent in agents:
            if len(found) == MAX_FIELDS:
                return tuple(found)
            found.append((meta, read_values(meta.content[:left], agent)))
            left -= min(len(meta.content), left)
    return tuple(found)


@lru_cache(maxsize=16)
def _keys(tokens: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(key_of, tokens))


def _agents(name: str, keys: Collection[str]) -> Iterable[str]:
    """Whom a name speaks to: `""` for `robots`. One attribute may list several names."""
    for word in name[:512].replace(",", " ").split():
        if word == "robots":
            yield ""
        elif key_of(word) in keys:
            yield word
