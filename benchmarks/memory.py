"""What a queue of millions costs: resident memory, open files, rates as it grows, and whether a claim gets dearer.

Run: python benchmarks/memory.py [--urls 1000000] [--waiting 1000000] [--hosts 20000] [--seconds 480]. With fewer
waiting than known, the others are entered as done. What grows with the queue is on the disk; in memory stand SQLite's
page cache (4 MiB at most) and the clocks of hosts asked since the last flush. At the end pages are claimed and closed,
one by one and in groups. Peer: the queue of Scrapy that looks after hosts, of which a claim costs more the more there
are.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scrapy import Request
from scrapy.pqueues import DownloaderAwarePriorityQueue
from scrapy.settings import Settings
from scrapy.squeues import FifoMemoryQueue

from benchmarks.frontier import COMMIT, KEYS, Queue, links
from collector.frontier.pace import HostPace, Pace

GROUP = 200
STEPS = 10


def resident() -> float:
    """This process's RSS, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def written() -> float:
    """What this process has sent to the disk, in MB."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["write_bytes"]) / 1e6


def fill(queue: Queue, count: int, waiting: int, hosts: int, until: float) -> int:
    """Enter until `count` are known or the time is over; a line for each tenth. Returns how many are known."""
    found, known, shown, before = links(KEYS["by host"], count, hosts), 0, 0, resident()
    on_disk = written()
    while known < count and time.monotonic() < until:
        batch = list(islice(found, COMMIT))
        queue.enter("new", batch, done=known >= waiting)
        known += len(batch)
        if (known - shown) * STEPS >= count >= 1_000_000:
            size = queue.path.stat().st_size / 1e6
            print(
                f"  {known:>10,} known  {queue.rate(known - shown, 'new'):>20} URLs/s"
                f"  {resident() - before:+6.1f} MB  file {size:,.0f} MB  written {written() - on_disk:,.0f} MB",
                flush=True,
            )
            shown, on_disk = known, written()
            queue.spent.pop("new")
    return known


def scrapy_pop(hosts: int, pops: int = 100) -> float:
    """CPU microseconds that Scrapy's queue takes to give out one request while `hosts` wait, in memory."""
    downloader = SimpleNamespace(slots={}, get_slot_key=lambda request: request.meta["slot"])
    crawler = SimpleNamespace(settings=Settings(), engine=SimpleNamespace(downloader=downloader))
    crawler.settings.set("CONCURRENT_REQUESTS_PER_IP", 0)
    queue = DownloaderAwarePriorityQueue(crawler, FifoMemoryQueue, "")  # type: ignore[arg-type]
    for number in range(hosts):
        queue.push(Request(f"https://site-{number}.example.org/", meta={"slot": f"site-{number}.example.org"}))
    spent = time.process_time()
    for _ in range(pops):
        queue.pop()
    return (time.process_time() - spent) / pops * 1e6


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--urls", type=int, default=1_000_000)
    options.add_argument("--waiting", type=int, default=1_000_000)
    options.add_argument("--hosts", type=int, default=20_000)
    options.add_argument("--claims", type=int, default=4_000)
    options.add_argument("--seconds", type=float, default=480.0, help="stop filling after this long")
    args = options.parse_args()
    print("rates: a second of CPU time (of the clock)")
    for count, waiting, hosts in ((10_000, 10_000, 100), (args.urls, args.waiting, args.hosts)):
        with tempfile.TemporaryDirectory() as folder:
            queue = Queue(Path(folder), Pace(HostPace(1.0, 30.0)))
            before, files = resident(), open_files()
            known = fill(queue, count, waiting, hosts, time.monotonic() + args.seconds)
            filled, opened = resident() - before, open_files() - files
            print(f"{known:,} URLs known, {min(waiting, known):,} waiting, {hosts:,} hosts")
            print(f"  resident memory  {filled:+8.1f} MB")
            print(f"  open files       {opened:+8d}")
            for group, most in ((1, 200), (GROUP, args.claims)):
                queue.spent.clear()
                start = queue.claimed
                while queue.claimed - start < most and queue.crawl(group):
                    pass
                done = queue.claimed - start
                alone = sum(cpu for cpu, _ in queue.spent["claim"]) / done * 1e6
                print(
                    f"  {group:>3} at once: a claim {alone:6.0f} microseconds of CPU a URL,"
                    f" claim and close {queue.rate(done, 'claim', 'commit')} URLs/s"
                )
            print(f"  after {queue.claimed:,} pages {resident() - before:+.1f} MB")
            print(f"  one request out of Scrapy's queue {scrapy_pop(hosts, 50):,.0f} microseconds")
            queue.store.close()


if __name__ == "__main__":
    main()
