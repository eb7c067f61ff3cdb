"""Persons in microdata (HTML Microdata §5) and RDFa (`property`, `typeof`) by schema.org, FOAF, Dublin Core."""

from __future__ import annotations

from lxml import etree

PERSON = "person"
NUMBER = "number"
ADDRESS = "address"

_ROLES = frozenset(
    """author creator editor contributor translator illustrator reviewedby accountableperson performer director actor
    bycomposer lyricist maker copyrightholder commenter""".split()
)
_NUMBERS = frozenset(("telephone", "faxnumber", "tel", "phone"))
_NAMES = frozenset("name givenname familyname additionalname alternatename nick firstname lastname surname fn".split())
_ADDRESSES = frozenset("streetaddress postalcode postofficeboxnumber".split())
_PERSONS = frozenset(("person", "patient", "agent"))
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
    return PERSON if terms & _NAMES and _in_person(element) else ""


def _local(term: str) -> str:
    return term.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].rpartition(".")[2]


def _opens_scope(element: etree._Element) -> bool:
    return element.get("itemscope") is not None or element.get("typeof") is not None


def _in_person(element: etree._Element) -> bool:
    for _, scope in zip(range(MAX_UP), element.iterancestors(), strict=False):
        if _opens_scope(scope):
            types = (scope.get("itemtype") or scope.get("typeof") or "").lower().split()
            if types:
                return any(_local(each) in _PERSONS for each in types)
            roles = (scope.get("itemprop") or scope.get("property") or "").lower().split()
            return any(_local(role) in _ROLES for role in roles)
    return False
