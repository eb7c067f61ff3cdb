"""What reading a list yields: its entries, and every line that could not be used, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from collector.lists.entry import Entry
from collector.model.errors import ListError

MAX_LINE = 65_536  # bytes; a longer line is no list entry
_KEPT = 1_000  # rejected lines that are named; all are counted


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no entry."""

    line: int
    text: str  # its beginning, in ASCII, safe to print
    reason: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """`rejected` names the first thousand; `rejected_count` counts all."""

    entries: tuple[Entry, ...]
    rejected: tuple[Rejected, ...] = ()
    rejected_count: int = 0


def read_lines(data: bytes, read_line: Callable[[str, int], Entry | None]) -> Reading:
    """Read `data` line by line; a line that is not UTF-8, too long, or that `read_line` refuses is rejected.

    `read_line(text, number)` answers None for a blank or comment line and raises ListError for a bad one.
    """
    entries: list[Entry] = []
    rejected: list[Rejected] = []
    count = 0
    for number, raw in _numbered(data):
        try:
            entry = read_line(_decode(raw), number)
        except ListError as error:
            count += 1
            if len(rejected) < _KEPT:
                rejected.append(Rejected(number, ascii(raw[:80])[2:-1], error.message, error.mend))
            continue
        if entry is not None:
            entries.append(entry)
    return Reading(tuple(entries), tuple(rejected), count)


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_LINE:
        raise ListError(f"a line of {len(raw):,} bytes", mend=f"entries end at {MAX_LINE:,} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ListError("not UTF-8 text", mend="save the list as UTF-8") from exc


def _numbered(data: bytes) -> Iterator[tuple[int, bytes]]:
    body = data.removeprefix(b"\xef\xbb\xbf")
    start, number = 0, 0
    while start < len(body):
        number += 1
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        yield number, body[start:end].removesuffix(b"\r")
        start = end + 1
