"""Runs what somebody else collected through the same gates: judged, minimised, archived and accounted for."""

from __future__ import annotations

import asyncio
import hashlib
import resource
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from collector.archive.foreign import Foreign, Unread, foreign_records
from collector.archive.listed_documents import listed_documents
from collector.audit.stored import StoredSignals
from collector.crawler.crawl import Crawl
from collector.crawler.documents.pool import DocumentLostError
from collector.crawler.foreign.foreign_pages import ForeignPages, Received
from collector.crawler.foreign.foreign_signals import ForeignSignals
from collector.crawler.network.decoding import Decoder
from collector.crawler.wiring import Options, close_crawl, open_crawl, read_policy
from collector.ledger import account
from collector.ledger.site_files import newest_signals
from collector.model.errors import InputError, PolicyError, UrlError
from collector.model.event import Outcome, Stop
from collector.model.page import Imported
from collector.model.url import Url, parse_url
from collector.pipeline import Ingested
from collector.policy.policy import Policy, Source, SourceKind
from collector.signals.site_file import SiteFile

ENDED = "import"  # how the run of an import ends; ledger.runs knows it
BATCH = 64  # records in memory at once
BATCH_BYTES = 48_000_000
SHOWN = 20
BLOCK = """\
add the checks that are owed before somebody else's material is used again:
  [[sources]]
  id = "{id}"
  kind = "crawled"        # or licensed, contributed
  title = "…"             # what it is
  publisher = "…"         # who gives it out
  url = "https://…"       # where it is described
  licence = "…"           # terms under which it may be used
  lawful = "…"            # why it is not manifestly unlawful, and what was looked at
  sensitive = "…"         # special categories and offences in it, and what is done about them
  checked_by = "…"
  checked_on = 2026-01-31"""


@dataclass
class Brought:
    """What came of an import. `skipped` and `outcomes` by name; `unread` counts records, `damaged` files."""

    collection: str = ""
    run: int = 0
    files: int = 0
    signals: int = 0
    records: int = 0
    known: int = 0  # the collection has an end for this URL already, or is about to ask for it
    skipped: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    without_robots: int = 0
    unread: list[Unread] = field(default_factory=list)  # the first ones
    unread_count: int = 0
    stopped: bool = False

    def missed(self, unread: Unread) -> None:
        """Count a record, or the rest of a file, that could not be read."""
        self.unread_count += 1
        if len(self.unread) < SHOWN:
            self.unread.append(unread)


def source_of(policy: Policy, wanted: str) -> Source:
    """The policy's entry for the source. Raises PolicyError with the block to write where there is none."""
    found = next((source for source in policy.sources if source.id == wanted), None)
    if found is None:
        raise PolicyError(
            f"the policy has no [[sources]] with the id {wanted!r}", where=policy.path, mend=BLOCK.format(id=wanted)
        )
    return found


def import_archives(options: Options, wanted: str, paths: Sequence[Path]) -> Brought:
    """Bring in every record of `paths` under the policy of `options`. Raises CollectorError; nothing is begun then.

    A URL is brought in once: the same command again goes on where it was interrupted, and repeats nothing.
    """
    source = source_of(read_policy(options), wanted)
    for path in paths:
        if not path.is_file():
            raise InputError("there is no such file", where=str(path), mend="name WARC, WET, WACZ or JSON Lines files")
    crawl = open_crawl(options)
    brought = Brought(crawl.policy.collection.id, crawl.run)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold raw pages
    try:
        asyncio.run(_run(crawl, _Import(crawl, source, brought), paths))
    except KeyboardInterrupt:
        brought.stopped = True
    except BaseException as exc:
        crawl.fault = exc
        raise
    finally:
        close_crawl(crawl, ENDED)
    return brought


async def _run(crawl: Crawl, work: _Import, paths: Sequence[Path]) -> None:
    crawl.pool.open()
    try:
        await work.run(paths)
    finally:
        crawl.pool.close()
        await asyncio.sleep(0)  # its sockets are closed by the loop


