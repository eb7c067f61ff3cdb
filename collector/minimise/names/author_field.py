"""What an author field says: whose names it holds, in one spelling each."""

from __future__ import annotations

import re

_MAX_LENGTH = 80

_BYLINE = re.compile(
    r"\s*(?:(?:written|posted|published|story|text|words|report|reported|edited|article)\s+)?"
    r"(?:by|von|par|por|di|door|af|av|von:|by:|author:|autor:|autorin:|auteur:|text:|foto:|photo:)\s+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[;|•·\n]|\s/\s|\s&\s|,?\s(?:and|und|et|y|e|og|och|en|i|with|mit)\s)\s*", re.IGNORECASE)
_TITLES = re.compile(
    r"(?:(?:dr|prof|mr|mrs|ms|mx|herr|frau|sir|dame|dipl|ing|mag|phd|md|rev|hon|m|mme|mlle)\.?\s+)+", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W\d_][\w'\u2019.\-]*", re.UNICODE)
_ORGANISATION = re.compile(
    r"\b(?:gmbh|ag|inc|ltd|llc|corp|co|kg|sa|srl|bv|plc|e\.?v|team|staff|redaktion|editorial|editors?|newsroom"
    r"|desk|news|press|presse|agency"
    r"|agentur|redazione|redacción|rédaction|admin|administrator|webmaster|verlag|university|universität"
    r"|institute?|foundation|stiftung|society"
    r"|association|verein|group|company|department|ministry|museum|library|online|magazine|magazin|zeitung"
    r"|journal|times|post|blog|contributors?"
    r"|developers?|project|committee|council|office|media|studio|authors?|community|wikipedia|reuters|dpa|afp|ap"
    r"|guest|anonymous|unknown)\b"
    r"|https?:|www\.|\.(?:com|org|net|de)\b",
    re.IGNORECASE,
)


def split_names(text: str) -> list[str]:
    """The names in an author field: bylines and titles off, lists divided, `Doe, Jane` turned round."""
    text = " ".join(text[:2_000].split())
    byline = _BYLINE.match(text)
    if byline:
        text = text[byline.end() :]
    names: list[str] = []
    for part in _BETWEEN.split(text):
        pieces = [piece.strip(' .\u200b"“”()[]') for piece in part.split(",")]
        pieces = [piece for piece in pieces if piece]
        if len(pieces) == 2 and all(len(_TOKEN.findall(piece)) == 1 for piece in pieces):
            pieces = [f"{pieces[1]} {pieces[0]}"]
        names.extend(pieces)
    return [name for name in names if len(name) <= _MAX_LENGTH]


def is_person(name: str) -> bool:
    """Whether an author's name can be a person's: not an organisation's, an address or a number."""
    return bool(_TOKEN.search(name)) and not any(c.isdigit() for c in name) and not _ORGANISATION.search(name)


def normal(name: str) -> str:
    """One spelling for alike names: no titles, lower case, single spaces, `doe, jane` as `jane doe`."""
    name = without_titles(" ".join(name.split())) or name
    first, comma, rest = name.partition(",")
    return (f"{rest.strip()} {first.strip()}" if comma else name).casefold()


def without_titles(name: str) -> str:
    """The name without `Dr.`, `Frau`, `Mr` before it."""
    return _TITLES.sub("", name, count=1)
