"""Figures that look like telephone numbers and are none: decimals, fractions, sums, citations, addresses of hosts.

On documentation of programs nine in ten runs of digits that libphonenumber takes for a number of some region are these.
"""

from __future__ import annotations

import re

_DECIMALS = re.compile(r"[1-9]?\d{0,2}\.\d{5,}|[1-9]?\d{0,2}\.\d{2,} {1,3}[1-9]?\d{0,2}(?:\.\d{2,})?")
_TWO_DECIMALS = re.compile(r"[1-9]?\d{0,2}\.\d{3,}(?: {1,3}[1-9]?\d{0,2}(?:\.\d+)?)+")
_ROW = re.compile(r"\d{1,3}\.\d{1,4}(?: {1,3}-?\d{1,3}\.\d{1,4}){2,}(?:\.)?")  # of a matrix
_FRACTION = re.compile(r"[1-9]\d{0,6}/[1-9]\d{1,6}")
_FRACTION_BESIDE = re.compile(r"\s?[,;)\]]\s{0,8}[-+]?\d{1,7}/\d|\s?[-+*]\s?\d{1,7}/\d|\s?[*^=]")
_FRACTION_BEFORE = re.compile(r"\d/\d{1,7}\s?[,;)\]*+-]\s{0,8}[-+]?\Z|[-+*=(]\s?\Z")
_CITED = re.compile(r"\d{1,4} ?\((?:1[5-9]|20)\d\d\)?|(?:19|20)\d\d\.(?:0\d|1[0-2])\.\d{3}")
_QUAD = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![.\d])")
_SUM_BEFORE = re.compile(r"[\d)]\s{1,3}\Z")
_SUMMED = re.compile(r"\+\s+(?:\(|\d{3,}/|\d+\.\d+\Z)")
_OPERATOR = re.compile(r"\s?(?:\)\s?)?[*^=]|\s?<<|[/.]\d")
# Degrees or hours with minutes and seconds, the last with decimals.
_SEXAGESIMAL = re.compile(r"[+-]?\s{0,2}\d{1,3}[ :][0-5]\d[ :][0-5]\d\.\d")
_AMOUNT = re.compile(r"(?:\d{1,4} )?[1-9]\d{4,}\.\d{1,2}|\d{1,6} -\d{5,}|\d{5}-\d{4}|\d{1,4}-\d{1,4}\. (?:19|20)\d\d")
_PAGES = re.compile(r"\d{1,4} ?[-\u2013] ?\d{1,4}(?:,? \(?(?:1[5-9]|20)\d\d)?")
_PAGES_BEFORE = re.compile(r"(?<!\w)pp?\.\s?\Z")
_YEARS_OR_DATE = re.compile(
    r"1[5-9]\d\d ?[-\u2013] ?(?:1[5-9]|20)\d\d|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/\d\d"
)
_DIALLED = re.compile(r"(?:tel|fon|phone|fax|call|mob|cell|handy|dial)\w{0,9}[\s.:=]{0,3}\Z", re.IGNORECASE)
_TO_LAST = re.compile(r"\(?\d{5}[-\u2013]9999\d")  # all codes of five digits
_SIGNED = re.compile(r"[1-9]?\d{0,2}\.\d{5,}")
_TENTHS = re.compile(r"\d{4,}\.\d")
_COLUMN = re.compile(r"0 \d{7,}")  # a zero, and the next column of the table
_COUNTRY_BEFORE = re.compile(r"(?<!\w)[A-Z]{2}[ -]\Z")  # of a number for value added tax
_MINUS = ("-", "\u2212")
_BELOW_ONE = re.compile(r"0\.\d{5,}")
_PAIRS = re.compile(r"\d\d(?: \d\d){3,}(?: \d)?")
_HEX_BEFORE = re.compile(r"(?<![^\s])(?=[0-9]{0,4} ?[0-9]{0,4}[A-F])[0-9A-F]{2} [0-9A-F]{2} \Z")
_HEX_BEHIND = re.compile(r"[A-F](?= )|(?= ?[0-9]{0,4} ?[0-9]{0,4}[A-F]) [0-9A-F]{2} [0-9A-F]{2}(?!\S)")
_NEAR = 24


def is_figure(text: str, start: int, end: int, rule: str) -> bool:
    """Whether what stands there is a figure of another kind, whatever rule took it for a telephone number.

    A word of telephones beside it (`phone_named`) outweighs a shape that is only likely to be something else.
    """
    written = text[start:end]
    if start > 1 and text[start - 1] == "." and text[start - 2].isdecimal():
        return True  # the decimals of a number that begins before
    if _ROW.fullmatch(written) or _BELOW_ONE.fullmatch(written) or _is_dumped(text, start, end, written):
        return True
    if rule != "phone_named" and _SEXAGESIMAL.match(written):
        return True
    if rule == "phone_international":
        return (
            text[end : end + 1].isdecimal() or _is_summed(text, start, end, written) or _is_decimal_behind(text, start)
        )
    before = text[max(0, start - _NEAR) : start]
    if (
        _TO_LAST.fullmatch(written)
        or _TENTHS.fullmatch(written)
        or (before[-1:] in _MINUS and _SIGNED.fullmatch(written))
    ):
        return True
    if _PAGES.fullmatch(written) and _PAGES_BEFORE.search(before):
        return True
    if _YEARS_OR_DATE.fullmatch(written) and not _DIALLED.search(before):
        return True
    if _CITED.fullmatch(written) or _is_host(written):
        return True
    if _TWO_DECIMALS.fullmatch(written):
        return True
    if _FRACTION.fullmatch(written) and (
        _FRACTION_BESIDE.match(text, end) or _FRACTION_BEFORE.search(text, max(0, start - _NEAR), start)
    ):
        return True
    return rule == "phone_region" and (
        _DECIMALS.fullmatch(written) is not None
        or _FRACTION.fullmatch(written) is not None
        or _AMOUNT.fullmatch(written) is not None
        or _OPERATOR.match(text, end) is not None
        or _COLUMN.fullmatch(written) is not None
        or (written.isdecimal() and (before[-1:] == "|" or _COUNTRY_BEFORE.search(before) is not None))
    )


def _is_decimal_behind(text: str, start: int) -> bool:
    """`050.29-00.46`: two zeros behind a figure and a minus dial nobody abroad."""
    return text.startswith("00", start) and text[start - 1 : start] == "-" and text[max(0, start - 2)].isdecimal()


def _is_dumped(text: str, start: int, end: int, written: str) -> bool:
    """Pairs of digits between pairs that are hexadecimal."""
    if not _PAIRS.fullmatch(written):
        return False
    return _HEX_BEFORE.search(text, max(0, start - 9), start) is not None or _HEX_BEHIND.match(text, end) is not None


def _is_summed(text: str, start: int, end: int, written: str) -> bool:
    """`+ 12155/589824 * eps`, `+ (11/2048 …`: a plus between blanks is a sign of addition where it is followed so."""
    apart = written[:1] == "+" and written[1:2].isspace()
    return apart and (
        _SUMMED.match(written) is not None
        or _OPERATOR.match(text, end) is not None
        or (written[2:].isdecimal() and _SUM_BEFORE.search(text, max(0, start - 4), start) is not None)
    )


def _is_host(written: str) -> bool:
    """An address of IPv4 at the beginning; ten digits with such dots are written by nobody."""
    quad = _QUAD.match(written)
    return quad is not None and all(int(part) <= 255 for part in quad.groups())
