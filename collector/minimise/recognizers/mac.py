"""Hardware addresses (IEEE 802 MAC-48): they name one device, and so whoever carries it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span

KIND = "mac"

_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w]|[:.-][0-9A-Fa-f])"
)
_SAID = re.compile(r"\b(?:mac|ethernet|hwaddr|bssid|hardware|ether|bluetooth|wlan|wi-?fi|lladdr)\b", re.IGNORECASE)


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of six octets with colons or hyphens, or three groups with dots."""
    for match in _MAC.finditer(text, start, end):
        value = re.sub(r"[:.-]", "", match[0]).lower()
        # of all zeros or all ones no device is named (IEEE 802 §8.2); digits alone can be a date and a time
        if len(set(value)) < 3:
            continue
        if (
            value.isdigit()
            and ":" not in match[0]
            and not _SAID.search(text, max(0, match.start() - 40), match.start())
        ):
            continue
        yield Span(match.start(), match.end(), KIND, "mac", value)


RECOGNIZER = Recognizer(
    KIND,
    "Hardware addresses (MAC-48), with colons, hyphens or in Cisco's groups of four",
    "six octets that are not all alike; digits alone only with colons or behind a word",
    (
        Trigger(r"(?:[0-9A-Fa-f][0-9A-Fa-f][:-]){5}[0-9A-Fa-f]", 60, 8),
        Trigger(r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}", 60, 8),
    ),
    find,
)
