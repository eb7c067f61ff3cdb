"""What one kind of personal data is found by: where to look, how to look there, and what the documentation says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from collector.minimise.engine.context import Context
from collector.minimise.engine.span import Span

END = sys.maxsize  # of a window: the end of the text

Find = Callable[[str, Context, int, int], Iterator[Span]]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A pattern without which there is nothing to find, and how far around the END of its match to look.

    Every engine must read `pattern` alike (hyperscan, RE2, `re`): no lookarounds, no backreferences, only
    bounded repeats. It sees the text as Latin-1, where any character beyond is a question mark. `before` and
    `after` count characters and hold the longest match of the recognizer, with one character to spare.
    """

    pattern: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One kind, found by `find(text, context, start, end)` in the windows around its triggers.

    `find` may look beyond its window to judge, and yields spans in offsets of `text`, overlaps included. The
    union of its answers over all windows must be its answer over the whole text; time is linear in the window.
    `what` and `proof` are the row of the documentation: what is found, and what has to hold of it.
    """

    kind: str
    what: str
    proof: str
    triggers: tuple[Trigger, ...]
    find: Find


def words(pattern: str, *, before: int = 40, after: int = 120) -> Trigger:
    """A trigger for words that announce something, in any case: looked behind for `after` characters."""
    return Trigger(f"(?i){pattern}", before, after)
