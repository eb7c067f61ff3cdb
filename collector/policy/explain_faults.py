"""Turns what the models object to into faults that a person can mend."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from collector.policy.faults import Fault
from collector.policy.lines import Key, line_of

_TYPES = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": 'a list: ["one", "two"]',
    "list_type": 'a list: ["one", "two"]',
    "frozen_set_type": 'a list: ["one", "two"]',
    "set_type": 'a list: ["one", "two"]',
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a date: 2027-05-01",
    "date_parsing": "a date: 2027-05-01",
    "date_from_datetime_parsing": "a date: 2027-05-01",
    "time_delta_type": "a length of time in quotes: 12h, 180d, 2y",
}


# What a pattern means, for those who do not read patterns.
_SPELLINGS = {
    "id": "lower-case letters, digits and hyphens: my-corpus",
    "product_token": "letters, hyphens and underscores only (RFC 9309 §2.2.1): my-corpus-bot",
    "country": "two capital letters (ISO 3166-1): DE",
    "languages": "two small letters (ISO 639-1): en",
    "media_types": "a media type in small letters: text/html",
    "allow_ports": "8080 or 8000-8999",
}


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    close = get_close_matches(wrong[:100], list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def faults_of(
    error: ValidationError, model: type[BaseModel], prefix: tuple[str, ...], lines: Mapping[Key, int]
) -> list[Fault]:
    """One fault for each thing that `model` objects to. `prefix`: where in the file its table stands."""
    return [_fault(one, model, prefix, lines) for one in error.errors(include_url=False)]


def _fault(one: ErrorDetails, model: type[BaseModel], prefix: tuple[str, ...], lines: Mapping[Key, int]) -> Fault:
    local = tuple(one["loc"])
    key = (*prefix, *local)
    line, shown = line_of(lines, key), dotted(key)
    name = str(local[-1]) if local else ""
    match one["type"]:
        case "extra_forbidden":
            return Fault(line, shown, "there is no such key", _mend_unknown(name, local, model, prefix))
        case "missing":
            table = dotted(key[:-1])
            if _model_at(model, local) is not None:
                return Fault(0, shown, f"the table [{shown}] is missing", f"add [{shown}]; `collector init` writes one")
            return Fault(line, shown, "it is missing", f"add `{name} = …` to [{table}]" if table else f"add [{name}]")
        case "literal_error" | "enum":
            expected = str(one.get("ctx", {}).get("expected", ""))
            known = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
            close = nearest(str(one["input"]), known)
            mend = f"write {expected}" + (f"; did you mean {close!r}?" if close else "")
            return Fault(line, shown, f"{_shown(one['input'])} is not known here", mend)
        case "value_error":
            message, _, mend = str(one.get("ctx", {}).get("error", one["msg"])).partition(": ")
            return Fault(line, shown, message, mend)
        case kind if kind in _TYPES:
            return Fault(line, shown, f"{_shown(one['input'])} is no {_noun(kind)}", f"write {_TYPES[kind]}")
        case "string_pattern_mismatch":
            pattern = one.get("ctx", {}).get("pattern", "")
            field = next((part for part in reversed(local) if isinstance(part, str)), "")
            mend = _SPELLINGS.get(field, f"it must match {pattern}")
            return Fault(line, shown, f"{_shown(one['input'])} is not written as it must be", mend)
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than" as kind:
            return Fault(line, shown, *_out_of_bounds(kind, one))
        case "too_short":
            return Fault(line, shown, "it is empty", "name at least one")
        case _:
            message = one["msg"][:1].lower() + one["msg"][1:]
            return Fault(line, shown, f"{_shown(one['input'])}: {message}")


_BOUNDS = {
    "greater_than_equal": ("ge", "too small", "{} or more"),
    "greater_than": ("gt", "too small", "more than {}"),
    "less_than_equal": ("le", "too large", "{} or less"),
    "less_than": ("lt", "too large", "less than {}"),
}


def _out_of_bounds(kind: str, one: ErrorDetails) -> tuple[str, str]:
    bound, what, mend = _BOUNDS[kind]
    limit = one.get("ctx", {}).get(bound)
    named = f"{limit:_}" if isinstance(limit, int) else str(limit)
    return f"{_shown(one['input'])} is {what}", f"write {mend.format(named)}"


def dotted(key: Iterable[str | int]) -> str:
    """`scope.seeds[3]`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _mend_unknown(name: str, local: tuple[str | int, ...], model: type[BaseModel], prefix: tuple[str, ...]) -> str:
    parent = _model_at(model, local[:-1])
    known = list(parent.model_fields) if parent is not None else []
    close = nearest(name, known)
    if close is not None:
        return f"did you mean `{close}`?"
    for table, field in ((t, _inner(f.annotation)) for t, f in model.model_fields.items()):
        if field is not None and name in field.model_fields:
            return f"`{name}` belongs to [{dotted((*prefix, table))}]"
    return f"the keys here are: {', '.join(sorted(known))}" if known else "remove it"


def _model_at(model: type[BaseModel], local: tuple[str | int, ...]) -> type[BaseModel] | None:
    current: type[BaseModel] | None = model
    for part in local:
        if isinstance(part, int):
            continue
        if current is None or part not in current.model_fields:
            return None
        current = _inner(current.model_fields[part].annotation)
    return current


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model in `X`, `X | None`, `tuple[X, ...]` or `Annotated[X, …]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {tuple, list, Union, types.UnionType, Annotated}:
        for argument in get_args(annotation):
            found = _inner(argument)
            if found is not None:
                return found
    return None


def _noun(kind: str) -> str:
    return _TYPES[kind].partition(":")[0].partition(" in ")[0].removeprefix("a ")


def _shown(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[:80]}"'
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)[:80]
