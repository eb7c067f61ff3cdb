"""Placeholders as other corpora write them, for exports: pure functions of a text that was minimised."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

_PLACEHOLDER = re.compile(r"\[\[([A-Z][A-Z_]{0,31})_(\d{1,9})\]\]")
_PSEUDONYM = re.compile(r"_[A-Z]{14}\Z")
_ESCAPED = re.compile(r"\[\\\[(?=[A-Z][A-Z_]{0,31}_\d{1,9}\]\])")
_DROPPED = re.compile(r"([ \t]?)\[\[[A-Z][A-Z_]{0,31}_\d{1,9}\]\]([ \t]?)")


class Style(StrEnum):
    """Whose way of writing."""

    TYPED = "typed"  # [[EMAIL_1]], as stored
    FINEWEB = "fineweb"  # email@example.com, addresses of RFC 5737
    DOLMA = "dolma"  # |||EMAIL_ADDRESS|||
    STARCODER = "starcoder"  # <EMAIL>
    APERTUS = "apertus"  # <email-pii>
    DROP = "drop"  # nothing


_FINEWEB_MAILBOXES = ("email@example.com", "firstname.lastname@example.org")
# FineWeb writes addresses of hosts that do not answer but are somebody's; these are nobody's (RFC 5737).
_DOCUMENTATION = ("192.0.2.{}", "198.51.100.{}", "203.0.113.{}")
_PRIVATE = ("10.0.0.{}", "172.16.31.{}", "192.168.127.{}", "192.168.0.{}", "10.10.10.{}")
_DOLMA = {
    "EMAIL": "EMAIL_ADDRESS",
    "ORG_CONTACT": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER",
    "IP": "IP_ADDRESS",
    "ORG_PHONE": "PHONE_NUMBER",
}
_STARCODER = {
    "PERSON": "<NAME>", "HANDLE": "<NAME>", "EMAIL": "<EMAIL>", "ORG_CONTACT": "<EMAIL>", "SECRET": "<KEY>",
    "WALLET": "<KEY>", "CREDENTIAL": "<PASSWORD>",
}  # fmt: skip
_APERTUS = {
    "EMAIL": "<email-pii>",
    "ORG_CONTACT": "<email-pii>",
    "IP": "<ip-pii>",
    "IBAN": "<iban-pii>",
    "ORG_IBAN": "<iban-pii>",
}


def render(text: str, style: Style) -> str:
    """`text` with its placeholders in `style`; a kind that the style has no word for stays typed.

    Alike placeholders are written alike, so that who is who stays legible within a document. A look-alike of
    the source, which was escaped, comes back as it stood. Linear.
    """
    if style is Style.TYPED or "[" not in text:
        return text
    rendered = _DROPPED.sub(_closed_up, text) if style is Style.DROP else _PLACEHOLDER.sub(_WRITERS[style], text)
    return _ESCAPED.sub("[[", rendered)


def _closed_up(match: re.Match[str]) -> str:
    return match[1] and match[2] and " "


def _fineweb(match: re.Match[str]) -> str:
    kind, number = _parts(match)
    if kind in ("EMAIL", "ORG_CONTACT"):
        return _FINEWEB_MAILBOXES[(number - 1) % len(_FINEWEB_MAILBOXES)]
    return _address(_DOCUMENTATION, number) if kind == "IP" else match[0]


def _dolma(match: re.Match[str]) -> str:
    kind, _ = _parts(match)
    return f"|||{_DOLMA[kind]}|||" if kind in _DOLMA else match[0]


def _starcoder(match: re.Match[str]) -> str:
    kind, number = _parts(match)
    return _address(_PRIVATE, number) if kind == "IP" else _STARCODER.get(kind, match[0])


def _apertus(match: re.Match[str]) -> str:
    return _APERTUS.get(_parts(match)[0], match[0])


def _parts(match: re.Match[str]) -> tuple[str, int]:
    """The kind without a pseudonym's letters, and a number from 1 that alike placeholders share."""
    letters = _PSEUDONYM.search(match[1])
    if letters and match[2] == "0":
        return match[1][: letters.start()], 1 + sum(map(ord, letters[0])) % 200
    return match[1], max(int(match[2]), 1)


def _address(networks: tuple[str, ...], number: int) -> str:
    return networks[(number - 1) % len(networks)].format((number - 1) // len(networks) % 254 + 1)


_WRITERS: dict[Style, Callable[[re.Match[str]], str]] = {
    Style.FINEWEB: _fineweb,
    Style.DOLMA: _dolma,
    Style.STARCODER: _starcoder,
    Style.APERTUS: _apertus,
}
