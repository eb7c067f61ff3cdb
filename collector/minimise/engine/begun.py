"""What a pattern finds, tried only where a cheap one says that it can begin: `re` finds one character of a set ten
times as fast as a word at a boundary, an alternative, or a letter in either case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def begun(
    pattern: re.Pattern[str], beginning: re.Pattern[str], text: str, start: int, end: int
) -> Iterator[re.Match[str]]:
    """As `pattern.finditer(text, start, end)`, for a `beginning` of one character that matches wherever it would begin.

    No match is empty. Linear where both patterns are.
    """
    position = start
    for first in beginning.finditer(text, start, end):
        if first.start() >= position:
            match = pattern.match(text, first.start(), end)
            if match is not None:
                yield match
                position = match.end()
