"""A short, printable quotation of what a site sent, safe to show on a terminal and to keep as evidence."""

from __future__ import annotations

import re

LIMIT = 512  # characters

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def excerpt(raw: bytes | str, limit: int = LIMIT) -> str:
    """At most `limit` characters of `raw`; octets that are not UTF-8, controls and direction marks are escaped."""
    text = raw[: limit * 4].decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw[:limit]
    shown = _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
