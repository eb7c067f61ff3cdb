"""Addresses in the United States in any case, as lists have them: `2885 oakland ave sw # 17, grandville mi 49418`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span

KIND = "address"

_LOOK_BACK = 110
_STATES = (
    "al|ak|az|ar|ca|co|ct|de|dc|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or"
    "|pa|pr|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy"
)
_ENDS = re.compile(rf"(?<=[a-z.,] )(?:{_STATES})\.?,? {{1,2}}\d{{5}}(?:-\d{{4}})?(?![\w-]|\.\d)", re.IGNORECASE)
_WORD = r"[^\W_][\w'#&./-]{0,20}"
# USPS Publication 28, appendices C1 and C2, as they are abbreviated
_STREET = (
    r"(?:st|street|ave?|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|pl|place|way|ter|terrace|cir|circle|hwy"
    r"|highway|pkwy|parkway|sq|square|trl|trail|pike|loop|run|rte?|route|expy|fwy|plz|plaza|aly|cv|xing|broadway)"
)
_BEGINS = re.compile(
    rf"(?<![\w.,:/$-])(?:(?:dept|lockbox|msc|drawer|unit) \d{{1,6}},? )?"
    rf"(?:(?:p\.? ?o\.? ?)?box \d{{1,7}}|(?:rural route|rr|r\.r\.|hc|star route|rfd) ?#? ?\d{{1,3}},?"
    rf" box \d{{1,5}}[a-z]?"
    rf"|[nsew]?\d{{1,6}}[a-z]?(?: \d/\d)?(?: {_WORD}){{1,5}}? {_STREET}\b\.?"
    rf"(?: [ns]?[ew]?\b\.?| (?:north|south)(?:east|west)?| (?:east|west))?)"
    rf"(?:[ ,]{{1,2}}(?:#|{_WORD})){{0,9}},? \Z",
    re.IGNORECASE,
)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of one line from the number or the box to the postal code."""
    for state in _ENDS.finditer(text, start, end):
        before = text[max(0, state.start() - _LOOK_BACK) : state.start()]
        before = before[before.rfind("\n") + 1 :]
        begins = _BEGINS.search(before)
        if begins is not None:
            first = state.start() - len(before) + begins.start()
            yield Span(
                first, state.end(), KIND, "address_american", " ".join(text[first : state.end()].casefold().split())
            )


RECOGNIZER = Recognizer(
    KIND,
    "Addresses in the United States in any case: `rural route 1 box 14, louisville il 62858`",
    "a number with a word of streets or a box, and a state with a postal code, on one line",
    (Trigger(r"(?i) [a-z]{2}\.?,? {1,2}\d{5}(?:[^0-9A-Za-z]|$)", 20, 8),),
    find,
)
