"""Rows that cover a whole public suffix or platform hold once a person has confirmed them: at once, and for the list.

They stand aside in every version of the list (`lists.version`); what is confirmed is the host, so that the list of the
next day need not be confirmed again. A row that the version in force no longer has holds no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from collector.lists.decided import Decided, append_decided, read_decided
from collector.lists.entry import Entry
from collector.lists.version import ASIDE, read_version, rows_of
from collector.model.digest import Digest
from collector.model.errors import IntegrityError, ListError

FILE = "confirmed.jsonl"


class Confirmation(Decided):
    """One line of `confirmed.jsonl`."""

    list: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    host: Annotated[str, Field(min_length=1, max_length=253)]


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that stands aside, and the word of a person that puts it in force, if there is one."""

    entry: Entry
    confirmed: Confirmation | None


def read_confirmations(path: Path) -> dict[tuple[str, str], Confirmation]:
    """By list and host, what is confirmed and not taken back. Raises ListError naming the line."""
    found: dict[tuple[str, str], Confirmation] = {}
    for _, one in read_decided(path, Confirmation):
        found.pop((one.list, one.host), None)
        if one.op == "set":
            found[one.list, one.host] = one
    return found


def rows_aside(version_folder: Path, confirmed: Mapping[tuple[str, str], Confirmation]) -> list[Aside]:
    """The rows of a version that stand aside, each once, in its order. Raises ListError, IntegrityError."""
    path = version_folder / ASIDE
    expected = read_version(version_folder).aside_rows
    try:
        changed = expected and str(Digest.of(path.read_bytes())) != expected
    except OSError as exc:
        raise ListError(f"the rows cannot be read: {exc.strerror or exc}", where=str(path)) from exc
    if changed:
        mend = "import the list again"
        raise IntegrityError("the rows are not those that were imported", where=str(path), mend=mend)
    once: dict[tuple[str, str, str], Aside] = {}
    for row in rows_of(path):
        once.setdefault((row.host, row.action, row.category), Aside(row, confirmed.get((row.list, row.host))))
    return list(once.values())


def confirm(path: Path, aside: Iterable[Aside], decided: Decided, hosts: frozenset[str], name: str) -> list[str]:
    """Confirm (or take back) the rows of these hosts, all that stand aside where none is named; the hosts it changed.

    Raises ListError where a host has no row that stands aside, StorageError.
    """
    rows = {one.entry.host: one for one in aside}
    unknown = sorted(hosts - rows.keys())
    if unknown:
        mend = f"collector lists confirm {name} shows the rows that stand aside"
        raise ListError(f"no row stands aside for {', '.join(unknown[:5])}", where=name, mend=mend)
    given = decided.model_dump()
    lines = []
    for host in sorted(hosts or rows):
        before = rows[host].confirmed
        same = before is not None and (before.two_people or not decided.two_people)
        if same if decided.op == "set" else before is None:
            continue
        lines.append(Confirmation(**given, list=name, host=host))
    if lines:
        append_decided(path, lines)
    return [line.host for line in lines]


def entries_confirmed(
    path: Path, sources: Path, versions: Mapping[str, str], *, second_person: bool
) -> tuple[list[Entry], list[str]]:
    """(entries that hold, what does not for want of a second person) of the `versions` in force, by list.

    Raises ListError, IntegrityError where the file or a version's rows cannot be read.
    """
    confirmed = read_confirmations(path)
    entries: list[Entry] = []
    unapproved: list[str] = []
    for name in sorted({name for name, _ in confirmed} & versions.keys()):
        for row in rows_aside(sources / name / versions[name], confirmed):
            if row.confirmed is None:
                continue
            if second_person and not row.confirmed.two_people:
                unapproved.append(f"{row.entry.kind} {row.entry.host}, confirmed for {name},")
                continue
            entries.append(replace(row.entry, note=f"a public suffix, confirmed: {row.confirmed.told}"))
    return entries, unapproved
