"""International bank account numbers (ISO 13616): two letters, mod 97, and the country's own length."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from collector.minimise.engine.context import Context
from collector.minimise.engine.recognizer import END, Recognizer, Trigger
from collector.minimise.engine.span import Span
from collector.minimise.recognizers.checksum import is_valid

KIND = "iban"

# The IBAN registry: length by country.
_LENGTHS = {
    row[:2]: int(row[2:])
    for row in """AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28
    EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26
    IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28
    NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25
    SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30""".split()
}
_SHORTEST, _LONGEST = min(_LENGTHS.values()), 34  # ISO 13616: the format's limit
_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ .\-]?\d{2}(?=[ .\-]{0,2}[A-Za-z0-9]{2})")
_REST = re.compile(rf"(?:[ .\-]{{0,2}}[A-Za-z0-9]){{{_SHORTEST - 4},{_LONGEST - 4}}}")


def find(text: str, context: Context, start: int = 0, end: int = END) -> Iterator[Span]:  # noqa: ARG001
    """Spans of valid account numbers, in groups or in one piece."""
    for head in _HEAD.finditer(text, start, end):
        length = _LENGTHS.get(head[0][:2].upper())
        rest = _REST.match(text, head.end()) if length else None
        if length is None or rest is None:
            continue
        characters = [i for i in range(head.start(), rest.end()) if text[i] not in " .-"]
        number = "".join(text[i] for i in characters[:length]).upper()
        if len(number) == length and not _goes_on(text, characters[length - 1] + 1) and _is_account(number):
            yield Span(head.start(), characters[length - 1] + 1, KIND, "iban_mod97", number)


def _goes_on(text: str, end: int) -> bool:
    return end < len(text) and text[end].isascii() and text[end].isalnum()


@functools.lru_cache(maxsize=4_096)
def _is_account(number: str) -> bool:
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1 and is_valid("iban", number)


RECOGNIZER = Recognizer(
    KIND,
    "International bank account numbers (ISO 13616), in groups or in one piece",
    "check digits (mod 97), the country's length and structure",
    (Trigger(r"(?i)\b[A-Z][A-Z][ .-]?\d\d[ .-]?[ .-]?[A-Z0-9][A-Z0-9]", 12, 108),),
    find,
)
