"""CPU and memory of a whole crawl, all processes counted, beside Scrapy, Scrapy with warcio, and wget --warc.

    python benchmarks/crawl.py [--pages 2000] [--kilobytes 30] [--rounds 3] [--text] [--workers 2]

Each round runs every contestant once, by turns, against the same site: static files from nginx, on loopback. CPU is
user and system time of the process and of every child it waited for; memory is the peak of the crawling
process's resident set, and of the proportional set of all its processes, looked at ten times a second.
Without `--text`: all gates and the minimising on, no text, no language. With it the peer extracts the text with
trafilatura and names its language with langdetect, as we do; what both spend in these two is measured inside of their
processes (`split/`), and the remainder compared. `--extractor resiliparse` shows what the faster one would bring.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from serve import page  # noqa: E402

from tests.support.processes import family  # noqa: E402  serve has put the checkout on the path

POLICY = """
[collection]
id = "bench"
title = "Benchmark"
purpose = "To measure what a crawl costs, on loopback."
legal_basis = "consent"
[controller]
name = "Benchmark"
contact = "bench@example.org"
[crawler]
product_token = "corpusbot"
info_url = "https://example.org/bot"
contact = "bench@example.org"
[scope]
domains = ["127.0.0.1"]
[politeness]
min_delay = 0.0
max_delay = 0.0
latency_factor = 0.0
[document]
extractor = "{extractor}"
[storage]
text = {text}
[network]
allow_addresses = ["127.0.0.0/8"]
allow_ports = ["1024-65535"]
[retention]
development = "30d"
"""
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; text/plain txt; }}
  charset utf-8; access_log {folder}/access.log; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/{root}; }}
}}
"""


@dataclass
class Measured:
    """One run. CPU in seconds, memory in bytes."""

    cpu: float
    wall: float
    rss: int
    pss: int
    pages: int
    extraction: float = 0.0
    language: float = 0.0

    @property
    def remainder(self) -> float:
        """CPU of everything but extraction and language, in seconds a page."""
        return (self.cpu - self.extraction - self.language) / self.pages


def site(folder: Path, pages: int, kilobytes: int) -> None:
    """The pages as files."""
    (folder / "www/p").mkdir(parents=True)
    for number in range(pages):
        (folder / f"www/p/{number}.html").write_bytes(page(number, pages, kilobytes))
    shutil.copy(folder / "www/p/0.html", folder / "www/index.html")
    (folder / "www/robots.txt").write_text("User-agent: *\nAllow: /\n")


@contextmanager
def served(folder: Path, root: str = "www") -> Iterator[str]:
    """The site's URL, while nginx serves what lies in `root`. Raises SystemExit where there is no nginx."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        raise SystemExit("this benchmark needs nginx: apt-get install nginx-light")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, root=root))
    server = subprocess.Popen([nginx, "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def proportional(process: int) -> int:
    """Bytes of the proportional set; 0 once it has ended."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1_024
    except OSError:
        pass
    return 0


def peak_resident(process: int) -> int:
    """Bytes of the largest resident set of this process alone: `wait4` would tell that of its largest child."""
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1_024
    except OSError:
        pass
    return 0


