"""Product tokens: how the name in a user-agent line is read, and when it is the name of a crawler we ask about."""

from __future__ import annotations

import re
from functools import lru_cache

ANY = "*"

_WORD = re.compile(rb"(?=[A-Za-z0-9_-])([A-Za-z_-]*)[A-Za-z0-9_-]*")


def keys_of(value: bytes) -> tuple[str, ...]:
    """The keys under which a group with `User-agent: <value>` is found; none where nobody is named.

    RFC 9309 §2.2.1: letters, `_` and `-`, compared without case, cut at the first other character. Names of
    real crawlers also hold digits (`AI2Bot`), so the whole first word is a second key where it differs.
    """
    if value[:1] == b"*":
        return (ANY,) if len(value) == 1 or value[1:2] in b" \t" else ()
    if value.isalpha():
        return (value.lower().decode("ascii"),)
    word = _WORD.match(value)
    if word is None:
        return ()
    whole = word[0].lower().decode("ascii")
    size = word.end(1)  # of its leading letters
    return (whole[:size], whole) if 0 < size < len(whole) else (whole,)


@lru_cache(maxsize=1024)
def key_of(token: str) -> str:
    """The one key of a token we ask for: its first word where that holds a digit, else its leading letters.

    `""` where the token has none: no group is ever found under that.
    """
    keys = keys_of(token.encode("utf-8", "replace"))
    return keys[-1] if keys else ""
