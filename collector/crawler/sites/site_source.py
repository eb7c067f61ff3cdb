"""Asks sites for their files, robots.txt first: once per origin and lifetime, politely, archived, and never
where gate 1 says no.

RFC 9309 §2.3: five redirects and across authorities, 4xx is unavailable, everything else that is not 2xx is
unreachable; a copy lives 24 hours at most, and longer only while the file cannot be reached (§2.4).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadCancelledError

from collector.crawler.network.convert import TOO_LARGE, UNDECODED
from collector.crawler.network.network_errors import error_class
from collector.crawler.network.ticket import Limits, Refusal, Ticket
from collector.crawler.politeness.retry_after import retry_after
from collector.minimise.site_file import minimise_site_file
from collector.model.decision import Verdict
from collector.model.errors import UrlError
from collector.model.headers import Headers
from collector.model.page import Candidate
from collector.model.url import Origin, Url, parse_url
from collector.rules.asking import Asking
from collector.rules.facts import SiteFacts
from collector.rules.site import robots_txt as rule
from collector.signals.reach import MAX_REDIRECTS, Answer, interpret
from collector.signals.robots_reader import kept_part
from collector.signals.robots_txt import RobotsTxt, parse
from collector.signals.site_file import Reach, SiteFile

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

PARSED_ORIGINS = 2_000  # parsed files in memory; the bytes of all stand in the collection's database
LAST_RETRY = timedelta(hours=12)
MAX_DOWNLOAD = 10_000_000  # bytes, before and after decoding; a larger file counts as broken off, not as read
GZIP = b"\x1f\x8b"

Kept = Callable[[bytes], bytes]
MayAsk = Callable[[Url], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What an origin's robots.txt said, and its rules."""

    file: SiteFile
    rules: RobotsTxt
    attempts: int = 0  # times in a row that this worker found it unreachable

    def facts(self, asking: Asking, url: Url, now: datetime) -> SiteFacts:
        """The facts of gate 2 for a URL of this origin, before any other of the site's files is at hand."""
        return asking.of_site(url, self.file, self.rules, now)


@dataclass(frozen=True, slots=True)
class _Fetched:
    status: int | None
    headers: Headers
    body: bytes  # minimised, and no more of it than is worth keeping
    error: str
    ip_address: str | None
    truncated: str | None = None  # why the body ends early, in the words of WARC-Truncated
    cut: bool = False  # by us: what is left out would not be read
    at: datetime | None = None
    seconds: float = 0.0
    ticket: Ticket | None = None


