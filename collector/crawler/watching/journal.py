"""The log of a worker: JSON Lines in the collection's `logs/`, of events and numbers, never of content or URLs.

Hosts are named, since they are what an operator has to look after; a URL may be personal and is the ledger's.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

import structlog

MAX_BYTES = 64_000_000  # then a new file
KINDS = (str, int, float, bool, type(None))


class Journal(Protocol):
    """What the crawler says while it works."""

    def info(self, event: str, **facts: Any) -> Any:
        """Something happened."""
        ...

    def warning(self, event: str, **facts: Any) -> Any:
        """Something an operator should look at."""
        ...


class LogFile:
    """`<run>-<shard>.jsonl`, continued by `.1.jsonl` and so on; a disk that refuses is no reason to stop a crawl."""

    def __init__(self, folder: Path, run: int, shard: int) -> None:
        self._folder, self._name = folder, f"{run:06d}-{shard:02d}"
        self._number, self._size = 0, 0
        self._stream: TextIO | None = None

    def msg(self, line: str) -> None:
        """Append one line."""
        try:
            if self._stream is None or self._size > MAX_BYTES:
                self._next()
            assert self._stream is not None
            self._stream.write(line + "\n")
            self._stream.flush()
            self._size += len(line) + 1
        except OSError as exc:
            print(f"collector: the log cannot be written ({exc.strerror})", file=sys.stderr)

    info = warning = msg

    def close(self) -> None:
        """Give the descriptor back."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _next(self) -> None:
        self.close()
        suffix = f".{self._number}" if self._number else ""
        path = self._folder / f"{self._name}{suffix}.jsonl"
        self._stream = path.open("a", encoding="utf-8")
        self._size = path.stat().st_size
        self._number += 1


def open_journal(file: LogFile, now: Any, **bound: Any) -> Journal:
    """A structlog logger that writes to `file`; `now()` gives the time, `bound` stands on every line."""

    def stamp(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        moment: datetime = now()
        return {"at": moment.isoformat(timespec="milliseconds"), **line}

    journal: Journal = structlog.wrap_logger(
        file,
        processors=[structlog.stdlib.add_log_level, stamp, _only_facts, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.BoundLogger,
        **bound,
    )
    return journal


def _only_facts(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Numbers, words and lists of them: an object in a log line could carry a page along."""
    return {key: value if isinstance(value, KINDS) else type(value).__name__ for key, value in line.items()}
