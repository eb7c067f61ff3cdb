"""Where a page itself says who wrote it or who is meant: one walk, one module for each vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from collector.document.marked import MarkedTree
from collector.document.text import UNSEEN, visible_text
from collector.minimise.engine.span import PLACEHOLDER
from collector.minimise.names.author_field import is_person, split_names
from collector.minimise.structure import json_ld, json_state, microdata, person_classes, profile_links
from collector.minimise.structure.attribute_values import AttributeValues
from collector.minimise.structure.markup import AS_WRITTEN, DROPPED, EMPTIED, is_data_script
from collector.minimise.structure.meta_names import LABEL_NAMES, LABELS, META_NAMES
from collector.minimise.structure.zone_text import MAX_ZONE, is_told, names_in

MAX_DECLARED = 500  # zones of one page
_NAME_ATTRIBUTES = frozenset(
    """data-author data-author-name data-username data-user-name data-user data-name data-byline data-creator author
    data-comment-author data-displayname data-display-name data-fullname data-analytics-author""".split()
)
_ZONES = frozenset(("address", "cite"))
# What `markup.is_dropped` may take out, and what holds text that is not shown.
WATCHED = DROPPED | EMPTIED | AS_WRITTEN | frozenset("noscript input meta img style".split())
_TOLD = WATCHED | _ZONES
_SPEAKING = _NAME_ATTRIBUTES | {"rel", "itemprop", "property"}  # read whatever their value looks like

Script = tuple[etree._Element, json_ld.Json]  # noqa: SLF001  lxml has no other name for it


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """An element and the names it holds, as its text writes them."""

    element: etree._Element
    names: tuple[str, ...]


@dataclass(slots=True, repr=False)
class Declared:
    """`names` of persons; `fields`: attributes that hold nothing but a person; `places`: where names stand.

    `scripts` are the JSON-LD values, parsed once; `broken` the scripts that hold none; `watched` the elements whose
    tag is in `WATCHED`.
    """

    names: list[str] = field(default_factory=list)
    fields: dict[tuple[etree._Element, str], None] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    profiles: list[etree._Element] = field(default_factory=list)  # links to a person's page
    numbers: list[etree._Element] = field(default_factory=list)  # elements that hold a telephone number
    addresses: list[etree._Element] = field(default_factory=list)  # elements that hold a postal address
    mailboxes: list[etree._Element] = field(default_factory=list)  # elements that hold an e-mail address
    births: list[etree._Element] = field(default_factory=list)  # elements that hold a date of birth
    degrees: list[etree._Element] = field(default_factory=list)  # elements that hold a latitude or a longitude
    scripts: list[Script] = field(default_factory=list)
    broken: list[etree._Element] = field(default_factory=list)
    cards: list[etree._Element] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    watched: list[etree._Element] = field(default_factory=list)
    zones: int = 0
    without: Callable[[str], str] = _as_it_is


def declared_persons(
    marked: MarkedTree, values: AttributeValues, without: Callable[[str], str] = _as_it_is
) -> Declared:
    """One walk over the tree, which stays as it is; `values` sees each element's attributes on the way.

    `without` gives a zone's text as it will stand there, with placeholders for what has a shape of its own: a name is
    found beside an address as it would be once that is gone.
    """
    found = Declared(without=without)
    for part in marked.stretches():
        found.tags.update(part.tags)
        telling = values.telling(set(part.distinct))
        telling.update(pair for pair in part.distinct if pair[0] in _SPEAKING)
        for element, tag, pairs in zip(part.elements, part.tags, part.pairs_of, strict=True):
            if tag in _TOLD or not telling.isdisjoint(pairs):
                _element(element, tag, pairs, values, found)
    del found.names[MAX_DECLARED:]
    return found


def _element(
    element: etree._Element, tag: str, pairs: list[tuple[str, str]], values: AttributeValues, found: Declared
) -> None:
    if tag in WATCHED:
        found.watched.append(element)
    if tag == "script":
        _script(element, found)
        return
    if tag in _ZONES:
        _zone(element, found, listed=tag == "cite" and not _in_comment(element))
    for pair in pairs:
        name, value = pair
        if name in _READERS and (name != "href" or values.is_hinted(pair)):
            _READERS[name](element, value, found)
    if values.is_loud(pairs):
        values.loud.append(element)
    if tag == "meta" and pairs:
        _meta(element, found)


def _script(element: etree._Element, found: Declared) -> None:
    text = element.text or ""
    if not is_data_script(element):
        found.names.extend(json_state.names(text))
        return
    valid, value = json_ld.parse(text)
    if not valid:
        found.broken.append(element)
        found.names.extend(json_state.names(text))
        return
    found.scripts.append((element, value))
    found.names.extend(name for name in json_ld.names(value) if is_person(name))


def _meta(element: etree._Element, found: Declared) -> None:
    content = element.get("content") or ""
    for attribute in ("name", "property", "itemprop"):
        name = (element.get(attribute) or "").strip().lower()
        if name in LABEL_NAMES and content.strip().lower().rstrip(":") in LABELS:
            found.labelled.add(LABEL_NAMES[name])
        if (name in META_NAMES or name in found.labelled) and content.strip():
            _field(element, "content", content, found)


def _field(element: etree._Element, attribute: str, value: str, found: Declared) -> None:
    persons = [name for name in split_names(value) if is_person(name)]
    if persons or value.strip().startswith(("http", "@", "/")):
        found.fields[element, attribute] = None
    found.names.extend(persons)


def _class(element: etree._Element, value: str, found: Declared) -> None:
    meaning = person_classes.meaning(value)
    if not meaning:
        return
    if meaning == person_classes.NUMBER:
        found.numbers.append(element)
    elif meaning == person_classes.ADDRESS:
        found.addresses.append(element)
    elif meaning in person_classes.FIELDS:
        _of_field(meaning, found).append(element)
    elif meaning == person_classes.CARD:
        found.cards.append(element)
        _zone(element, found)
    elif meaning == person_classes.NAME or _in_card(element, found) or _is_formatted(element, meaning):
        _zone(element, found)


def _in_comment(element: etree._Element) -> bool:
    """Whether `cite` names who comments, maybe by a nick. Elsewhere it is a work, or what documentation sets so."""
    return any(
        "comment" in (up.get("class") or up.get("id") or "").lower()
        for _, up in zip(range(6), element.iterancestors(), strict=False)
    )


def _is_formatted(element: etree._Element, meaning: str) -> bool:
    """Whether hCard's `fn` holds a name where no card is around it: not `into_iter`, as code has it."""
    if meaning != person_classes.FORMATTED:
        return False
    text = (bounded_text(element) or "").strip()
    return not text[:1].islower() and "_" not in text


