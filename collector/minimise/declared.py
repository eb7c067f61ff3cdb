"""Where a page itself says who wrote it: meta elements, JSON-LD, microdata, `rel=author`."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from collector.document.html import elements, text_of
from collector.minimise import json_ld
from collector.minimise.markup import is_data_script
from collector.minimise.persons import is_person, split_names

MAX_DECLARED = 500

META_NAMES = frozenset(
    """author article:author og:article:author book:author dc.creator dc.contributor dcterms.creator
    dcterms.contributor dc:creator creator citation_author citation_editor sailthru.author parsely-author
    twitter:creator twitter:creator:id profile:first_name profile:last_name profile:username byl byline
    cxenseparse:author web_author bepress_citation_author eprints.creators_name article:modified_by
    last-modified-by shareaholic:article_author_name vr:author citation_authors wp.author pageauthor contributor
    reply-to""".split()
)
_LABEL_NAMES = {"twitter:label1": "twitter:data1", "twitter:label2": "twitter:data2"}
_LABELS = frozenset(
    ("written by", "author", "by", "geschrieben von", "verfasst von", "écrit par", "escrito por", "autor")
)
_ROLES = frozenset(
    "author creator editor contributor translator illustrator reviewedby accountableperson performer".split()
)
_NUMBERS = frozenset(("telephone", "faxnumber", "tel"))
_NAMES = frozenset("name givenname familyname additionalname alternatename".split())

Script = tuple[etree._Element, json_ld.Json]  # noqa: SLF001  lxml has no other name for it


@dataclass(slots=True, repr=False)
class Declared:
    """`names` of persons; `fields`: attributes that hold nothing but a person; `places`: elements likewise.

    `scripts` are the JSON-LD values, parsed once; `broken` the scripts that hold none.
    """

    names: list[str] = field(default_factory=list)
    fields: dict[tuple[etree._Element, str], None] = field(default_factory=dict)
    places: list[etree._Element] = field(default_factory=list)
    profiles: list[etree._Element] = field(default_factory=list)  # links to a person's page
    numbers: list[etree._Element] = field(default_factory=list)  # elements that hold a telephone number
    scripts: list[Script] = field(default_factory=list)
    broken: list[etree._Element] = field(default_factory=list)


def declared_persons(root: etree._Element) -> Declared:
    """One walk over the tree, which stays as it is."""
    found = Declared()
    labelled: set[str] = set()
    for element in root.iter("meta", "script", "a", "link"):
        tag = element.tag
        if tag == "meta":
            _meta(element, found, labelled)
        elif tag == "script":
            if is_data_script(element):
                _script(element, found)
        elif (rel := element.get("rel")) and {"author", "me"} & set(rel.lower().split()):
            found.profiles.append(element)
            if tag == "a":
                _place(element, found)
    for element in _microdata(root, found):
        _place(element, found)
    del found.names[MAX_DECLARED:]
    return found


def _meta(element: etree._Element, found: Declared, labelled: set[str]) -> None:
    content = element.get("content") or ""
    for attribute in ("name", "property", "itemprop"):
        name = (element.get(attribute) or "").strip().lower()
        if name in _LABEL_NAMES and content.strip().lower().rstrip(":") in _LABELS:
            labelled.add(_LABEL_NAMES[name])
        if (name in META_NAMES or name in labelled) and content.strip():
            _field(element, "content", content, found)


def _field(element: etree._Element, attribute: str, value: str, found: Declared) -> None:
    persons = [name for name in split_names(value) if is_person(name)]
    if persons or value.strip().startswith(("http", "@", "/")):
        found.fields[element, attribute] = None
    found.names.extend(persons)


def _script(element: etree._Element, found: Declared) -> None:
    valid, value = json_ld.parse(element.text or "")
    if not valid:
        found.broken.append(element)
        return
    found.scripts.append((element, value))
    found.names.extend(name for name in json_ld.names(value) if is_person(name))


_WITH_ITEMPROP = etree.XPath("//*[@itemprop]")


def _microdata(root: etree._Element, found: Declared) -> list[etree._Element]:
    """Elements that hold a person's name (HTML Microdata §5): by role, or a name inside a Person."""
    places = []
    for element in elements(_WITH_ITEMPROP, root):
        properties = set((element.get("itemprop") or "").lower().split())
        if properties & _ROLES and element.get("itemscope") is None:
            places.append(element)
        elif properties & _NUMBERS:
            found.numbers.append(element)
        elif properties & _NAMES:
            scope = next((a for a in element.iterancestors() if a.get("itemscope") is not None), None)
            if scope is not None and _is_person(scope):
                places.append(element)
    return places[:MAX_DECLARED]


def _is_person(scope: etree._Element) -> bool:
    types = [t.rstrip("/").rpartition("/")[2].lower() for t in (scope.get("itemtype") or "").split()]
    if types:
        return "person" in types
    return bool(set((scope.get("itemprop") or "").lower().split()) & _ROLES)


def _place(element: etree._Element, found: Declared) -> None:
    for attribute in ("content", "alt"):
        if value := element.get(attribute):
            _field(element, attribute, value, found)
    text = text_of(element)[:500]
    persons = [name for name in split_names(text) if is_person(name)]
    found.names.extend(persons)
    if persons:
        found.places.append(element)
