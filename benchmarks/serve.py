"""Serves a deterministic site for benchmarks: N pages of about 30 KiB, 56 links each, in a tree of ten branches.

    python benchmarks/serve.py --pages 2000 --hosts 1 [--port 8900] [--kilobytes 30]

Prints `port N` when it is ready; on SIGTERM or Ctrl-C prints as JSON what it was asked. Pin it to a core of its own
(`taskset -c 0`) and the crawler to another; give both programs that are compared the same server, by turns.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections import Counter
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.simlog import Request
from tests.support.simsite import HTML, Reply, document, text
from tests.support.simweb import SimulatedWeb

BRANCHES = 10
LINKS = 56
_WORDS = [
    "river",
    "stone",
    "market",
    "morning",
    "the",
    "of",
    "and",
    "a",
    "to",
    "in",
    "bridge",
    "window",
    "paper",
    "light",
    "under",
    "after",
    "people",
    "small",
    "house",
    "garden",
    "water",
    "letter",
    "between",
    "winter",
    "road",
    "school",
    "evening",
    "field",
    "every",
    "old",
    "song",
    "boat",
    "market",
    "where",
    "which",
    "never",
    "spoke",
    "again",
    "seven",
    "hands",
    "quiet",
    "summer",
    "story",
    "glass",
    "table",
    "wrote",
    "about",
    "north",
    "bread",
    "corner",
    "yellow",
    "child",
    "second",
    "open",
    "long",
]


def sentence(seed: int) -> str:
    """A sentence of 12 to 19 words, decided by `seed` alone."""
    state = (seed * 2_654_435_761 + 12_345) & 0xFFFFFFFF
    words = []
    for _ in range(12 + seed % 8):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        words.append(_WORDS[(state >> 8) % len(_WORDS)])
    return " ".join(words).capitalize() + "."


@lru_cache(maxsize=20_000)
def page(number: int, pages: int, kilobytes: int) -> bytes:
    """Page `number`: links to its ten children first, then to neighbours; prose up to the size."""
    links = [n for n in range(number * BRANCHES + 1, number * BRANCHES + BRANCHES + 1) if n < pages]
    links += [(number * 31 + step * 97) % pages for step in range(LINKS - len(links))]
    blocks, size, seed = [], 0, number * 1_000
    while size < kilobytes * 1_024 - 5_000:
        block = "<p>" + " ".join(sentence(seed + i) for i in range(6)) + "</p>"
        blocks.append(block)
        size += len(block)
        seed += 6
    return document(f"Page {number}", main="\n".join(blocks), links=[f"/p/{n}.html" for n in links]).encode()


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_000, help="pages per host")
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--kilobytes", type=int, default=30)
    wanted = parser.parse_args()

    def answer(request: Request) -> Reply:
        name = request.path.removeprefix("/p/").removesuffix(".html")
        number = 0 if request.path == "/" else int(name) if name.isdigit() else wanted.pages
        if number >= wanted.pages:
            return text("not found\n", 404)
        return Reply(200, page(number, wanted.pages, wanted.kilobytes), (("Content-Type", HTML),))

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with SimulatedWeb() as web:
        listener = web.listen(port=wanted.port)
        for number in range(wanted.hosts):
            site = web.site(f"bench{number}.localhost").robots("User-agent: *\nAllow: /\n")
            site.otherwise = answer
        for number in range(min(wanted.pages, 20_000)):
            page(number, wanted.pages, wanted.kilobytes)
        print(f"port {listener.port}", flush=True)
        stopped.wait()
        statuses = Counter(exchange.status for exchange in web.log.select())
        asked = {(r.host, r.target) for r in web.log.requests() if r.target != "/robots.txt"}
        print(json.dumps({"requests": statuses.total(), "pages": len(asked), "statuses": statuses}), flush=True)


if __name__ == "__main__":
    main()
