"""Writing and verifying archives, beside warcio's own writer and reader: paired runs A B A B, ratio of medians."""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collector.archive.files import PosixFiles
from collector.archive.identifiers import MonotonicIds
from collector.archive.problem import Contract
from collector.archive.provenance import Provenance, provenance_record
from collector.archive.reader import records
from collector.archive.record import RecordContext, WarcinfoFacts, page_record, warcinfo
from collector.archive.verify import verify_file
from collector.archive.writer import SegmentWriter
from collector.model.decision import PolicyRef
from collector.model.digest import Digest
from collector.model.headers import Headers
from collector.model.page import Candidate, Minimised, Redaction
from collector.model.url import parse_url

WORDS = "the of a to in is on that it for was with as by at from his an were are which this also be has had its".split()
POLICY = PolicyRef("bench", Digest.of(b"bench"))
START = datetime(2026, 11, 22, tzinfo=UTC)


def make_pages(count: int, size: int) -> list[Minimised]:
    """Pages of about `size` bytes that compress about as real ones do (4:1)."""
    generator = random.Random(3)
    pages = []
    for n in range(count):
        parts = ["<!DOCTYPE html><html><head><title>Page</title></head><body>"]
        length = 0
        while length < size:
            sentence = " ".join(generator.choices(WORDS, k=10)) + f" {generator.getrandbits(40):x}"
            parts.append(
                f'<p class="t{generator.randrange(9)}"><a href="/p/{generator.randrange(10**6)}">{sentence}</a></p>'
            )
            length += len(parts[-1])
        url = parse_url(f"https://host-{n % 50}.example.org/articles/{n}?page={n}")
        headers = Headers([("Content-Type", "text/html; charset=utf-8"), ("Date", "Sun, 22 Nov 2026 07:41:22 GMT")])
        body = "".join(parts).encode()
        note = Redaction("strict", {"email": 2})
        pages.append(
            Minimised(Candidate(url), (), 200, headers, body, "text/html", "utf-8", note, START, 0.2, "192.0.2.1")
        )
    return pages


def write_ours(pages: list[Minimised], root: Path, *, provenance: bool) -> None:
    ticks, generator = itertools.count(), random.Random(1)
    ids = MonotonicIds(lambda: next(ticks), generator.randbytes)
    facts = WarcinfoFacts("collector", "o", "h", "ua", "bench", POLICY)
    writer = SegmentWriter(
        root,
        "archive",
        prefix="bench",
        host="h",
        files=PosixFiles(),
        now=lambda: START,
        ids=ids,
        make_warcinfo=lambda name, date, identifier: warcinfo(facts, name, date, identifier),
    )
    for page in pages:
        context = RecordContext(writer.warcinfo_id, POLICY, ids)
        members = [page_record(page, context)]
        if provenance:
            members.append(provenance_record(page, members[0].record_id, Provenance("run"), context))
        writer.append(members)
    writer.flush()
    writer.committed()
    writer.close()


def write_warcio(pages: list[Minimised], root: Path) -> None:
    with (root / "theirs.warc.gz").open("wb") as stream:
        writer = WARCWriter(stream, gzip=True, warc_version="1.1")
        for page in pages:
            head = StatusAndHeaders(
                "200 OK", [*page.headers.pairs, ("Content-Length", str(len(page.body)))], "HTTP/1.1"
            )
            record = writer.create_warc_record(
                page.candidate.url.href, "response", payload=io.BytesIO(page.body), http_headers=head
            )
            writer.write_record(record)


class Inputs:
    verbose = False

    def __init__(self, path: Path) -> None:
        self.inputs = [str(path)]


def timed(action: Callable[[], object]) -> float:
    before = time.process_time()
    action()
    return time.process_time() - before


def compare(
    name: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int, count: int, size: float
) -> None:
    """CPU seconds, so that a shared machine's other work does not count."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{name:34} {count / mine:9,.0f} pages/s {size / mine / 1e6:8.1f} MB/s   peer {count / other:9,.0f} pages/s "
        f"{size / other / 1e6:8.1f} MB/s   {other / mine:5.2f} times"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for size in (3_000, 30_000, 120_000):
        pages = make_pages(max(60, options.pages * 3_000 // size if size > 30_000 else options.pages), size)
        total, count = sum(len(page.body) for page in pages), len(pages)
        print(f"{count} pages of {size:,} bytes; CPU time of one core, medians of {options.rounds} paired rounds")

        def in_folder(action: Callable[[Path], object]) -> Callable[[], object]:
            def run() -> None:
                folder = Path(tempfile.mkdtemp())
                try:
                    action(folder)
                finally:
                    shutil.rmtree(folder)

            return run

        def plain(root: Path, pages: list[Minimised] = pages) -> None:
            write_ours(pages, root, provenance=False)

        def whole(root: Path, pages: list[Minimised] = pages) -> None:
            write_ours(pages, root, provenance=True)

        def peer(root: Path, pages: list[Minimised] = pages) -> None:
            write_warcio(pages, root)

        compare("write, page alone", in_folder(plain), in_folder(peer), options.rounds, count, total)
        compare("write, page and provenance", in_folder(whole), in_folder(peer), options.rounds, count, total)
        with tempfile.TemporaryDirectory() as name:
            plain(Path(name))
            (path,) = (Path(name) / "archive").glob("*.warc.gz")
            (index,) = (Path(name) / "indexes").glob("*.cdxj")
            print(f"  {path.stat().st_size / total:.3f} of the raw size; ", end="")
            peer(Path(name))
            print(f"peer (gzip 9) {(Path(name) / 'theirs.warc.gz').stat().st_size / total:.3f}")

            def verify(path: Path = path, index: Path = index) -> None:
                if list(verify_file(path, index, Contract.OURS)):
                    raise AssertionError(path)

            def check(path: Path = path) -> None:
                with contextlib.redirect_stdout(io.StringIO()):
                    Checker(Inputs(path)).process_all()

            def iterate(path: Path = path) -> None:
                with path.open("rb") as stream:
                    for record in ArchiveIterator(stream):
                        record.content_stream().read()

            compare("verify, against warcio check", verify, check, options.rounds, count, total)
            compare(
                "read, against warcio's iterator",
                lambda p=path: list(records(p)),
                iterate,
                options.rounds,
                count,
                total,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
