"""What one value becomes where it is not simply numbered: a keyed pseudonym, a coarser value, a value with noise.

A pseudonym has the shape of a placeholder (`[[PERSON_QXJZWVBNMALPQK_0]]`: fourteen letters for 64 bits, and the
number 0, which no ordinal has), so that whatever reads, escapes or renders placeholders knows it as well.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Mapping
from hashlib import blake2s, sha256

KEY_BYTES = 32
LETTERS = 14  # 26^14 > 2^64

_SEXAGESIMAL = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s?°\s?(?:(\d{1,2})\s?['\u2032\u2019])?[^NSEWO°]{0,12}([NSEWO])?")
_DECIMAL = re.compile(r"[+\-]?\d{1,3}\.\d{1,15}")
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d{2}(?!\d)")
_DATE = re.compile(r"(\d{2}|\d{4})-(\d{2})-\d{2}\Z")
_COARSE_DATE = re.compile(r"(?:18|19|20)\d{2}(?:s|-\d{2})?")
_SHORT_DATE = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](\d{2})(?!\d)")

# What a kind becomes, as the documentation says it; other kinds have no coarser value.
GENERALISED: Mapping[str, str] = {
    "ip": "its /24 or /48, written so that it is no address: `203.0.113.x`",
    "birth_date": 'its year, or with `birth_dates = "decade"` its decade: `1980s`',
    "person_date": "its month: `2024-05`",
    "coordinates": "degrees with one decimal, about 11 km: `near 52.5 N 13.4 E`",
}
RANDOMISED: Mapping[str, str] = {
    "birth_date": "a year at most two away, the same each time in one record",
    "coordinates": "degrees with one decimal, moved by at most 0.1, the same each time in one record",
}
MAX_YEARS = 2  # noise on a year of birth: uniform in -2 … 2
MAX_DEGREES = 0.1  # noise on coordinates: about 11 km


def source_key(campaign: bytes, domain: str) -> bytes:
    """The key of one source: pseudonyms of two registrable domains have nothing in common (CNIL, June 2025)."""
    return hmac.digest(campaign, f"source|{domain}".encode("utf-8", "surrogatepass"), sha256)


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """The pseudonym of `value` under a source's key. Raises ValueError for a key of another length."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    number = int.from_bytes(
        blake2s(value.encode("utf-8", "surrogatepass"), key=key, person=kind.encode()[:8], digest_size=8).digest(),
        "big",
    )
    letters = []
    for _ in range(LETTERS):
        number, letter = divmod(number, 26)
        letters.append(chr(ord("A") + letter))
    return f"[[{kind.upper()}_{''.join(letters)}_0]]"


def generalised(kind: str, value: str, *, decades: bool = False) -> str | None:
    """A coarser value, in a shape that no recognizer takes for the fine one; None where there is none.

    `decades`: a date of birth becomes a band of ten years (`1980s`), not a year.
    """
    if kind == "ip":
        return network(value)
    if kind == "birth_date":
        year = _year(value)
        if year is None:
            return None
        return f"{year // 10 * 10}s" if decades else str(year)
    if kind == "person_date":
        return _month(value)
    if kind == "coordinates":
        degrees = _degrees(value)
        if len(degrees) == 1:
            return f"{degrees[0]:.1f}"  # latitude or longitude in a field of its own
        return None if len(degrees) != 2 else _area(*degrees)
    return None


def is_coarse(written: str) -> bool:
    """Whether a date is as coarse already as generalising makes it: a year, a decade, a month."""
    return _COARSE_DATE.fullmatch(written.strip()) is not None


def randomised(kind: str, value: str, key: bytes, record: str) -> str | None:
    """The value with noise from HMAC(key, record and value): the same each time, another in another record."""
    seed = hmac.digest(key, f"noise|{record}|{kind}|{value}".encode("utf-8", "surrogatepass"), sha256)
    first, second = (int.from_bytes(seed[i : i + 8], "big") / 2**64 for i in (0, 8))
    if kind == "birth_date":
        year = _year(value)
        return None if year is None else str(year + int(first * (2 * MAX_YEARS + 1)) - MAX_YEARS)
    if kind == "coordinates":
        degrees = _degrees(value)
        if len(degrees) == 1:
            return f"{degrees[0] + (2 * first - 1) * MAX_DEGREES:.1f}"
        if len(degrees) != 2:
            return None
        latitude, longitude = degrees
        return _area(latitude + (2 * first - 1) * MAX_DEGREES, longitude + (2 * second - 1) * MAX_DEGREES)
    return None


def network(value: str) -> str | None:
    """The /24 or /48 of an address, written so that it is no address any more."""
    try:
        address = ipaddress.ip_address(value.strip("[]").partition("%")[0].partition("/")[0])
    except ValueError:
        return None
    if address.version == 4:
        return ".".join([*str(address).split(".")[:3], "x"])
    return ":".join([*address.exploded.split(":")[:3], "x"])


def _year(value: str) -> int | None:
    years = _YEAR.findall(value)
    if years:
        return int(years[-1])
    short = _SHORT_DATE.search(value)
    date = _DATE.match(value)
    if short is None and date is None:
        return None
    return _century(int(short[1] if short else date[1] if date else 0))


def _month(value: str) -> str | None:
    """`2024-05` of `2024-05-12`: a month as HTML writes it (§2.3.5.2)."""
    date = _DATE.match(value)
    if date is None:
        return None
    year = int(date[1]) if len(date[1]) == 4 else _century(int(date[1]))
    return f"{year}-{date[2]}"


def _century(two: int) -> int:
    """The year of two figures."""
    return 1900 + two if two > 30 else 2000 + two


def _degrees(value: str) -> list[float]:
    """The signed decimal degrees in `value`: `52.5200, 13.4050`, or degrees and minutes with N, S, E, W."""
    if "°" in value:
        found = _SEXAGESIMAL.findall(value)
        degrees = [float(d.replace(",", ".")) + float(m or 0) / 60 for d, m, _ in found]
        signs = [-1 if hemisphere in ("S", "W") else 1 for *_, hemisphere in found]
        return [d * s for d, s in zip(degrees, signs, strict=True)][:2]
    return [float(number) for number in _DECIMAL.findall(value)][:2]


def _area(latitude: float, longitude: float) -> str:
    north = f"{abs(latitude):.1f} {'N' if latitude >= 0 else 'S'}"
    east = f"{abs(longitude):.1f} {'E' if longitude >= 0 else 'W'}"
    return f"near {north} {east}"
