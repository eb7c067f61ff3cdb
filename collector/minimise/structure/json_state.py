"""Persons in the state that pages hand to their scripts (`__NEXT_DATA__`, `dataLayer`); the script itself goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from collector.minimise.engine.matching import WHITE, Matcher
from collector.minimise.names.author_field import is_person, split_names

MAX_SCRIPT = 2_000_000  # characters of one script that are looked at
MAX_FOUND = 50

_KEY = (
    r"authors?|author_?names?|authorsnames?|article_?authors?|page_?authors?|post_?authors?|content_?authors?|by_?line|bylines?"
    r"|creator|writer|journalist|reporter|autor|auteur|redakteur|display_?name|full_?name|cms_?author|authordisplay_?name"
)
_VALUE = r"\"((?:[^\"\\\n]|\\.){2,120})\""
_FIELD = re.compile(
    rf"[\"']?\b(?:{_KEY})[\"']?\s?[:=]\s?(?:\[\s?)?(?:\{{[^{{}}]{{0,200}}?[\"']?\b(?:name|displayname|title)[\"']?\s?:\s?)?"
    rf"(?:{_VALUE}|'([^'\\\n]{{2,120}})')",
    re.IGNORECASE,
)
_FIRST_LOOK = Matcher([rf"(?i)(?:{_KEY})[\"']?[{WHITE}]?[:=]"])
_BEFORE, _BEHIND = 60, 600  # characters of a field before that which is looked for first, and behind it


def names(script: str) -> Iterator[str]:
    """Names that fields called author, byline or the like hold. Linear; broken JSON is read as well."""
    script = script[:MAX_SCRIPT]
    ends = _FIRST_LOOK.ends(script)
    if ends is not None and not ends:
        return
    first, last = (min(ends)[0], max(ends)[0]) if ends else (0, len(script))
    for count, match in enumerate(_FIELD.finditer(script, max(0, first - _BEFORE), last + _BEHIND)):
        if count >= MAX_FOUND:
            return
        value = _unescaped(match[1]) if match[1] is not None else match[2]
        if value.startswith(("http", "/", "@", "{", "function")):
            continue
        yield from (name for name in split_names(value) if " " in name and is_person(name))


def _unescaped(text: str) -> str:
    try:
        value = json.loads(f'"{text}"')
    except ValueError:
        return text
    return value if isinstance(value, str) else text
