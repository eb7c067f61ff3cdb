"""Persons in JSON-LD (schema.org): their names become placeholders, what else is said of them goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from collector.minimise.engine.span import Span, is_placeholder, resolve
from collector.minimise.names import person_dates
from collector.minimise.names.author_field import is_person, normal, split_names
from collector.minimise.replacing.becoming import is_coarse
from collector.minimise.replacing.redact import Redactor, labelled
from collector.minimise.structure import owners
from collector.minimise.structure.url import url_spans

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

MAX_DEPTH = 64
_DECIMALS = re.compile(r"[+-]?\d{1,3}\.\d{2,20}")
_NUMBER = re.compile(r"-?\d{1,3}\.\d")
MAX_LENGTH = 2_000_000  # characters of one script

# Who made, edited or stars in it: a plain string there is a name.
_ROLES = frozenset(
    """author creator editor contributor accountableperson translator illustrator reviewedby copyrightholder actor
    director performer byartist composer lyricist founder employee member attendee alumni sponsor funder
    instructor""".split()
)
_NAMES = frozenset("name givenname familyname additionalname alternatename honorificprefix honorificsuffix".split())
_ABOUT_PERSON = frozenset(
    """address birthdate birthplace deathdate deathplace image sameas geo gender nationality url location homelocation
    worklocation spouse children parent sibling knows relatedto colleague follows taxid vatid identifier
    contactpoint height weight networth telephone faxnumber email logo photo thumbnailurl mainentityofpage""".split()
)
_LIFE = {"birthdate": "birth_date", "deathdate": person_dates.KIND}
_DATES = frozenset(
    """datepublished datecreated datemodified dateposted uploaddate commenttime datereceived datesent dateread
    startdate enddate dateline""".split()
)
_DEGREES = frozenset(("latitude", "longitude"))
# What of a person or an organisation is a contact, and of which kind.
_CONTACTS = {
    "telephone": "phone", "faxnumber": "phone", "email": "email", "streetaddress": "address",
    "postofficeboxnumber": "address", "iban": "iban",
}  # fmt: skip
_ADDRESSES = ("http://", "https://", "//", "mailto:", "tel:")


@dataclass(slots=True, repr=False)
class Rewriting:
    """One script's worth of state: whether anything changed, and where (JSON pointer, spans)."""

    redactor: Redactor
    found: list[tuple[str, list[Span]]] = field(default_factory=list)
    dated: bool = False  # the page names a person: exact dates of it stand with one
    owner: str = owners.OTHER  # of the object that is being rewritten
    harmless: set[tuple[str, str]] = field(default_factory=set)  # strings with labels that hold nothing


def parse(script: str) -> tuple[bool, Json]:
    """The script's value, and whether there is one. Hostile nesting and broken JSON have none."""
    if len(script) > MAX_LENGTH:
        return False, None
    try:
        return True, json.loads(script.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return False, None


def dump(value: Json) -> str:
    """JSON that is safe inside `<script>`: no `<` at all."""
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        .replace("<", "\\u003c")
        .replace("\u2028", "\\u2028")
    )


def names(value: Json) -> Iterator[str]:
    """The persons' names that the value declares."""
    stack: list[tuple[Json, str, int]] = [(value, "", 0)]
    while stack:
        current, role, depth = stack.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(current, list):
            stack.extend((each, role, depth + 1) for each in reversed(current))
        elif isinstance(current, dict):
            if _is_person(current, role):
                yield from _names_of(current)
            stack.extend((each, key.lower(), depth + 1) for key, each in reversed(current.items()))
        elif isinstance(current, str) and role in _ROLES and not current.startswith(_ADDRESSES):
            yield from (name for name in split_names(current) if is_person(name))


