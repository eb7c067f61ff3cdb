"""The figures of a text: the text without its letters, a fifth of it, in which numbers and addresses are counted.

What is not Latin-1 reads as `?`, which may be a digit or a space. Every count is at least that of the text itself, so
that nothing has to be looked for in the text where too little is here.
"""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = bytes(byte for byte in range(256) if chr(byte).isalpha() or byte == 0x5F)
_PHONE = re.compile(rb"[+(0][0-9?][0-9 ()/.?\-]{6}")  # eight characters: no two numbers begin in one match
_YEAR = re.compile(rb"(?:1[5-9]|20)[0-9?]{2}")
_AGE = re.compile(rb"[,(][\s\x1c-\x1f\x85\xa0?]?1?[0-9?][,)]")
_SPELT_AT = (b"()", b"[]", b"(]", b"[)")  # `(at)`


def figures_of(text: str) -> bytes:
    """`text` without its letters, and without the spaces that stood between words."""
    figures = text.encode("latin-1", "replace").translate(None, _LETTERS)
    # Where single spaces divide the text, two in a row had letters between them: no number reaches over them.
    return figures if "  " in text else b" ".join(figures.split())


def at_most_emails(figures: bytes) -> int:
    """As many as there are signs for `at`, written or spelt."""
    return figures.count(b"@") + sum(figures.count(spelt) for spelt in _SPELT_AT)


def at_most_phones(figures: bytes) -> int:
    """As many as begin like one and go on for eight characters."""
    return len(_PHONE.findall(figures))


def at_most_years(figures: bytes) -> int:
    """As many as four digits begin with a century from 1500 on."""
    return len(_YEAR.findall(figures))


def may_hold_bare_age(figures: bytes) -> bool:
    """Whether a number below 20 stands alone between commas or brackets."""
    return _AGE.search(figures) is not None
