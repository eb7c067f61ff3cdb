"""What one page costs in the process pool: parse and facts, links, minimising, main text, language.

Run: python benchmarks/document.py [repeats]. Prints milliseconds of CPU per page (median), and each step as
a multiple of the parse, on generated pages of 30 KB and 120 KB.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

from collector.document.language import detect
from collector.document.links import links
from collector.document.main_text import main_text
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.document.text import visible_text
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import STRICT
from collector.minimise.text import minimise_text
from collector.model.url import parse_url

URL = parse_url("https://news.site.test/2026/11/story")
WORDS = """the village council talked about a new library while many readers wrote letters on history water bridges
and markets of this region because spring floods had moved the old ferry further down the river""".split()


def page(kilobytes: int, *, seed: int = 0) -> bytes:
    """A news page: 56 links in the first 30 KB, a third of its bytes text, now and then something personal."""
    chance = random.Random(seed)
    parts = [
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>News</title>",
        "<meta name=author content='Jane Doe'>",
        '<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Person",',
        '"name":"Jane Doe"}}</script>',
        "<style>", ".card{margin:0;padding:1em}" * 60, "</style>",
        "<script>", "window.state={a:1,b:[2,3]};" * 60, "</script></head><body>",
    ]  # fmt: skip
    parts += [
        f"<li class='menu entry-{i}'><a href='/section/{i}?utm_source=menu'>Section {i}</a></li>" for i in range(28)
    ]
    size = sum(map(len, parts))
    number = 0
    while size < kilobytes * 1024:
        words = " ".join(chance.choices(WORDS, k=50))
        personal = (
            f"<a href='mailto:u{number}@site.test'>u{number}@site.test</a> +49 30 9018{number:04d}"
            if number % 14 == 3
            else ""
        )
        card = (
            f"<div class='card box grid-{number} shadow' id='p{number}' data-index='{number}' data-kind='story'>"
            f"<h2 class='title size-3 weight-bold'>{words[:40]}</h2>"
            f"<img src='/img/{number}.jpg' alt='Picture {number}' width=400>"
            f"<p class='teaser'>{words} <em>12.05.2021</em> {personal}</p>"
            f"<a class='more' href='/story/{number}'>more</a>"
            f"<span class='meta-line'><span class='tag'>{chance.choice(WORDS)}</span></span></div>"
        )
        parts.append(card)
        size += len(card)
        number += 1
    return "".join([*parts, "</body></html>"]).encode()


def milliseconds(step, prepare, repeats: int) -> float:
    """Median CPU time of `step` on a freshly prepared argument."""
    times = []
    for _ in range(repeats):
        argument = prepare()
        started = time.process_time()
        step(argument)
        times.append((time.process_time() - started) * 1_000)
    return statistics.median(times)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repeats", type=int, nargs="?", default=25)
    return parser.parse_args()


def main() -> None:
    repeats = arguments().repeats
    detect("warms the profiles of the language detector up, once for the process")
    print(f"{'':28}{'30 KB':>9}{'120 KB':>9}   multiple of the parse")
    bodies = [page(30), page(120)]

    def parsed(body):
        return lambda: read(body, content_type="text/html", url=URL)

    steps = {
        "parse": (lambda body: lambda _: read(body, content_type="text/html", url=URL), lambda _: lambda: None),
        "facts": (lambda _: lambda d: page_facts(d, status=200, with_language=False), parsed),
        "links": (lambda _: lambda d: links(d, URL), parsed),
        "minimise": (lambda _: lambda d: minimise_document(d, URL, STRICT), parsed),
        "minimise, text alone": (
            lambda _: lambda text: minimise_text(text, STRICT, url=URL, lang="en"),
            lambda body: lambda: visible_text(parsed(body)().root).text,
        ),
        "main text": (lambda _: main_text, parsed),
        "language": (lambda _: detect, lambda body: lambda: visible_text(parsed(body)().root).text),
    }
    parse = [1.0, 1.0]
    for name, (step, prepare) in steps.items():
        costs = [milliseconds(step(body), prepare(body), repeats) for body in bodies]
        if name == "parse":
            parse = costs
        multiples = "".join(f"{cost / base:8.1f}" for cost, base in zip(costs, parse, strict=True))
        print(f"{name:28}{costs[0]:9.2f}{costs[1]:9.2f}   {multiples}")
    counts = [len(links(parsed(body)(), URL)) for body in bodies]
    print(f"links on the pages: {counts[0]} and {counts[1]}")


if __name__ == "__main__":
    main()
