"""What the faster extractor brings and costs: CPU of both on the same pages, by turns, and how far their texts agree.

Run: COLLECTOR_TEST_CACHE=<folder> python benchmarks/extractors.py [pages]. Needs the extra fast-text. The pages are
those of `structure.py`, documentation out of Debian packages, and of `serve.py`. `lost`: words of trafilatura's text
that are not in resiliparse's; `more`: the reverse, as a share of trafilatura's (words as a multiset, order apart).
Neither is the truth: whoever reads documentation wants tables and lists that one of them leaves out.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import serve
from collector.document.html import HtmlDocument
from collector.document.main_text import Extractor, extract, load
from collector.document.read import read
from collector.model.url import parse_url
from tests.support.realdocs import DOCUMENTATION, Unavailable, unpacked

URL = parse_url("https://docs.example.org/page")
_WORD = re.compile(r"\w+")


def words(text: str | None) -> Counter[str]:
    return Counter(_WORD.findall((text or "").lower()))


def groups(wanted: int) -> Iterator[tuple[str, list[bytes]]]:
    """Name → pages."""
    chance = random.Random(7)
    for kilobytes in (30, 120):
        yield f"generated, {kilobytes} KB", [serve.page(n, wanted, kilobytes) for n in range(wanted)]
    for documentation in DOCUMENTATION:
        try:
            folder = unpacked(documentation)
        except Unavailable as reason:
            print(f"{documentation.package}: {reason}")
            continue
        paths = sorted(p for p in folder.rglob("*.html") if p.is_file() and 2_000 < p.stat().st_size < 2_000_000)
        bodies = [p.read_bytes() for p in chance.sample(paths, min(wanted, len(paths)))]
        yield f"{documentation.package} {documentation.language}", bodies


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=int, nargs="?", default=40)
    return parser.parse_args()


def main() -> None:
    wanted = arguments().pages
    for extractor in Extractor:
        load(extractor)
    head = (
        f"{'':36}{'pages':>6}{'ms traf.':>10}{'ms resil.':>10}{'ratio':>8}{'words':>8}{'lost':>8}{'more':>8}{'F1':>8}"
    )
    print(head)
    for name, bodies in groups(wanted):
        spent: dict[Extractor, list[float]] = {extractor: [] for extractor in Extractor}
        theirs, ours, common = 0, 0, 0
        for body in bodies:
            document = read(body, content_type="text/html; charset=utf-8", url=URL)
            if not isinstance(document, HtmlDocument):
                continue
            texts = {}
            for extractor in Extractor:
                started = time.process_time()
                text = extract(document, extractor).text
                spent[extractor].append((time.process_time() - started) * 1_000)
                texts[extractor] = words(text)
            theirs += texts[Extractor.TRAFILATURA].total()
            ours += texts[Extractor.RESILIPARSE].total()
            common += (texts[Extractor.TRAFILATURA] & texts[Extractor.RESILIPARSE]).total()
        slow, fast = (statistics.mean(spent[extractor]) for extractor in Extractor)
        print(
            f"{name:36}{len(spent[Extractor.TRAFILATURA]):6}{slow:10.2f}{fast:10.2f}{fast / slow:8.3f}{theirs:8}"
            f"{(theirs - common) / max(theirs, 1):8.1%}{(ours - common) / max(theirs, 1):8.1%}"
            f"{2 * common / max(theirs + ours, 1):8.3f}"
        )


if __name__ == "__main__":
    main()
