"""Finds every capture of a URL in a collection, through its CDXJ files, by binary search."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from collector.archive.cdxj import IndexEntry, parse_line
from collector.archive.files import storage_errors
from collector.archive.naming import locate
from collector.archive.reader import Record, read_at
from collector.archive.surt import surt
from collector.model.errors import IntegrityError

_MAX_LINE = 1 << 20


def find_captures(root: Path, url: str) -> list[Record]:
    """The page records of `url` in the collection at `root`, oldest first; revisits carry no body.

    Only what is sealed has an index. Raises IntegrityError where index and archive disagree, StorageError.
    """
    key = surt(url)
    entries = [e for path in sorted((root / "indexes").glob("*.cdxj")) for e in entries_of(path, key) if e.url == url]
    return [
        read_at(locate(root, f"archive/{entry.filename}"), entry.offset, entry.length)
        for entry in sorted(entries, key=lambda e: e.timestamp)
    ]


def entries_of(path: Path, key: str) -> Iterator[IndexEntry]:
    """The lines with this SURT key in one sorted CDXJ file. Raises IntegrityError for a line that is none."""
    wanted = f"{key} ".encode("ascii", "replace")
    with storage_errors(path), path.open("rb") as stream:
        _seek(stream, wanted)
        while (line := stream.readline(_MAX_LINE)).startswith(wanted):
            try:
                yield parse_line(line)
            except ValueError as exc:
                raise IntegrityError(str(exc), where=str(path), mend="run `collector archive index`") from exc


def _seek(stream: BinaryIO, wanted: bytes) -> None:
    """To the first line that is not before `wanted`. Bisects byte positions: only about 40 lines are read."""
    low, high = 0, stream.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        stream.seek(middle)
        if middle:
            stream.readline(_MAX_LINE)  # into the middle of a line: go on to the next one
        line = stream.readline(_MAX_LINE)
        if line and line < wanted:
            low = middle + 1
        else:
            high = middle
    stream.seek(low)
    if low:
        stream.readline(_MAX_LINE)
