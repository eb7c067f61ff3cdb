"""Persons in microdata (HTML Microdata §5) and RDFa (`property`, `typeof`) by schema.org, FOAF, Dublin Core."""

from __future__ import annotations

from lxml import etree

from collector.minimise.structure import owners
from collector.minimise.structure.person_classes import BIRTH, DEGREES, MAILBOX

PERSON = "person"
NUMBER = "number"
ADDRESS = "address"

_ROLES = frozenset(
    """author creator editor contributor translator illustrator reviewedby accountableperson performer director actor
    bycomposer lyricist maker copyrightholder commenter""".split()
)
_NUMBERS = frozenset(("telephone", "faxnumber", "tel", "phone"))
_NAMES = frozenset("name givenname familyname additionalname alternatename nick firstname lastname surname fn".split())
_DEGREES = frozenset(("latitude", "longitude", "lat", "long", "lon"))
_BIRTHS = frozenset(("birthdate", "bday", "birthday", "dateofbirth"))
_ADDRESSES = frozenset("streetaddress postalcode postofficeboxnumber".split())
MAX_UP = 64  # ancestors that are asked for the type


def meaning(element: etree._Element, value: str) -> str:
    """What the element holds by its `itemprop` or `property`; empty for anything else."""
    terms = {_local(term) for term in value.lower().split()}
    if terms & _ROLES:
        return "" if _opens_scope(element) else PERSON
    if terms & _NUMBERS:
        return NUMBER
    if terms & _ADDRESSES:
        return ADDRESS
    if "email" in terms:
        return MAILBOX
    if terms & _BIRTHS:
        return BIRTH
    if terms & _DEGREES:
        return DEGREES
    return PERSON if terms & _NAMES and _in_person(element) else ""


def owner(element: etree._Element) -> str:
    """Whose the description is that the element opens: `owners.PERSON`, `owners.ORGANISATION` or `owners.OTHER`.

    Empty where it opens none, and where it is a part of what surrounds it.
    """
    if not _opens_scope(element):
        return ""
    types = (element.get("itemtype") or element.get("typeof") or "").lower().split()
    if types:
        known = owners.owner_of(_local(each) for each in types)
    else:
        roles = (element.get("itemprop") or element.get("property") or "").lower().split()
        known = owners.PERSON if any(_local(role) in _ROLES for role in roles) else owners.PART
    return "" if known == owners.PART else known


def _local(term: str) -> str:
    return term.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].rpartition(".")[2]


def _opens_scope(element: etree._Element) -> bool:
    return element.get("itemscope") is not None or element.get("typeof") is not None


def _in_person(element: etree._Element) -> bool:
    for _, scope in zip(range(MAX_UP), element.iterancestors(), strict=False):
        if _opens_scope(scope):
            types = (scope.get("itemtype") or scope.get("typeof") or "").lower().split()
            if types:
                return owners.owner_of(_local(each) for each in types) == owners.PERSON
            roles = (scope.get("itemprop") or scope.get("property") or "").lower().split()
            return any(_local(role) in _ROLES for role in roles)
    return False
