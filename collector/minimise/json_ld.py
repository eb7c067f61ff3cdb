"""Persons in JSON-LD (schema.org): their names become placeholders, what else is said of them goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from collector.minimise.author_field import is_person, normal, split_names
from collector.minimise.redact import Redactor, labelled
from collector.minimise.span import Span, is_placeholder
from collector.minimise.url import url_spans

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

MAX_DEPTH = 64
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
_ADDRESSES = ("http://", "https://", "//", "mailto:", "tel:")


@dataclass(slots=True, repr=False)
class Rewriting:
    """One script's worth of state: whether anything changed, and where (JSON pointer, spans)."""

    redactor: Redactor
    found: list[tuple[str, list[Span]]] = field(default_factory=list)
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
        return {
            _string(name, f"{pointer}/~key", state): _rewrite(
                each, name.lower(), f"{pointer}/{name}", state, depth=depth + 1
            )
            for name, each in value.items()
        }
    if isinstance(value, str):
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
        elif lower in _ABOUT_PERSON:
            state.found.append((here, [Span(0, len(str(each)), "person", "json_ld_person")]))
            state.redactor.counts["person"] = state.redactor.counts.get("person", 0) + 1
        else:
            kept[name] = _rewrite(each, lower, here, state, depth=depth + 1)
    return kept


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
    state.found.append((pointer, [Span(0, len(value), kind, rule)]))
    return state.redactor.replacement(kind, plain)


def _string(value: str, pointer: str, state: Rewriting, label: str = "") -> str:
    redactor = state.redactor
    if (label, value) in state.harmless:  # keys and types, which come again in each object
        return redactor.kept(value)
    if value.startswith(_ADDRESSES):
        spans = [span for span in url_spans(value) if span.kind in redactor.kinds]
        if not spans and "person" in redactor.kinds:
            spans = list(redactor.names.find_spelled(value))
    else:
        spans = redactor.spans_labelled(label, value)
    if not spans:
        state.harmless.add((label, value))
        return redactor.kept(value)
    state.found.append((pointer, spans))
    return redactor.apply(value, spans)


def _types(value: dict[str, Json]) -> list[str]:
    declared = value.get("@type", value.get("type"))
    each = declared if isinstance(declared, list) else [declared]
    return [name.rpartition("/")[2].rpartition(":")[2].lower() for name in each if isinstance(name, str)]


def _is_person(value: dict[str, Json], role: str) -> bool:
    types = _types(value)
    if "person" in types or "patient" in types:
        return True
    return not types and role in _ROLES and isinstance(value.get("name"), str) and is_person(str(value["name"]))


def _names_of(value: dict[str, Json]) -> Iterator[str]:
    parts = {key.lower(): each for key, each in value.items() if isinstance(each, str)}
    for key in ("name", "alternatename"):
        if key in parts:
            yield from split_names(parts[key])
    if "givenname" in parts and "familyname" in parts:
        yield f"{parts['givenname']} {parts['familyname']}"
