"""Entries as JSON: what the table, the feed and the snapshots of peers hold; read with suspicion."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError

from collector.model.errors import RegistryError
from collector.registry.entry import PERSONS, PLACES, Effect, RegistryEntry, as_row
from collector.registry.scope import scope_of

MAX_LINE = 65_536  # bytes
MAX_NAME = 200  # characters of an id
MAX_REASON = 2_000
_READER = TypeAdapter(RegistryEntry)
_HEX = frozenset("0123456789abcdef")


def to_json(entry: RegistryEntry) -> str:
    """One line, keys sorted: equal entries are equal bytes."""
    return json.dumps(as_row(entry), sort_keys=True, ensure_ascii=False)


def from_json(text: str | bytes) -> RegistryEntry:
    """The entry a line means. Raises RegistryError; fields of later versions are passed over."""
    if len(text) > MAX_LINE:
        raise RegistryError(f"an entry of {len(text):,} characters", mend=f"entries end at {MAX_LINE:,} bytes")
    try:
        entry = _READER.validate_json(text)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RegistryError(f"not an entry: {field or 'line'}: {first['msg']}") from exc
    except RecursionError as exc:  # pydantic guards against it; a second lock costs nothing
        raise RegistryError("JSON nested too deeply") from exc
    entry = replace(
        entry,
        effective_from=_aware(entry.effective_from),
        recorded_at=_aware(entry.recorded_at),
        provisional_until=_utc(entry.provisional_until),
        expires_at=_utc(entry.expires_at),
        review_at=_utc(entry.review_at),
    )
    _check(entry)
    return entry


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else _aware(at)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise RegistryError("a time without its zone", mend="write it as 2026-11-22T09:30:00+00:00")
    try:
        return at.astimezone(UTC)
    except OverflowError as exc:
        raise RegistryError("a time beyond the calendar") from exc


def _check(entry: RegistryEntry) -> None:
    if not entry.id or entry.version < 1:
        raise RegistryError("an entry without id or version")
    names = (entry.id, entry.request, entry.owner, entry.recorded_by, entry.source_registry, entry.source_ref)
    if any(len(name) > MAX_NAME for name in (*names, *entry.collections)) or len(entry.reason) > MAX_REASON:
        raise RegistryError("an entry with a name or reason that is too long")
    if entry.scope_kind in PLACES:
        scope_of(entry)
    elif entry.scope_kind in PERSONS:
        if entry.scope_value or len(entry.id_hash) != 64 or not _HEX.issuperset(entry.id_hash):
            raise RegistryError("a person is named by keyed hash, 64 hex digits, and not otherwise")
        if entry.effect is Effect.ALLOW:
            raise RegistryError("an entry about a person allows nothing")
