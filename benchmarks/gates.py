"""Times the response gate and the content gate over a page of 30 KB, rule by rule. `python benchmarks/gates.py`.

Asked: under 0.3 ms for both together; parsing, language and recognition are not in it and are named beside it. The peer
is lxml reading the same page, which no crawler can do without, measured by turns with the gates. Rules are given facts
that nobody has read, so each pays for what it would share with the others; last come the short cuts beside the plain
reading that they spare.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from explain import page
from lxml import html

from collector.cli.explain import open_door
from collector.document.page_facts import page_facts
from collector.document.read import read
from collector.document.words import words_of
from collector.minimise.quoted import minimise_decision
from collector.model.decision import Gate
from collector.model.headers import Headers
from collector.model.url import parse_url
from collector.rules.content.linkage import linkage, whole_linkage
from collector.rules.evaluate import evaluate
from collector.rules.facts import ContentFacts, ResponseFacts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = parse_url("https://www.example.org/articles/the-old-mill?page=2")
TOKEN = "corpusbot"
HEADERS = Headers(
    [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
        ("Last-Modified", "Sat, 21 Nov 2026 08:00:00 GMT"),
        ("Cache-Control", "max-age=600, public"),
        ("Link", '</style.css>; rel=preload; as=style, </c>; rel="canonical"'),
        ("X-Robots-Tag", "index, follow, max-snippet:-1, max-image-preview:large"),
        ("Content-Security-Policy", "default-src 'self'; img-src *"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("Server", "example"),
        ("Vary", "Accept-Encoding"),
    ]
)
# what pages carry in their heads, and what rules look at in them
HEAD = (
    '<meta name="robots" content="index, follow, max-image-preview:large"><meta name="viewport" content="width=1">'
    '<meta property="og:title" content="The old mill"><meta name="author" content="The village">'
    '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"><script type="application/ld+json">'
    '{"@context": "https://schema.org", "@type": "NewsArticle", "isAccessibleForFree": true, "headline": "A mill"}'
    "</script><script src='/a.js'></script><iframe src='https://video.example.net/embed/1'></iframe>"
)


def timed(work: Callable[[], object], times: int) -> float:
    """Microseconds of CPU for one of `times` calls."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1e6


def by_turns(works: dict[str, Callable[[], object]], rounds: int, times: int) -> dict[str, float]:
    """The median over rounds in which everybody has a turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(timed(work, times))
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--limit", type=float, default=0.0, help="fail when both gates take longer, in microseconds")
    options = parser.parse_args()
    pipeline = open_door("strict-eu", Path("no-such-folder"), NOW).pipeline
    body = page(1, 30_000).replace("</head>", HEAD + "</head>").encode()
    document = read(body, content_type="text/html; charset=utf-8", url=URL)
    facts = page_facts(document, status=200, with_language=True)
    response = ResponseFacts(URL, TOKEN, 200, HEADERS, NOW, len(body), training_tokens=pipeline.training_tokens)
    content = ContentFacts(URL, TOKEN, facts, NOW, pipeline.training_tokens)
    ruleset = pipeline.ruleset

    def fresh() -> ContentFacts:
        """Facts that no rule has read yet: what rules work out together is worked out anew."""
        return replace(content, page=replace(facts))

    def both() -> object:
        return evaluate(Gate.RESPONSE, response, URL, ruleset, NOW), evaluate(Gate.CONTENT, fresh(), URL, ruleset, NOW)

    decided = evaluate(Gate.RESPONSE, response, URL, ruleset, NOW), evaluate(Gate.CONTENT, content, URL, ruleset, NOW)
    heavy = {
        "lxml reads the page": lambda: html.fromstring(body),
        "read, all facts": lambda: page_facts(
            read(body, content_type="text/html", url=URL), status=200, with_language=False
        ),
        "recognition in findings": lambda: [minimise_decision(decision) for decision in decided],
    }

    def rules() -> Iterator[tuple[str, Callable[[], object]]]:
        for bound in ruleset.by_gate[Gate.RESPONSE]:
            yield f"  response {bound.rule.id}", lambda bound=bound: bound.rule.ask(response, bound.settings)
        for bound in ruleset.by_gate[Gate.CONTENT]:
            yield f"  content {bound.rule.id}", lambda bound=bound: bound.rule.ask(fresh(), bound.settings)

    took = by_turns({"both gates": both, "lxml": heavy["lxml reads the page"]}, options.rounds, options.times // 4)
    print(
        f"{'both gates':<32} {took['both gates']:8.1f} us   asked 300 us   "
        f"{took['both gates'] / took['lxml']:.2f} of what lxml takes"
    )
    for name, value in by_turns(dict(rules()), options.rounds, options.times).items():
        print(f"{name:<32} {value:8.1f} us")
    for name, value in by_turns(heavy, 5, 20).items():
        print(f"{name:<32} {value:8.1f} us   (apart)")
    text = facts.text
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "words": (lambda: re.findall(r"\w+", text.lower()), lambda: words_of(text)),
        "what ties a category": (lambda: whole_linkage(text, ""), lambda: linkage(text)),
    }
    for name, (plain, short) in pairs.items():
        pair = by_turns({"plain": plain, "short": short}, 9, 20)
        print(f"{name:<32} {pair['short']:8.1f} us   {pair['short'] / pair['plain']:.2f} of the plain reading")
    return int(bool(options.limit) and took["both gates"] > options.limit)


if __name__ == "__main__":
    raise SystemExit(main())
