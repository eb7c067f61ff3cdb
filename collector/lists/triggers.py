"""Which of many phrases may stand in a text, told in one pass: a phrase that is not named here does not stand there.

The text is read as one byte a character, letters of Latin-1 as they are and everything else as a space, so that
offsets stay what they are. Of each phrase the two longest words are looked for first, by hyperscan or by a set of the
text's words where it is not installed; only where both stand is the phrase itself looked for.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from collector.lists.phrases import END, NUMBER
from collector.model.automaton import compiled

MAX_PHRASES = 64  # that are followed up; a text that may hold more of them is worth the whole search
MAX_PLACES = 256
_READ: Final = bytes(byte if chr(byte).isalnum() or byte == 0x5F else 0x20 for byte in range(256))
_AGE = rb"[0-9](?<= [0-9])[0-9]?"  # a set first: `re` then skips what is no digit
_LATER_AGE = rb"[0-9]{1,2}"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A phrase that may stand in the text, and inside which words of it it would begin."""

    label: str
    phrase: tuple[str, ...]
    places: tuple[int, ...]


class Engine(Protocol):
    """Says which keys stand in a text."""

    def standing(self, data: bytes) -> Sequence[int]:
        """Numbers of the keys in `data`, each once."""
        ...


class Hyperscan:
    """All keys in one automaton. Raises ImportError where hyperscan is missing, its own error where it cannot run."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Compile: about a tenth of a second for 1,500 keys."""
        import hyperscan  # noqa: PLC0415  loaded by the first text, not by every command

        self._database = compiled(keys, [hyperscan.HS_FLAG_SINGLEMATCH] * len(keys))
        self._scratch_of: Any = hyperscan.Scratch
        self._local = threading.local()

    def standing(self, data: bytes) -> Sequence[int]:
        """See `Engine`."""
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:  # one for each thread that scans
            scratch = self._local.scratch = self._scratch_of(self._database)
        found: list[int] = []
        self._database.scan(data, match_event_handler=_noted, context=found, scratch=scratch)
        return found


class Words:
    """The same by the words of the text: ten times as slow, and needs nothing."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Whole words by the word, stems by their length."""
        self._whole = {key.strip(): number for number, key in enumerate(keys) if key.endswith(b" ")}
        self._stems: dict[int, dict[bytes, int]] = {}
        for number, key in enumerate(keys):
            if not key.endswith(b" "):
                self._stems.setdefault(len(key) - 1, {})[key[1:]] = number

    def standing(self, data: bytes) -> Sequence[int]:
        """See `Engine`."""
        words = set(data.split(b" "))
        found = {self._whole[word] for word in words & self._whole.keys()}
        for length, stems in self._stems.items():
            found.update(stems[stem] for stem in {word[:length] for word in words} & stems.keys())
        return sorted(found)


class Triggers:
    """Labelled phrases (see `phrases.Phrases`), ready to be looked for together."""

    __slots__ = ("_blind", "_by_key", "_engine", "_patterns", "_phrases")

    def __init__(
        self,
        phrases: Iterable[tuple[str, tuple[str, ...]]],
        frequent: frozenset[str] = frozenset(),
        engine: Callable[[Sequence[bytes]], Engine] | None = None,
    ) -> None:
        """`frequent`: words that say little, and are looked for only where a phrase has no others."""
        self._phrases = sorted(set(phrases))
        self._patterns: list[tuple[bytes, re.Pattern[bytes]] | None] = [None] * len(self._phrases)
        self._blind = False
        numbers: dict[bytes, int] = {}
        self._by_key: dict[int, list[tuple[int, int]]] = {}
        for number, (_, phrase) in enumerate(self._phrases):
            keys = [numbers.setdefault(key, len(numbers)) for key in _keys(phrase, frequent)]
            if keys:
                self._by_key.setdefault(keys[0], []).append((number, keys[-1]))
            else:
                self._blind = True
        self._engine = (engine or _fastest)(list(numbers))

    def look(self, text: str) -> tuple[Sighting, ...] | None:
        """The phrases that may stand in `text`: every one that does is named. None where that cannot be told."""
        lowered = text.lower()
        if self._blind or len(lowered) != len(text):
            return None
        data = b" %b " % lowered.encode("latin-1", "replace").translate(_READ)
        keys = set(self._engine.standing(data))
        numbers = [number for key in keys & self._by_key.keys() for number, other in self._by_key[key] if other in keys]
        if len(numbers) > MAX_PHRASES:
            return None
        found: list[Sighting] = []
        count = 0
        for number in sorted(numbers):
            label, phrase = self._phrases[number]
            begin, pattern = self._pattern(number)
            places = []
            for end in _ends(begin, pattern, data):
                places.append(end - 2)  # of the last letter of the first word, without the space in front
                count += 1
                if count > MAX_PLACES:
                    return None
            if places:
                found.append(Sighting(label, phrase, tuple(places)))
        return tuple(found)

    def _pattern(self, number: int) -> tuple[bytes, re.Pattern[bytes]]:
        """What the phrase begins with, nothing for an age, and how it is looked for."""
        known = self._patterns[number]
        if known is None:
            begin, ahead = _expression(self._phrases[number][1])
            known = self._patterns[number] = (b"" if begin == _AGE else begin, re.compile(begin + ahead))
        return known


def _ends(begin: bytes, pattern: re.Pattern[bytes], data: bytes) -> Iterator[int]:
    """Where `pattern`, which begins with the letters `begin`, ends: `find` is ten times as fast as `re` up to them."""
    if not begin:
        for match in pattern.finditer(data):
            yield match.end()
        return
    at = data.find(begin)
    while at >= 0:
        if found := pattern.match(data, at):
            yield found.end()
        at = data.find(begin, at + len(begin))


def _noted(number: int, _start: int, _end: int, _flags: int, found: Any) -> None:
    found.append(number)


def _fastest(keys: Sequence[bytes]) -> Engine:
    try:
        return Hyperscan(keys)
    except Exception:  # noqa: BLE001  not installed, or this processor is too old for it
        return Words(keys)


def _parts(phrase: tuple[str, ...]) -> list[bytes]:
    """The words as they are read: `x` or `x ` where it ends there, up to the first stem, whose end nobody knows."""
    parts: list[bytes] = []
    for word in phrase:
        if word == END:
            break
        if word == NUMBER:
            parts.append(NUMBER.encode())
            continue
        read = word.removesuffix("*").encode("latin-1", "replace").translate(_READ)
        parts += [part + b" " for part in read.split()]
        if word.endswith("*"):
            if not read.endswith(b" ") and parts and read.strip():
                parts[-1] = parts[-1].rstrip()
            break
    return parts


def _keys(phrase: tuple[str, ...], frequent: frozenset[str]) -> list[bytes]:
    """The two longest words, each after a space; none where no letter of the phrase is Latin-1."""
    words = sorted((part for part in _parts(phrase) if part != NUMBER.encode()), key=len, reverse=True)
    telling = [word for word in words if word.decode("latin-1").strip() not in frequent]
    return [b" " + word for word in (telling or words)[:2]]


def _expression(phrase: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Matches the first word where the others follow: nothing is consumed that another match might begin with."""
    first, *rest = _parts(phrase)
    ahead = b"".join(rb" +" + (_LATER_AGE if part == NUMBER.encode() else part.rstrip()) for part in rest)
    last = (rest or [first])[-1]
    ahead += b"(?= )" if last.endswith((b" ", NUMBER.encode())) else b""
    begin = _AGE if first == NUMBER.encode() else b" " + first.rstrip()
    return begin, b"(?=%b)" % ahead if ahead else b""
