"""How long a crawl holds its event loop: CPU time of the loop's thread in each turn, from a real crawl under load.

    python benchmarks/loop.py [--pages 1000] [--kilobytes 120] [--links 10000] [--hosts 40] [--text]

A turn is what runs between two looks at the network. CPU time, not wall time: on a busy machine a turn takes longer
without holding anybody up for longer. The site is `--pages` pages on `--hosts` hosts of the loopback net, each linking
the next ones, and one page of `--links` links to places outside the scope. `--where` says which callbacks the longest
turns ran in, and is not free: its own cost is in the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from crawl import POLICY  # noqa: E402
from serve import page  # noqa: E402

# Runs in the crawler's process. A task's step is named by the coroutine that it runs.
INSTRUMENT = """
import asyncio, atexit, gc, json, os, sys, time
from asyncio import base_events, events
turns, longest, names, began_at = [], [], {}, []
known = base_events.BaseEventLoop._run_once
def once(loop):
    names.clear()
    began = time.thread_time()
    known(loop)
    took = time.thread_time() - began
    turns.append(took)
    if took > 0.03 and began_at and len(turns) > began_at[0] + 1:
        longest.append((took, sorted(names.items(), key=lambda one: -one[1])[:4]))
base_events.BaseEventLoop._run_once = once
from collector.crawler.network.download_handler import GatedDownloadHandler
send = GatedDownloadHandler.send
async def first(handler, ticket, request=None):
    if not began_at:
        began_at.append(len(turns))
    return await send(handler, ticket, request)
GatedDownloadHandler.send = first
if WHERE:
    run = events.Handle._run
    def named(handle):
        began = time.thread_time()
        run(handle)
        took = time.thread_time() - began
        if took > 0.003:
            owner = getattr(handle._callback, "__self__", None)
            if isinstance(owner, asyncio.Task):
                name = owner.get_coro().__qualname__
            else:
                name = getattr(handle._callback, "__qualname__", repr(handle._callback))
            names[name] = names.get(name, 0.0) + took
    events.Handle._run = named
    since = [0.0]
    def collected(phase, info):
        if phase == "start":
            since[0] = time.thread_time()
        else:
            name = "(garbage of generation %d)" % info["generation"]
            names[name] = names.get(name, 0.0) + time.thread_time() - since[0]
    gc.callbacks.append(collected)
def tell():
    with open(OUT, "w") as file:
        start = began_at[0] + 1
        answer = {"turns": turns[start:], "before": sum(turns[:start]), "longest": sorted(longest, reverse=True)[:30]}
        json.dump(answer, file)
atexit.register(tell)
from collector.cli.__main__ import main
sys.exit(main())
"""


def served(options: argparse.Namespace) -> ThreadingHTTPServer:
    """The site, on every address of the loopback net, from threads of this process."""
    each = max(1, options.pages // options.hosts)
    bodies = [page(number, each, options.kilobytes) for number in range(each)]
    links = "".join(f'<a href="http://h{n}.example.org/{n}">{n}</a>' for n in range(options.links)).encode()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2].partition(".")[0]
            body, status = b"", 404
            if self.path == "/":
                port = self.server.server_address[1]
                others = "".join(
                    f'<a href="http://h{n}.localhost:{port}/p/0.html">{n}</a>' for n in range(options.hosts)
                )
                body, status = b"<p>Front</p><a href=/links.html>l</a>" + others.encode(), 200
            elif self.path == "/links.html":
                body, status = b"<!doctype html><p>Links</p>" + links, 200
            elif self.path.startswith("/p/") and name.isdigit() and int(name) < each:
                # no two hosts have the same pages
                body, status = bodies[int(name)] + f"<!-- {self.headers['Host']} -->".encode(), 200
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("0.0.0.0", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """Print how long the turns were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--kilobytes", type=int, default=120)
    parser.add_argument("--links", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--where", action="store_true")
    options = parser.parse_args()
    server = served(options)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policy, out = folder / "policy.toml", folder / "turns.json"
        written = POLICY.format(text="true" if options.text else "false", extractor="trafilatura")
        policy.write_text(written.replace('127.0.0.1"]', 'localhost"]'))
        url = f"http://localhost:{server.server_address[1]}/"
        instrument = f"WHERE, OUT = {options.where!r}, {str(out)!r}\n{INSTRUMENT}"
        arguments = ["crawl", str(policy), "--data", str(folder / "data"), "--seed", url, "--json", "--readers", "1"]
        done = subprocess.run(
            [sys.executable, "-c", instrument, *arguments], capture_output=True, text=True, check=False, env=os.environ
        )
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        said = json.loads(out.read_text())
    turns = sorted(said["turns"])
    print(f"{len(turns)} turns, CPU {sum(turns):.1f} s ({said['before']:.1f} s before)")
    for share in (0.5, 0.9, 0.99, 0.999, 1.0):
        print(f"p{share * 100:<5g} {turns[min(int(len(turns) * share), len(turns) - 1)] * 1_000:8.1f} ms")
    print(f"over 50 ms: {sum(turn > 0.05 for turn in turns)}")
    for took, names in said["longest"][:15] if options.where else ():
        print(f"{took * 1_000:8.1f} ms", ", ".join(f"{name} {part * 1_000:.1f}" for name, part in names))
    server.shutdown()


if __name__ == "__main__":
    main()
