"""Times recognition beside what others use, by turns; hostile shapes; hits to judge. `python benchmarks/minimise.py`.

Text is the visible text of HTML documentation in Debian packages, fetched by `apt-get download` and unpacked,
never installed. Peers run in an environment of their own (`make tools`): presidio without NER, scrubadub,
datatrove's formatter (FineWeb's). Dolma's expressions are written below after its description, not copied from it
and not compared with it: that row says what such patterns cost, not what Dolma does.
`--judge KIND` prints up to 50 hits; count the wrong ones and ask `--wilson RIGHT OF` for the interval.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.documentation.sample import wilson
from collector.document.charset import decode
from collector.document.html import tree_of
from collector.document.text import visible_text
from collector.minimise.engine.context import Context
from collector.minimise.engine.prefilter import ENGINES, prefilter_of
from collector.minimise.engine.span import KINDS
from collector.minimise.names.asked import Asked
from collector.minimise.replacing.recognize import RECOGNIZERS, recognize
from collector.registry.persons import PersonList

PACKAGES = (
    "python3.11-doc",
    "debian-handbook",
    "postgresql-doc-15",
    "apache2-doc",
    "bind9-doc",
    "developers-reference",
)
ALL = frozenset(KINDS)
HERE = Context(("US",))
TOOLS = Path(__file__).resolve().parents[1] / ".venv-tools/recognition/bin/python"
# personal-data §0.6 and §4: what stops others
SHAPES = (
    "a!",
    "a.",
    "word+",
    " ",
    "5",
    "!",
    "deadbeef",
    "@",
    "a@",
    "1.2.",
    "+1 ",
    "[at] ",
    " dot ",
    "AA11 ",
    "eyJ",
    "born ",
    "A-",
    "Aa ",
)

PEERS = r"""
import json, re, sys, time
texts = json.loads(sys.stdin.readline())

def presidio():
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    import spacy
    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}
            self.nlp["en"].max_length = 10**9
        def is_loaded(self): return True
    engine = Blank()
    registry = RecognizerRegistry(); registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    registry.recognizers = [r for r in registry.recognizers if "Spacy" not in type(r).__name__]
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    return lambda text: analyzer.analyze(text, language="en")

def scrubadub_():
    import scrubadub
    scrubber = scrubadub.Scrubber()
    return scrubber.clean

def datatrove():
    from datatrove.pipeline.formatters import PIIFormatter
    return PIIFormatter().format

def dolma():
    email = re.compile("[.\\s@,?!;:)(]*([^\\s@]+@[^\\s@,?!;:)(]+?)[.\\s@,?!;:)(]?[\\s\n\r]")
    phone = re.compile("\\s+\\(?(\\d{3})\\)?[-\\. ]*(\\d{3})[-. ]?(\\d{4})")
    ip = re.compile("(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)")
    return lambda text: [list(p.finditer(text)) for p in (email, phone, ip)]

for name, make in (("presidio", presidio), ("scrubadub", scrubadub_), ("datatrove", datatrove), ("dolma", dolma)):
    if name != sys.argv[1]: continue
    run = make(); run("warm jane@mail.example.org up")
    print("ready", flush=True)
    for line in sys.stdin:
        text = texts[int(line)]
        start = time.process_time(); run(text)
        print(time.process_time() - start, flush=True)
