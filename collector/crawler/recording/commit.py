"""Makes one buffer true: records on the disk first, then ONE transaction that moves ledger and queue together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection

from collector.archive.naming import Sealed
from collector.archive.provenance import Provenance, provenance_record
from collector.archive.record import (
    RecordContext,
    Revisited,
    page_record,
    revisit_record,
    signal_record,
    text_record,
)
from collector.archive.writer import SegmentWriter
from collector.crawler.network.ticket import Ticket
from collector.crawler.queue.judging import judge_new
from collector.crawler.recording.buffer import Again, Buffer, Kept
from collector.frontier.frontier import Visited
from collector.ledger import account
from collector.ledger.account import Attempt, Closing, record_attempt
from collector.ledger.captures import FirstCopy
from collector.ledger.segments import segment_committed, segment_sealed
from collector.ledger.site_files import record_signal
from collector.model.decision import Verdict
from collector.model.errors import FAULTS
from collector.model.event import ClosingEvent, Outcome
from collector.model.page import Archived, Candidate, Placement
from collector.model.url import parse_url

if TYPE_CHECKING:
    from collector.crawler.crawl import Crawl


class SourcesChangedError(Exception):
    """Lists or registry changed between the judgement and the commit: nothing was committed."""


class Commit:
    """Writes buffers. One per worker; not for use by several threads."""

    def __init__(
        self,
        crawl: Crawl,
        *,
        pages: SegmentWriter,
        signals: SegmentWriter,
        texts: SegmentWriter,
        ids: Callable[[], UUID],
    ) -> None:
        self._crawl = crawl
        self._pages, self._signals, self._texts = pages, signals, texts
        self._writers = (pages, signals, texts)
        self._ids = ids

    def write(self, buffer: Buffer) -> None:
        """Append, make durable, commit. Raises SourcesChangedError when lists or registry changed meanwhile."""
        crawl = self._crawl
        crawl.store.check_in_place()
        writers = self._writers
        places = self._write_signals(buffer)
        closings = [Closing(t.key, event, crawl.scrub(event.candidate.url.href)) for t, event in buffer.closings]
        crawl.account.look_up_payloads(kept.page.payload_digest for kept in buffer.kept if kept.page.body)
        closings += [self._archive(kept) for kept in buffer.kept]
        positions = [position for writer in writers for position in writer.flush()]
        with crawl.account.transaction() as tx:
            crawl.frontier.flush(tx)
            for position in positions:
                segment_committed(tx, position.file, position.file.partition("/")[0], position.offset)
            for origin, path, file in buffer.site_files:
                record_signal(tx, crawl.run, str(origin), path, file, placement=places.get(file.record_id or ""))
            self._settle(tx, buffer)
            closings += judge_new(crawl, tx, buffer.found).refusals
            closings += self._given_up(tx, buffer)
            account.close_all(tx, crawl.run, closings)
            tickets = [ticket for ticket in self._tickets(buffer) if ticket.claim is not None]
            in_vain = Visited(crawl.now().timestamp(), first=False)
            visits = {t.claim.ticket: t.visited or in_vain for t in tickets if t.claim is not None}
            crawl.frontier.done(tx, [t.claim for t in tickets if t.claim is not None], visits)
            crawl.frontier.unused(tx, [t.reserved for t, _ in buffer.closings if t.reserved is not None])
            for host, until in buffer.holds.items():
                crawl.frontier.hold(tx, host, until)
            for again in buffer.again:
                self._again(tx, again)
            if crawl.gates.refresh():
                raise SourcesChangedError
        crawl.account.forget({origin for origin, _, _ in buffer.site_files})
        self._sealed([one for writer in writers for one in writer.committed()])

    def enter(self, found: Mapping[bytes, Candidate]) -> None:
        """New candidates by themselves, before the page that led to them. Raises SourcesChangedError as `write`."""
        crawl = self._crawl
        crawl.store.check_in_place()
        with crawl.account.transaction() as tx:
            account.close_all(tx, crawl.run, judge_new(crawl, tx, found).refusals)
            if crawl.gates.refresh():
                raise SourcesChangedError

    def rollback(self) -> None:
        """Take what was appended and not committed off the disk again."""
        self._crawl.account.forget_payloads()
        for writer in self._writers:
            with suppress(*FAULTS):  # the fault that brought us here is the one to report
                writer.rollback()

    def seal(self) -> None:
        """Every segment gets its final name and its index."""
        self._sealed([one for writer in self._writers for one in writer.close()])

    def abandon(self) -> None:
        """Leave the open segments to the next start."""
        for writer in self._writers:
            writer.abandon()

    def _sealed(self, sealed: list[Sealed]) -> None:
        if sealed:
            with self._crawl.store.transaction() as tx:
                for one in sealed:
                    segment_sealed(tx, one.file, one.sha256)

    @staticmethod
    def _tickets(buffer: Buffer) -> list[Ticket]:
        return [ticket for ticket, _ in buffer.closings] + [kept.ticket for kept in buffer.kept]

    def _settle(self, tx: Connection, buffer: Buffer) -> None:
        """What somebody's own spider asked for is known to the queue from now on, as done."""
        crawl = self._crawl
        strangers = [t for t in self._tickets(buffer) if t.claim is None]
        crawl.frontier.settle(tx, [crawl.found(t.key, t.candidate) for t in strangers], crawl.now().timestamp())

    def _write_signals(self, buffer: Buffer) -> dict[str, Placement]:
        places: dict[str, Placement] = {}
        for signal in buffer.signals:
            context = replace(self._context(self._signals), ids=partial(_known, signal.record))
            (placement,) = self._signals.append([signal_record(signal.answer, context)])
            places[placement.record_id] = placement
        return places

    def _archive(self, kept: Kept) -> Closing:
        """The records of one page, unless it may no longer be kept: gate 1 is asked again before the commit."""
        crawl, page = self._crawl, kept.page
        candidate = page.candidate
        still = None if crawl.judged_just_now(kept.ticket) else crawl.gates.may_contact(candidate.url, crawl.now())
        if still is not None and still.verdict is not Verdict.ALLOW:
            event = crawl.event(
                candidate,
                Outcome.WITHHELD,
                still.deciding.reason,
                (*page.decisions, still),
                "decided before the commit",
            )
            return Closing(kept.ticket.key, event, crawl.scrub(candidate.url.href))
        if crawl.policy.storage.payload == "text" and page.body:
            return self._archive_text(kept)
        digest = page.payload_digest
        context = self._context(self._pages)
        seen = kept.not_modified
        if seen is None and page.body:
            seen = crawl.account.payload_seen(digest)
        if seen is not None:
            first = revisit_record(page, Revisited(seen.record_id, seen.url, seen.fetched_at), context)
        else:
            first = page_record(page, context)
        provenance = provenance_record(page, first.record_id, self._provenance(kept), context)
        place, provenance_place = self._pages.append([first, provenance])
        text_place = None
        if page.text and seen is None:
            (text_place,) = self._texts.append([text_record(page, first.record_id, self._context(self._texts))])
        if seen is None and page.body:
            crawl.account.remember_payload(digest, FirstCopy(first.record_id, candidate.url.href, page.fetched_at))
        archived = Archived(
            page,
            place,
            digest,
            text_place,
            provenance_place,
            revisit_of=seen.record_id if seen is not None else None,
            source=_source(kept),
        )
        redirect = "redirect" if 300 <= page.status < 400 else "kept"
        again = "not modified since it was archived" if kept.not_modified else "identical content was archived before"
        event = ClosingEvent(
            candidate,
            Outcome.DUPLICATE if seen is not None else Outcome.ARCHIVED,
            again if seen is not None else redirect,
            page.decisions,
            kept.at,
            archived=archived,
            detail=f"http {page.status}",
        )
        return Closing(kept.ticket.key, event)

    def _archive_text(self, kept: Kept) -> Closing:
        """`[storage] payload = "text"`: the extracted text alone, in text/; what is accounted for is what is stored."""
        crawl, page = self._crawl, kept.page
        if not page.text:
            event = crawl.event(
                page.candidate, Outcome.WITHHELD, "no text to keep, and only text is kept", page.decisions
            )
            return Closing(kept.ticket.key, event, crawl.scrub(page.candidate.url.href))
        stored = replace(page, body=page.text.encode("utf-8", "replace"), media_type="text/plain", charset="utf-8")
        context = self._context(self._texts)
        text = text_record(stored, None, context)
        place, provenance = self._texts.append(
            [text, provenance_record(stored, text.record_id, self._provenance(kept), context)]
        )
        archived = Archived(stored, place, stored.payload_digest, provenance=provenance, source=_source(kept))
        event = ClosingEvent(
            page.candidate,
            Outcome.ARCHIVED,
            "kept as text",
            page.decisions,
            kept.at,
            archived=archived,
            detail=f"http {page.status}",
        )
        return Closing(kept.ticket.key, event)

    def _given_up(self, tx: Connection, buffer: Buffer) -> list[Closing]:
        """Everything that still waits at origins whose robots.txt stayed unreachable to the end of its budget."""
        crawl = self._crawl
        closings = []
        for origin, deferred in buffer.given_up.items():
            after = 0
            while batch := crawl.frontier.waiting(tx, host_key=origin.host, after=after):
                after = batch[-1].ticket
                theirs = [waiting for waiting in batch if parse_url(waiting.href).origin == origin]
                for waiting in crawl.frontier.withdraw(tx, theirs):
                    candidate = Candidate(
                        parse_url(waiting.href),
                        waiting.visit,
                        waiting.depth,
                        waiting.hops,
                        waiting.via,
                        waiting.attempt,
                    )
                    event = crawl.event(candidate, Outcome.DEFERRED, deferred.reason, deferred.decisions[-1:])
                    closings.append(Closing(waiting.key, event, ""))
        return closings

    def _again(self, tx: Connection, again: Again) -> None:
        crawl, ticket = self._crawl, again.ticket
        tried = Attempt(
            ticket.key,
            ticket.candidate,
            again.stop.reason,
            again.stop.decisions,
            again.at,
            crawl.at(again.until),
            keep_url=crawl.may_store(ticket),
        )
        record_attempt(tx, crawl.run, tried)
        if ticket.claim is not None:
            crawl.frontier.defer(tx, ticket.claim, again.until)

    def _provenance(self, kept: Kept) -> Provenance:
        crawl, page = self._crawl, kept.page
        until = kept.at + crawl.policy.retention.development  # from when we have it, not from when somebody fetched it
        robots = next(
            (e.source for d in page.decisions for f in d.findings if f.rule == "robots_txt" for e in f.evidence), ""
        )
        return Provenance(
            run=str(crawl.run),
            retention_until=until.date(),
            robots_snapshot=crawl.site_source.record_of(robots),
            imported=kept.ticket.imported,
        )

    def _context(self, writer: SegmentWriter) -> RecordContext:
        return RecordContext(writer.warcinfo_id, self._crawl.policy.ref, self._ids)


def _source(kept: Kept) -> str:
    return kept.ticket.imported.source if kept.ticket.imported is not None else ""


def _known(identifier: UUID) -> UUID:
    """The id that the record was promised when the file was fetched."""
    return identifier
