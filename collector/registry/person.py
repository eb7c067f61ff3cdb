"""Identifiers of persons: how each is written before it is hashed, and the keyed hash that stands for it.

HMAC-SHA256(pepper, SHA-256(scheme|canonical form)): the inner digest, kept encrypted, lets a list be keyed anew
for a recipient after the identifier itself is gone; it is never published, because anybody could try all numbers.
The forms are those of California's DROP, so that one published rule serves both sides.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from collector.model.errors import RegistryError

SCHEMES = ("email", "phone", "name", "handle", "github", "orcid", "isni", "viaf", "wikidata", "url")
_BEGUN = {scheme: hashlib.sha256(f"{scheme}|".encode()) for scheme in SCHEMES}  # copied, never updated
_DIGITS = re.compile(r"\D+", re.ASCII)
_BLOCK = 64  # bytes that SHA-256 takes in at a time
_MAX = 320  # characters; RFC 5321 §4.5.3.1 leaves room for no longer address


def canonical_identifier(scheme: str, value: str) -> str:
    """The form that is hashed. Raises RegistryError for what is no identifier of the scheme."""
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > _MAX:
        raise RegistryError(f"no {scheme}: empty or longer than {_MAX} characters")
    match scheme:
        case "email":
            form = "".join(text.split()).lower()  # dots and plus tags stay
            sound = form.count("@") == 1 and form[0] != "@" and form[-1] != "@"
        case "phone":
            form = _DIGITS.sub("", text)[-10:]  # the last ten digits
            sound = len(form) >= 7
        case "name":
            form = letters_of(text)
            sound = len(form) > 1
        case "handle" | "github":
            form = text.removeprefix("@").casefold()
            sound = not any(character.isspace() for character in form)
        case "orcid" | "isni":
            form = re.sub(r"[^0-9Xx]", "", text.rpartition("/")[2]).upper()
            sound = len(form) == 16 and _check_digit(form[:15]) == form[15]
        case "viaf" | "wikidata" | "url":
            form = text.casefold() if scheme != "url" else text
            sound = True
        case _:
            raise RegistryError(f"no identifier scheme {scheme!r}", mend=f"one of: {', '.join(SCHEMES)}")
    if not form or not sound:
        raise RegistryError(f"this is no {scheme}", mend="check how it is written")
    return form


def inner_digest(scheme: str, value: str) -> bytes:
    """SHA-256 over `scheme|canonical form`: 32 bytes, as good as the identifier itself to whoever can guess."""
    return digest_of_form(scheme, canonical_identifier(scheme, value))


def digest_of_form(scheme: str, form: str) -> bytes:
    """As `inner_digest`, for what has its form already; the hash that the scheme begins is copied, not made anew."""
    begun = _BEGUN.get(scheme) or hashlib.sha256(f"{scheme}|".encode())
    whole = begun.copy()
    whole.update(form.encode("utf-8", "surrogatepass"))
    return whole.digest()


def keyed(pepper: bytes, inner: bytes) -> str:
    """The hash that stands for the identifier under this pepper, in hex: HMAC-SHA256.

    RFC 2104 §4: what the key alone decides is worked out once. Every pair of capitalised words of a crawl comes here.
    """
    states = _keyed_states(pepper)
    first, second = states[0].copy(), states[1].copy()
    first.update(inner)
    second.update(first.digest())
    return second.hexdigest()


@lru_cache(maxsize=4)
def _keyed_states(pepper: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """Both hashes of RFC 2104 §2 after their first block; copied, never updated."""
    block = (hashlib.sha256(pepper).digest() if len(pepper) > _BLOCK else pepper).ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return inner, outer


def person_hash(pepper: bytes, scheme: str, value: str) -> str:
    """`keyed` of `inner_digest`. Raises RegistryError."""
    return keyed(pepper, inner_digest(scheme, value))


def pepper_id(pepper: bytes) -> str:
    """A name for the pepper that tells nothing about it."""
    return hashlib.sha256(b"pepper id\0" + pepper).hexdigest()[:16]


def letters_of(text: str) -> str:
    """The letters and digits of a name, folded: `Zoë O'Hara` is `zoeohara`."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    return "".join(character for character in plain if character.isalnum())


def _check_digit(digits: str) -> str:
    total = 0
    for digit in digits:
        if not digit.isdigit():
            return ""
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)
