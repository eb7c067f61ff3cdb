"""JSON Lines: one object per line, the lossless format; see `lists.jsonl` for its keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.lists.entry import Entry, Kind
from collector.lists.formats.row import Row, Stated, by_line
from collector.lists.jsonl import parse_line


def read_objects(path: Path) -> Iterator[Stated]:
    """Every entry, and every line that is none. Raises ListError where the file cannot be read."""
    return by_line(path, _row)


def _row(text: str, number: int) -> Iterable[Row]:
    stripped = text.strip()
    if not stripped:
        return ()
    line = parse_line(stripped)
    note = line.note or line.reason
    flags = (line.subdomains, line.force, line.ignore_case)
    return (Row(number, line.kind, line.value, line.action, line.category, note, line.id or "", *flags),)


def object_line(entry: Entry) -> str:
    """The entry as a line, with everything it says."""
    value = entry.host + (entry.path or ("/" if entry.kind is Kind.PREFIX else ""))
    row: dict[str, object] = {"kind": entry.kind.value, "value": value, "action": entry.action.value}
    row["category"] = entry.category
    if entry.rule and entry.rule != value:
        row["id"] = entry.rule[:200]
    if entry.note:
        row["note"] = entry.note[:2_000]
    row |= {name: True for name in ("subdomains", "force", "ignore_case") if getattr(entry, name)}
    return json.dumps(row, ensure_ascii=False)
