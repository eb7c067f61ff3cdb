"""Where patterns end in a text, all in one pass at the speed of memory; without hyperscan, nowhere to be told.

Used before work that costs more: who asks takes `None` for "look everywhere".
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

from collector.model.automaton import compiled

# Small letters that IGNORECASE takes for ASCII ones: a text with one of them is looked at without a prefilter.
_FOLDED = "\u017f\u0130\u0131\u212a"
WHITE = r"\s\x1c-\x1f\x85\xa0?"  # what stands for `\s` inside brackets
LATIN_UPPER, LATIN_LETTER = r"[A-Z\x80-\xff?]", r"[A-Za-z\x80-\xff?]"  # what stands for such a letter
_CASE_BEYOND = "ßåÅ"  # IGNORECASE takes a letter beyond Latin-1 for them: the capital sharp s, the Angstrom sign
_BEYOND = re.compile(r"[^\x00-\x7f]")


class Matcher:
    """Patterns by number. A scratch space for each thread that scans; compiled by the first text of the process."""

    __slots__ = ("_database", "_local", "_lock", "_patterns", "_scratch_of", "_tried")

    def __init__(self, patterns: Sequence[str]) -> None:
        """`patterns` in what hyperscan and `re` read alike, over Latin-1, lines apart (`^`, `$`)."""
        self._patterns = patterns
        self._local = threading.local()
        self._lock = threading.Lock()
        self._tried = False
        self._database: Any = None
        self._scratch_of: Callable[[Any], Any] | None = None

    def ends(self, text: str) -> list[tuple[int, int]] | None:
        """(end, number) of each match, in no order; None where that cannot be told."""
        if not self._tried:
            self._compile()
        if self._database is None or (not text.isascii() and any(letter in text for letter in _FOLDED)):
            return None
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            assert self._scratch_of is not None
            scratch = self._local.scratch = self._scratch_of(self._database)
        found: list[tuple[int, int]] = []
        self._database.scan(
            text.encode("latin-1", "replace"), match_event_handler=_take, context=found, scratch=scratch
        )
        return found

    def _compile(self) -> None:
        with self._lock:
            if self._tried:
                return
            try:
                import hyperscan  # noqa: PLC0415  loaded by the first text, not by every command

                patterns = [pattern.encode("latin-1") for pattern in self._patterns]
                self._database = compiled(patterns, [hyperscan.HS_FLAG_MULTILINE] * len(patterns))
                self._scratch_of = hyperscan.Scratch
            except Exception:  # noqa: BLE001  not installed, or this processor is too old for it
                self._database = None
            self._tried = True


def _take(number: int, _start: int, end: int, _flags: int, found: Any) -> None:
    found.append((end, number))


def latin(pattern: str) -> str:
    """`pattern` of `re` as one that matches wherever it would, in a text that is read as Latin-1 with question marks.

    White space becomes that of Unicode; a letter beyond ASCII either case of it, or the question mark that stands
    in its place. Neither may stand in brackets.
    """
    return _BEYOND.sub(_either, pattern.replace(r"\s", f"[{WHITE}]"))


def _either(match: re.Match[str]) -> str:
    forms = {form.encode("latin-1", "replace").decode("latin-1") for form in (match[0].lower(), match[0].upper())}
    beyond = "?" if match[0] in _CASE_BEYOND else ""
    return "[" + "".join(sorted(form for form in forms if len(form) == 1) or "?") + beyond + "]"
