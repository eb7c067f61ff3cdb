"""What a queue of a million costs: resident memory, open files, and whether a claim gets dearer with the hosts.

Run: python benchmarks/memory.py [--urls 1000000] [--hosts 20000] [--seconds 480]. What grows with the queue is on
the disk; in memory stand SQLite's page cache (32 MiB at most) and the clocks of hosts asked since the last flush.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from itertools import islice
from pathlib import Path

from collector.frontier.frontier import Found
from collector.frontier.pace import HostPace, Pace
from collector.frontier.sqlite import SqliteFrontier
from collector.ledger.keys import url_key
from collector.ledger.store import Store
from collector.model.url import parse_url

KEY = bytes(32)
BATCH = 5_000
CLAIMS = 50


def resident() -> float:
    """This process's RSS, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def urls(count: int, hosts: int):
    for number in range(count):
        url = parse_url(f"https://site-{number % hosts}.example.org/articles/a-title-of-usual-length-{number}.html")
        yield Found(url_key(KEY, url.href), url, "example.org", number % 7, "LL", f"https://{url.host}/")


def fill(store: Store, frontier: SqliteFrontier, count: int, hosts: int, until: float) -> int:
    found, known = urls(count, hosts), 0
    while (batch := list(islice(found, BATCH))) and time.monotonic() < until:
        with store.transaction() as tx:
            known += frontier.discover(tx, batch, 0.0)
    return known


def claim_cost(store: Store, frontier: SqliteFrontier) -> float:
    """CPU microseconds of one claimed URL, in claims of one host each, the commit not counted."""
    spent, claimed = 0.0, 0
    for turn in range(CLAIMS):
        with store.transaction() as tx:
            start = time.process_time()
            claimed += len(frontier.claim(tx, 1.0 + turn * 10.0, 1))
            spent += time.process_time() - start
    return spent / claimed * 1e6


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--urls", type=int, default=1_000_000)
    options.add_argument("--hosts", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=480.0, help="stop filling after this long")
    args = options.parse_args()
    for count, hosts in ((10_000, 100), (args.urls, args.hosts)):
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(Path(folder) / "collection.db", write=True)
            frontier = SqliteFrontier(Pace(HostPace(1.0, 30.0)), fence=1)
            fill(store, frontier, 100, 10, time.monotonic() + 60)
            before, files = resident(), open_files()
            start = time.perf_counter()
            known = fill(store, frontier, count, hosts, time.monotonic() + args.seconds)
            rate = known / (time.perf_counter() - start)
            print(f"{known:,} URLs over {hosts:,} hosts, {rate:,.0f} URLs/s")
            print(f"  resident memory  {resident() - before:+8.1f} MB")
            print(f"  open files       {open_files() - files:+8d}")
            print(f"  a claim          {claim_cost(store, frontier):8.0f} microseconds of CPU")
            store.close()


if __name__ == "__main__":
    main()