class SiteSource:
    """The robots.txt of every origin, with one fetch in flight per origin."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._parsed: OrderedDict[Origin, RobotsAnswer] = OrderedDict()
        self._fetching: dict[Origin, asyncio.Task[RobotsAnswer]] = {}

    async def robots(self, ticket: Ticket) -> RobotsAnswer:
        """The answer for the ticket's origin: from memory, from the database, or asked for now."""
        origin = ticket.candidate.url.origin
        known = self._parsed.get(origin) or self._stored(origin)
        if known is not None and self._crawl.still_fresh(known.file):
            self._remember(origin, known)
            return known
        task = self._fetching.get(origin)
        if task is None:
            task = asyncio.ensure_future(self._ask(origin, ticket, known))
            self._fetching[origin] = task
            task.add_done_callback(lambda _: self._fetching.pop(origin, None))
        return await asyncio.shield(task)

    def cancel(self) -> None:
        """Give up the files that are being asked for."""
        for task in self._fetching.values():
            task.cancel()

    def _stored(self, origin: Origin) -> RobotsAnswer | None:
        file = self._crawl.account.signal_for(origin, "/robots.txt")
        return None if file is None else RobotsAnswer(file, parse(file.body))

    def _remember(self, origin: Origin, answer: RobotsAnswer) -> None:
        self._parsed[origin] = answer
        self._parsed.move_to_end(origin)
        if len(self._parsed) > PARSED_ORIGINS:
            self._parsed.popitem(last=False)

    async def _ask(self, origin: Origin, ticket: Ticket, known: RobotsAnswer | None) -> RobotsAnswer:
        file = await self._fetch(parse_url(f"{origin}/robots.txt"), ticket)
        now = self._crawl.now()
        attempts = 0
        if file.reach is Reach.UNREACHABLE:
            attempts = known.attempts + 1 if known is not None else 1
            backoff = timedelta(seconds=self._crawl.policy.politeness.retry_backoff)
            pause = min(backoff * 2 ** min(attempts - 1, 12), LAST_RETRY)
            file = replace(file, valid_until=now + pause)
            if known is not None and self._may_stand_in(known.file, now):
                file = replace(known.file, stale=True, valid_until=now + pause)
        answer = RobotsAnswer(file, parse(file.body), attempts)
        self._remember(origin, answer)
        if not file.stale:
            self._crawl.recorder.signal(origin, "/robots.txt", file)
        return answer

    async def _fetch(self, url: Url, ticket: Ticket) -> SiteFile:
        """Follow up to five redirects; every hop is judged, takes its host's turn and is archived."""
        first = await self._download(url, ticket)
        file = await self._follow(url, first)
        # Reported now, so that the host learns of a Crawl-delay before the next turn, wherever the rules were read.
        self._report(first, parse(file.body).crawl_delay(self._crawl.policy.crawler.product_token))
        return file

    async def file(self, url: Url, max_bytes: int, may_ask: MayAsk | None = None) -> SiteFile:
        """Another of a site's files, asked for now, as politely and as carefully as robots.txt.

        At most `max_bytes` of it are kept. `may_ask` is put to every redirect, beside gate 1's floor.
        """

        def kept(body: bytes) -> bytes:
            return kept_start(body, max_bytes)

        fetched = await self._download(url, None, kept)
        self._report(fetched, None)
        return await self._follow(url, fetched, kept, may_ask)

    async def _follow(
        self, url: Url, fetched: _Fetched, kept: Kept = kept_part, may_ask: MayAsk | None = None
    ) -> SiteFile:
        answers: list[Answer] = []
        record_id: str | None = None
        target = url
        while True:
            if answers:
                try:
                    fetched = await self._download(target, None, kept)
                except Refusal:  # elsewhere: whom this leads to may not be asked
                    answers.append(Answer(self._crawl.scrub(target.href), error="address"))
                    return interpret(answers, fetched_at=fetched.at, record_id=record_id)
                self._report(fetched, None)
            record_id = self._archive(target, fetched)
            answers.append(self._answer(target, fetched))
            onward = self._onward(target, fetched) if len(answers) <= MAX_REDIRECTS else None
            if onward is None or any(onward.href == answer.url for answer in answers):
                if _leads_away(fetched) and len(answers) > MAX_REDIRECTS:
                    answers.append(Answer(target.href))  # the sixth redirect, which is not followed
                return interpret(answers, fetched_at=fetched.at, record_id=record_id)
            permitted = self._crawl.gates.may_contact(onward, self._crawl.now()).verdict is Verdict.ALLOW
            if not permitted or (may_ask is not None and not await may_ask(onward)):
                answers.append(Answer(self._crawl.scrub(onward.href), error="address"))
                return interpret(answers, fetched_at=fetched.at, record_id=record_id)
            target = onward

    @staticmethod
    def _onward(url: Url, fetched: _Fetched) -> Url | None:
        """Where a redirect leads; None for any other answer, and for a redirect that leads nowhere."""
        location = fetched.headers.first("location") if _leads_away(fetched) else None
        if not location or not location.strip():
            return None
        try:
            return parse_url(location, url)
        except UrlError:
            return None

    @staticmethod
    def _answer(url: Url, fetched: _Fetched) -> Answer:
        """The answer as decisions see it: minimised as it is archived, so that both can be compared for ever."""
        body, error = b"", fetched.error
        if not error and fetched.truncated:
            error = "coding" if fetched.truncated == "unspecified" else "truncated"
        if fetched.status is not None and 200 <= fetched.status < 300:
            error = error or ("coding" if fetched.body.startswith(GZIP) else "")
            body = fetched.body
        return Answer(url.href, fetched.status, fetched.headers, body, error)

    async def _download(self, url: Url, ticket: Ticket | None, kept: Kept = kept_part) -> _Fetched:
        crawl = self._crawl
        own = crawl.ticket_for(Candidate(url), site_file=True)
        if ticket is not None and own.host_key == ticket.host_key:
            # the page's turn is used for the file that decides on it
            own.reserved, ticket.reserved = ticket.reserved, None
        # A body that broke off is wanted too: it is archived as what it is.
        own.limits = Limits(crawl.policy.politeness.request_timeout, MAX_DOWNLOAD, whole=False)
        try:
            await crawl.download(own)
        except Refusal:
            raise  # blocked, or objected to, while it waited for its turn: nobody was asked, so nothing is known
        except DownloadCancelledError:
            return _Fetched(None, Headers(), b"", "truncated", None, at=crawl.at(own.started_at), ticket=own)
        except Exception as exc:  # noqa: BLE001  whatever the network did: the file is unreachable
            error = "address" if crawl.resolver.refusal(url.host) else error_class(exc)
            return _Fetched(None, Headers(), b"", error, None, at=crawl.at(own.started_at), ticket=own)
        response, own.arrived, at = own.arrived, None, crawl.at(own.started_at)
        if response is None:  # a middleware of the project answered in the site's place
            return _Fetched(None, Headers(), b"", "reset", None, at=at, ticket=own)
        # `partial` is a body that ends with the connection, as HTTP/1.0 has it: complete (RFC 9112 §8).
        reasons = {UNDECODED: "unspecified", TOO_LARGE: "length", "dataloss": "disconnect"}
        truncated = next((why for flag, why in reasons.items() if flag in response.flags), None)
        part = kept(response.body)
        body, _ = minimise_site_file(part)
        return _Fetched(
            response.status,
            response.headers,
            body,
            "",
            response.ip_address,
            truncated=truncated,
            cut=len(part) < len(response.body),
            at=at,
            seconds=own.latency,
            ticket=own,
        )

    def _report(self, fetched: _Fetched, crawl_delay: float | None) -> None:
        """The host's clock learns from the request."""
        crawl, ticket = self._crawl, fetched.ticket
        if ticket is None:
            return
        crawl.turns.ended(
            ticket,
            fetched.seconds,
            ok=True,  # an unreachable file holds the host by itself (`_ask`), longer than a failed page would
            crawl_delay=crawl_delay,
            retry_after=retry_after(fetched.headers.first("retry-after"), crawl.now()),
        )

    def record_of(self, robots_url: str) -> str | None:
        """The record under signals/ of the answer that decisions on this robots.txt rest on."""
        try:
            known = self._parsed.get(parse_url(robots_url).origin)
        except UrlError:
            return None
        return known.file.record_id if known is not None else None

    def _archive(self, url: Url, fetched: _Fetched) -> str | None:
        if fetched.status is None:
            return None
        return self._crawl.recorder.signal_record(
            url,
            fetched.status,
            fetched.headers,
            fetched.body,
            fetched.ip_address,
            fetched.at or self._crawl.now(),
            truncated=fetched.truncated or ("length" if fetched.cut else None),
        )

    def _may_stand_in(self, file: SiteFile, now: datetime) -> bool:
        """RFC 9309 §2.3.1.4, §2.4: rules read before may be used while the file is unreachable. A 404 sets none."""
        if file.reach is not Reach.AVAILABLE or file.fetched_at is None:
            return False
        settings = self._crawl.policy.rules.get(rule.RULE)
        days = settings.max_stale_days if isinstance(settings, rule.Settings) else rule.Settings().max_stale_days
        return now - file.fetched_at <= timedelta(days=days)

    def reads_another(self, origin: Origin) -> bool:
        """Whether the robots.txt of another scheme or port of the same host could be read."""
        return any(
            other.host == origin.host and other != origin and answer.file.reach is not Reach.UNREACHABLE
            for other, answer in self._parsed.items()
        )


def kept_start(body: bytes, limit: int) -> bytes:
    """The first `limit` bytes, up to the last end of a line among them: half a line may say more than the whole."""
    if len(body) <= limit:
        return body
    part = body[:limit]
    return part[: max(part.rfind(b"\n"), part.rfind(b"\r")) + 1] or part


def _leads_away(fetched: _Fetched) -> bool:
    return fetched.status is not None and 300 <= fetched.status < 400
