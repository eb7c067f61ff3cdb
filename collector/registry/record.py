"""Adds an objection to the registry folder: one line, appended and on disk before the command answers."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from collector.lists.entry import Entry, Kind, Origin
from collector.lists.match import Action, Tier
from collector.lists.plain import kind_of, plain_entry
from collector.lists.suffixes import is_public_suffix
from collector.model.errors import ListError, RegistryError, StorageError
from collector.registry.folder import CATEGORY

RECORDED_FILE = "recorded.jsonl"


@dataclass(frozen=True, slots=True)
class Objection:
    """What was objected to, by whom recorded, when and why."""

    value: str  # host, `host/path` or URL
    reason: str
    by: str
    at: datetime
    whole_suffix: bool = False  # confirmed: a platform objects for every site below its suffix


def check_objection(objection: Objection) -> Entry:
    """The entry it would become. Raises RegistryError, with the mend."""
    if not objection.reason.strip():
        raise RegistryError("an objection without a reason", mend="say why: --reason 'letter of 3 May'")
    if objection.at.tzinfo is None:
        raise ValueError("the time of an objection needs its zone")
    try:
        entry = plain_entry(objection.value.strip(), Origin("", "", Tier.OPT_OUT, Action.DENY, CATEGORY))
    except ListError as error:
        raise RegistryError(error.message, mend=error.mend) from error
    if entry.kind is Kind.SUBTREE and is_public_suffix(entry.host) and not objection.whole_suffix:
        raise RegistryError(
            f"{entry.host} is a public suffix: every site below it would be refused",
            mend="name the site, or confirm with --whole-suffix that the suffix's own holder objects",
        )
    return entry


def record_objection(folder: Path, objection: Objection) -> Entry:
    """Append it to `<folder>/recorded.jsonl`. Raises RegistryError, StorageError.

    One write of one line with O_APPEND, then fsync: two commands at once do not mix their lines, and a crash
    leaves the line or nothing.
    """
    entry = check_objection(objection)
    value = objection.value.strip()
    row = {
        "kind": kind_of(value, Kind.SUBTREE).value,
        "value": value.removeprefix("*.") if entry.kind is not Kind.CIDR else value,
        "reason": objection.reason.strip(),
        "by": objection.by,
        "at": objection.at.isoformat(timespec="seconds"),
    }
    line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
    path = folder / RECORDED_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            if os.fstat(descriptor).st_size and not _ends_with_newline(path):
                line = b"\n" + line  # somebody edited the file by hand
            written = os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as exc:
        raise StorageError(f"the objection was not recorded: {exc.strerror or exc}", where=str(path)) from exc
    if written != len(line):
        raise StorageError("the objection was recorded in part only: disk full?", where=str(path))
    return entry


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
