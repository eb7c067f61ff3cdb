"""Lengths of time as a policy writes them: `180d`, `2y`, `12h`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}
PATTERN = r"^[0-9]{1,6}(s|min|h|d|w|m|y)$"
_LONGEST = timedelta(days=365 * 100)


def parse_duration(text: str) -> timedelta:
    """A month is 30 days and a year 365, so that a promise never depends on the calendar. Raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,6})(s|min|h|d|w|m|y)", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no length of time: write 12h, 180d, 6m or 2y")
    length = int(found[1]) * _UNITS[found[2]]
    if length > _LONGEST:
        raise ValueError(f"{text!r} is longer than a hundred years")
    return length


def show_duration(length: timedelta) -> str:
    """The shortest spelling that `parse_duration` reads back to the same length (whole seconds)."""
    for unit in ("y", "d", "h", "min"):
        if length >= _UNITS[unit] and not length % _UNITS[unit]:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{int(length.total_seconds())}s"
