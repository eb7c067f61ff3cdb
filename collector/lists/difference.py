"""Which entries differ between two versions of a list, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from xxhash import xxh3_64_intdigest

from collector.lists.confirmed import Aside, Confirmation, rows_aside
from collector.lists.entry import Entry
from collector.lists.version import ROWS, keys_of, rows_of


def differing(before: Path | None, after: Path) -> Iterator[tuple[str, Entry]]:
    """("+" or "-", entry) for what is in one of two versions' folders only; None: before there was nothing.

    Raises ListError, IntegrityError.
    """
    if before is None:
        yield from (("+", entry) for entry in rows_of(after / ROWS))
        return
    for sign, here, there in (("-", before, after), ("+", after, before)):
        known = hashes_of(there / ROWS)
        rows = zip(keys_of(here / ROWS), rows_of(here / ROWS), strict=True)
        yield from ((sign, entry) for key, entry in rows if xxh3_64_intdigest(key) not in known)


def differing_aside(
    before: Path | None, after: Path, confirmed: Mapping[tuple[str, str], Confirmation]
) -> Iterator[tuple[str, Aside]]:
    """As `differing`, of the rows that stand aside. Raises ListError, IntegrityError."""
    old = {row.entry.host: row for row in rows_aside(before, confirmed)} if before is not None else {}
    new = {row.entry.host: row for row in rows_aside(after, confirmed)}
    yield from (("-", row) for host, row in old.items() if host not in new)
    yield from (("+", row) for host, row in new.items() if host not in old)


def count_differing(before: Path, after: Path) -> tuple[int, int]:
    """How many entries of two files of rows are in the one only: (added, removed)."""
    old, new = hashes_of(before), hashes_of(after)
    return len(new - old), len(old - new)


def hashes_of(path: Path) -> set[int]:
    """A 64-bit hash per entry: some 100 octets each, and two of six million share one in a millionth of all cases."""
    return {xxh3_64_intdigest(key) for key in keys_of(path)}
