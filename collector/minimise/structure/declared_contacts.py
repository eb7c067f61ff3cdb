"""Contacts that a page gives as an organisation's: in JSON-LD, microdata and RDFa, and in cards (hCard, h-card).

A value that the page gives to a person as well, and a mailbox that names one, stay the person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from collector.minimise.names.organisations import is_persons_mailbox
from collector.minimise.replacing.redact import Redactor
from collector.minimise.structure import json_ld, microdata, person_classes
from collector.minimise.structure.declared import Declared
from collector.minimise.structure.owners import ORGANISATION, PERSON

MAX_CARDS = 200  # of one page
MAX_ELEMENTS = 200  # of one card
MAX_PARTS = 40  # text nodes of one contact
MAX_UP = 64  # ancestors that are asked whose an element is
_LONGEST = 300  # characters of a contact


def take_contacts(declared: Declared, redactor: Redactor) -> None:
    """Tell `redactor` which contacts of the page are an organisation's, and which a person's."""
    found = [contact for _, value in declared.scripts for contact in json_ld.contacts(value)]
    take((*found, *_marked(declared)), redactor)


def take(contacts: Iterable[tuple[str, str, str]], redactor: Redactor) -> None:
    """Tell `redactor` of contacts: whose, of which kind, and as they are written."""
    organisations = redactor.organisations
    for owner, kind, written in contacts:
        value = normal(kind, written, redactor)
        if not value:
            continue
        if owner == PERSON or (kind == "email" and is_persons_mailbox(value, redactor.names)):
            organisations.add_personal(kind, value)
        else:
            organisations.add(kind, value)


def normal(kind: str, written: str, redactor: Redactor) -> str:
    """`written` as the recognizer of its kind gives it, where it is one."""
    written = written.strip()[:_LONGEST].removeprefix("mailto:").removeprefix("tel:")
    if kind == "email":
        return written.partition("?")[0].casefold() if "@" in written else ""
    if kind == "phone":
        return "".join(filter(str.isdigit, written))
    if kind == "iban":
        return next((span.value for span in redactor.found(f"IBAN: {written}") if span.kind == "iban"), "")
    return written


def _marked(declared: Declared) -> Iterator[tuple[str, str, str]]:
    cards: dict[etree._Element, str] = {}
    for kind, elements in (
        ("phone", declared.numbers),
        ("address", declared.addresses),
        ("email", declared.mailboxes),
    ):
        for element in elements:
            owner = _owner(element, cards)
            if owner in (PERSON, ORGANISATION):
                for written in _written(element):
                    yield owner, kind, written


def _written(element: etree._Element) -> list[str]:
    said = [element.get("content"), element.get("href")]
    if not any(said):
        said = [_text(element)]
    return [each for each in said if each and len(each) <= _LONGEST]


def _text(element: etree._Element) -> str:
    return " ".join(" ".join(str(part) for part in islice(element.itertext(), MAX_PARTS)).split())


def _owner(element: etree._Element, cards: dict[etree._Element, str]) -> str:
    """Whose the element is, by the nearest of what surrounds it that says so."""
    for up in islice(element.iterancestors(), MAX_UP):
        if owner := microdata.owner(up):
            return owner
        if person_classes.is_card(up.get("class") or ""):
            if up not in cards:
                cards[up] = _card_of(up) if len(cards) < MAX_CARDS else ""
            return cards[up]
    return ""


def _card_of(card: etree._Element) -> str:
    """An organisation's card says so: `fn org` on one element (hCard §3.5), or a `p-org` that is all its name."""
    name = organisation = ""
    for element in islice(card.iterdescendants(etree.Element), MAX_ELEMENTS):
        classes = set((element.get("class") or "").lower().split())
        if {"fn", "org"} <= classes or {"p-name", "p-org"} <= classes:
            return ORGANISATION
        if classes & {"fn", "p-name"}:
            name = name or _text(element)
        elif classes & {"org", "p-org"}:
            organisation = organisation or _text(element)
    return ORGANISATION if organisation and name in ("", organisation) else PERSON
