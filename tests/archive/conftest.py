"""Pages, contexts and writers for the archive's tests: nothing here reads a clock or draws a random number."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.archive.files import FilePort, PosixFiles
from collector.archive.identifiers import MonotonicIds
from collector.archive.record import Member, RecordContext, WarcinfoFacts, page_record, warcinfo
from collector.archive.writer import SegmentWriter
from collector.model.decision import PolicyRef
from collector.model.digest import Digest
from collector.model.headers import Headers
from collector.model.page import Candidate, Language, Minimised, Redaction
from collector.model.url import parse_url

START = datetime(2026, 11, 22, 7, 41, 22, 114807, tzinfo=UTC)
POLICY = PolicyRef("demo", Digest.of(b"policy"))


class Bench:
    """Everything a test of the archive needs, around one folder."""

    start = START
    policy = POLICY

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = PosixFiles()
        generator = random.Random(7)
        ticks = itertools.count(int(START.timestamp() * 1000))
        self.ids = MonotonicIds(lambda: next(ticks) // 3, generator.randbytes)
        self._moments = (START + timedelta(seconds=n) for n in itertools.count())

    def now(self) -> datetime:
        return next(self._moments)

    def make_warcinfo(self, name: str, date: datetime, identifier: object) -> Member:
        facts = WarcinfoFacts("collector/0.1", "Example Org <crawl@example.org>", "h", "bot/0.1", "demo", POLICY)
        return warcinfo(facts, name, date, identifier)

    def writer(self, folder: str = "archive", *, files: FilePort | None = None, **options: object) -> SegmentWriter:
        return SegmentWriter(
            self.root,
            folder,
            prefix="demo",
            host="crawl-1.example",
            files=files or self.files,
            now=self.now,
            ids=self.ids,
            make_warcinfo=self.make_warcinfo,
            **options,
        )

    def context(self, warcinfo_id: str = "urn:uuid:019abcde-0000-7000-8000-000000000000") -> RecordContext:
        return RecordContext(warcinfo_id, POLICY, self.ids)

    def page(self, n: int = 0, **changes: object) -> Minimised:
        values: dict[str, object] = {
            "candidate": Candidate(parse_url(f"https://www.example.org/page/{n}?b=2&a=1"), hops="LL"),
            "decisions": (),
            "status": 200,
            "headers": Headers([("Content-Type", "text/html; charset=iso-8859-1"), ("Link", "<a>"), ("Link", "<b>")]),
            "body": f"<html><title>Page {n}</title><p>Grüße [[EMAIL_1]] {n}".encode(),
            "media_type": "text/html",
            "charset": "utf-8",
            "redaction": Redaction("strict", {"email": 1}),
            "fetched_at": START + timedelta(seconds=n),
            "duration": 0.25,
            "ip_address": "2001:DB8:0:0::1",
            "text": f"Grüße {n}",
            "language": Language("de", 0.99),
        }
        return Minimised(**(values | changes))

    def filled(self, count: int = 3, folder: str = "archive", **options: object) -> list[str]:
        """A sealed, committed archive of `count` pages; the sealed files."""
        writer = self.writer(folder, **options)
        sealed = []
        for n in range(count):
            context = self.context(writer.warcinfo_id)
            writer.append([page_record(self.page(n), context)])
            writer.flush()
            sealed += writer.committed()
        sealed += writer.close()
        return [s.file for s in sealed]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def bench_in() -> Callable[[Path], Bench]:
    return Bench


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud which outside programs did not read our archives, also under `-q`."""
    reasons = {
        str(report.longrepr[2])
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and "NOT TESTED" in str(report.longrepr[2])
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason, yellow=True, bold=True)
