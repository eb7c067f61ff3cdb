"""What follows a street in an address: the flat, the town, the state, the postal code, the country, in any order."""

from __future__ import annotations

import functools
import re

from collector.minimise.recognizers.address_words import CAPITAL

MAX_PARTS = 8  # of one address behind its street

_GAP = re.compile(r"(?=[\s,])[ \t\u00a0]{0,2},?[ \t\u00a0]{0,2}(?:\n[ \t\u00a0>?]{0,8}){0,2},?[ \t\u00a0]{0,2}")
_UNIT = re.compile(
    r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|Level|Studio|Piano|Box|Etage|Stock|Top|Bte|Piso"
    r"|Appartamento)\b"
    r"\.?\s?#?|#)[A-Z]?\d{1,5}[A-Za-z]?\b"
)
_CODE = re.compile(
    r"(?:(?:D|A|F|B|L|CH|DE|AT|NL|BE)-)?(?:\d{5}(?:-\d{3,4})?|\d{2}-\d{3}|\d{4}-\d{3}|\d{4}(?:\s?[A-Z]{2})?"
    r"|\d{3} \d{2}|\d{2} \d{4}|(?<=, {2})\d{3}"
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d"
    r"|[A-Z]\d[\dW] [A-Z\d]{4}|[A-Z]{2}-\d{3,4}-\d{4})(?![\w-])"
)
_ZIP_ALONE, _ENDS = re.compile(r"\d{5}"), re.compile(r"[ \t]*(?:[.,;)\n]|\Z)| (?i:is|was|and|on)\b")
_PROVINCE = re.compile(r"\([A-Z]{2}\)")
_WORDS = re.compile(
    rf"(?:St\. |Ste\. )?{CAPITAL}[\w'\u2019-]*"
    rf"(?:[ -](?:(?:and|of|the|de|la|las|los|del|della|di|du|des|am|an der|im|in|ob der|ob|bei|pri|nad|pod|na"
    rf"|sur|sous|en|les|lès|&) ){{0,2}}"
    rf"\(?(?:d['\u2019])?{CAPITAL}[\w'\u2019-]*\)?){{0,6}}"
)
_ASIDE = re.compile(r" \((?:the )?[^\W\d_][^()\n]{2,45}\)")  # behind a country: `Antarctica (the territory …)`
_OF_TOWNS = frozenset(
    """Bay Beach Bluffs City Creek Falls Gardens Grove Harbor Heights Hills Island Lake Park Point Ridge Rock Springs
    Valley""".split()
)
_CODES_FIRST = frozenset(("town", "state", "code", "unit"))


def tail(text: str, end: int, *, behind: str = "street") -> tuple[int, bool]:
    """Where the address ends whose street, or town where `behind` says so, ends at `end`.

    With it, whether what follows can stand only in an address.

    A town alone belongs to it behind a comma; on a line of its own only with a code, a state or a country behind it.
    """
    last, proof, before = end, False, behind
    for _ in range(MAX_PARTS):
        gap = _GAP.match(text, end)
        if gap is None:
            break
        kind, stop = _part(text, gap.end())
        if not kind or (kind == "town" and "," not in gap[0] and "\n" not in gap[0] and before not in ("unit", "code")):
            break
        if kind == "town" and text[stop : stop + 1] == ":":
            break  # the next line's word: `Mobile: …`
        if kind == "code" and before == "street" and not _is_town_behind(text, stop):
            if "," in gap[0] and _ZIP_ALONE.fullmatch(text, gap.end(), stop) and _ENDS.match(text, stop):
                last = stop  # `60 East Walton Street, 60611`
            break
        if kind != "town" or "," in gap[0] or before == "code":
            last = stop
            proof = proof or kind not in ("town", "code") or (kind == "code" and before in _CODES_FIRST)
        end, before = stop, kind
    return last, proof


def _part(text: str, start: int) -> tuple[str, int]:
    """The kind of the next part of an address, and its end."""
    for kind, pattern in (("unit", _UNIT), ("code", _CODE), ("state", _PROVINCE)):
        if found := pattern.match(text, start):
            return kind, found.end()
    if not (words := _WORDS.match(text, start)):
        return "", start
    tokens = words[0].split(" ")
    for count in range(len(tokens), 0, -1):
        if tokens[count:] and tokens[count] in _OF_TOWNS:
            continue  # `Colorado Springs` is no state
        if any(" ".join(tokens[first:count]).casefold() in _places() for first in range(count)):
            stop = start + len(" ".join(tokens[:count]))
            aside = _ASIDE.match(text, stop)
            return "state", aside.end() if aside else stop
        if _is_abbreviation(tokens[count - 1]):
            return "state", start + len(" ".join(tokens[:count]))
    return "town", start + len(" ".join(tokens[:3]))


def _is_town_behind(text: str, end: int) -> bool:
    return (
        text[end : end + 1] in (" ", ",")
        and _WORDS.match(text, end + 1 + text[end + 1 : end + 3].count(" ")) is not None
    )


def _is_abbreviation(word: str) -> bool:
    return len(word) in (2, 3) and word.isupper() and word in _abbreviations()


@functools.cache
def _places() -> frozenset[str]:
    """Countries in English, and states and provinces, from Faker's lists: closed classes."""
    from faker.providers.address import en, en_AU, en_CA, en_US, es_ES  # noqa: PLC0415  by the first address only

    names = (*en.Provider.countries, *en_US.Provider.states, *en_CA.Provider.provinces, *en_AU.Provider.states)
    return frozenset(
        str(name).casefold().partition(" (")[0]
        for name in (*names, *es_ES.Provider.states, "USA", "UK", "England", "Scotland")
    )


@functools.cache
def _abbreviations() -> frozenset[str]:
    from faker.providers.address import en_AU, en_CA, en_US  # noqa: PLC0415  by the first address only

    lists = (en_US.Provider.states_abbr, en_CA.Provider.provinces_abbr, en_AU.Provider.states_abbr)
    return frozenset(
        (
            *(str(name) for names in lists for name in names),
            "DC",
            "PR",
            "AS",
            "GU",
            "PW",
            "FM",
            "MH",
            "MP",
            "VI",
            "USA",
            "UK",
            "AE",
            "AP",
            "AA",
        )
    )
