"""The files beside robots.txt in which a site reserves uses: asked for once per lifetime, and only where a page
may be fetched at all.

Which ones is for the rules of the policy to say: a rule that is off asks nobody. A file that cannot be reached
says nothing (unknown), except where the rule itself takes that for a no.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from collector.crawler.ticket import Ticket
from collector.model.decision import Gate, Verdict
from collector.model.errors import UrlError
from collector.model.page import Candidate
from collector.model.url import Url, parse_url
from collector.rules.facts import SiteFacts
from collector.signals.rsl_associations import advertised
from collector.signals.site_file import Reach, SiteFile

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

# rule: where a site keeps the file that it reads
FIXED = {
    "tdmrep_file": ("/.well-known/tdmrep.json",),
    "ai_txt": ("/ai.txt",),
    "trust_txt": ("/trust.txt", "/.well-known/trust.txt"),
}
OWN_DOMAIN = frozenset(("/ai.txt", "/trust.txt", "/.well-known/trust.txt"))  # redirects do not lead out of it
KEPT = 8_000  # answers in memory; the bytes of all stand in the collection's database
UNREACHABLE_FOR = timedelta(hours=1)


class SiteFiles:
    """One fetch in flight per file; every request takes its host's turn and is archived."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        asked = {bound.rule.id for bound in crawl.pipeline.ruleset.by_gate[Gate.SITE]}
        self._paths = tuple(path for rule, paths in FIXED.items() if rule in asked for path in paths)
        self._licences = "rsl_licence" in asked
        self._known: OrderedDict[str, SiteFile] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[SiteFile]] = {}

    async def read(self, facts: SiteFacts) -> Mapping[str, SiteFile]:
        """What the site gate needs beside robots.txt, by path or absolute URL."""
        files = {}
        for name, url in self._wanted(facts):
            files[name] = await self._file(url, facts.url)
        return files

    def cancel(self) -> None:
        """Give up the files that are being asked for."""
        for task in self._fetching.values():
            task.cancel()

    def _wanted(self, facts: SiteFacts) -> Iterator[tuple[str, Url]]:
        for path in self._paths:
            yield path, parse_url(path, facts.url)
        if self._licences:
            for href in advertised(facts.robots_txt, facts.product_token, facts.url):
                try:
                    yield href, parse_url(href)
                except UrlError:
                    continue

    async def _file(self, url: Url, page: Url) -> SiteFile:
        known = self._known.get(url.href) or self._crawl.account.signal_for(url.origin, url.target)
        if known is not None and self._crawl.still_fresh(known):
            self._remember(url, known)
            return known
        task = self._fetching.get(url.href)
        if task is None:
            task = asyncio.ensure_future(self._ask(url, page))
            self._fetching[url.href] = task
            task.add_done_callback(lambda _: self._fetching.pop(url.href, None))
        return await asyncio.shield(task)

    async def _ask(self, url: Url, page: Url) -> SiteFile:
        crawl = self._crawl
        if url.origin != page.origin and not await self._may_ask(url):
            return SiteFile(url.href, Reach.UNREACHABLE, error="address", fetched_at=crawl.now())
        file = await crawl.site_source.file(url)
        if url.target in OWN_DOMAIN and self._left_its_domain(file):
            file = replace(file, reach=Reach.UNAVAILABLE, body=b"")
        if file.valid_until is None:
            file = replace(file, valid_until=crawl.now() + UNREACHABLE_FOR)
        self._remember(url, file)
        crawl.recorder.signal(url.origin, url.target, file)
        return file

    async def _may_ask(self, url: Url) -> bool:
        """A licence on another server: gate 1 and that server's robots.txt are asked first."""
        crawl = self._crawl
        candidate = Candidate(url)
        if crawl.gates.may_contact(url, crawl.now()).verdict is not Verdict.ALLOW:
            return False
        robots = await crawl.site_source.robots(Ticket(candidate, b"", url.host, crawl.domain_of(url)))
        facts = SiteFacts(
            url=url,
            product_token=crawl.policy.crawler.product_token,
            robots=robots.file,
            robots_txt=robots.rules,
            now=crawl.now(),
        )
        return crawl.gates.robots_permit(facts).verdict is Verdict.ALLOW

    def _left_its_domain(self, file: SiteFile) -> bool:
        try:
            domains = {self._crawl.domain_of(parse_url(href)) for href in (file.url, *file.redirects)}
        except UrlError:
            return True
        return len(domains) > 1

    def _remember(self, url: Url, file: SiteFile) -> None:
        self._known[url.href] = file
        self._known.move_to_end(url.href)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
