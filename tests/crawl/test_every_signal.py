"""One crawl of a host for every signal and every conflict: what the server was asked, what the disk holds, what the ledger says."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.agreement import disagreements
from tests.support.crawling import Crawling, end_all, verify
from tests.support.signal_hosts import HOSTS, LINKED, PAGE, SITE_FILES, Host
from tests.support.simweb import SimulatedWeb

BY_NAME = pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
USES = {0: "unknown", 1: "allow", 2: "deny"}


class Seen:
    """The finished crawl."""

    def __init__(self, crawling: Crawling, web: SimulatedWeb, summary: dict[str, object]) -> None:
        self.crawling = crawling
        self.web = web
        self.summary = summary
        self.outcomes = crawling.outcomes()
        self.octets = b"\n".join(_octets(path) for path in sorted(crawling.folder.rglob("*")) if path.is_file())

    def url(self, host: Host, path: str = PAGE) -> str:
        return self.web.url(host.host, path)

    def asked(self, host: Host) -> list[str]:
        return self.web.log.paths(host.host)

    @cache  # noqa: B019  one for the module
    def train(self) -> dict[str, str]:
        """URL → what its capture says of training."""
        query = "SELECT e.url, c.use_train FROM capture c JOIN event e USING (url_key, visit)"
        return {url: USES[value] for url, value in self.crawling.rows(query)}


def _octets(path: Path) -> bytes:
    """A file as it is and, where it is compressed, every member of it."""
    raw = path.read_bytes()
    plain, rest = b"", raw
    while rest.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(wbits=31)
        plain += member.decompress(rest)
        rest = member.unused_data
    return raw + plain


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("signals")
    (folder / "temporary").mkdir()
    with SimulatedWeb() as web, pytest.MonkeyPatch.context() as environment:
        environment.setenv("TMPDIR", str(folder / "temporary"))
        for host in HOSTS:
            host.serve(web.site(host.host))
        crawling = Crawling(folder, web, site_files=True, politeness="concurrency = 16")
        crawling.seeds = [web.url(host.host, PAGE) for host in HOSTS]
        summary = crawling.run(timeout=110, code=None)
        yield Seen(crawling, web, summary)
    end_all()


def test_names_and_marks_are_unique():
    assert len({host.name for host in HOSTS}) == len({host.marker for host in HOSTS}) == len(HOSTS) > 70


@BY_NAME
class TestEveryHost:
    def test_the_ledger_names_the_outcome_and_the_rule(self, seen, host):
        outcome, rule, reason = seen.outcomes[seen.url(host)]
        assert (outcome, rule) == (host.outcome, host.rule), reason
        assert reason

    def test_what_is_denied_before_is_never_asked_for(self, seen, host):
        assert seen.asked(host).count(PAGE) == int(host.asked)
        assert (LINKED in seen.asked(host)) is (host.outcome == "archived" and host.linked)

    def test_where_robots_txt_denies_nothing_else_is_asked_for(self, seen, host):
        asked = set(seen.asked(host))
        assert "/robots.txt" in asked
        if host.rule == "robots_txt":
            assert asked == {"/robots.txt"}
        else:
            assert asked >= SITE_FILES
            assert asked <= SITE_FILES | {"/robots.txt", PAGE, LINKED}

    def test_only_what_is_kept_is_on_the_disk(self, seen, host):
        """Every file below the crawl's folder, temporary ones too, raw and decompressed."""
        assert (host.marker.encode() in seen.octets) is (host.outcome == "archived")

    def test_the_uses_of_what_is_kept(self, seen, host):
        if host.outcome == "archived":
            assert seen.train()[seen.url(host)] == host.train
        else:
            assert seen.url(host) not in seen.train()


def test_archive_and_account_agree(seen):
    assert verify(seen.crawling) == ""
    assert disagreements(seen.crawling.collection) == []
