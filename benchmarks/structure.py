"""What minimising does to pages written by others: main text before and after, share masked, time, by what it found.

Run: COLLECTOR_TEST_CACHE=<folder> python benchmarks/structure.py [pages]. The pages are documentation out of Debian
packages (fetched with apt-get on first use) and the generated page of `document.py`. Prints, by documentation: pages,
the F1 of trafilatura's main text (words, order apart) between the raw and the minimised page, placeholders taken
as the words they stand for; the share of visible characters masked, as a person and in all; milliseconds for a
page, and for 150 KB.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.document import URL, page
from collector.document.html import HtmlDocument
from collector.document.main_text import main_text
from collector.document.read import read
from collector.document.text import visible_text
from collector.minimise.document import minimise_document
from collector.minimise.replacing.plan import STRICT
from tests.support.realdocs import DOCUMENTATION, Unavailable, unpacked

_WORD = re.compile(r"\[\[[A-Z_]+_\d+\]\]|\w+")
MAX_MAIN_TEXT = 60  # pages a documentation whose main text is compared: trafilatura takes most of the time


def f1(before: str, after: str) -> float:
    """Of words as a multiset; a placeholder counts as found, one for one word."""
    first, second = Counter(_WORD.findall(before)), Counter(_WORD.findall(after))
    masked = sum(count for word, count in second.items() if word.startswith("[["))
    common = sum((first & second).values()) + masked
    total = first.total() + second.total()
    return min(1.0, 2 * common / total) if total else 1.0


def measure(bodies: list[bytes]) -> tuple[float, float, float, float, float, list[str]]:
    """Mean F1, share masked as person, share masked in all, median milliseconds, milliseconds for 150 KB, samples."""
    scores, times = [], []
    person = masked = visible = size = 0
    seen: Counter[str] = Counter()
    for number, body in enumerate(bodies):
        raw = read(body, content_type="text/html; charset=utf-8", url=URL)
        if not isinstance(raw, HtmlDocument):
            continue
        text = visible_text(raw.root).text
        before = main_text(raw) if number < MAX_MAIN_TEXT else None
        document = read(body, content_type="text/html; charset=utf-8", url=URL)
        started = time.process_time()
        result = minimise_document(document, URL, STRICT)
        times.append((time.process_time() - started) * 1_000)
        if result.withhold:
            continue
        visible += len(text)
        size += len(body)
        masked += sum(span.end - span.start for span in result.spans)
        person += sum(span.end - span.start for span in result.spans if span.kind == "person")
        seen.update(text[span.start : span.end] for span in result.spans if span.kind == "person")
        if before:
            scores.append(f1(before, main_text(document) or ""))
    each = 150 * 1024 * sum(times) / max(size, 1)
    return (
        statistics.mean(scores) if scores else 1.0,
        person / max(visible, 1),
        masked / max(visible, 1),
        statistics.median(times),
        each,
        [f"{name!r} x {count}" for name, count in seen.most_common(12)],
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=120)
    return parser.parse_args()


def main() -> None:
    wanted = arguments().pages
    chance = random.Random(7)
    print(f"{'':34}{'pages':>6}{'F1':>8}{'person':>9}{'masked':>9}{'ms/page':>9}{'ms/150KB':>10}")
    rows: list[tuple[str, list[bytes]]] = [("generated, 150 KB", [page(150, seed=n) for n in range(5)])]
    for documentation in DOCUMENTATION:
        try:
            folder = unpacked(documentation)
        except Unavailable as reason:
            print(f"{documentation.package}: {reason}")
            continue
        paths: list[Path] = sorted(
            p for p in folder.rglob("*.html") if p.is_file() and 2_000 < p.stat().st_size < 2_000_000
        )
        rows.append(
            (
                f"{documentation.package} {documentation.language}",
                [p.read_bytes() for p in chance.sample(paths, min(wanted, len(paths)))],
            )
        )
    for name, bodies in rows:
        score, person, masked, median, each, samples = measure(bodies)
        print(f"{name:34}{len(bodies):6}{score:8.4f}{person:9.3%}{masked:9.3%}{median:9.2f}{each:10.2f}")
        print(f"    persons: {', '.join(samples) or 'none'}")


if __name__ == "__main__":
    main()