def _of_field(meaning: str, found: Declared) -> list[etree._Element]:
    """The elements that hold what is meant, wherever they stand."""
    if meaning == person_classes.BIRTH:
        return found.births
    return found.degrees if meaning == person_classes.DEGREES else found.mailboxes


def _in_card(element: etree._Element, found: Declared) -> bool:
    if not found.cards:
        return False
    cards = found.cards[-MAX_DECLARED:]
    return any(up in cards for _, up in zip(range(8), element.iterancestors(), strict=False))


def _href(element: etree._Element, value: str, found: Declared) -> None:
    if element.tag != "a" or ("]]" in value and PLACEHOLDER.search(value)):
        return  # what it named is gone already, and the rest of the address is nobody's name
    slug = profile_links.slug_of(value)
    if slug is not None:
        name = profile_links.name_of(slug)
        if name is not None:
            found.names.append(name)
        _zone(element, found, slug=slug)
    elif value[:7].lower() == "mailto:":
        _zone(element, found, listed=True)
    elif (account := profile_links.social_slug(value)) is not None:
        _zone(element, found, slug=account, agreeing=True)


def _rel(element: etree._Element, value: str, found: Declared) -> None:
    if {"author", "me"} & set(value.lower().split()) and element.tag in ("a", "link"):
        found.profiles.append(element)
        if element.tag == "a":
            _zone(element, found)


def _itemprop(element: etree._Element, value: str, found: Declared) -> None:
    if element.tag == "meta" and element.get("property") == value:
        return  # OpenGraph: read with the other meta elements
    meaning = microdata.meaning(element, value)
    if meaning == microdata.NUMBER:
        found.numbers.append(element)
    elif meaning == microdata.ADDRESS:
        found.addresses.append(element)
    elif meaning in person_classes.FIELDS:
        _of_field(meaning, found).append(element)
    elif meaning == microdata.PERSON:
        for attribute in ("content", "alt"):
            if said := element.get(attribute):
                _field(element, attribute, said, found)
        _zone(element, found, whole=True)


def _named(element: etree._Element, value: str, found: Declared) -> None:  # noqa: ARG001  one port for all readers
    if len(value) <= MAX_ZONE:
        found.names.extend(n for n in split_names(value) if " " in n and is_person(n))


_READERS = {
    **dict.fromkeys(_NAME_ATTRIBUTES, _named),
    "class": _class, "id": _class, "href": _href, "rel": _rel, "itemprop": _itemprop, "property": _itemprop,
}  # fmt: skip


def _zone(
    element: etree._Element,
    found: Declared,
    *,
    slug: str | None = None,
    agreeing: bool = False,
    listed: bool = False,
    whole: bool = False,
) -> None:
    """Take the names of a zone up; `slug`: only where they agree with it; `listed`: only full names."""
    if found.zones >= MAX_DECLARED:
        return
    found.zones += 1
    text = bounded_text(element)
    if text is None or is_told(text):
        return
    text = found.without(text)
    names = names_in(text)
    if slug is not None:
        names = [name for name in names if profile_links.agrees(slug, name) or (" " in name and not agreeing)]
    if listed:
        names = [name for name in names if " " in name]
    if whole:
        names.extend(name for name in split_names(text) if is_person(name) and len(name) <= 60 and name not in names)
    if names:
        found.names.extend(names)
        found.places.append(Place(element, tuple(names)))


def bounded_text(element: etree._Element) -> str | None:
    """The element's text; None where there is none, or more than a zone has."""
    if len(element) == 0:
        text = element.text or ""
        return text if 1 < len(text) <= 4 * MAX_ZONE and not text.isspace() else None
    if sum(1 for _ in islice(element.iter(), MAX_ZONE)) == MAX_ZONE:
        return None  # so many elements are no name, and nested ones would be walked through again and again
    if next(element.iter(*UNSEEN), None) is None:
        parts = [" " if part.isspace() else str(part) for part in element.itertext()]
    else:  # what is taken out names nobody beside whom something could be read
        parts = [visible_text(element).text]
    return "\n".join(parts) if 1 < sum(map(len, parts)) <= 2 * MAX_ZONE else None
