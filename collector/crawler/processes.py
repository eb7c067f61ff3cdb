"""What the processes of one crawl use, read from /proc: psutil would be a dependency for two numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGESIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Used:
    """By all processes of a kind together. `memory` in bytes, `cpu` in seconds."""

    number: int = 0
    memory: int = 0
    cpu: float = 0.0


def processes(root: int) -> dict[str, Used]:
    """By kind: `main` is `root`, `worker` its shards, `reader` whatever else it and they have started."""
    found: dict[str, Used] = {}
    for pid in _tree(root):
        try:
            # proc(5): the name stands in brackets and may hold anything; utime is field 14, rss field 24
            fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
            command = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            continue  # ended meanwhile
        kind = "main" if pid == root else "worker" if b"collector.crawler.shards" in command else "reader"
        used = found.setdefault(kind, Used())
        used.number += 1
        used.cpu += (int(fields[11]) + int(fields[12])) / _TICKS
        used.memory += int(fields[21]) * _PAGE
    return found


def _tree(root: int) -> Iterator[int]:
    yield root
    try:
        threads = list((PROC / str(root) / "task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _tree(child)
