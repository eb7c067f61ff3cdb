"""Dates as sites write them in header fields and markup: RFC 822, RFC 850, asctime and ISO 8601.

Hand-written because the standard library's reader of such dates, `email.utils`, imports `socket`, which
deciding code must not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}  # RFC 822 §5.1
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
_ZONE = r"(?P<zone>[A-Za-z]{1,5}|[+-][0-9]{2}:?[0-9]{2})"
_SHAPES = (
    # Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT; 6 Nov 1994
    re.compile(
        rf"(?:[A-Za-z]{{3,9}},? ?)?(?P<day>[0-9]{{1,2}})[ -](?P<month>[A-Za-z]{{3}})[a-z]{{0,6}}[ -]"
        rf"(?P<year>[0-9]{{4}}|[0-9]{{2}})(?:,? {_TIME}(?: ?{_ZONE})?)?",
        re.ASCII,
    ),
    # Sun Nov 6 08:49:37 1994; Nov 6, 1994
    re.compile(
        rf"(?:[A-Za-z]{{3,9}},? )?(?P<month>[A-Za-z]{{3}})[a-z]{{0,6}} (?P<day>[0-9]{{1,2}}),?"
        rf"(?: {_TIME}(?: {_ZONE})?)? (?P<year>[0-9]{{4}})",
        re.ASCII,
    ),
)
_CENTURY_TURNS = 69  # two digits: 69 to 99 lie in the 20th century (POSIX)
_MAX = 128  # characters


def read_date(text: str) -> datetime | None:
    """The moment that `text` names, in UTC; a date alone is its midnight, and no zone, or an unknown one, is UTC.

    None where it names none. Never raises.
    """
    text = " ".join(text[:_MAX].split())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None:
        return _in_utc(moment)
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found is not None:
            return _from_parts(found.groupdict())
    return None


def _from_parts(parts: dict[str, str | None]) -> datetime | None:
    number = {name: int(value) for name, value in parts.items() if value and value.isdigit()}
    month = _MONTHS.get((parts["month"] or "").lower())
    if month is None:
        return None
    year = number["year"]
    if len(parts["year"] or "") == len("yy"):
        year += 1900 if year >= _CENTURY_TURNS else 2000
    second = min(number.get("second", 0), 59)  # a leap second is the one before it
    try:
        moment = datetime(
            year,
            month,
            number["day"],
            number.get("hour", 0),
            number.get("minute", 0),
            second,
            tzinfo=_zone(parts["zone"]),
        )
    except ValueError:
        return None
    return _in_utc(moment)


def _zone(text: str | None) -> timezone:
    if text is None or text[0].isalpha():
        return timezone(timedelta(hours=_ZONES.get((text or "").lower(), 0)))
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)  # ValueError from 24 hours on


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