"""


def documentation(folder: Path, wanted: int) -> list[str]:
    """Visible texts of pages in a fixed order, `wanted` characters of them."""
    for package in PACKAGES:
        subprocess.run(["apt-get", "download", package], cwd=folder, check=False, capture_output=True, timeout=300)
    for archive in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder / "unpacked")], check=True, timeout=300)
    pages = sorted(path for path in folder.rglob("*.html") if path.is_file())
    random.Random(7).shuffle(pages)
    texts: list[str] = []
    for page in pages:
        text = visible_text(tree_of(decode(page.read_bytes())[0])).text
        if text.strip():
            texts.append(text)
        if sum(map(len, texts)) >= wanted:
            break
    return texts


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def beside_peers(texts: list[str], rounds: int) -> None:
    """A B A B: ours and one peer over the same texts; the ratio of medians."""
    sample = [text[:20_000] for text in texts[: 3 * rounds]]
    for name in ("dolma", "datatrove", "scrubadub", "presidio"):
        peer = Peer(name, sample)
        if not peer.ready:
            print(f"{name:12} not there: make tools")
            continue
        ours, theirs = [], []
        for number, text in enumerate(sample):
            if len(text) < 500:
                continue
            # the best of three on either side: the first one pays for memory that the other has just used
            ours.append(min(seconds(lambda text=text: recognize(text, HERE, ALL)) for _ in range(3)) / len(text))
            theirs.append(min(peer.seconds(number) for _ in range(3)) / len(text))
        peer.close()
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(f"{name:12} {1 / statistics.median(theirs) / 1e6:8.3f} M characters/s, we are {ratio:8.1f} times as fast")


class Peer:
    """A program in its own environment that answers with the seconds it took for text number so-and-so."""

    def __init__(self, name: str, texts: list[str]) -> None:
        self.ready = False
        if not TOOLS.exists():
            return
        self.process = subprocess.Popen(
            [str(TOOLS), "-c", PEERS, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(texts) + "\n")
        self.process.stdin.flush()
        self.ready = self.process.stdout.readline().strip() == "ready"

    def seconds(self, number: int) -> float:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def throughput(texts: list[str]) -> None:
    octets = sum(len(text.encode()) for text in texts)
    compiled = seconds(lambda: prefilter_of(RECOGNIZERS))
    print(f"triggers compiled in {compiled:.3f} s; {len(texts)} pages, {octets / 1e6:.1f} MB")
    for engine in ENGINES:
        prefilter = prefilter_of(RECOGNIZERS, engine)
        part = texts if engine == "hyperscan" else texts[: len(texts) // 10]
        size = sum(len(text.encode()) for text in part)
        taken = min(seconds(lambda p=prefilter, t=part: [p.windows(text) for text in t]) for _ in range(2))
        print(f"windows, {engine:10} {size / taken / 1e6:7.1f} MB/s")
    taken = [seconds(lambda: [recognize(text, HERE, ALL) for text in texts]) for _ in range(3)]
    print(f"all kinds           {octets / statistics.median(taken) / 1e6:7.1f} MB/s")


def registered(texts: list[str]) -> None:
    """Names of people who asked: one document each, none of them asked for, so that every pair of words is hashed."""
    octets = sum(len(text.encode()) for text in texts)
    persons = PersonList(Path("no-such-folder"), bytes(range(32)))
    looked_for = [seconds(lambda: [list(Asked(persons).find(text, HERE)) for text in texts]) for _ in range(3)]
    print(f"registered names    {octets / statistics.median(looked_for) / 1e6:7.1f} MB/s")


def hostile() -> None:
    print(f"{'shape':10} {'100 KB':>9} {'200 KB':>9} {'ratio':>6}")
    for shape in SHAPES:
        times = []
        for length in (100_000, 200_000):
            text = (shape * (length // len(shape) + 1))[:length]
            times.append(min(seconds(lambda text=text: recognize(text, HERE, ALL)) for _ in range(3)))
        print(f"{shape!r:10} {times[0] * 1e3:6.1f} ms {times[1] * 1e3:6.1f} ms {times[1] / max(times[0], 1e-4):6.1f}")


def hits(texts: list[str], kind: str) -> Iterator[str]:
    """Distinct hits in their surroundings."""
    known: set[str] = set()
    for text in texts:
        for span in recognize(text, Context(), frozenset((kind,))):
            if span.value not in known:
                known.add(span.value)
                around = (
                    text[max(0, span.start - 50) : span.start],
                    text[span.start : span.end],
                    text[span.end : span.end + 30],
                )
                yield " ".join("{}⟦{}⟧{}".format(*around).split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--judge", metavar="KIND", action="append", default=[])
    parser.add_argument("--wilson", nargs=2, type=int, metavar=("RIGHT", "OF"))
    arguments = parser.parse_args()
    if arguments.wilson:
        low, high = wilson(*arguments.wilson)
        print(f"{arguments.wilson[0] / arguments.wilson[1]:.3f} ({low:.3f} to {high:.3f})")
        return
    with tempfile.TemporaryDirectory() as folder:
        texts = documentation(Path(folder), int(arguments.megabytes * 1e6))
    if arguments.judge:
        for kind in arguments.judge:
            found = list(hits(texts, kind))
            random.Random(7).shuffle(found)
            print(f"{kind}: {len(found)} distinct hits in {sum(map(len, texts)) / 1e6:.1f} M characters")
            for number, line in enumerate(found[:50], 1):
                print(f"{number:3} {line}")
        return
    throughput(texts)
    registered(texts)
    hostile()
    beside_peers(texts, arguments.rounds)


if __name__ == "__main__":
    main()
