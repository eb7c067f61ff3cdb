"""Thousands of real pages, written by others, through the whole crawl: what is found in them, and that all adds up."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.crawling import Crawling, verify
from tests.support.realdocs import DOCUMENTATION, Unavailable, count_pages, serve_real_pages
from tests.support.simweb import SimulatedWeb

LANGUAGE_OF = {documentation.host: documentation.language for documentation in DOCUMENTATION}


@dataclass
class Figures:
    """What the crawl says of itself."""

    crawling: Crawling
    summary: dict[str, Any]
    seconds: float
    requests: int

    def count(self, query: str) -> dict[str, int]:
        return {str(key): number for key, number in self.crawling.rows(query)}

    @property
    def outcomes(self) -> dict[str, int]:
        return self.count("SELECT outcome, COUNT(*) FROM event GROUP BY 1 ORDER BY 2 DESC")

    @property
    def redactions(self) -> Counter[str]:
        kinds: Counter[str] = Counter()
        for (text,) in self.crawling.rows("SELECT redactions FROM capture"):
            kinds.update(json.loads(text))
        return kinds

    def report(self) -> str:
        rows = self.crawling.rows
        ((pages, size),) = rows("SELECT COUNT(*), SUM(size) FROM capture WHERE media_type <> '' AND revisit_of IS NULL")
        sizes = {"database": (self.crawling.collection / "collection.db").stat().st_size}
        for folder in ("archive", "text", "signals"):
            sizes[folder] = sum(path.stat().st_size for path in self.crawling.warcs(folder))
        ends = self.count(
            "SELECT outcome || ' ' || rule || ': ' || substr(reason, 1, 70), COUNT(*) FROM event"
            " WHERE outcome <> 'archived' GROUP BY 1 ORDER BY 2 DESC LIMIT 12"
        )
        languages = self.count(
            "SELECT language, COUNT(*) FROM capture WHERE media_type <> '' GROUP BY 1 ORDER BY 2 DESC"
        )
        lines = [
            f"{self.requests:,} requests, {pages:,} pages kept in {self.seconds:.0f} s: {pages / self.seconds:.1f} pages/s",
            f"bodies {size:,} B; on disk: " + ", ".join(f"{name} {number:,} B" for name, number in sizes.items()),
            f"outcomes {self.outcomes}",
            f"languages {languages}",
            f"redacted {dict(self.redactions.most_common())}",
            *(f"  {number:>6}  {text}" for text, number in ends.items()),
        ]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figures]:
    """One crawl of everything, with the default scope and rules, as fast as the machine allows."""
    with SimulatedWeb() as web:
        try:
            fronts = serve_real_pages(web)
        except Unavailable as exc:
            pytest.skip(f"NO REAL PAGES: {exc}")
        crawling = Crawling(tmp_path_factory.mktemp("real"), web, id="real", seeds=fronts)
        started = time.monotonic()
        summary = crawling.run(timeout=1_500)
        yield Figures(crawling, summary, time.monotonic() - started, len(web.log.requests()))


@pytest.mark.slow
@pytest.mark.timeout(1_700)
def test_what_is_found_in_them(figures, capsys):
    with capsys.disabled():
        print("\n" + figures.report())
    assert figures.summary["ended"] == "finished"
    kept = figures.outcomes.get("archived", 0) + figures.outcomes.get("duplicate", 0)
    assert kept > 0.9 * count_pages()
    assert figures.redactions["email"] > 0


@pytest.mark.slow
@pytest.mark.timeout(1_700)
def test_all_of_it_verifies_and_every_candidate_has_one_end(figures):
    """Design §2.2: what was found is what was closed, each (URL, visit) once, and every request has its end."""
    assert verify(figures.crawling) == ""
    rows = figures.crawling.rows
    ((events, candidates),) = rows("SELECT COUNT(*), COUNT(DISTINCT hex(url_key) || visit) FROM event")
    assert events == candidates
    ((known, waiting),) = rows("SELECT COUNT(*), SUM(state <> 2) FROM url")  # 2: done
    assert (known, waiting) == (candidates, 0)
    asked = {(request.host, request.target) for request in figures.crawling.web.log.requests()}
    closed = {url for (url,) in rows("SELECT url FROM event WHERE url IS NOT NULL")}
    pages = {figures.crawling.web.url(host, target) for host, target in asked if target != "/robots.txt"}
    assert pages <= closed


@pytest.mark.slow
@pytest.mark.timeout(1_700)
def test_languages_are_told_apart(figures):
    """Each page is in its site's language, or in English: the handbook's translations are not complete."""
    found: dict[str, Counter[str]] = {host: Counter() for host in LANGUAGE_OF}
    for url, language in figures.crawling.rows(
        "SELECT e.url, c.language FROM capture c JOIN event e USING (url_key, visit)"
        " WHERE c.media_type = 'text/html' AND c.language <> 'und'"
    ):
        found[url.split("/")[2].partition(":")[0]][language] += 1
    for host, language in LANGUAGE_OF.items():
        languages = found[host]
        assert languages[language] >= 25, (host, languages)
        assert languages[language] + languages["en"] * (language != "en") >= 0.97 * languages.total(), (host, languages)
