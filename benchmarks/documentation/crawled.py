"""Pages that hold addresses, crawled on loopback: in which bytes of the collection an address is left."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.documentation.gold import addresses
from benchmarks.documentation.pages import Page
from tests.support.crawling import Crawling, verify
from tests.support.simsite import HTML, Reply, document
from tests.support.simweb import SimulatedWeb
from tests.support.views import views

HOST = "documentation.localhost"
_OWN = frozenset(("tests@example.org",))  # the contact that the policy of the crawl gives
# What a file of a collection is, by how its name ends; the first that fits.
_PARTS = (
    ("WARC bytes", ".warc.gz"), ("index", ".cdxj"), ("index", ".cdx"), ("ledger", ".db"), ("ledger", ".db-wal"),
)  # fmt: skip


def crawl(pages: Sequence[Page]) -> list[str]:
    """Lines of the report: pages asked for and kept; for each part of the collection the addresses found in it.

    Every byte is looked at as it lies, decompressed, and as values of the database; capitals do not count.
    """
    wanted = {address for page in pages for address in addresses(page.text)} - _OWN
    with tempfile.TemporaryDirectory() as folder, SimulatedWeb() as web:
        web.listen()
        site = web.site(HOST).robots("User-agent: *\nAllow: /\n")
        paths = [f"/{number}.html" for number in range(len(pages))]
        for path, page in zip(paths, pages, strict=True):
            site.serve(path, Reply(200, page.text.encode("utf-8", "replace"), (("Content-Type", HTML),)))
        front = document("Documentation", main="<p>All pages.</p>", links=paths)
        site.serve("/", Reply(200, front.encode(), (("Content-Type", HTML),)))
        crawling = Crawling(Path(folder), web, seeds=[web.url(HOST)])
        # links of the pages lead to pages that are not served
        crawling.scope = f"max_depth = 1\nmax_pages = {10 * len(pages) + 10}"
        crawling.run(timeout=540)
        found, held = searched(crawling.collection, wanted)
        kept = len(crawling.archived())
        faults = verify(crawling)
    counted = f"crawl: {len(pages)} pages with {len(wanted)} addresses, {kept} kept (the front page is one)"
    lines = [f"{counted}, {faults or 'all verifies'}"]
    for part, octets in sorted(held.items()):
        left = found.get(part, set())
        lines.append(f"  {part:12} {octets / 1e6:8.2f} MB looked at, {len(left)} of {len(wanted)} addresses in it")
        lines += [f"    {address}" for address in sorted(left)]
    return lines


def searched(folder: Path, wanted: set[str]) -> tuple[dict[str, set[str]], dict[str, int]]:
    """Which of `wanted` is in which part of what lies below `folder`, and how many bytes were looked at."""
    found: dict[str, set[str]] = {}
    held: dict[str, int] = {}
    needles = [(address, address.encode()) for address in wanted]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        part = next((name for name, end in _PARTS if path.name.endswith(end)), "other files")
        for _, data in views(path):
            held[part] = held.get(part, 0) + len(data)
            lower = data.lower()
            found.setdefault(part, set()).update(address for address, needle in needles if needle in lower)
    return found, held
