"""Numbers of tables, series and listings: beside other figures a check digit that fits says nothing of a person."""

from __future__ import annotations

import re

# What stands between two columns or two members of a list, ellipses of sessions and quotes included.
_BETWEEN = r"[\s,;:|'\"\[\](){}.\u2026]{1,16}"
_SIGN = r"[-+\u2212]"
_LEFT = re.compile(rf"(?<![\w-])({_SIGN}?\d[\d.]*){_BETWEEN}\Z")
_RIGHT = re.compile(rf"{_BETWEEN}({_SIGN}?\d[\d.]*)(?![\w.-])")
_TELEPHONE = re.compile(r"[ ,;-]{1,2}\(?(?:fax|office|voice|mobile?|cell|home|work|tel|phone)\b", re.IGNORECASE)
_LONG = 8  # digits of a figure that is no year, count or line number


def neighbours(before: str, after: str) -> tuple[str, ...]:
    """The figures that stand directly before and behind, as they are written, with their signs."""
    found = (_LEFT.search(before), _RIGHT.match(after))
    return tuple(match[1].rstrip(".") for match in found if match)


def is_figure(neighbour: str) -> bool:
    """Whether it is a decimal or has a sign, as no identifier has."""
    return not neighbour.isdecimal()


def is_long(neighbour: str) -> bool:
    """Whether it has as many digits as identifiers have."""
    return len(neighbour) >= _LONG


def is_telephone(after: str) -> bool:
    """Whether the word behind says that the number is a telephone's: `0770…-Fax`."""
    return _TELEPHONE.match(after) is not None
