"""The memory and the open files of a crawl's processes while it runs, from /proc: whoever grows is seen growing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


def cpu_ticks(process: int) -> int:
    """What it has computed, in hundredths of a second; 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def family(process: int) -> list[int]:
    """`process` and everything below it that lives."""
    found, ahead = [], [process]
    while ahead:
        one = ahead.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                ahead += map(int, task.read_text().split())
            except OSError:
                continue
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment."""

    at: float  # seconds since the watch began
    pid: int
    rss: int  # KiB
    peak: int  # KiB, of this program image: what the process was before exec does not count
    threads: int
    files: int  # open descriptors


@dataclass
class Watch:
    """Every sample of every process."""

    samples: list[Sample] = field(default_factory=list)

    @property
    def peak(self) -> int:
        """KiB, of the largest process."""
        return max(sample.peak for sample in self.samples)

    def of(self, pid: int) -> list[Sample]:
        """Of one process, in order."""
        return [sample for sample in self.samples if sample.pid == pid]


@contextmanager
def watching(process: int, every: float = 0.2) -> Iterator[Watch]:
    """Look at `process` and its descendants every so many seconds."""
    watch, ended, began = Watch(), threading.Event(), time.monotonic()

    def look() -> None:
        while not ended.wait(every):
            for pid in family(process):
                sample = _sample(pid, time.monotonic() - began)
                if sample is not None:
                    watch.samples.append(sample)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield watch
    finally:
        ended.set()
        watcher.join()


def _sample(pid: int, at: float) -> Sample | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return None  # it has ended
    values = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.split()}
    if "VmHWM" not in values:
        return None  # ending
    return Sample(at, pid, int(values["VmRSS"]), int(values["VmHWM"]), int(values["Threads"]), files)
