"""Index lines of a segment that is still written: packed once committed, for a gigabyte has 100,000 of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

PACKED_AT_ONCE = 1_000  # lines; a fifth of their size is left, for 2 microseconds a line


class Lines:
    """About 450 bytes a record, whole; in the order of the records."""

    __slots__ = ("_committed", "_loose", "_packed")

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._loose: list[bytes] = []
        self._committed = 0  # of the loose ones

    def append(self, line: bytes) -> None:
        """One line, with its line feed."""
        self._loose.append(line)

    def commit(self) -> None:
        """What was appended so far stays."""
        self._committed = len(self._loose)
        if self._committed >= PACKED_AT_ONCE:
            self._packed.append(zlib.compress(b"".join(self._loose), 1))
            self._loose, self._committed = [], 0

    def rollback(self) -> None:
        """What was appended since the last `commit` is gone."""
        del self._loose[self._committed :]

    def __iter__(self) -> Iterator[bytes]:
        for packed in self._packed:
            yield from (line + b"\n" for line in zlib.decompress(packed).split(b"\n")[:-1])
        yield from self._loose
