"""Takes `Transfer-Encoding: chunked` off a stream: other crawlers store it, and digest the payload without it.

By hand because the payload comes in pieces and must not be held; h11 and its like want a whole connection.
"""

from __future__ import annotations

from enum import Enum, auto

_MAX_LINE = 4_096


class _State(Enum):
    SIZE = auto()
    DATA = auto()
    DATA_END = auto()
    DONE = auto()
    BROKEN = auto()


class Dechunker:
    """RFC 9112 §7.1, incrementally. After a fault it yields nothing more and `complete` stays False."""

    def __init__(self) -> None:
        self._state = _State.SIZE
        self._line = b""
        self._left = 0

    @property
    def complete(self) -> bool:
        """The last chunk was seen."""
        return self._state is _State.DONE

    def feed(self, data: bytes) -> bytes:
        """The content in `data`. Linear; never raises."""
        out: list[bytes] = []
        at = 0
        while at < len(data) and self._state not in (_State.DONE, _State.BROKEN):
            if self._state is _State.DATA:
                piece = data[at : at + self._left]
                out.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if not self._left:
                    self._state = _State.DATA_END
                continue
            end = data.find(b"\n", at)
            self._line += data[at : end + 1 if end >= 0 else len(data)]
            at = end + 1 if end >= 0 else len(data)
            if len(self._line) > _MAX_LINE:
                self._state = _State.BROKEN
            elif end >= 0:
                self._end_of_line()
        return b"".join(out)

    def _end_of_line(self) -> None:
        line, self._line = self._line.strip(), b""
        if self._state is _State.DATA_END:
            self._state = _State.BROKEN if line else _State.SIZE
            return
        size = line.partition(b";")[0].strip()
        if not size or len(size) > 15 or size.strip(b"0123456789abcdefABCDEF"):
            self._state = _State.BROKEN
            return
        self._left = int(size, 16)
        self._state = _State.DATA if self._left else _State.DONE
