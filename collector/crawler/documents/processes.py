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
            fields = _stat(pid)
            command = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            continue  # ended meanwhile
        kind = "main" if pid == root else "worker" if b"collector.crawler.shards" in command else "reader"
        used = found.setdefault(kind, Used())
        used.number += 1
        used.cpu += _cpu(fields)
        used.memory += int(fields[21]) * _PAGE  # rss, field 24
    return found


def cpu_seconds(pid: int) -> float | None:
    """CPU time that one process has used so far; None where it has ended, or the machine has no /proc."""
    try:
        return _cpu(_stat(pid))
    except OSError:
        return None


def _stat(pid: int) -> list[str]:
    """What follows the name, which stands in brackets and may hold anything: proc(5), from field 3 on."""
    return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()


def _cpu(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / _TICKS  # utime and stime, fields 14 and 15


def _tree(root: int) -> Iterator[int]:
    yield root
    try:
        threads = list((PROC / str(root) / "task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _tree(child)
