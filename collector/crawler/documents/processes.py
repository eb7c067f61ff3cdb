"""What the processes of one crawl are called and use, in /proc: psutil would be a dependency for two numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
WORKER, READER, ZYGOTE = "crawl-worker", "crawl-reader", "crawl-zygote"  # comm(5): fifteen bytes at the most
_KINDS = {WORKER: "worker", READER: "reader", ZYGOTE: "zygote"}
_PAGE = os.sysconf("SC_PAGESIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Used:
    """By all processes of a kind together. `memory` in bytes, `cpu` in seconds."""

    number: int = 0
    memory: int = 0
    cpu: float = 0.0


def call_this_process(name: str) -> None:
    """What `ps` and `processes` know it by: one that was forked has its parent's command line."""
    with suppress(OSError):  # a machine without /proc
        (PROC / "self/comm").write_text(name)


def processes(root: int) -> dict[str, Used]:
    """By kind: `main` is `root`, `worker`, `reader` and `zygote` what it has started; nothing else is counted."""
    found: dict[str, Used] = {}
    for pid in _tree(root):
        try:
            name, fields = _status(pid)
        except OSError:
            continue  # ended meanwhile
        kind = "main" if pid == root else _KINDS.get(name)
        if kind is None:
            continue  # not called anything yet
        used = found.setdefault(kind, Used())
        used.number += 1
        used.cpu += _cpu(fields)
        used.memory += int(fields[21]) * _PAGE  # rss, field 24
    return found


def cpu_seconds(pid: int) -> float | None:
    """CPU time that one process has used so far; None where it has ended, or the machine has no /proc."""
    try:
        return _cpu(_status(pid)[1])
    except OSError:
        return None


def _status(pid: int) -> tuple[str, list[str]]:
    """The name, which stands in brackets and may hold anything, and what follows it: proc(5), from field 3 on."""
    name, _, fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")
    return name.partition("(")[2], fields.split()


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
