"""Whether this machine can carry a crawl: cores, memory, descriptors, disk; measured, not assumed."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from collector.doctor.check import Check, fail, ok, warn

GB = 1_000_000_000
NEEDED_MEMORY = 500_000_000  # a worker and one reader of documents
NEEDED_FILES = 1_024  # connections, segments, the database; not one per host
SYNCS = 20
SLOW_SYNC = 0.05  # seconds: each commit waits for a few
# SQLite's write-ahead log needs shared memory, which these file systems do not give
REMOTE = frozenset("nfs nfs4 cifs smb3 9p afs ceph fuse.sshfs fuse.s3fs fuse.rclone".split())


def machine(proc: Path = Path("/proc")) -> Iterator[Check]:
    """Cores, memory, descriptors, core dumps, Python."""
    yield _python(sys.version_info[:3])
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        yield warn("machine", "cores", "1 core: fetching and reading documents share it", "give it two")
    else:
        yield ok("machine", "cores", f"{cores} cores")
    yield memory(proc)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < NEEDED_FILES:
        yield warn("machine", "files", f"{soft} open files at most (hard limit {hard})", f"ulimit -n {NEEDED_FILES}")
    else:
        yield ok("machine", "files", f"{soft:,} open files at most")


def _python(version: tuple[int, ...]) -> Check:
    return ok("machine", "python", f"Python {'.'.join(map(str, version))}")


def memory(proc: Path) -> Check:
    """What is free, with what can be given back, as the kernel estimates it (proc(5), MemAvailable)."""
    try:
        lines = (proc / "meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) * 1_024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return warn("machine", "memory", "the kernel does not say how much is free", "look at it yourself")
    if free < NEEDED_MEMORY:
        mend = "make room, or crawl with --workers 1 --readers 1"
        return warn("machine", "memory", f"{free / 1e6:,.0f} MB free", mend)
    return ok("machine", "memory", f"{free / GB:,.1f} GB free")


def disk(folder: Path, clock: Callable[[], float], proc: Path = Path("/proc")) -> Iterator[Check]:
    """Room, kind and speed of the disk under `folder`, which need not exist yet. `clock` in seconds."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < GB:
        yield fail("disk", "free", f"{free / 1e6:,.0f} MB free on {place}", "make room, or name another --data")
    elif free < 10 * GB:
        mend = "a page takes about 10 to 40 kB with its text; a crawl stops cleanly where the disk is full"
        yield warn("disk", "free", f"{free / GB:,.1f} GB free on {place}", mend)
    else:
        yield ok("disk", "free", f"{free / GB:,.1f} GB free on {place}")
    nodes = os.statvfs(place)
    if nodes.f_files and nodes.f_favail < 10_000:
        yield warn("disk", "files", f"{nodes.f_favail:,} more files can be made", "make room for more")
    kind = file_system(place.resolve(), proc)
    if kind in REMOTE:
        said = f"{place} is on {kind}: the account's write-ahead log does not work there"
        yield fail("disk", "kind", said, "name a --data on a disk of this machine")
    else:
        yield ok("disk", "kind", f"{kind or 'unknown kind'}")
    yield _speed(place, clock)


def file_system(place: Path, proc: Path) -> str:
    """The kind of the innermost mount that holds `place` (proc(5), mounts); empty where it is not said."""
    try:
        mounts = [line.split() for line in (proc / "mounts").read_text().splitlines()]
    except OSError:
        return ""
    best, kind = -1, ""
    for mount in mounts:
        if len(mount) < 3:
            continue
        at = Path(mount[1].replace("\\040", " "))
        if (place == at or at in place.parents) and len(at.parts) >= best:
            best, kind = len(at.parts), mount[2]
    return kind


def _speed(place: Path, clock: Callable[[], float]) -> Check:
    """How long it takes until 4 KiB are safely on the disk, as every commit needs it."""
    path = place / f".doctor-{os.getpid()}"
    took = []
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            for _ in range(SYNCS):
                begun = clock()
                os.write(descriptor, bytes(4_096))
                os.fdatasync(descriptor)
                took.append(clock() - begun)
        finally:
            os.close(descriptor)
            path.unlink()
    except OSError as exc:
        return fail("disk", "write", f"{place} cannot be written to: {exc.strerror}", "name a --data that can be")
    middle = statistics.median(took)
    said = f"{middle * 1e3:,.1f} ms until a write is on the disk"
    if middle > SLOW_SYNC:
        return warn("disk", "write", said, "a faster disk; every commit waits for this a few times")
    return ok("disk", "write", said)
