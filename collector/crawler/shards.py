"""`--workers N`: one process per shard, host-affine, one database, WARC files of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from collector.crawler.crawl import Crawl
from collector.crawler.documents.orphan import die_with
from collector.crawler.wiring import Options
from collector.model.errors import FAULTS, ExitCode, StorageError

POLL_SECONDS = 0.1
STOPS = (signal.SIGINT, signal.SIGTERM)


def run_shards(options: Options, crawl: Crawl, workers: int) -> str:
    """Start the shards, wait for all of them, end all when one fails. Returns how the run ended."""
    processes: list[subprocess.Popen[bytes]] = []
    interrupts = 0

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupts
        interrupts += 1
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)

    for number in STOPS:
        signal.signal(number, interrupted)
    try:
        # a shard is born with these blocked and lets them in when it can stop in an orderly way: none is lost
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        processes += [_start(options, crawl, shard, workers) for shard in range(workers)]
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        while any(process.poll() is None for process in processes):
            time.sleep(POLL_SECONDS)
            failed = [p for p in processes if p.poll() not in (None, *_ENDINGS)]
            if failed:
                for process in processes:
                    if process.poll() is None:
                        process.send_signal(signal.SIGINT)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()
    codes = [process.returncode for process in processes]
    bad = next((code for code in codes if code not in _ENDINGS), None)
    if bad is not None:
        crawl.fault = _FAULTS.get(bad, StorageError)(
            f"a worker ended with {bad}; the others were stopped",
            where=str(crawl.paths.root),
            mend="its message stands above; start the same command again to go on",
        )
        return "fault"
    if interrupts:
        return "stopped" if interrupts == 1 else "now"
    return max((_ENDINGS[code] for code in codes), key=("finished", "patience", "stopped", "budget").index)


_FAULTS = {int(fault.exit_code): fault for fault in FAULTS}  # a worker's exit code becomes the run's
_ENDINGS = {0: "finished", 10: "budget", 11: "stopped", 12: "patience"}


def _start(options: Options, crawl: Crawl, shard: int, shards: int) -> subprocess.Popen[bytes]:
    plain = {**asdict(options), "shard": shard, "shards": shards, "run": crawl.run}
    plain["policy"], plain["data"] = str(options.policy), str(options.data)
    plain["scope_domains"] = sorted(crawl.gates.scope_domains)
    return subprocess.Popen(  # noqa: S603  our own module
        [sys.executable, "-m", "collector.crawler.shards", str(os.getpid())],
        stdin=_as_stdin(json.dumps(plain).encode()),
        start_new_session=True,
    )


def _as_stdin(text: bytes) -> int:
    """A file in memory: options may be larger than a pipe holds, and name no person on a command line."""
    descriptor = os.memfd_create("shard")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(text)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def main() -> int:
    """One shard: options as JSON on standard input."""
    from collector.crawler.run import run_worker  # noqa: PLC0415  run imports this module
    from collector.crawler.wiring import close_crawl, open_crawl  # noqa: PLC0415
    from collector.model.errors import CollectorError  # noqa: PLC0415

    die_with(int(sys.argv[1]), ExitCode.STORAGE)  # without its parent nobody holds the collection's lock
    plain = json.load(sys.stdin)
    scope_domains = frozenset(plain.pop("scope_domains"))
    plain["policy"], plain["data"] = Path(plain["policy"]), Path(plain["data"])
    plain["seeds"] = tuple(plain["seeds"])
    try:
        crawl = open_crawl(Options(**plain))
        crawl.gates.scope_domains |= scope_domains
        run_worker(crawl)
        close_crawl(crawl, crawl.ended_as)
        if crawl.fault is not None:
            raise crawl.fault
    except CollectorError as exc:
        print(f"collector: {exc}", file=sys.stderr)
        return exc.exit_code
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # it ends already; the interpreter's own end would die of one
    return {"budget": 10, "stopped": 11, "now": 11, "patience": 12}.get(crawl.ended_as, ExitCode.OK)


if __name__ == "__main__":
    sys.exit(main())