def measure(command: list[str], folder: Path) -> Measured:
    """Run to the end. Pages are counted by the server."""
    log = folder / "access.log"
    log.write_bytes(b"")
    started = time.monotonic()
    split = folder / "split"
    shutil.rmtree(split, ignore_errors=True)
    split.mkdir()
    paths = [str(HERE / "split"), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "BENCH_SPLIT": str(split)},
    )
    peak, resident, ended = [0], [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            peak[0] = max(peak[0], sum(map(proportional, family(process.pid))))
            resident[0] = max(resident[0], peak_resident(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    if process.returncode not in (0, 8):  # wget says 8 where one link led nowhere
        raise SystemExit(f"{command[0]} ended with {process.returncode}\n{said.decode()[-2000:]}")
    pages = (
        len({line.split('"')[1].split()[1] for line in log.read_text().splitlines() if ".html" in line}) + 1
    )  # and /
    wall = time.monotonic() - started
    if pages < 2:
        raise SystemExit(f"{command[0]} asked for one page only\n{said.decode()[-2000:]}")
    sums = [struct.unpack("=dd", one.read_bytes()) for one in split.iterdir() if one.stat().st_size]
    extraction, language = (sum(column) for column in zip((0.0, 0.0), *sums, strict=True))
    cpu = used.ru_utime + used.ru_stime
    return Measured(cpu, wall, resident[0], peak[0], pages, extraction, language)


def contestants(folder: Path, url: str, options: argparse.Namespace) -> dict[str, list[str]]:
    """Name → command. Each writes below `folder`, which is emptied before every run."""
    policy = folder / "policy.toml"
    policy.write_text(POLICY.format(text="true" if options.text else "false", extractor=options.extractor))
    out = str(folder / "out")
    ours = [sys.executable, "-m", "collector.cli", "crawl", str(policy), "--data", out, "--seed", url, "--json"]
    peer = [sys.executable, str(HERE / "peers/scrapy_crawl.py"), url]
    found = {"collector": [*ours, "--readers", "1"]}
    if options.workers > 1:
        found[f"collector, {options.workers} workers"] = [*ours, "--readers", "1", "--workers", str(options.workers)]
    if options.text:
        found["scrapy + warcio + trafilatura + langdetect"] = [*peer, "--warc", f"{out}/peer.warc.gz", "--text"]
        return found
    found["scrapy, links only"] = peer
    found["scrapy + warcio"] = [*peer, "--warc", f"{out}/peer.warc.gz"]
    if shutil.which("wget"):
        found["wget --warc"] = [
            "wget", "-q", "-r", "-l", "inf", "--delete-after", "-P", out, f"--warc-file={out}/wget", url,
        ]  # fmt: skip
    return found


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--kilobytes", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--extractor", choices=("trafilatura", "resiliparse"), default="trafilatura")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx reads as another user
        site(folder, options.pages, options.kilobytes)
        with served(folder) as url:
            runs: dict[str, list[Measured]] = {}
            for _ in range(options.rounds):
                for who, command in contestants(folder, url, options).items():
                    shutil.rmtree(folder / "out", ignore_errors=True)
                    (folder / "out").mkdir()
                    runs.setdefault(who, []).append(measure(command, folder))
    ours = statistics.median(run.cpu / run.pages for run in runs["collector"])
    print(f"{options.pages} pages of about {options.kilobytes} KB, {options.rounds} rounds, medians")
    print(f"{'':<44}{'ms CPU/page':>12}{'ours/theirs':>12}{'pages/s':>9}{'RSS MB':>8}{'PSS MB':>8}{'pages':>7}")
    for who, measured in runs.items():
        cpu = statistics.median(run.cpu / run.pages for run in measured)
        rate = statistics.median(run.pages / run.wall for run in measured)
        rss, pss = max(run.rss for run in measured) / 1e6, max(run.pss for run in measured) / 1e6
        print(
            f"{who:<44}{cpu * 1_000:>12.2f}{ours / cpu:>12.2f}{rate:>9.0f}{rss:>8.0f}{pss:>8.0f}{measured[0].pages:>7}"
        )

    if options.text:
        show_split(runs)


def show_split(runs: dict[str, list[Measured]]) -> None:
    """Milliseconds of CPU a page, by where they go; the remainder as a multiple of the peer's."""
    print(f"\n{'ms CPU/page':<44}{'extraction':>12}{'language':>10}{'remainder':>11}{'ours/theirs':>12}")
    ours = statistics.median(run.remainder for run in runs["collector"])
    for who, measured in runs.items():
        extraction = statistics.median(run.extraction / run.pages for run in measured)
        language = statistics.median(run.language / run.pages for run in measured)
        left = statistics.median(run.remainder for run in measured)
        print(f"{who:<44}{extraction * 1e3:>12.2f}{language * 1e3:>10.2f}{left * 1e3:>11.2f}{ours / left:>12.2f}")


if __name__ == "__main__":
    main()
