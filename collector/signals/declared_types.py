"""What a page declares of its own kind in schema.org terms, OpenGraph and generator marks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from collector.document.facts import PageFacts

MAX_NODES = 5_000
MAX_TYPES = 500
_FALSE = frozenset(("false", "no", "0", "http://schema.org/false", "https://schema.org/false"))
_ENGINES = (
    "phpbb", "vbulletin", "discourse", "xenforo", "mybb", "invision", "ip.board", "flarum", "smf", "simple machines",
    "vanilla", "nodebb", "punbb", "fluxbb", "burning board", "woltlab", "bbpress", "ipboard",
)  # fmt: skip
_ENGINE_MARKS = {
    "phpbb": "phpBB", "vbulletin_css": "vBulletin", "vbulletin_html": "vBulletin", "discourse-wrapper": "Discourse",
    "d-splash": "Discourse", "xf-init": "XenForo", "p-body-pagecontent": "XenForo", "ipslayout_body": "Invision",
    "ipb": "Invision", "bbpress-forums": "bbPress", "flarum-content": "Flarum", "viewtopic": "phpBB",
    "mybb": "MyBB", "nodebb": "NodeBB", "smf_wrapper": "SMF", "vanilla": "Vanilla",
}  # fmt: skip
_ENGINE_PATHS = (
    "/viewtopic.php", "/viewforum.php", "/showthread.php", "/forumdisplay.php", "/forums/topic/", "/forum/topic/",
    "/threads/", "/forum/thread", "/showtopic",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeclaredTypes:
    """`types`: names of schema.org types, lower case, without their namespace."""

    types: frozenset[str] = frozenset()
    family_friendly: bool | None = None
    min_age: int | None = None  # of an audience, in years
    rating: str = ""  # contentRating, lower case
    death_date: bool = False  # a Person with a date of death
    birth_date: bool = False


def read_declared_types(page: PageFacts) -> DeclaredTypes:
    """JSON-LD and microdata of the page. Never raises; at most 5,000 nodes are looked at."""
    types = {_name(kind) for kind in page.microdata_types[:MAX_TYPES]}
    family, age, rating, death, birth = _microdata(page)
    for node in _nodes(page):
        kinds = {_name(kind) for kind in _texts(node.get("@type"))}
        types |= kinds if len(types) < MAX_TYPES else set()
        for key, value in node.items():
            name = _name(key)
            if name == "isfamilyfriendly" and _is_false(value):
                family = False
            elif name == "suggestedminage":
                age = _age(value) if age is None else age
            elif name == "contentrating" and isinstance(value, str):
                rating = rating or value.lower()[:40]
            elif name == "deathdate":
                death = death or ("person" in kinds and bool(value))
            elif name == "birthdate":
                birth = birth or ("person" in kinds and bool(value))
    return DeclaredTypes(frozenset(types), family, age, rating, death, birth)


def forum_engine(page: PageFacts, path: str) -> str:
    """The forum software that made the page, or how its address shows one; empty where nothing does."""
    for meta in page.metas:
        if meta.name in ("generator", "application-name"):
            said = meta.content.lower()[:200]
            found = next((engine for engine in _ENGINES if engine in said), "")
            if found:
                return found
    for mark, engine in _ENGINE_MARKS.items():
        if mark in page.element_ids:
            return engine
    lowered = path.lower()
    found = next((part for part in _ENGINE_PATHS if part in lowered), "")
    return f"an address with {found.strip('/')}" if found else ""


def _nodes(page: PageFacts) -> Iterator[dict[str, Any]]:
    seen = 0
    for script in page.json_ld:
        try:
            stack: list[Any] = [json.loads(script.strip().removesuffix(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while stack and seen < MAX_NODES:
            node = stack.pop()
            seen += 1
            if isinstance(node, list):
                stack.extend(node[:MAX_NODES])
            elif isinstance(node, dict):
                yield node
                stack.extend(node.values())


def _microdata(page: PageFacts) -> tuple[bool | None, int | None, str, bool, bool]:
    family, age, rating = None, None, ""
    names = {meta.itemprop for meta in page.metas}
    for meta in page.metas:
        if meta.itemprop == "isfamilyfriendly" and meta.content.strip().lower() in _FALSE:
            family = False
        elif meta.itemprop == "suggestedminage":
            age = _age(meta.content)
        elif meta.itemprop == "contentrating":
            rating = meta.content.strip().lower()[:40]
    person = any(_name(kind) == "person" for kind in page.microdata_types)
    return family, age, rating, person and "deathdate" in names, person and "birthdate" in names


def _name(key: str) -> str:
    return key.rstrip("/").rpartition("/")[2].rpartition(":")[2].lower()[:60]


def _texts(value: Any) -> list[str]:
    each = value if isinstance(value, list) else [value]
    return [one for one in each[:20] if isinstance(one, str)]


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str | int) and str(value).strip().lower() in _FALSE)


def _age(value: Any) -> int | None:
    text = str(value).strip()[:8] if isinstance(value, str | int | float) else ""
    whole = text.partition(".")[0]
    return int(whole) if whole.isascii() and whole.isdigit() else None
