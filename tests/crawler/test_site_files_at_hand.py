"""A site's file that is remembered is handed out without asking, and never in the place of another one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from collector.crawler.sites.site_files import SiteFiles
from collector.model.decision import Verdict
from collector.model.url import parse_url
from collector.rules.rule import Needed
from collector.signals.site_file import Reach, SiteFile

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = parse_url("http://a.test/page")


class Crawl:
    """Answers every file that is asked for, and counts."""

    def __init__(self) -> None:
        self.time, self.asked = NOW, []
        self.site_files = SiteFiles(self)
        self.account = SimpleNamespace(signal_for=lambda *_: None)
        self.site_source = SimpleNamespace(file=self.file)
        self.recorder = SimpleNamespace(signal=lambda *_: None)
        allowed = SimpleNamespace(verdict=Verdict.DENY)  # nobody elsewhere may be asked
        self.gates = SimpleNamespace(may_contact=lambda *_: allowed)

    async def file(self, url, max_bytes, may_ask) -> SiteFile:
        self.asked.append(url.href)
        until = self.time + timedelta(hours=1)
        return SiteFile(url.href, Reach.AVAILABLE, 200, url.href.encode(), fetched_at=self.time, valid_until=until)

    def still_fresh(self, file: SiteFile) -> bool:
        return file.valid_until is not None and self.time < file.valid_until

    def now(self) -> datetime:
        return self.time

    def documents(self, *addresses: str, page=PAGE) -> dict[str, SiteFile]:
        return asyncio.run(self.site_files.documents([Needed(address) for address in addresses], page))


def test_for_as_long_as_it_holds():
    crawl = Crawl()
    first = crawl.documents("/ai.txt")["/ai.txt"]
    assert crawl.documents("/ai.txt", page=parse_url("http://a.test/other"))["/ai.txt"] is first
    crawl.time += timedelta(hours=1)
    assert crawl.documents("/ai.txt")["/ai.txt"] is not first
    assert crawl.asked == ["http://a.test/ai.txt"] * 2


@pytest.mark.parametrize("page", ["http://b.test/page", "https://a.test/page", "http://a.test:8080/page"])
def test_it_speaks_for_its_own_origin(page):
    crawl = Crawl()
    crawl.documents("/ai.txt")
    crawl.documents("/ai.txt", page=parse_url(page))
    assert len(crawl.asked) == 2


def test_another_server_behind_two_slashes_is_not_a_path_of_this_one():
    crawl = Crawl()
    crawl.site_files._known["http://a.test//b.test/x"] = SiteFile(
        "http://a.test//b.test/x", Reach.AVAILABLE, 200, b"ours", valid_until=NOW + timedelta(hours=1)
    )
    assert crawl.documents("//b.test/x")["//b.test/x"].reach is Reach.UNREACHABLE
    assert crawl.asked == []
