"""The X-Robots-Tag header field: every line of it, with whom each value is addressed to."""

from __future__ import annotations

from collector.model.headers import Headers
from collector.signals.robots_values import MAX_FIELDS, MAX_TOTAL, Directive, read_values

FIELD = "x-robots-tag"


def read_x_robots_tag(headers: Headers) -> tuple[tuple[str, tuple[Directive, ...]], ...]:
    """(field value, its values) for every X-Robots-Tag line; an agent named on one line says nothing of the next.

    Google's and Bing's documentation; the field may be repeated, so all its lines count. At most 64 lines and
    64 KiB of them are read.
    """
    found: list[tuple[str, tuple[Directive, ...]]] = []
    left = MAX_TOTAL
    for value in headers.all(FIELD)[:MAX_FIELDS]:
        found.append((value, read_values(value[:left])))
        left -= min(len(value), left)
    return tuple(found)
