"""The documents beside robots.txt in which sites reserve uses: asked for once per lifetime, and only where a page
may be fetched at all.

Which ones is for the rules of the policy to say (`Rule.needs`): a rule that is off asks nobody. A file that cannot
be reached says nothing (unknown), except where the rule itself takes that for a no. What a stranger named (a licence,
a policy) lies anywhere: gate 1, the robots.txt of its server and each redirect are judged before it is asked for.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from collector.crawler.network.ticket import Refusal, Ticket
from collector.model.decision import Gate, Verdict
from collector.model.errors import UrlError
from collector.model.page import Candidate
from collector.model.url import Origin, Url, parse_url
from collector.rules.evaluate import needed, stand_ins, worth_asking
from collector.rules.facts import ResponseFacts, SiteFacts
from collector.rules.rule import Needed
from collector.signals.rsl_associations import IN_FEED
from collector.signals.site_file import Reach, SiteFile

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

KEPT = 8_000  # answers in memory; the bytes of all stand in the collection's database
UNREACHABLE_FOR = timedelta(hours=1)
ROUNDS = 3  # a file may name another one: tdmrep.json a policy
NAMED_BY_ONE = 100  # documents elsewhere that one origin can make a run ask for: nobody turns us against others


class SiteFiles:
    """One fetch in flight per document; every request takes its host's turn and is archived."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._known: OrderedDict[str, SiteFile] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[SiteFile]] = {}
        self._named: Counter[Origin] = Counter()

    async def read(self, facts: SiteFacts) -> Mapping[str, SiteFile]:
        """What the site gate needs beside robots.txt, by path or absolute URL; nothing where that forbids the page."""
        crawl, ruleset = self._crawl, self._crawl.pipeline.ruleset
        in_feed = crawl.account.signal_in_feed(facts.url)
        wanted: Sequence[Needed] = needed(Gate.SITE, facts, ruleset)
        if in_feed is None and not wanted:
            return {}
        if not crawl.gates.robots_permit(facts):
            return {}
        files: dict[str, SiteFile] = {}
        if in_feed is not None:
            files[IN_FEED] = in_feed
            wanted = needed(Gate.SITE, facts.with_files(files), ruleset)
        for _ in range(ROUNDS):
            if not wanted:
                break
            files.update(await self.documents(wanted, facts.url))
            all_needed = needed(Gate.SITE, facts.with_files(files), ruleset)
            wanted = [one for one in all_needed if one.address not in files]
        return files

    async def named_in(self, facts: ResponseFacts) -> Mapping[str, SiteFile]:
        """What the header fields of an answer name; nothing where the answer is refused without it."""
        ruleset = self._crawl.pipeline.ruleset
        if not needed(Gate.RESPONSE, facts, ruleset):
            return {}
        wanted = worth_asking(Gate.RESPONSE, facts, facts.url, ruleset, facts.now)
        return await self.documents(wanted, facts.url) if wanted else stand_ins(Gate.RESPONSE, facts, ruleset)

    async def documents(self, wanted: Iterable[Needed], page: Url) -> dict[str, SiteFile]:
        """The answers for these documents, under their addresses; what is no URL is left out."""
        files = {}
        origin = str(page.origin)
        for one in wanted:
            known = self._at_hand(one.address, origin)
            if known is not None:
                files[one.address] = known
                continue
            try:
                url = parse_url(one.address, page)
            except UrlError:
                continue
            try:
                files[one.address] = await self._file(url, page, one)
            except Refusal:
                if url.host == page.host:
                    raise  # the page may not be asked for either
                files[one.address] = self._not_asked(url)
        return files

    def cancel(self) -> None:
        """Give up the files that are being asked for."""
        for task in self._fetching.values():
            task.cancel()

    def _at_hand(self, address: str, origin: str) -> SiteFile | None:
        """The answer that is remembered under this very address and still holds. Others have to be read as URLs."""
        href = origin + address if _is_path(address) else address
        known = self._known.get(href)
        if known is None or not self._crawl.still_fresh(known):
            return None
        self._known.move_to_end(href)
        return known

    async def _file(self, url: Url, page: Url, wanted: Needed) -> SiteFile:
        known = self._known.get(url.href) or self._crawl.account.signal_for(url.origin, url.target)
        if known is not None and self._crawl.still_fresh(known):
            self._remember(url, known)
            return known
        task = self._fetching.get(url.href)
        if task is None:
            task = asyncio.ensure_future(self._ask(url, page, wanted))
            self._fetching[url.href] = task
            task.add_done_callback(lambda _: self._fetching.pop(url.href, None))
        return await asyncio.shield(task)

    async def _ask(self, url: Url, page: Url, wanted: Needed) -> SiteFile:
        crawl = self._crawl
        named = not _is_path(wanted.address)
        if named:
            self._named[page.origin] += url.origin != page.origin
            if self._named[page.origin] > NAMED_BY_ONE and url.origin != page.origin:
                crawl.count("named_documents_not_asked_for")
                return SiteFile(url.href, Reach.UNREACHABLE, error="limit", fetched_at=crawl.now())
            if not await self._may_ask(url):
                return self._not_asked(url)
        file = await crawl.site_source.file(url, wanted.max_bytes, self._may_ask if named else None)
        if wanted.own_domain and self._left_its_domain(file):
            file = replace(file, reach=Reach.UNAVAILABLE, body=b"")
        if file.reach is Reach.AVAILABLE and wanted.lifetime is not None and file.fetched_at is not None:
            file = replace(file, valid_until=file.fetched_at + wanted.lifetime(file.body))
        if file.valid_until is None:
            file = replace(file, valid_until=crawl.now() + UNREACHABLE_FOR)
        self._remember(url, file)
        crawl.recorder.signal(url.origin, url.target, file)
        return file

    def _not_asked(self, url: Url) -> SiteFile:
        """Of whom we may not ask: as good as unreachable, and not remembered."""
        return SiteFile(url.href, Reach.UNREACHABLE, error="address", fetched_at=self._crawl.now())

    async def _may_ask(self, url: Url) -> bool:
        """What a stranger named: gate 1 and the robots.txt of its server are asked first."""
        crawl = self._crawl
        candidate = Candidate(url)
        if crawl.gates.may_contact(url, crawl.now()).verdict is not Verdict.ALLOW:
            return False
        robots = await crawl.site_source.robots(Ticket(candidate, b"", url.host, crawl.domain_of(url)))
        facts = robots.facts(crawl.pipeline.asking, url, crawl.now())
        return crawl.gates.robots_permit(facts)

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


def _is_path(address: str) -> bool:
    """Whether it lies on the page's own server; what begins with two slashes names another one."""
    return address.startswith("/") and not address.startswith("//")