def contacts(value: Json) -> Iterator[tuple[str, str, str]]:
    """Whose (`owners`), of which kind, and what: every contact that the value gives to somebody."""
    stack: list[tuple[Json, str, str, int]] = [(value, "", owners.OTHER, 0)]
    while stack:
        current, key, owner, depth = stack.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(current, list):
            stack.extend((each, key, owner, depth + 1) for each in current)
        elif isinstance(current, dict):
            inner = _owner(current, key, owner)
            stack.extend((each, name.lower(), inner, depth + 1) for name, each in current.items())
        elif isinstance(current, str) and key in _CONTACTS and owner != owners.OTHER:
            yield owner, _CONTACTS[key], current
        elif key in _DEGREES and owner == owners.ORGANISATION and (degrees := _degrees(current)) is not None:
            yield owner, "coordinates", degrees


def looked_through(value: Json) -> Iterator[str]:
    """The texts in which recognizers will look for something when the value is rewritten, and others maybe."""
    stack: list[tuple[Json, str, int]] = [(value, "", 0)]
    while stack:
        current, key, depth = stack.pop()
        if isinstance(current, str):
            yield labelled(key, current)
        elif depth < MAX_DEPTH and isinstance(current, list):
            stack.extend((each, key, depth + 1) for each in current)
        elif depth < MAX_DEPTH and isinstance(current, dict):
            yield from current
            stack.extend((each, name.lower(), depth + 1) for name, each in current.items())


def rewrite(value: Json, state: Rewriting) -> Json:
    """The value without persons and without what the recognizers find in its strings."""
    return _rewrite(value, "", "", state, depth=0)


def _rewrite(value: Json, key: str, pointer: str, state: Rewriting, *, depth: int) -> Json:
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [_rewrite(each, key, f"{pointer}/{i}", state, depth=depth + 1) for i, each in enumerate(value)]
    if isinstance(value, dict):
        if _is_person(value, key):
            return _person(value, pointer, state, depth)
        outer, state.owner = state.owner, _owner(value, key, state.owner)
        rewritten = {
            _string(name, f"{pointer}/~key", state): _rewrite(
                each, name.lower(), f"{pointer}/{name}", state, depth=depth + 1
            )
            for name, each in value.items()
        }
        state.owner = outer
        return rewritten
    if key in _DEGREES and (degrees := _degrees(value)) is not None:
        return _place(value, degrees, pointer, state)
    if isinstance(value, str):
        if key in _CONTACTS and state.owner == owners.ORGANISATION and value.strip():
            return _whole(value, _CONTACTS[key], "json_ld_organisation", pointer, state)
        if key in _DATES and state.dated and person_dates.KIND in state.redactor.kinds:
            month = _date(value, person_dates.KIND, pointer, state)
            return _string(value, pointer, state) if month is None else month
        if key in _ROLES and not value.startswith(_ADDRESSES):
            return _credit(value, pointer, state)
        return _string(value, pointer, state, label=key)
    return value


def _person(value: dict[str, Json], pointer: str, state: Rewriting, depth: int) -> Json:
    kept: dict[str, Json] = {}
    for name, each in value.items():
        lower = name.lower()
        here = f"{pointer}/{name}"
        if lower in _NAMES:
            kept[name] = _name(each, lower, here, state)
        elif lower in ("email", "telephone", "faxnumber") and isinstance(each, str) and each:
            kind = "email" if lower == "email" else "phone"
            kept[name] = _whole(each, kind, "json_ld_person", here, state)
        elif lower in _LIFE and isinstance(each, str) and state.redactor.coarsens(_LIFE[lower]):
            kept[name] = _date(each, _LIFE[lower], here, state)
        elif lower in _ABOUT_PERSON:
            state.found.append((here, [Span(0, len(str(each)), "person", "json_ld_person")]))
            state.redactor.counts["person"] = state.redactor.counts.get("person", 0) + 1
        else:
            kept[name] = _rewrite(each, lower, here, state, depth=depth + 1)
    return kept


