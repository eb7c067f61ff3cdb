"""Further visits: which pages are due again, what is asked of them, and what their answer says for the next time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from collector.archive.reader import Record
from collector.audit.stored import archived_record
from collector.crawler.network.ticket import Ticket
from collector.crawler.queue.lastmod import changed_since
from collector.frontier.frontier import Found, Past, Visited
from collector.ledger.captures import FirstCopy, first_copy, last_capture, record_place
from collector.ledger.visits import last_seen
from collector.minimise.headers import minimise_headers
from collector.minimise.replacing.redact import Redactor
from collector.model.decision import Verdict
from collector.model.errors import IntegrityError
from collector.model.event import Outcome, Stop
from collector.model.headers import Headers
from collector.model.page import Candidate, Minimised
from collector.model.url import parse_url

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl

BATCH = 1_000
LATER = 10  # added to the priority: pages that nobody has read yet come first
SOONER = -10  # a page of which the site says that it changed
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')  # RFC 9110 §8.8.3, in ASCII and short
_OF_A_BODY = frozenset(("content-length", "content-encoding", "content-type", "transfer-encoding"))
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")  # RFC 9110 §5.6.7


class Revisits:
    """One per worker. Does nothing where the policy has no `[recrawl] after`, but to note when a page was visited."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._after = crawl.policy.recrawl.after
        self._asks = self._after is not None and crawl.policy.storage.payload == "page"

    def reopen_due(self) -> int:
        """Queue every page whose last visit is longer ago than the policy says. Returns how many.

        What gate 1 denies today is queued too: it is refused at its turn, without being asked for, and the account
        then says of the page that its last visit was refused.
        """
        if self._after is None:
            return 0
        again = self._crawl.policy.recrawl.sitemaps
        return self._reopen_before(again, listings=True) + self._reopen_before(self._after, listings=False)

    def _reopen_before(self, age: timedelta, *, listings: bool) -> int:
        crawl = self._crawl
        before = (crawl.now() - age).timestamp()
        after, reopened = (0.0, 0), 0
        while True:
            with crawl.account.transaction() as tx:
                batch = crawl.frontier.visited_before(tx, before, listings=listings, after=after, limit=BATCH)
                if not batch:
                    return reopened
                after = (batch[-1].at, batch[-1].ticket)
                reopened += crawl.frontier.reopen(tx, self._due(tx, batch), crawl.now().timestamp())

    def _due(self, tx: Connection, batch: list[Past]) -> list[Found]:
        crawl = self._crawl
        hrefs = last_seen(tx, [past.key for past in batch])
        due = []
        for past in batch:
            seen = hrefs.get(past.key)
            if seen is None:
                continue  # its URL may not be kept: it cannot be asked again
            candidate = Candidate(parse_url(seen.href), past.visit + 1, seen.depth, seen.hops, seen.via)
            if crawl.gates.consider(candidate, crawl.now()).verdict is not Verdict.DEFER:  # the budget is spent
                found = crawl.found(past.key, candidate)
                due.append(replace(found, priority=found.priority + LATER))
        return due

    def reopen_changed(self, tx: Connection, known: Mapping[bytes, Candidate]) -> int:
        """Queue those of `known` of which a site map says that they changed since we visited them. Returns how many."""
        if self._after is None:
            return 0
        crawl, now = self._crawl, self._crawl.now()
        dated = {key: candidate for key, candidate in known.items() if candidate.lastmod}
        due = []
        for key, past in crawl.frontier.visited(tx, dated).items():
            candidate = replace(dated[key], visit=past.visit + 1)
            if not changed_since(candidate.lastmod, past.at, now):
                continue
            if crawl.gates.consider(candidate, now).verdict is not Verdict.DEFER:
                found = crawl.found(key, candidate)
                due.append(replace(found, priority=found.priority + SOONER))
        return crawl.frontier.reopen(tx, due, now.timestamp()) if due else 0

    def condition(self, ticket: Ticket) -> dict[str, str]:
        """Header fields that ask for the page only if it changed since we kept it (RFC 9110 §13.1).

        At the first attempt only, and only where what we hold was kept under this very policy: otherwise the gates
        have not judged the whole of it. Notes on the ticket what the condition refers to.
        """
        claim = ticket.claim
        if not self._asks or claim is None or claim.visit == 1 or claim.attempt > 1:
            return {}
        if claim.etag is None and claim.last_modified is None:
            return {}
        with self._crawl.store.snapshot() as tx:
            ticket.condition = last_capture(tx, claim.key, str(self._crawl.policy.digest))
        if ticket.condition is None:
            return {}
        asked = {"If-None-Match": claim.etag, "If-Modified-Since": claim.last_modified}
        return {name: value for name, value in asked.items() if value is not None}

    def held(self, ticket: Ticket) -> Record | None:
        """The record that a 304 speaks of; None where nothing was asked conditionally, or it cannot be read."""
        if ticket.condition is None:
            return None
        with self._crawl.store.snapshot() as tx:
            try:
                record = archived_record(self._crawl.paths.root, ticket.condition, lambda name: record_place(tx, name))
            except IntegrityError as exc:
                self._crawl.journal.warning("a kept page cannot be read again", reason=exc.message)
                return None
        return record if record.kind == "response" else None

    def unchanged(self, ticket: Ticket, page: Minimised, headers: Headers) -> Minimised | Stop:
        """`page`, made of what we hold, as the 304 with these `headers`. Stop: ask for the whole page.

        What we would keep of it today must be what we hold of it, byte for byte.
        """
        held = ticket.condition
        if held is None or page.payload_digest != held.payload_digest:
            return Stop(ticket.candidate, Outcome.FAILED, "not modified, but kept otherwise today", page.decisions)
        answered, _ = minimise_headers(headers, self._crawl.pipeline.plan, self._crawl.policy.storage.headers)
        return replace(page, status=HTTPStatus.NOT_MODIFIED.value, headers=answered)

    @staticmethod
    def copy_of(ticket: Ticket) -> FirstCopy | None:
        """The record that a 304 speaks of, as a revisit names it."""
        return first_copy(ticket.condition) if ticket.condition is not None else None

    def validators(self, at: datetime, headers: Headers) -> Visited:
        """What this answer says for the next visit. An ETag that carries personal data is not kept."""
        if not self._asks:
            return Visited(at.timestamp())
        etag = (headers.first("etag") or "").strip()
        if not _ETAG.fullmatch(etag) or Redactor(self._crawl.pipeline.plan).redact(etag)[0] != etag:
            etag = ""
        modified = (headers.first("last-modified") or "").strip()
        return Visited(at.timestamp(), etag or None, modified if _HTTP_DATE.fullmatch(modified) else None)


def freshened(held: Headers, answered: Headers) -> Headers:
    """The header fields of what we hold, updated by those of a 304 (RFC 9111 §3.2), none of which tells of a body."""
    kept = list(held)
    for name in dict.fromkeys(name.lower() for name, _ in answered):
        if name not in _OF_A_BODY:
            kept = [pair for pair in kept if pair[0].lower() != name]
            kept += [pair for pair in answered if pair[0].lower() == name]
    return Headers(kept)
