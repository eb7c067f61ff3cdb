"""A parsed policy as plain JSON: what the models read, and the canonical form whose digest names the policy."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from ipaddress import IPv4Network, IPv6Network

from pydantic import BaseModel

from collector.model.digest import Digest


def as_json(parsed: object) -> str:
    """What tomllib read, as JSON; dates and times in ISO 8601."""

    def plain(value: object) -> str:
        if isinstance(value, date | datetime | time):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    return json.dumps(parsed, default=plain)


def digest_of(table: BaseModel, rules: Mapping[str, object], as_run: BaseModel) -> Digest:
    """SHA-256 of the policy's meaning: comments, order of keys and spelled-out defaults do not change it."""
    meaning = {"policy": plain(table), "rules": plain(rules), "as_run": plain(as_run)}
    return Digest.of(json.dumps(meaning, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode())


def plain(value: object) -> object:
    """Plain values with one form each: sets are sorted, lengths of time are seconds."""
    match value:
        case BaseModel():
            return {name: plain(getattr(value, name)) for name in type(value).model_fields}
        case Enum():
            return plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case timedelta():
            return value.total_seconds()
        case date():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(entry) for key, entry in value.items()}
        case frozenset() | set():
            return sorted((plain(entry) for entry in value), key=str)
        case tuple() | list():
            return [plain(entry) for entry in value]
        case IPv4Network() | IPv6Network():
            return str(value)
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            raise TypeError(f"no canonical form for {type(value).__name__}")
