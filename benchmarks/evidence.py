"""Figures of detection on documentation of Debian and PyPI packages, with gold out of the packages' own metadata.

Run: COLLECTOR_TEST_CACHE=<folder> python benchmarks/evidence.py [--most PAGES] [--only leaks|hits|crawl]. Packages are
fetched on first use (0.7 GB), unpacked and never installed. Prints:

- *leaks*: names of authors and addresses left, visible and in the serialised page; the share of text masked;
- *crawl*: addresses left in the bytes of a collection, after a crawl of some of these pages on loopback;
- *hits*: what each recognizer found in all texts, and its precision by the labels that somebody has given.

Hits are drawn with a fixed seed, at most fifty distinct values a kind, packages by turns, and written to
`hits-<kind>.tsv` in the cache with their surroundings. Who has read them puts `+` or `-` for the `?` of each line and
runs the program again. A hit is right where the text says or shows a value of that kind, invented ones of examples and
tests too; a number of a firm that came for a person's is wrong. `--package` asks others, with files of their own in
`asked/`: those whose wrong hits nobody has read before.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.documentation import crawled
from benchmarks.documentation.fetch import everything, root
from benchmarks.documentation.gold import Gold, addresses, of_debian, of_pypi
from benchmarks.documentation.leaks import Tally, tallied
from benchmarks.documentation.pages import Page, pages
from benchmarks.documentation.sample import Hit, counted, drawn, hit_of, wilson, write, wrong_characters
from collector.document.html import tree_of
from collector.document.text import visible_text
from collector.minimise.engine.context import context_of
from collector.minimise.engine.span import KINDS, OPTIONAL
from collector.minimise.replacing.recognize import recognize

STRUCTURED = tuple(kind for kind in KINDS if kind not in OPTIONAL and kind != "person")
SAMPLED = 50
CRAWLED = 150

Packages = Sequence[tuple[str, Path]]


def gold_of(package: str, folder: Path) -> Gold:
    """What the package's own metadata says."""
    return of_debian(folder) if package.startswith("debian/") else of_pypi(folder)


def leaks(packages: Packages, most: int) -> None:
    """Minimise at most `most` pages of each form of each package."""
    tallies: dict[str, Tally] = {}
    for package, folder in packages:
        tallied(pages(package, folder, most=most), gold_of(package, folder), tallies)
    for name, tally in tallies.items():
        print(tally.line(name))
    left = [line for name, tally in tallies.items() for line in tally.left]
    (root() / "left.txt").write_text("\n".join([*left, ""]), "utf-8")


def crawl(packages: Packages) -> None:
    """Crawl pages that hold an address, few of each package."""
    wanted: list[Page] = []
    for package, folder in packages:
        html = (page for page in pages(package, folder, most=200) if page.html)
        wanted += [page for page in html if addresses(page.text)][:10]
    for line in crawled.crawl(wanted[:CRAWLED]):
        print(line)


def hits(packages: Packages, most: int, into: Path) -> None:
    """Every structured kind over all texts; draw, write `into` that folder, and count what is labelled."""
    into.mkdir(exist_ok=True)
    found: dict[str, list[Hit]] = {kind: [] for kind in STRUCTURED}
    masked: dict[str, Counter[str]] = {kind: Counter() for kind in STRUCTURED}
    characters = 0
    for package, folder in packages:
        for page in pages(package, folder, most=most):
            text = visible_text(tree_of(page.text)).text if page.html else page.text
            characters += len(text)
            for span in recognize(text, context_of(None, "en"), frozenset(STRUCTURED)):
                found[span.kind].append(hit_of(text, span, package, page.where))
                masked[span.kind][package] += span.end - span.start
    print(f"{characters / 1e6:.2f} M characters of {len(packages)} packages")
    print(f"{'kind':16}{'hits':>7}{'distinct':>10}{'masked':>9}{'read':>6}{'right':>7}   precision (Wilson, 95 %)")
    wrong = 0.0
    for kind in STRUCTURED:
        path = into / f"hits-{kind}.tsv"
        sample = drawn(found[kind], SAMPLED)
        write(path, sample)
        right, read = counted(path)
        low, high = wilson(right, read)
        said = f"{right / read:.3f} ({low:.3f} to {high:.3f})" if read else "not read" if sample else "no hit"
        wrong += wrong_characters(path, masked[kind])
        distinct = len({hit.value for hit in found[kind]})
        print(f"{kind:16}{len(found[kind]):7}{distinct:10}{masked[kind].total():9}{read:6}{right:7}   {said}")
    total = sum(counter.total() for counter in masked.values())
    print(f"characters masked {total / characters:.4%}, wrongly {wrong / characters:.4%} by the labels")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, help="pages of each form a package: 60 for leaks, 600 for hits")
    parser.add_argument("--package", action="append", default=[], metavar="debian/NAME|pypi/NAME", help="these alone")
    parser.add_argument("--only", choices=("leaks", "crawl", "hits"))
    arguments = parser.parse_args()
    packages = everything(arguments.package)
    if arguments.only in (None, "leaks"):
        leaks(packages, arguments.most or 60)
    if arguments.only in (None, "crawl"):
        crawl(packages)
    if arguments.only in (None, "hits"):
        hits(packages, arguments.most or 600, root() / "asked" if arguments.package else root())


if __name__ == "__main__":
    main()
