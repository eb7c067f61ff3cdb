"""Times `collector explain --jsonl` as it is run from outside, start-up apart. `python benchmarks/explain.py`.

Asked: 2,000 lines a second without pages, 250 with pages of 30 KB. The peer is the least that any such program has to
do: read the JSON, parse the page with lxml, match robots.txt with Protego, write JSON; measured by turns with ours.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = """
import json, sys
from lxml import html
from protego import Protego
for line in sys.stdin.buffer:
    given = json.loads(line)
    verdict = Protego.parse(given["robots"]).can_fetch(given["url"], "corpusbot")
    if "html" in given:
        tree = html.fromstring(given["html"].encode())
        verdict = verdict and not tree.xpath("//meta[@name='robots']") and bool(tree.text_content())
    print(json.dumps({"id": given["id"], "verdict": verdict}))
"""
OURS = [sys.executable, "-m", "collector.cli", "explain", "--jsonl", "--policy", "strict-eu"]
ROBOTS = "User-agent: GPTBot\nDisallow: /drafts/\n\nUser-agent: *\nDisallow: /private/\nCrawl-delay: 1\n# site %d\n"


def page(number: int, size: int) -> str:
    """`size` characters as pages come: a head, a menu, paragraphs with links and emphasis."""
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page {number}</title>'
        '<meta name="description" content="About the mill"><link rel="canonical" href="/c">'
        '<script src="/s.js"></script></head><body><nav><ul>'
        + "".join(f'<li class="entry"><a href="/m/{n}">Entry {n}</a></li>' for n in range(40))
    )
    parts = [head, "</ul></nav><main>"]
    length = sum(map(len, parts))
    for n in range(size):
        parts.append(
            f'<p class="text">The people who live near <a href="/p/{number}/{n}">the old mill</a> have known about it '
            f"for a <em>long</em> time, and speak of it with some pride in house {n}.</p>\n"
        )
        length += len(parts[-1])
        if length >= size:
            break
    return "".join([*parts, "</main></body></html>"])


def lines(count: int, size: int) -> str:
    """`count` lines about 50 sites; with pages of `size` characters where that is not 0."""
    written = []
    for number in range(count):
        site = number % 50
        line = {"id": number, "url": f"https://www{site}.example.org/a/{number}", "robots": ROBOTS % site}
        if size:
            line |= {"headers": [["Content-Type", "text/html; charset=utf-8"]], "html": page(number, size)}
        written.append(json.dumps(line) + "\n")
    return "".join(written)


def seconds(command: list[str], file: Path) -> float:
    """CPU seconds of the child, which works on one core and waits for nobody: a busy machine counts less."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with file.open("rb") as stream:
        subprocess.run(command, stdin=stream, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(name: str, count: int, size: int, rounds: int, asked: int, folder: Path) -> None:
    one, many = folder / "one.jsonl", folder / "many.jsonl"
    one.write_text(lines(1, size))
    many.write_text(lines(count, size))
    peer = [sys.executable, "-c", PEER]
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        for who, command in (("ours", OURS), ("peer", peer)):
            took = seconds(command, many) - seconds(command, one)
            rates[who].append((count - 1) / took)
    ours, theirs = (statistics.median(rates[who]) for who in ("ours", "peer"))
    print(
        f"{name:<24} {ours:>8,.0f} lines/s   asked {asked:>5,}   peer {theirs:>8,.0f} lines/s   "
        f"ours takes {theirs / ours:.1f} times as long"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lines", type=int, default=6_000)
    parser.add_argument("--pages", type=int, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("without pages", options.lines, 0, options.rounds, 2_000, Path(folder))
        measure("with pages of 30 KB", options.pages, 30_000, options.rounds, 250, Path(folder))


if __name__ == "__main__":
    main()
