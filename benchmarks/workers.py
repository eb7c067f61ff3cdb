"""What a second worker costs: CPU per page of the same crawl by one process and by two, of many hosts.

    python benchmarks/workers.py [--hosts 16] [--pages 125] [--kilobytes 30] [--rounds 3] [--workers 2]

`--pages` on each of `--hosts` names of one nginx on loopback, no two alike. Every worker asks its own hosts: a site of
one host, as in crawl.py, leaves all but one of them idle. Two sizes are run, the second with a fifth of the pages:
the difference tells the price of a page from the price of starting.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from crawl import POLICY, Measured, measure, served  # noqa: E402
from serve import page  # noqa: E402


def sites(folder: Path, hosts: int, pages: int, kilobytes: int) -> None:
    """The pages as files, in a folder per host."""
    for host in range(hosts):
        root = folder / f"www/h{host}.localhost"
        (root / "p").mkdir(parents=True)
        for number in range(pages):
            said = b"<p>A page of host %d.</p></body>" % host
            (root / f"p/{number}.html").write_bytes(page(number, pages, kilobytes).replace(b"</body>", said))
        shutil.copy(root / "p/0.html", root / "index.html")
        (root / "robots.txt").write_text("User-agent: *\nAllow: /\n")


def command(folder: Path, url: str, hosts: int, workers: int) -> list[str]:
    """The crawl of that many hosts."""
    policy = folder / "policy.toml"
    policy.write_text(
        POLICY.format(text="false", extractor="trafilatura").replace(
            'domains = ["127.0.0.1"]', 'domains = ["localhost"]'
        )
    )
    port = urlsplit(url).port
    seeds = [part for host in range(hosts) for part in ("--seed", f"http://h{host}.localhost:{port}/")]
    crawl = [sys.executable, "-m", "collector.cli", "crawl", str(policy), "--data", str(folder / "out"), *seeds]
    return [*crawl, "--json", "--readers", "1", "--workers", str(workers)]


def run(folder: Path, url: str, hosts: int, workers: int) -> Measured:
    """One crawl from nothing. Pages of equal paths are one to the server's log: they are counted once per host."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").mkdir()
    measured = measure(command(folder, url, hosts, workers), folder)
    measured.pages *= hosts
    return measured


def main() -> None:
    """Print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=16)
    parser.add_argument("--pages", type=int, default=125)
    parser.add_argument("--kilobytes", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    runs: dict[tuple[int, int], list[Measured]] = {}
    sizes = (options.pages, max(2, options.pages // 5))
    for pages in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)  # nginx reads as another user
            sites(folder, options.hosts, pages, options.kilobytes)
            with served(folder, "www/$host") as url:
                for _ in range(options.rounds):
                    for workers in (1, options.workers):
                        measured = run(folder, url, options.hosts, workers)
                        runs.setdefault((workers, pages), []).append(measured)
    print(f"{options.hosts} hosts, {options.pages} pages each, about {options.kilobytes} KB, {options.rounds} rounds")
    print(f"{'workers':>8}{'ms CPU/page':>13}{'s to start':>12}{'ms beyond':>11}{'pages/s':>9}{'pages':>7}")
    cost = {}
    for workers in (1, options.workers):
        large, small = (runs[workers, pages] for pages in sizes)
        cost[workers] = statistics.median(one.cpu / one.pages for one in large)
        cpu, less = (statistics.median(one.cpu for one in some) for some in (large, small))
        page = (cpu - less) / (large[0].pages - small[0].pages)
        start = less - page * small[0].pages
        rate = statistics.median(one.pages / one.wall for one in large)
        print(
            f"{workers:>8}{cost[workers] * 1_000:>13.2f}{start:>12.2f}{page * 1_000:>11.2f}{rate:>9.0f}"
            f"{large[0].pages:>7}"
        )
    print(f"{options.workers} workers cost {cost[options.workers] / cost[1]:.2f} times the CPU of one per page")


if __name__ == "__main__":
    main()
