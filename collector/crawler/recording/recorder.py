"""Holds what happened until the next flush, then has it made true, all of it or nothing.

Nothing reaches a file before a flush, so a capture that may no longer be kept (its host opted out meanwhile)
is dropped in memory and no segment is ever rewritten. What a kill loses is asked again: it is in flight.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from collector.archive.identifiers import record_id
from collector.archive.record import SiteAnswer
from collector.crawler.documents.messages import Unknown
from collector.crawler.network.ticket import Ticket
from collector.crawler.queue.echoes import Echoes
from collector.crawler.recording.buffer import Again, Buffer, Kept, Signal
from collector.crawler.recording.commit import Commit, SourcesChangedError
from collector.crawler.recording.seen import Seen
from collector.ledger.captures import FirstCopy
from collector.minimise.headers import minimise_headers
from collector.minimise.site_file import minimise_site_file
from collector.model.errors import UrlError
from collector.model.event import Stop
from collector.model.headers import Headers
from collector.model.page import Candidate, Hop, Link, Minimised, Redaction
from collector.model.url import Origin, Url, parse_url
from collector.pipeline import DISCOVERY_HOPS
from collector.signals.robots_txt import RobotsTxt
from collector.signals.rsl import MEDIA_TYPE, lifetime_of
from collector.signals.rsl_associations import IN_FEED
from collector.signals.site_file import Reach, SiteFile

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

FLUSH_EVENTS = 200
FLUSH_BYTES = 8_000_000
ENTERED = 20  # new candidates at once: more of them would hold the event loop, and with it every request
FLUSH_SECONDS = 0.5  # a host whose only turn is taken is claimed again after the next flush


class Recorder:
    """The account's pen. Every method but `flush` only remembers."""

    def __init__(self, crawl: Crawl, commit: Commit, ids: Callable[[], UUID]) -> None:
        self._crawl = crawl
        self._commit = commit
        self._ids = ids
        self._buffer = Buffer()
        self._flushed_at = time.monotonic()
        self._sitemaps_seen: set[Origin] = set()
        self._seen = Seen()
        self._entering = asyncio.Lock()
        self._echoes = Echoes()

    def unknown_to(self, ticket: Ticket) -> Unknown | None:
        """Tells which links on the ticket's page are news; None: of a sitemap all links are wanted."""
        listing = ticket.candidate.hops.endswith(DISCOVERY_HOPS)
        return self._seen.unknown if ticket.from_frontier and not listing else None

    def stop(self, ticket: Ticket, ended: Stop, detail: str = "") -> None:
        """The candidate's way ends without a record."""
        event = self._crawl.event(ended.candidate, ended.outcome, ended.reason, ended.decisions, detail)
        self._buffer.closings.append((ticket, event))

    def again(self, ticket: Ticket, ended: Stop, until: float) -> None:
        """It ended for now: it comes back at `until` (epoch seconds)."""
        self._buffer.again.append(Again(ticket, ended, self._crawl.now(), until))

    def hold(self, host: str, until: float) -> None:
        """Ask nothing of the host before `until`."""
        self._buffer.holds[host] = until

    def give_up(self, origin: Origin, deferred: Stop) -> None:
        """Close what waits at the origin: its robots.txt stayed unreachable."""
        self._buffer.given_up[origin] = deferred

    def keep(
        self, ticket: Ticket, page: Minimised, links: Iterable[Link], *, not_modified: FirstCopy | None = None
    ) -> None:
        """A page to archive, or a 304 about one that is archived, and the links it carried."""
        ticket.closed = True
        self._buffer.kept.append(Kept(ticket, page, self._crawl.now(), not_modified))
        self._buffer.bytes += len(page.body) + len(page.text or "")
        self._crawl.account.kept(ticket.host_key, len(page.body))
        if self._echoes.repeats(ticket, page):
            self._crawl.count("links_not_followed_from_repetitions")
            return
        self.links(ticket, links)

    def redirected(self, ticket: Ticket, answer: Minimised, target: Candidate | None) -> None:
        """A redirect is archived without a body; its target is found, not followed."""
        ticket.closed = True
        self._buffer.kept.append(Kept(ticket, answer, self._crawl.now()))
        if target is not None and ticket.from_frontier:
            self._find(target)

    def links(self, ticket: Ticket, links: Iterable[Link]) -> None:
        """Links of a page become candidates one hop further; somebody's own spider follows its own."""
        links = tuple(links)
        for link in links:
            if link.licence:
                self._licence_in_feed(ticket, link)
        if not ticket.from_frontier:
            return
        via = ticket.candidate
        scrubbed = self._crawl.scrub(via.url.href)
        for link in links:
            if link.href in self._seen and link.lastmod is None:
                continue
            try:
                url = parse_url(link.href)
            except UrlError:
                continue
            hops = via.hops + link.hop.value
            self._find(Candidate(url, depth=via.depth + 1, hops=hops, via=scrubbed, lastmod=link.lastmod))

    async def links_ahead(self, ticket: Ticket, links: Sequence[Link]) -> Sequence[Link]:
        """Enter all but the last links of a page that has very many, some at a time. Returns those last ones.

        They stand in the queue before the page does in the account: if it is asked again, they are known.
        """
        start = 0
        while len(links) - start > ENTERED:
            self.links(ticket, links[start : start + ENTERED])
            start += ENTERED
            await self._make_way()
        return links[start:]

    def _licence_in_feed(self, ticket: Ticket, link: Link) -> None:
        """RSL §4.7: a feed says with each entry what its page may be used for. Only for pages of its own domain."""
        try:
            url = parse_url(link.href)
        except UrlError:
            return
        feed = ticket.candidate.url
        if self._crawl.domain_of(url) != self._crawl.domain_of(feed):
            return
        body, _ = minimise_site_file(link.licence)
        now = self._crawl.now()
        said = SiteFile(self._crawl.scrub(feed.href), Reach.AVAILABLE, 200, body, media_type=MEDIA_TYPE, fetched_at=now)
        until = now + lifetime_of(body)
        self._buffer.site_files.append((url.origin, url.target + IN_FEED, replace(said, valid_until=until)))

    def sitemaps(self, ticket: Ticket, rules: RobotsTxt) -> None:
        """Sitemaps that an origin's robots.txt names, once per run."""
        candidate = ticket.candidate
        origin = candidate.url.origin
        if origin in self._sitemaps_seen or not ticket.from_frontier or not self._crawl.policy.scope.follow_links:
            return
        self._sitemaps_seen.add(origin)
        for named in rules.sitemaps[:100]:
            try:
                url = parse_url(named, candidate.url)
            except UrlError:
                continue
            via = f"{origin}/robots.txt"
            self._find(Candidate(url, depth=candidate.depth + 1, hops=candidate.hops + Hop.SITEMAP.value, via=via))

    def signal_record(
        self,
        url: Url,
        status: int,
        headers: Headers,
        body: bytes,
        ip_address: str | None,
        at: datetime,
        *,
        truncated: str | None = None,
    ) -> str:
        """A site's answer for signals/; the record's id is known at once, its bytes are written at the flush."""
        kept, counts = minimise_headers(headers, self._crawl.pipeline.plan, self._crawl.policy.storage.headers)
        redaction = Redaction(self._crawl.policy.minimise.profile, dict(counts))
        media_type = (headers.first("content-type") or "").partition(";")[0].strip().lower()
        answer = SiteAnswer(url.href, status, kept, body, at, redaction, media_type, ip_address, truncated=truncated)
        identifier = self._ids()
        self._buffer.signals.append(Signal(identifier, answer))
        self._buffer.bytes += len(body)
        return record_id(identifier)

    def signal(self, origin: Origin, path: str, file: SiteFile) -> None:
        """What a site file said, for decisions of this run and of later ones."""
        self._buffer.site_files.append((origin, path, file))

    def find(self, candidates: Iterable[Candidate]) -> None:
        """Seeds, and whatever else is found outside a page."""
        for candidate in candidates:
            self._find(candidate)

    def _find(self, candidate: Candidate) -> None:
        key = self._crawl.key_of(candidate.url)
        known = self._buffer.found.get(key)
        if known is None or candidate.depth < known.depth:
            self._buffer.found[key] = candidate

    def due(self) -> bool:
        """After FLUSH_EVENTS events, FLUSH_BYTES bytes or FLUSH_SECONDS seconds."""
        buffer = self._buffer
        waited = time.monotonic() - self._flushed_at
        return (
            len(buffer) >= FLUSH_EVENTS or buffer.bytes >= FLUSH_BYTES or (waited >= FLUSH_SECONDS and len(buffer) > 0)
        )

    async def flush_when_due(self) -> None:
        """Flush where it is due; what was found is entered before, and everybody else has turns between."""
        if self.due():
            await self._make_way()
            self.flush()

    async def _make_way(self) -> None:
        """Enter what was found, some at a time; a few are left to go with the next flush."""
        while len(self._buffer.found) > ENTERED // 2:
            async with self._entering:  # one of us in each turn
                found = self._buffer.found
                some = {key: found.pop(key) for key in list(islice(found, ENTERED))}
                self._until_settled(partial(self._commit.enter, some))
                self._seen.add(candidate.url.href for candidate in some.values())
                await asyncio.sleep(0)

    def flush(self) -> None:
        """WARC first, ledger second (design §2.7). On a fault nothing is committed and the segments are cut back."""
        self._flushed_at = time.monotonic()
        buffer, self._buffer = self._buffer, Buffer()
        self._crawl.gates.refresh()
        if buffer:
            self._until_settled(partial(self._commit.write, buffer))
            self._seen.add(candidate.url.href for candidate in buffer.found.values())

    def _until_settled(self, write: Callable[[], None]) -> None:
        """Write, all of it or nothing; again where somebody objected meanwhile: everything is judged anew."""
        while True:
            try:
                write()
            except SourcesChangedError:
                self._commit.rollback()
            except BaseException:
                self._commit.rollback()
                raise
            else:
                return

    def close(self) -> None:
        """Flush and seal every segment."""
        self.flush()
        self._commit.seal()

    def abandon(self) -> None:
        """Leave the open segments to the next start."""
        self._commit.abandon()
