"""Who a package says it is by, out of its metadata or copyright file: gold that is not of our own finding."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path

_COPYRIGHT = re.compile(
    r"^\s*(?:Copyright:?|©|\(c\)|Upstream[- ](?:Author|Contact)s?:|\s)[^\n]*", re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(
    r"(?<![\w.@])([A-Z][^\W\d_]+(?:[ -][A-Z]\.)?(?: (?:van|von|de|der|den|di|la|le))*(?: [A-Z][^\W\d_]+){1,2})"
    r"(?= ?[<,(\n]|$)"
)
NO_PERSON = re.compile(
    r"\b(?:Inc|Ltd|LLC|SARL|Red Hat|GmbH|Corp|Corporation|Foundation"
    r"|Software|University|Project|Team|License|Public|General|Free"
    r"|Copyright|Debian|Group|Institute|Developers|Contributors|Authors|Version|Apache|Berkeley|Library|Systems|Labs"
    r"|Documentation|Street|Floor|Franklin|Community|Reserved|Rights|Laboratory|Company|Research|Society|Center|Centre"
    r"|Notice|Files|Creative|Commons|Artistic|Creek|Boston|Suite|The|This|On|In|All|And|For|GNU|BSD|MIT|World|Wide"
    r"|Consortium|Technology|Technologies|United|States|Security|Python|Free|International|Microsystems|Regents|New"
    r"|Acta|Transactions|Catalogues|Stars|SOFTWARE|B\.V|Test|Kitchen|Good|Food|Recipes|Staff|Kitchens|Network|Magazine|Cuisine|Media|Bros|Cooks|Cooking|Cook)\b"
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+-])?@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b"
)
_LOGIN = re.compile(r"://[^\s/@]{0,80}\Z")
_FIELDS = ("Author", "Author-email", "Maintainer", "Maintainer-email")
_MAX_NAMES = 200


@dataclass(frozen=True, slots=True)
class Gold:
    """The persons of one package, and their addresses in small letters."""

    names: tuple[str, ...]
    addresses: frozenset[str]


def of_debian(folder: Path) -> Gold:
    """Copyright holders and upstream contacts of the unpacked package's copyright file (Debian Policy §12.5)."""
    text = "\n".join(
        path.read_text("utf-8", "replace")
        for path in sorted(folder.glob("usr/share/doc/*/copyright"))
        if path.is_file()
    )
    return Gold(copyright_names(text), addresses(text))


def of_pypi(folder: Path) -> Gold:
    """Author and maintainer of the package's core metadata, read as what it is: a message's header."""
    found = [*folder.rglob("PKG-INFO"), *folder.rglob("METADATA")]
    if not found:
        return Gold((), frozenset())
    return metadata_gold(min(found, key=lambda path: len(path.parts)).read_text("utf-8", "replace"))


def metadata_gold(metadata: str) -> Gold:
    """The persons of the fields Author, Author-email, Maintainer, Maintainer-email (core metadata specification)."""
    header = email.message_from_string(metadata)
    names: dict[str, None] = {}
    found: set[str] = set()
    for field in _FIELDS:
        for value in header.get_all(field, []):
            found |= addresses(value)
            given = [name for name, _ in getaddresses([value])] if field.endswith("email") else value.split(",")
            for part in given:
                for name in re.split(r" and | & |;|<", part):
                    plain = " ".join(name.split()).strip("\"'")
                    if _is_person(plain):
                        names[plain] = None
    return Gold(tuple(names), frozenset(found))


def _is_person(name: str) -> bool:
    return " " in name and "@" not in name and name[0].isupper() and not NO_PERSON.search(name)


def copyright_names(text: str) -> tuple[str, ...]:
    """Names in the lines of `text` that claim copyright with a year or an address, firms and phrases left out."""
    names: dict[str, None] = {}
    for line in _COPYRIGHT.findall(text):
        if "@" in line or re.search(r"\b(?:19|20)\d\d\b", line):
            found = (name.strip() for name in _NAME.findall(line))
            names |= dict.fromkeys(name for name in found if not NO_PERSON.search(name))
    return tuple(names)[:_MAX_NAMES]


def addresses(text: str) -> frozenset[str]:
    """All e-mail addresses of the plain form in `text`, in small letters; no pattern of the recognizers is used.

    What looks like one in a login of a URL (RFC 3986 §3.2.1) is none.
    """
    found = (
        match for match in _ADDRESS.finditer(text) if not _LOGIN.search(text, max(0, match.start() - 90), match.start())
    )
    return frozenset(match[0].lower() for match in found)
