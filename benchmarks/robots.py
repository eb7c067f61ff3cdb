"""Times reading and matching robots.txt beside bare Protego in the same run. `python benchmarks/robots.py`.

Figures are ratios to Protego on files it survives, and milliseconds on hostile files, where it is not asked.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable, Iterator

from protego import Protego

from collector.signals.robots_txt import RobotsTxt, parse

LIMIT = 512_000
TARGET = "/aaaa/aaab?x=aaa:/y"


def ordinary(sections: int) -> bytes:
    """A site as they come: a few AI crawlers refused, a folder opened again, some parameters closed."""
    head = (
        b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nCrawl-delay: 2\n"
        b"Disallow: /admin/\nAllow: /admin/ajax.php\nDisallow: /*?s=\nDisallow: /*.pdf$\n"
    )
    rules = b"".join(b"Disallow: /section%d/print/\n" % n for n in range(sections))
    return head + rules + b"Sitemap: https://www.example.org/sitemap.xml\n"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files of half a megabyte, each written to be slow for somebody."""

    def many(line: bytes, head: bytes = b"User-agent: *\n") -> bytes:
        lines = b"".join(line % n for n in range(LIMIT // len(line) + 1))
        return (head + lines)[:LIMIT].rpartition(b"\n")[0] + b"\n"

    agents = b"".join(b"User-agent: b%d\n" % n for n in range(5_000))
    yield "5,000 agents x 5,000 rules", agents + b"".join(b"Disallow: /p%d/\n" % n for n in range(5_000))
    yield "one group, 30,000 rules", many(b"Disallow: /p%d/\n")
    yield "our own name among 5,000", many(b"Disallow: /p%d/\n", b"User-agent: corpusbot\n" + agents)
    yield "group per rule", many(b"user-agent:*\nallow:/%d\n")
    yield "group per name", many(b"user-agent:a%d\nallow:/\n")
    yield "wildcards /*a*a*", many(b"Disallow: /*a*%d*a*a\n")
    yield "99 wildcards a rule", many(b"Disallow: /" + b"*a" * 99 + b"%d\n")
    yield "5,000 wildcards a rule", many(b"Disallow: /" + b"*a" * 5_000 + b"%d\n")
    yield "anchors", many(b"disallow:/%d$\n")
    yield "query delimiters", many(b"disallow:/?%d=:/\n")
    yield "escapes", many(b"Disallow: /" + b"%%41" * 1_000 + b"%d\n")
    yield "anchored queries", many(b"disallow:/?%d=:$\n")
    yield "escaped queries", many(b"disallow:/?%d=%%3a\n")
    yield "octets that are no ASCII", many(b"Disallow: /" + b"\xff" * 1_500 + b"%d\n")
    yield "short escapes", many(b"Disallow: /%%7e%d\n")
    yield "shortest allows", b"User-agent: *\n" + b"allow:/\n" * 63_000
    yield "other records", many(b"content-signal: a=%d\n")
    yield "unknown lines", b"abcdef:x\n" * 56_000
    yield "no keys", b"a:\n" * 170_000
    yield "slips of the pen", many(b"dissallow:/%d\n", b"useragent: *\n")
    yield "blank lines", b"\r\n" * 256_000
    yield "one line", b"User-agent: *\nDisallow: /" + b"a" * 600_000
    yield "one line of wildcards", b"User-agent: *\nDisallow: /" + b"*a" * 240_000 + b"\n"


def best_of(times: int, work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of `times` runs: other work on the machine counts less than by the wall clock."""
    runs = []
    for _ in range(times):
        start = time.process_time()
        work()
        runs.append(time.process_time() - start)
    return min(runs)


def beside_protego() -> None:
    columns = ("parse+1 match", "match", "match with query")
    print(f"{'ordinary file':20} {'octets':>8}  " + "".join(f"{column:>18} {'ratio':>6}" for column in columns))
    for sections in (0, 30, 300):
        body = ordinary(sections)
        text = body.decode()

        def ours(body: bytes = body) -> object:
            return parse(body).match("corpusbot", "/x")

        def theirs(text: str = text) -> object:
            return Protego.parse(text).can_fetch("https://www.example.org/x", "corpusbot")

        row = [best_of(50, ours), best_of(50, theirs)]
        robots, protego = parse(body), Protego.parse(text)
        for pattern in ("/section/{n}/page-{n}.html", "/section/{n}/page?id={n}"):
            paths = [pattern.format(n=n) for n in range(2_000)]
            urls = [f"https://www.example.org{path}" for path in paths]

            def match_ours(paths: list[str] = paths, robots: RobotsTxt = robots) -> object:
                return [robots.match("corpusbot", path) for path in paths]

            def match_theirs(urls: list[str] = urls, protego: Protego = protego) -> object:
                return [protego.can_fetch(url, "corpusbot") for url in urls]

            row += [best_of(3, match_ours) / len(paths), best_of(3, match_theirs) / len(paths)]
        cells = [f"{a * 1e6:15.1f} us {a / b:6.2f}" for a, b in zip(row[::2], row[1::2], strict=True)]
        print(f"{sections + 10:>14} lines {len(body):>8,}  " + "".join(cells))


def measured(body: bytes) -> tuple[float, float, float, int]:
    """Seconds to parse, to parse and match, and to match again; octets kept."""
    robots = parse(body)
    robots.match("corpusbot", TARGET)
    tracemalloc.start()
    parse(body).match("corpusbot", TARGET)
    kept = parse(body)
    kept.match("corpusbot", TARGET)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (
        best_of(5, lambda: parse(body)),
        best_of(5, lambda: parse(body).match("corpusbot", TARGET)),
        best_of(5, lambda: robots.match("corpusbot", TARGET)),
        memory,
    )


def on_hostile() -> float:
    print(f"\n{'hostile file':26} {'octets':>8} {'parse':>9} {'first match':>12} {'later':>9} {'memory':>8}")
    worst = 0.0
    for name, body in hostile():
        first, both, later, memory = measured(body)
        worst = max(worst, both)
        print(
            f"{name:26} {len(body):>8,} {first * 1e3:6.1f} ms {(both - first) * 1e3:9.1f} ms "
            f"{later * 1e3:6.2f} ms {memory / 1e6:5.1f} MB"
        )
    return worst


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--limit", type=float, default=0.0, help="fail when a hostile file takes longer, in ms")
    limit = arguments.parse_args().limit
    beside_protego()
    worst = on_hostile() * 1e3
    print(f"\nslowest hostile file, parse and first match: {worst:.1f} ms")
    return int(bool(limit) and worst > limit)


if __name__ == "__main__":
    raise SystemExit(main())
