"""One pass over a text that says where each recognizer has to look at all: the windows around its triggers.

Hyperscan matches all triggers at once at the speed of memory and calls back for each match end; where it is
not installed the same triggers run through RE2, else through `re`, and give windows that are never smaller.
"""

from __future__ import annotations

import functools
import importlib
import re
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from collector.minimise.engine.recognizer import Recognizer, Trigger
from collector.model.automaton import compiled

Windows = list[tuple[int, int]]
ENGINES = ("hyperscan", "re2", "re")
_LONGEST_RUN = 64  # characters by which a window grows at most
_RUN = re.compile(r"\w(?:\w|[.,:/@+-]\w)*")
WIDEST = 160  # characters that a trigger can match: what an engine without overlapping matches may miss by


class Prefilter(Protocol):
    """Finds windows in a text, one list for each recognizer, sorted and disjoint."""

    def windows(self, text: str) -> Sequence[Windows]:
        """Windows inside the text, half open; empty lists where there is nothing to look for."""
        ...

    def ends(self, text: str) -> set[int] | None:
        """Behind which characters of the text a trigger ends; None where not all such places can be told."""
        ...


class Hyperscan:
    """All triggers in one automaton, compiled once; one scratch space for each thread that scans."""

    __slots__ = ("_database", "_local", "_on_match", "_scratch_of", "_slots")

    def __init__(self, recognizers: Sequence[Recognizer]) -> None:
        """Compile. Raises ImportError where hyperscan is missing and its own error where it cannot run."""
        import hyperscan  # noqa: PLC0415  loaded by the first text, not by every command

        triggers = _numbered(recognizers)
        self._slots = len(recognizers)
        self._database = compiled([t.pattern.encode("latin-1") for _, t in triggers], [0] * len(triggers))
        self._local = threading.local()
        self._scratch_of: Callable[[Any], Any] = hyperscan.Scratch
        self._on_match = _collector(triggers)

    def windows(self, text: str) -> Sequence[Windows]:
        """See `Prefilter`."""
        found: list[list[int]] = [[] for _ in range(self._slots)]
        self._scan(text, self._on_match, found)
        return [_merged(flat, text) if flat else [] for flat in found]

    def ends(self, text: str) -> set[int] | None:
        """See `Prefilter`."""
        found: set[int] = set()
        self._scan(text, _take_end, found)
        return found

    def _scan(self, text: str, on_match: Callable[[int, int, int, int, Any], None], found: object) -> None:
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = self._scratch_of(self._database)
        self._database.scan(_bytes(text), match_event_handler=on_match, context=found, scratch=scratch)


class OneByOne:
    """Each trigger by itself, through any module with the interface of `re`."""

    __slots__ = ("_patterns", "_slots")

    def __init__(self, recognizers: Sequence[Recognizer], compile_pattern: Callable[[bytes], Any]) -> None:
        """Compile every trigger with `compile_pattern`."""
        self._slots = len(recognizers)
        self._patterns = [
            (slot, trigger, compile_pattern(trigger.pattern.encode("latin-1")))
            for slot, trigger in _numbered(recognizers)
        ]

    def windows(self, text: str) -> Sequence[Windows]:
        """See `Prefilter`."""
        data = _bytes(text)
        found: list[list[int]] = [[] for _ in range(self._slots)]
        for slot, trigger, pattern in self._patterns:
            flat = found[slot]
            before, after = trigger.before + WIDEST, trigger.after + WIDEST
            for match in pattern.finditer(data):
                _widen(flat, match.end() - before, match.end() + after)
        return [_merged(flat, text) if flat else [] for flat in found]

    def ends(self, text: str) -> set[int] | None:  # noqa: ARG002  the port of both
        """None: these engines report no matches that overlap."""
        return None


def prefilter_of(recognizers: Sequence[Recognizer], engine: str = "") -> Prefilter:
    """The engine of that name; without one, the fastest that is there."""
    if engine:
        return _made(recognizers, engine)
    for name in ENGINES[:-1]:
        try:
            return _made(recognizers, name)
        except Exception:  # noqa: BLE001, S112  not installed, or this processor is too old for it
            continue
    return _made(recognizers, ENGINES[-1])


def _made(recognizers: Sequence[Recognizer], engine: str) -> Prefilter:
    if engine == "hyperscan":
        return Hyperscan(recognizers)
    if engine == "re2":
        re2: Any = importlib.import_module("re2")  # optional

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        return OneByOne(recognizers, functools.partial(re2.compile, options=options))
    if engine == "re":
        return OneByOne(recognizers, re.compile)
    raise ValueError(f"no engine {engine!r}: one of {', '.join(ENGINES)}")


def _numbered(recognizers: Sequence[Recognizer]) -> list[tuple[int, Trigger]]:
    return [(slot, trigger) for slot, recognizer in enumerate(recognizers) for trigger in recognizer.triggers]


def _bytes(text: str) -> bytes:
    """One byte a character, so that offsets are the same."""
    return text.encode("latin-1", "replace")


def _collector(triggers: list[tuple[int, Trigger]]) -> Callable[[int, int, int, int, Any], None]:
    slots = [slot for slot, _ in triggers]
    befores = [trigger.before for _, trigger in triggers]
    afters = [trigger.after for _, trigger in triggers]

    def on_match(number: int, _start: int, end: int, _flags: int, found: Any) -> None:
        # `_widen`, written out: this runs for every match end of every trigger
        flat = found[slots[number]]
        start = end - befores[number]
        end += afters[number]
        if flat and flat[-2] <= start <= flat[-1]:
            if flat[-1] < end:  # noqa: PLR1730  a call of `max` costs more than the rest
                flat[-1] = end
        else:
            flat.append(start)
            flat.append(end)

    return on_match


def _take_end(_number: int, _start: int, end: int, _flags: int, found: Any) -> None:
    found.add(end)


def _widen(flat: list[int], start: int, end: int) -> None:
    """Add a window to a flat list of starts and ends: to the last one if it begins there, so that runs stay small."""
    if flat and flat[-2] <= start <= flat[-1]:
        flat[-1] = max(flat[-1], end)
    else:
        flat += (start, end)


def _merged(flat: list[int], text: str) -> Windows:
    """Sorted, disjoint, inside the text; triggers of one recognizer report by turns."""
    length = len(text)
    pairs = sorted(zip(flat[::2], flat[1::2], strict=True))
    merged: Windows = []
    first, last = max(pairs[0][0], 0), _whole(text, pairs[0][1], length)
    for start, end in pairs[1:]:
        if start <= last:
            if end > last:
                last = _whole(text, end, length)
        else:
            merged.append((first, last))
            first, last = start, _whole(text, end, length)
    merged.append((first, last))
    return merged


def _whole(text: str, end: int, length: int) -> int:
    """`end` behind the word or number that it would cut: half of one is another, and seems to end there."""
    if end >= length:
        return length
    if text[end].isspace() or text[end - 1].isspace():  # asked of every window: the pattern costs ten times as much
        return end
    run = _RUN.match(text, end - 1, end + _LONGEST_RUN)
    return end if run is None else run.end()