def _degrees(value: Json) -> str | None:
    """Latitude or longitude as one writes it, with more than one decimal; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _DECIMALS.fullmatch(str(value).strip())
    return found[0] if found else None


def _place(value: Json, degrees: str, pointer: str, state: Rewriting) -> Json:
    """A coordinate in a field of its own: a number stays one where it becomes coarser."""
    redactor = state.redactor
    if "coordinates" not in redactor.kinds or redactor.keeps("coordinates", degrees):
        return value
    state.found.append((pointer, [Span(0, len(str(value)), "coordinates", "json_ld_coordinates")]))
    coarse = redactor.replacement("coordinates", degrees)
    if not isinstance(value, str) and _NUMBER.fullmatch(coarse):
        return float(coarse)
    return coarse or None


def _date(value: str, kind: str, pointer: str, state: Rewriting) -> str | None:
    """A date that stands with a person, as coarse as the policy has it; None where it is no full date."""
    spans = [Span(s.start, s.end, kind, "json_ld_date", s.value) for s in person_dates.dates_in(value[:100])]
    if not spans:
        return value if is_coarse(value) else None
    state.found.append((pointer, spans))
    return state.redactor.replacement(kind, spans[0].value)


def _name(value: Json, key: str, pointer: str, state: Rewriting) -> Json:
    if isinstance(value, list):
        return [_name(each, key, f"{pointer}/{i}", state) for i, each in enumerate(value[:100])]
    if not isinstance(value, str) or not value.strip():
        return None
    return _whole(value, "person", "json_ld_person", pointer, state)


def _credit(value: str, pointer: str, state: Rewriting) -> str:
    """An author field that is a plain string: each person in it; an organisation stays."""
    persons = [name for name in split_names(value) if is_person(name)]
    if not persons or "person" not in state.redactor.kinds:
        return _string(value, pointer, state)
    state.found.append((pointer, [Span(0, len(value), "person", "json_ld_author")]))
    others = [name for name in split_names(value) if not is_person(name)]
    return ", ".join([state.redactor.replacement("person", normal(name)) for name in persons] + others)


def _whole(value: str, kind: str, rule: str, pointer: str, state: Rewriting) -> str:
    if kind not in state.redactor.kinds or is_placeholder(value):
        return value
    plain = normal(value) if kind == "person" else value.removeprefix("mailto:").strip().casefold()
    if kind == "phone":
        plain = "".join(filter(str.isdigit, plain))
    if state.redactor.keeps(kind, plain):
        return value
    state.found.append((pointer, [Span(0, len(value), kind, rule)]))
    return state.redactor.replacement(kind, plain)


def _string(value: str, pointer: str, state: Rewriting, label: str = "") -> str:
    redactor = state.redactor
    if (label, value) in state.harmless:  # keys and types, which come again in each object
        return redactor.kept(value)

    def find(text: str) -> list[Span]:
        if not value.startswith(_ADDRESSES):
            return redactor.spans_labelled(label, text)
        spans = redactor.wanted([span for span in url_spans(text) if span.kind in redactor.kinds])
        if not spans and "person" in redactor.kinds:
            return resolve(redactor.names.find_spelled(text))
        return spans

    spans = find(value)
    if not spans:
        state.harmless.add((label, value))
        return redactor.kept(value)
    state.found.append((pointer, spans))
    return redactor.settled(value, spans, find)


def _types(value: dict[str, Json]) -> list[str]:
    declared = value.get("@type", value.get("type"))
    each = declared if isinstance(declared, list) else [declared]
    return [name.rpartition("/")[2].rpartition(":")[2].lower() for name in each if isinstance(name, str)]


def _is_person(value: dict[str, Json], role: str) -> bool:
    types = _types(value)
    if owners.owner_of(types) == owners.PERSON:
        return True
    return not types and role in _ROLES and isinstance(value.get("name"), str) and is_person(str(value["name"]))


def _owner(value: dict[str, Json], role: str, outer: str) -> str:
    """Whose the object is; a part of something is whose that is."""
    if _is_person(value, role):
        return owners.PERSON
    own = owners.owner_of(_types(value))
    return outer if own == owners.PART else own


def _names_of(value: dict[str, Json]) -> Iterator[str]:
    parts = {key.lower(): each for key, each in value.items() if isinstance(each, str)}
    for key in ("name", "alternatename"):
        if key in parts:
            yield from split_names(parts[key])
    if "givenname" in parts and "familyname" in parts:
        yield f"{parts['givenname']} {parts['familyname']}"