class _Import:
    """One import: site files first, so that a robots.txt that stands behind its pages is known before them."""

    def __init__(self, crawl: Crawl, source: Source, brought: Brought) -> None:
        self._crawl, self._source, self._brought = crawl, source, brought
        decoder = Decoder(crawl.policy.scope.max_body_bytes)
        self._signals = ForeignSignals(crawl, decoder)
        self._pages = ForeignPages(crawl, source, decoder, StoredSignals(crawl.pipeline, self._answers))

    def _answers(self, origin: str) -> dict[str, SiteFile]:
        with self._crawl.store.snapshot() as tx:
            return newest_signals(tx, origin)

    async def run(self, paths: Sequence[Path]) -> None:
        if self._source.kind is SourceKind.CRAWLED:
            for path in paths:
                for foreign, url in self._usable(path, count=False):
                    if self._signals.is_signal(foreign, url):
                        self._signals.take(foreign, url)
            self._signals.settle()
            self._brought.signals = self._signals.found
        for path in paths:
            await self._file(path)
            self._brought.files += 1

    async def _file(self, path: Path) -> None:
        crawl, before = self._crawl, self._brought.outcomes.total()
        for batch in _batches(self._usable(path, count=True)):
            await self._batch(batch)
        crawl.recorder.flush()
        detail = f"source {self._source.id}, {_sha256(path)}, {self._brought.outcomes.total() - before} records judged"
        with crawl.account.transaction() as tx:
            now = crawl.now()
            account.record_act(tx, crawl.actor, "archive imported", path.name, now, run=crawl.run, detail=detail)

    def _usable(self, path: Path, *, count: bool) -> Iterator[tuple[Foreign, Url]]:
        """Records with a URL and a date. Counted in the second pass only."""
        brought = self._brought
        for found in self._read(path):
            if isinstance(found, Unread):
                if count:
                    brought.missed(found)
                continue
            brought.records += count
            try:
                url = parse_url(found.url)
            except UrlError:
                brought.skipped["no http URL"] += count
                continue
            if found.date is None or found.date > self._crawl.now():
                brought.skipped["no usable date"] += count
                continue
            yield found, url

    def _read(self, path: Path) -> Iterable[Foreign | Unread]:
        limit = self._crawl.policy.scope.max_body_bytes
        if path.suffix in (".jsonl", ".ndjson"):
            return listed_documents(path, below=self._source.url, delivered=self._crawl.now(), max_body=limit)
        return foreign_records(path, max_body=limit)

    async def _batch(self, batch: list[tuple[Foreign, Url]]) -> None:
        """Known URLs fall out, gates 1 to 3 in order, documents in parallel, and one commit."""
        crawl, brought = self._crawl, self._brought
        fresh: dict[bytes, tuple[Foreign, Url]] = {}
        for foreign, url in batch:
            if self._source.kind is SourceKind.CRAWLED and self._signals.is_signal(foreign, url):
                brought.skipped["a site file, taken as a signal"] += 1
                continue
            fresh.setdefault(crawl.key_of(url), (foreign, url))
        keys = list(fresh)
        with crawl.store.snapshot() as tx:
            known = crawl.frontier.known(tx, keys) | crawl.account.closed(tx, keys)
        brought.known += len(known)
        received = []
        for key, (foreign, url) in fresh.items():
            if key not in known:
                one = self._pages.receive(foreign, url)
                brought.without_robots += one.without_robots
                received.append(one)
        ends = await asyncio.gather(*(self._end(one) for one in received))
        for one, ended in zip(received, ends, strict=True):
            self._record(one, ended)
        crawl.recorder.flush()

    async def _end(self, one: Received) -> Ingested | Stop | None:
        if one.capture is None or one.redirects:
            return one.stop
        try:
            return await self._crawl.pool.ingest(one.capture, self._crawl.now())
        except DocumentLostError as exc:
            decisions = one.capture.decisions
            return Stop(one.capture.admitted.candidate, Outcome.WITHHELD, f"the document {exc.reason}", decisions)

    def _record(self, one: Received, ended: Ingested | Stop | None) -> None:
        crawl = self._crawl
        ticket = crawl.ticket_for(one.candidate)
        ticket.imported = Imported(self._source.id, one.foreign.file, _record_of(one.foreign))
        if one.redirects and one.capture is not None:
            crawl.recorder.redirected(ticket, crawl.pipeline.redirect(one.capture).capture, None)
            self._brought.outcomes["redirect"] += 1
            return
        result = ended.result if isinstance(ended, Ingested) else ended
        assert result is not None
        if isinstance(result, Stop):
            # nothing can be asked again of an archive: what a crawl would defer is not let in
            outcome = Outcome.REFUSED if result.outcome is Outcome.DEFERRED else result.outcome
            crawl.recorder.stop(ticket, replace(result, outcome=outcome), f"imported from {self._source.id}")
            self._brought.outcomes[outcome.value] += 1
            return
        crawl.recorder.keep(ticket, result, ())
        self._brought.outcomes["kept"] += 1


def _batches(records: Iterable[tuple[Foreign, Url]]) -> Iterator[list[tuple[Foreign, Url]]]:
    batch: list[tuple[Foreign, Url]] = []
    size = 0
    for pair in records:
        batch.append(pair)
        size += len(pair[0].body)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _record_of(foreign: Foreign) -> str:
    """The record's id there, or where it starts: an id that is no UUID could say anything."""
    try:
        return UUID(foreign.record_id).urn
    except ValueError:
        return f"octet {foreign.offset}"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
