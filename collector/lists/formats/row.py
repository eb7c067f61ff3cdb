"""What a reader of a list format yields: one entry as its line states it, or the line with why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from collector.lists.entry import Kind
from collector.lists.match import Action
from collector.lists.reading import MAX_LINE, Rejected
from collector.model.errors import ListError


class Row(NamedTuple):
    """An entry before it is made canonical. A tuple: lists have millions. None and "": as the list says."""

    line: int
    kind: Kind | None
    value: str
    action: Action | None = None
    category: str | None = None
    note: str = ""
    id: str = ""
    subdomains: bool = False
    force: bool = False
    ignore_case: bool = False
    begins: str = ""  # ISO dates between which it stands, both included
    ends: str = ""
    file: str = ""  # of an archive, in which the line stands


Stated = Row | Rejected
Reader = Callable[[Path], Iterator[Stated]]
ReadLine = Callable[[str, int], Iterable[Row]]

HOST = re.compile(r"(?=.{1,253}$)[^\s/?#@:\\,;!\"'()<>|^$*=\[\]{}%`]+\Z")  # a host in whatever script, and no more


def host_of(text: str) -> str:
    """`text` where it looks like a host. Raises ListError."""
    if not HOST.match(text):
        raise ListError("no host name", mend="one host")
    return text


def by_line(path: Path, read_line: ReadLine) -> Iterator[Stated]:
    """Rows of a format whose lines stand each for itself. Raises ListError where the file cannot be read."""
    with opened(path) as stream:
        for number, text in lines_of(stream):
            if isinstance(text, Rejected):
                yield text
                continue
            try:
                yield from read_line(text, number)
            except ListError as error:
                yield refused(number, text, error)


def opened(path: Path) -> BinaryIO:
    """The file, open. Raises ListError."""
    try:
        return path.open("rb")
    except OSError as exc:
        mend = "check the path and its permissions"
        raise ListError(f"the list cannot be read: {exc.strerror or exc}", where=str(path), mend=mend) from exc


def lines_of(stream: IO[bytes]) -> Iterator[tuple[int, str | Rejected]]:
    """Numbered lines without their ends; a line that is too long or no UTF-8 comes as a rejection."""
    number = 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > MAX_LINE:
            size = len(raw)
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE)
                size += len(raw)
            yield number, Rejected(number, "", f"a line of {size:,} bytes", f"entries end at {MAX_LINE:,} bytes")
            continue
        try:
            yield number, raw.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            yield number, Rejected(number, ascii(raw[:80])[2:-1], "not UTF-8 text", "save the list as UTF-8")


def refused(line: int, text: str, error: ListError) -> Rejected:
    """The line with why it is no entry."""
    return Rejected(line, ascii(text[:80])[1:-1], error.message, error.mend)
