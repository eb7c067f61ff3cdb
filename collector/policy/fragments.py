"""[rules.<id>]: each rule's settings, checked against the dataclass that the rule itself declares."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from collector.policy.explain_faults import faults_of, nearest
from collector.policy.faults import Fault
from collector.policy.floor import FLOOR
from collector.policy.lines import Key, line_of
from collector.policy.plain import as_json


@dataclass(frozen=True, slots=True)
class Fragments:
    """The settings dataclass of every rule, by rule id, and which rules are off unless switched on."""

    types: Mapping[str, type]
    off_by_default: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FragmentReading:
    """`settings`: a frozen dataclass for each rule that is on."""

    settings: Mapping[str, object]
    faults: tuple[Fault, ...]


@lru_cache(maxsize=256)
def model_of(rule: str, settings: type) -> type[BaseModel]:
    """A strict model with the fields of a settings dataclass, and `enabled` where the rule is not on the floor.

    A field's `metadata={"doc": …}` becomes its description in the schema.
    """
    hints = get_type_hints(settings, include_extras=True)
    columns: dict[str, Any] = {}
    for field in dataclasses.fields(settings):
        if field.default is not dataclasses.MISSING:
            default: Any = field.default
        elif field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        else:
            default = ...
        columns[field.name] = (hints[field.name], default)
    if "enabled" in columns:
        raise TypeError(f"{settings.__qualname__}: `enabled` is the policy's own key")
    columns["enabled"] = (bool, True)
    model: type[BaseModel] = create_model(
        f"rule_{rule}", __config__=ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False), **columns
    )
    model.__doc__ = (settings.__doc__ or "").strip().splitlines()[0] if settings.__doc__ else rule
    return model


def read_fragments(data: object, fragments: Fragments, lines: Mapping[Key, int]) -> FragmentReading:
    """Read `[rules]`. Every rule that the policy does not name has its defaults."""
    settings: dict[str, object] = {}
    faults: list[Fault] = []
    if not isinstance(data, dict):
        faults.append(Fault(line_of(lines, ("rules",)), "rules", "it is no table", "write [rules.in_scope]"))
        data = {}
    for rule, table in data.items():
        if rule not in fragments.types:
            close = nearest(rule, fragments.types)
            mend = f"did you mean [rules.{close}]?" if close else "`collector rules list` shows them all"
            faults.append(Fault(line_of(lines, ("rules", rule)), f"rules.{rule}", "there is no such rule", mend))
        elif not isinstance(table, dict):
            faults.append(
                Fault(line_of(lines, ("rules", rule)), f"rules.{rule}", "it is no table", f"write [rules.{rule}]")
            )
    for rule, kind in fragments.types.items():
        given = data.get(rule, {})
        if not isinstance(given, dict):
            continue
        read = _read_one(rule, kind, given, fragments, lines)
        if isinstance(read, list):
            faults += read
        elif read is not None:
            settings[rule] = read
    return FragmentReading(settings, tuple(faults))


def _read_one(
    rule: str, kind: type, given: dict[str, Any], fragments: Fragments, lines: Mapping[Key, int]
) -> object | list[Fault] | None:
    model = model_of(rule, kind)
    try:
        values = model.model_validate_json(as_json(given))
    except ValidationError as exc:
        return faults_of(exc, model, ("rules", rule), lines)
    enabled = values.model_dump()["enabled"] if "enabled" in given else rule not in fragments.off_by_default
    if not enabled:
        if rule not in FLOOR:
            return None
        return [
            Fault(
                line_of(lines, ("rules", rule, "enabled")),
                f"rules.{rule}.enabled",
                "this rule is part of the floor: no policy can switch it off",
                "remove the line; a recorded [[licences]] entry can lift reservations of uses, nothing lifts the floor",
            )
        ]
    try:
        made: object = kind(**{field.name: getattr(values, field.name) for field in dataclasses.fields(kind)})
        return made  # noqa: TRY300
    except ValueError as exc:  # a settings class that checks itself in __post_init__
        return [Fault(line_of(lines, ("rules", rule)), f"rules.{rule}", str(exc))]
