"""The second scan: only what stands around a replacement can have become something that it was not before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from collector.minimise.engine.span import Span
from collector.minimise.engine.words_of import WordsOf
from collector.minimise.names import attributions, bylines, letters, name_lists, placed
from collector.minimise.replacing.plan import OFF
from collector.minimise.replacing.redact import Redactor

Ranges = list[tuple[int, int]]

AROUND = 400  # characters on each side; no recognizer looks further for its context
NEAR = 250  # likewise for what gives a name as somebody's, within a line
MAX_PART = 0.5  # of the text: where more of it is near a replacement, all of it is looked through
MAX_LENGTH = 1_000_000  # characters: in a longer text one of the limits of lines and places may be reached

_APART = "\n0000\n"  # a line between two parts, which names nobody
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 40  # letters; no name is longer
MAX_TRIES = 500  # places where a word stands, in one case or another
_SOLID = (3, 120)  # characters of a line behind which nothing looks: shorter and longer ones are passed over
_HOLLOW = " \t\u00a0>|*\n"


def after(text: str, spans: list[Span], written: dict[int, str], redactor: Redactor) -> tuple[str, bool]:
    """`text` with `written` in the place of `spans`, and whether a scan around each finds nothing.

    A hit here may be an artefact of where the window was cut: the caller then scans the whole. What else is new
    in the whole text, and no window shows, is a word that now is a name only, and a list of names cut in two.
    """
    parts: list[str] = []
    places: Ranges = []
    position = length = 0
    for index, span in enumerate(spans):
        parts.append(text[position : span.start])
        length += span.start - position
        new = written.get(index, "")
        parts.append(new)
        places.append((length, length + len(new)))
        length += len(new)
        position = span.end
    parts.append(text[position:])
    minimised = "".join(parts)
    if any(redactor.spans(_whole(minimised, *window)) for window in _wide(places, AROUND)):
        return minimised, False
    if redactor.plan.names == OFF or "person" not in redactor.kinds:
        return minimised, True
    if redactor.names.settle(minimised):
        return minimised, False
    return minimised, not _named_again(minimised, places, set(_words_in(text, spans)))


def _named_again(text: str, places: Ranges, gone: set[str]) -> bool:
    """Whether `text` gives a name as somebody's, where nothing did so before but what was replaced at `places`.

    Bylines and letters look no further than the next line that holds something, but that they ask which words the
    text also writes small: where one of `gone` did so for the last time, all of it is looked through. So it is for
    lists of names in any case, which go over many lines.
    """
    near = _lines(text, _wide(places, NEAR))
    if sum(end - start for start, end in near) <= MAX_PART * len(text) <= MAX_LENGTH:
        words = WordsOf(text)
        if not _capitals_left(text, words, gone):
            part = _APART.join(text[start:end] for start, end in near)
            near_by = (bylines.find(part, words), letters.find(part), placed.find(part, words))
            if all(next(found, None) is None for found in near_by):
                return next(name_lists.find(text), None) is not None
    return next(attributions.find(text), None) is not None


def _capitals_left(text: str, words: WordsOf, gone: set[str]) -> bool:
    """Whether one of `gone` stands with a capital in `text` and no longer without; True where that takes too long."""
    folded = text.casefold()
    if len(folded) != len(text):
        return True
    tries = 0
    for word in gone:
        if len(word) < 2 or word != word.casefold():
            continue
        at = folded.find(word)
        while at >= 0:
            tries += 1
            if tries > MAX_TRIES:
                return True
            alone = not folded[at - 1 : at].isalpha() and not folded[at + len(word) : at + len(word) + 1].isalpha()
            if alone and text[at].isupper() and word not in words:
                return True
            at = folded.find(word, at + 1)
    return False


def _words_in(text: str, spans: list[Span]) -> Iterator[str]:
    """Every word of which a span holds a letter, whole."""
    for span in spans:
        start = span.start
        while start > max(0, span.start - _LONGEST_WORD) and text[start - 1].isalpha():
            start -= 1
        rest = _WORD.match(text, span.end, span.end + _LONGEST_WORD)
        yield from _WORD.findall(text, start, rest.end() if rest else span.end)


def _wide(places: Ranges, characters: int) -> Ranges:
    """`places` with so many characters before and after; those that touch are one."""
    windows: Ranges = []
    for start, end in places:
        _unite(windows, max(0, start - characters), end + characters)
    return windows


def _unite(windows: Ranges, start: int, end: int) -> None:
    if windows and start <= windows[-1][1]:
        windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
    else:
        windows.append((start, end))


def _lines(text: str, windows: Iterable[tuple[int, int]]) -> Ranges:
    """`windows` as whole lines, each with those before and behind it up to one that is not passed over."""
    lines: Ranges = []
    for start, end in windows:
        first = text.rfind("\n", 0, start) + 1
        while first > 0:
            behind, first = first, text.rfind("\n", 0, first - 1) + 1
            if _is_solid(text, first, behind):
                break
        last = text.find("\n", min(end, len(text)))
        while last >= 0:
            before, last = last + 1, text.find("\n", last + 1)
            if last >= 0 and _is_solid(text, before, last):
                break
        _unite(lines, first, last if last >= 0 else len(text))
    return lines


def _is_solid(text: str, start: int, end: int) -> bool:
    shortest, longest = _SOLID
    return end - start <= longest and len(text[start:end].strip(_HOLLOW)) >= shortest


def _whole(text: str, start: int, end: int) -> str:
    """The window without the words that its edges cut."""
    while start > 0 and start < end and not text[start - 1].isspace():
        start += 1
    end = min(end, len(text))
    while end < len(text) and end > start and not text[end].isspace():
        end -= 1
    return text[start:end]
